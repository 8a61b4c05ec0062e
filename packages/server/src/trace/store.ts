import { ROLE } from '@yuanliu/core'
import { FLAG } from '../capture/capture.ts'
import { decodeFlow, decodeUnits } from '../events/events.ts'
import { textArray, uuidArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import type { Terms } from '../lib/terms.ts'
import type { Declaration, LoadedLevel, StoredEvent, TraceSource } from './source.ts'

/** Up to this many units a level is one round trip; beyond, what is known already would be sent again and again. */
const JOINED_UNITS = 128
/** Known events named in the joined query, so that they are not sent again. */
const JOINED_KNOWN = 4_000
/** Events asked for at once by key. */
const EVENTS_AT_ONCE = 500

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

  async function joined(units: readonly string[], known: Iterable<string>): Promise<LoadedLevel> {
    const rows = await db.rows<{ n: number | null; t: string }>(
      sql`with m as materialized (
            select q.n, u.event from unnest(${textArray(units)}::text[]) with ordinality as q (unit, n)
            join event_unit u on u.unit = q.unit group by q.n, u.event)
          select n::int as n, string_agg(replace(event::text, '-', ''), ',') as t from m group by n
          union all
          select null, concat(replace(e.key::text, '-', ''), chr(31), e.part, chr(31), e.position, chr(31), e.type, chr(31), e.action, chr(31), e.time, chr(31), e.zone, chr(31),
            e.recorded, chr(31), e.biz_step, chr(31), e.disposition, chr(31), e.read_point, chr(31), e.biz_location, chr(31), e.organisation, chr(31),
            e.flags, chr(31), e.document, chr(31), e.id, chr(31), e.flow, chr(31), e.units)
          from event e where e.key in (select event from m) and not (e.key = any(${uuidArray([...known])}::uuid[]))`,
    )
    const mentions = new Map<string, string[]>()
    const texts: string[] = []
    for (const row of rows) {
      if (row.n === null) texts.push(row.t)
      else mentions.set(units[row.n - 1] as string, row.t.split(','))
    }
    return { mentions, events: await toEvents(texts) }
  }

  async function inTwoSteps(units: readonly string[], known: ReadonlyMap<string, StoredEvent>): Promise<LoadedLevel> {
    const row = await db.row<{ t: string | null }>(
      sql`select string_agg(n || ':' || events, chr(10)) as t from (
            select q.n, string_agg(replace(u.event::text, '-', ''), ',') as events
            from unnest(${textArray(units)}::text[]) with ordinality as q (unit, n) join event_unit u on u.unit = q.unit group by q.n) as l`,
    )
    const mentions = new Map<string, string[]>()
    const missing = new Set<string>()
    for (const line of row?.t ? row.t.split('\n') : []) {
      const colon = line.indexOf(':')
      const keys = line.slice(colon + 1).split(',')
      mentions.set(units[Number(line.slice(0, colon)) - 1] as string, keys)
      for (const key of keys) if (!known.has(key)) missing.add(key)
    }
    const events: StoredEvent[] = []
    const wanted = [...missing]
    for (let i = 0; i < wanted.length; i += EVENTS_AT_ONCE) {
      const texts = await db.rows<{ t: string }>(
        sql`select concat(replace(e.key::text, '-', ''), chr(31), e.part, chr(31), e.position, chr(31), e.type, chr(31), e.action, chr(31), e.time, chr(31), e.zone, chr(31),
              e.recorded, chr(31), e.biz_step, chr(31), e.disposition, chr(31), e.read_point, chr(31), e.biz_location, chr(31), e.organisation, chr(31),
              e.flags, chr(31), e.document, chr(31), e.id, chr(31), e.flow, chr(31), e.units) as t
            from event e where e.key = any(${uuidArray(wanted.slice(i, i + EVENTS_AT_ONCE))}::uuid[])`,
      )
      for (const event of await toEvents(texts.map(r => r.t))) events.push(event)
    }
    return { mentions, events }
  }

  return {
    load: (units, known) =>
      units.length <= JOINED_UNITS && known.size <= JOINED_KNOWN
        ? joined(units, known.keys())
        : inTwoSteps(units, known),
  }
}

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
