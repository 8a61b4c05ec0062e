import { ROLE } from '@yuanliu/core'
import { FLAG } from '../capture/capture.ts'
import { decodeFlow, decodeUnits } from '../events/events.ts'
import { textArray, uuidArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import type { Terms } from '../lib/terms.ts'
import type { Declaration, StoredEvent, TraceSource } from './source.ts'

/**
 * Events that come with the first answer. Where a level has more, the first answer names them, and they are fetched
 * some at a time: the embedded database never gives back the memory that an answer took.
 */
const EVENTS_AT_ONCE = 1_000

/**
 * The trace search's source on the database: a level is one round trip. An event comes as one text with its fields
 * divided by U+001F (keys, ids and terms carry no control characters): a row of one column costs the driver a third
 * of a row of seventeen.
 */
export function traceStore(db: Queryable, terms: Terms): TraceSource {
  const organisations = new Map<number, string>()

  async function toEvents(texts: readonly string[]): Promise<StoredEvent[]> {
    const rows = texts.map(parseRow)
    const unknown = rows.some(r => !organisations.has(r.organisation))
    await terms.load(rows.flatMap(r => [r.bizStep, r.disposition, r.readPoint, r.bizLocation]))
    if (unknown) {
      const all = await db.rows<{ id: number; code: string }>(sql`select id, code from organisation`)
      for (const o of all) organisations.set(o.id, o.code)
    }
    const declarations = new Map<string, Declaration[]>()
    for (const r of rows) {
      if (r.part === 0) continue
      const list = declarations.get(r.key) ?? []
      list.push({ position: r.position, reporter: r.organisation, mayVoid: (r.flags & FLAG.mayVoid) !== 0 })
      declarations.set(r.key, list)
    }
    for (const list of declarations.values()) list.sort((a, b) => a.position - b.position)
    return rows.filter(r => r.part === 0).map(r => toEvent(r, terms, organisations, declarations.get(r.key) ?? []))
  }

  async function byKeys(keys: readonly string[]): Promise<StoredEvent[]> {
    const rows = await db.rows<{ t: string }>(
      sql`select concat(replace(e.key::text, '-', ''), chr(31), e.part, chr(31), e.position, chr(31), e.type, chr(31), e.action, chr(31), e.time, chr(31), e.zone, chr(31),
            e.recorded, chr(31), e.biz_step, chr(31), e.disposition, chr(31), e.read_point, chr(31), e.biz_location, chr(31), e.organisation, chr(31),
            e.flags, chr(31), e.document, chr(31), e.id, chr(31), e.flow, chr(31), e.units) as t
          from event e where e.key = any(${uuidArray(keys)}::uuid[])`,
    )
    return toEvents(rows.map(r => r.t))
  }

  return {
    async load(units, known) {
      const rows = await db.rows<{ t: string }>(
        sql`with m as materialized (select distinct event from event_unit where unit = any(${textArray(units)}::text[])),
              w as materialized (select event from m except select unnest(${uuidArray(known)}::uuid[]))
            select concat(replace(e.key::text, '-', ''), chr(31), e.part, chr(31), e.position, chr(31), e.type, chr(31), e.action, chr(31), e.time, chr(31), e.zone, chr(31),
              e.recorded, chr(31), e.biz_step, chr(31), e.disposition, chr(31), e.read_point, chr(31), e.biz_location, chr(31), e.organisation, chr(31),
              e.flags, chr(31), e.document, chr(31), e.id, chr(31), e.flow, chr(31), e.units) as t
            from event e where e.key in (select event from w) and (select count(*) from w) <= ${EVENTS_AT_ONCE}::int
            union all
            select replace(event::text, '-', '') from w where (select count(*) from w) > ${EVENTS_AT_ONCE}::int`,
      )
      const texts = rows.map(r => r.t)
      if (texts[0]?.length !== KEY_LENGTH) return toEvents(texts)
      const events: StoredEvent[] = []
      for (let i = 0; i < texts.length; i += EVENTS_AT_ONCE)
        for (const event of await byKeys(texts.slice(i, i + EVENTS_AT_ONCE))) events.push(event)
      return events
    },
  }
}

/** A key alone: an event has more to it. */
const KEY_LENGTH = 32

interface Row {
  key: string
  part: number
  position: number
  organisation: number
  flags: number
  bizStep: number | null
  disposition: number | null
  readPoint: number | null
  bizLocation: number | null
  fields: string[]
}

function parseRow(text: string): Row {
  const fields = text.split('\u001f')
  const id = (i: number) => (fields[i] === '' ? null : Number(fields[i]))
  return {
    key: fields[0] as string,
    part: Number(fields[1]),
    position: Number(fields[2]),
    bizStep: id(8),
    disposition: id(9),
    readPoint: id(10),
    bizLocation: id(11),
    organisation: Number(fields[12]),
    flags: Number(fields[13]),
    fields,
  }
}

function toEvent(
  row: Row,
  terms: Terms,
  organisations: ReadonlyMap<number, string>,
  declarations: Declaration[],
): StoredEvent {
  const { fields } = row
  const units = decodeUnits(fields[17] as string)
  return {
    key: row.key,
    position: row.position,
    type: Number(fields[3]) as StoredEvent['type'],
    action: Number(fields[4]) as StoredEvent['action'],
    time: Number(fields[5]),
    zone: Number(fields[6]),
    recorded: Number(fields[7]),
    bizStep: terms.textOf(row.bizStep),
    disposition: terms.textOf(row.disposition),
    readPoint: terms.textOf(row.readPoint),
    bizLocation: terms.textOf(row.bizLocation),
    reporter: row.organisation,
    reporterCode: organisations.get(row.organisation) ?? String(row.organisation),
    document: fields[14] as string,
    id: fields[15] as string,
    ...decodeFlow(fields[16] === '' ? null : (fields[16] as string)),
    ...units,
    transformationID: transformationOf(units),
    declaration: false,
    declarations,
  }
}

const TRANSFORMATION = 'transformation/'

/** The pseudo-unit comes last, where there is one. */
function transformationOf(units: Pick<StoredEvent, 'units' | 'roles'>): string | null {
  const last = units.units.length - 1
  if (last < 0 || units.roles[last] !== ROLE.transformation) return null
  return (units.units[last] as string).slice(TRANSFORMATION.length)
}
