import { ROLE } from '@yuanliu/core'
import { type Parties, type Party, partyAt } from '../access/access.ts'
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

/** A further level of more units or namings is not fetched ahead. */
const AHEAD = { units: 150, namings: 1_500 }

/**
 * The trace search's source on the database: a call is one round trip. An event comes as one text with its fields
 * divided by U+001F (keys, ids and terms carry no control characters): a row of one column costs the driver a third
 * of a row of seventeen. What an organisation in quarantine reported is left out, its error declarations too.
 * @param upTo last capture position that counts: nothing that was captured or registered later is seen
 */
export function traceStore(
  db: Queryable,
  terms: Terms,
  parties: Pick<Parties, 'of' | 'quarantine'>,
  upTo = Number.POSITIVE_INFINITY,
): TraceSource {
  /** Who these are, by what was known at that position. */
  async function reportersOf(rows: readonly Row[]): Promise<ReadonlyMap<number, Party>> {
    const found = await parties.of(new Set(rows.map(r => r.organisation)))
    if (upTo === Number.POSITIVE_INFINITY) return found
    return new Map(Array.from(found, ([id, party]) => [id, partyAt(party, parties.quarantine, upTo)]))
  }

  async function toEvents(texts: readonly string[]): Promise<StoredEvent[]> {
    const read = texts.map(parseRow)
    const all = upTo === Number.POSITIVE_INFINITY ? read : read.filter(r => r.position <= upTo)
    const reporters = await reportersOf(all)
    const rows = parties.quarantine ? all.filter(r => reporters.get(r.organisation)?.quarantined === false) : all
    await terms.load(rows.flatMap(r => [r.bizStep, r.disposition, r.readPoint, r.bizLocation]))
    const declarations = new Map<string, Declaration[]>()
    for (const r of rows) {
      if (r.part === 0) continue
      const list = declarations.get(r.key) ?? []
      list.push({ position: r.position, reporter: r.organisation, mayVoid: (r.flags & FLAG.mayVoid) !== 0 })
      declarations.set(r.key, list)
    }
    for (const list of declarations.values()) list.sort((a, b) => a.position - b.position)
    return rows
      .filter(r => r.part === 0)
      .map(r => toEvent(r, terms, reporters.get(r.organisation), declarations.get(r.key) ?? []))
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

  /** The events that name these units and are not known, or their keys where they are many. */
  function level(units: readonly string[], known: readonly string[]): Promise<{ t: string }[]> {
    return db.rows<{ t: string }>(
      sql`with m as materialized (select distinct event from event_unit where unit = any(${textArray(units)}::text[])),
            w as materialized (select event from m except select unnest(${uuidArray(known)}::uuid[]))
          select concat(replace(e.key::text, '-', ''), chr(31), e.part, chr(31), e.position, chr(31), e.type, chr(31), e.action, chr(31), e.time, chr(31), e.zone, chr(31),
            e.recorded, chr(31), e.biz_step, chr(31), e.disposition, chr(31), e.read_point, chr(31), e.biz_location, chr(31), e.organisation, chr(31),
            e.flags, chr(31), e.document, chr(31), e.id, chr(31), e.flow, chr(31), e.units) as t
          from event e where e.key in (select event from w) and (select count(*) from w) <= ${EVENTS_AT_ONCE}::int
          union all
          select replace(event::text, '-', '') from w where (select count(*) from w) > ${EVENTS_AT_ONCE}::int`,
    )
  }

  /** The same, and with them what the units came from, as far as that is not much (migrations/0015). */
  function levels(units: readonly string[], known: readonly string[], ahead: number) {
    return db.rows<{ t: string }>(
      sql`select trace_sources(${textArray(units)}::text[], ${uuidArray(known)}::uuid[], ${ahead + 1}::int,
            ${EVENTS_AT_ONCE}::int, ${AHEAD.units}::int, ${AHEAD.namings}::int) as t`,
    )
  }

  return {
    async load(units, known, ahead) {
      const rows = ahead === 0 ? await level(units, known) : await levels(units, known, ahead)
      const texts: string[] = []
      const also: string[] = []
      for (const { t } of rows) {
        if (t.charCodeAt(0) === UNIT_MARK) also.push(t.slice(1))
        else texts.push(t)
      }
      if (texts[0]?.length !== KEY_LENGTH) return { events: await toEvents(texts), also }
      const events: StoredEvent[] = []
      for (let i = 0; i < texts.length; i += EVENTS_AT_ONCE)
        for (const event of await byKeys(texts.slice(i, i + EVENTS_AT_ONCE))) events.push(event)
      return { events, also: [] }
    },
  }
}

/** A key alone: an event has more to it. */
const KEY_LENGTH = 32
/** What a unit's name begins with, where it stands among events. */
const UNIT_MARK = 0x1e

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

function toEvent(row: Row, terms: Terms, reporter: Party | undefined, declarations: Declaration[]): StoredEvent {
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
    reporterCode: reporter?.code ?? String(row.organisation),
    reporterCreditCode: reporter?.creditCode ?? null,
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
