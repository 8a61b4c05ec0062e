import { int2Array, int4Array, int8Array, textArray, uuidArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { and, join, type Sql, sql } from '../lib/db/sql.ts'
import type { Condition, OrderBy, TermColumn } from './query.ts'

/** A condition that the database decides, with its terms looked up. */
export type Sought = Exclude<Condition, { on: TermColumn } | { on: 'event' }> | { on: TermColumn; numbers: number[] }

export interface FoundEvent {
  id: string
  position: number
  time: number
  recorded: number
  block: number
  slot: number
  context: number
  organisation: number
  biz_location: number | null
  read_point: number | null
}

export interface Selection {
  conditions: readonly Sought[]
  /** organisations whose events are not shown */
  hidden: readonly number[]
  /** only what was captured at or before this position */
  upTo: number
  orderBy: OrderBy
  descending: boolean
  /** the place behind which to go on */
  after: { time: number; position: number } | null
  limit: number
}

const COLUMNS = sql`e.id, e.position, e.time, e.recorded, e.block, e.slot, e.context, e.organisation, e.biz_location, e.read_point`

/** Events in order; of equal times the one captured later counts as later. The order of recording is that of capture. */
export function selectEvents(db: Queryable, s: Selection): Promise<FoundEvent[]> {
  const filters = filtersOf(s)
  if (s.after) filters.push(behind(s.after, s))
  return db.rows<FoundEvent>(
    sql`select ${COLUMNS} from event e where ${and(filters)} order by ${orderOf(s)} limit ${s.limit}`,
  )
}

/** How many there are, counting no further than `most`. */
export async function countEvents(db: Queryable, s: Selection, most: number): Promise<number> {
  const row = await db.row<{ n: number }>(
    sql`select count(*) as n from (select 1 from event e where ${and(filtersOf(s))} limit ${most}) as found`,
  )
  return row?.n ?? 0
}

/** The event of a key and its error declarations, but for those of hidden organisations, in the order of their parts. */
export function eventParts(db: Queryable, key: string, hidden: readonly number[]): Promise<FoundEvent[]> {
  const filters = [sql`e.key = ${key}::uuid`, ...notBy(hidden)]
  return db.rows<FoundEvent>(sql`select ${COLUMNS} from event e where ${and(filters)} order by e.part`)
}

/** The condition that an event is not of these organisations; none where there are none. */
function notBy(hidden: readonly number[]): Sql[] {
  return hidden.length ? [sql`e.organisation <> all(${int4Array(hidden)}::int[])`] : []
}

/** An event with everything that a query may look at. */
export interface CapturedEvent extends FoundEvent {
  key: string
  type: number
  action: number
  biz_step: number | null
  disposition: number | null
  units: string
}

const CAPTURED = sql`${COLUMNS}, replace(e.key::text, '-', '') as key, e.type, e.action, e.biz_step, e.disposition, e.units`

/** What was captured behind `after`, up to and with `upTo`, in that order. */
export function eventsByPosition(db: Queryable, after: number, upTo: number, limit: number): Promise<CapturedEvent[]> {
  return db.rows<CapturedEvent>(
    sql`select ${CAPTURED} from event e where e.position > ${after} and e.position <= ${upTo} order by e.position limit ${limit}`,
  )
}

/** An event that left quarantine, at the position at which it is told then. */
export interface ReleasedEvent extends CapturedEvent {
  released: true
}

/**
 * Events that left quarantine and are told behind `after`, up to and with `upTo`, in that order; those that fulfil the
 * conditions, where there are any.
 */
export async function releasedBetween(
  db: Queryable,
  conditions: readonly Sought[],
  after: number,
  upTo: number,
  limit: number,
): Promise<ReleasedEvent[]> {
  const filters = filtersOf({
    ...{ conditions, hidden: [], upTo, orderBy: 'recordTime', descending: false, after: null, limit },
  })
  const rows = await db.rows<CapturedEvent & { told: number }>(
    sql`select ${CAPTURED}, o.registered_position + r.n as told
        from organisation o
          join released_event r on r.organisation = o.id and r.n > ${after} - o.registered_position and r.n <= ${upTo} - o.registered_position
          join event e on e.position = r.event_position
        where o.released > 0 and o.registered_position < ${upTo} and o.registered_position + o.released > ${after} and ${and(filters)}
        order by told limit ${limit}`,
  )
  return rows.map(({ told, ...row }) => ({ ...row, position: told, released: true }))
}

/** What fulfils the conditions, in the order of capture. */
export function eventsInOrder(
  db: Queryable,
  conditions: readonly Sought[],
  upTo: number,
  limit: number,
): Promise<CapturedEvent[]> {
  const filters = filtersOf({
    conditions,
    hidden: [],
    upTo,
    orderBy: 'recordTime',
    descending: false,
    after: null,
    limit,
  })
  return db.rows<CapturedEvent>(
    sql`select ${CAPTURED} from event e where ${and(filters)} order by e.position limit ${limit}`,
  )
}

/** The first event at or behind a position. */
export function eventFrom(
  db: Queryable,
  position: number,
): Promise<{ position: number; recorded: number } | undefined> {
  return db.row(sql`select position, recorded from event where position >= ${position} order by position limit 1`)
}

/** The last position behind `after`, up to and with `upTo`, whose event was recorded at `time` or before. */
export async function lastRecordedWithin(
  db: Queryable,
  time: number,
  after: number,
  upTo: number,
): Promise<number | null> {
  const row = await db.row<{ position: number }>(
    sql`select position from event where position > ${after} and position <= ${upTo} and recorded <= ${time}
        order by position desc limit 1`,
  )
  return row?.position ?? null
}

export function blockBodies(db: Queryable, ids: readonly number[]): Promise<{ id: number; body: Buffer }[]> {
  return db.rows(sql`select id, body from event_block where id = any(${int8Array(ids)}::bigint[])`)
}

export function contextBodies(db: Queryable, ids: readonly number[]): Promise<{ id: number; body: string }[]> {
  return db.rows(sql`select id, body from context where id = any(${int4Array(ids)}::int[])`)
}

/** Contexts with a greater number, but for those that are known or very long. */
export function contextsBehind(
  db: Queryable,
  id: number,
  known: readonly number[],
  longest: number,
): Promise<{ id: number; body: string }[]> {
  return db.rows(
    sql`select id, body from context where id > ${id} and id <> all(${int4Array(known)}::int[])
          and length(body) <= ${longest} order by id`,
  )
}

function orderOf({ orderBy, descending }: Selection): Sql {
  if (orderBy === 'recordTime') return descending ? sql`e.position desc` : sql`e.position`
  return descending ? sql`e.time desc, e.position desc` : sql`e.time, e.position`
}

function behind(after: { time: number; position: number }, { orderBy, descending }: Selection): Sql {
  const { time, position } = after
  if (orderBy === 'recordTime') return descending ? sql`e.position < ${position}` : sql`e.position > ${position}`
  return descending
    ? sql`(e.time, e.position) < (${time}, ${position})`
    : sql`(e.time, e.position) > (${time}, ${position})`
}

const TERMS: Record<TermColumn, Sql> = {
  bizStep: sql`e.biz_step`,
  disposition: sql`e.disposition`,
  readPoint: sql`e.read_point`,
  bizLocation: sql`e.biz_location`,
}
const SMALL = { type: sql`e.type`, action: sql`e.action` }
const INSTANTS = { time: sql`e.time`, recorded: sql`e.recorded`, position: sql`e.position` }

function filtersOf(s: Selection): Sql[] {
  const filters = [sql`e.position <= ${s.upTo}`, ...notBy(s.hidden), ...s.conditions.flatMap(filterOf)]
  const sets = s.conditions.flatMap(c => keySet(c, s.conditions))
  const [first] = sets
  // Keys are gathered before the events are touched, so that these are always found by key, whatever the statistics
  // say. One list: a scan by two lists on one column would try every pair.
  if (first) filters.push(sql`e.key = any(array(${sets.length > 1 ? join(sets, ' intersect ') : first}))`)
  return filters
}

function filterOf(c: Sought): Sql[] {
  switch (c.on) {
    case 'type':
    case 'action':
      return [sql`${SMALL[c.on]} = any(${int2Array(c.numbers)}::smallint[])`]
    case 'key':
    case 'unit':
      return []
    case 'declared':
      return [sql`e.part > 0`]
    case 'flow':
      return [
        sql`exists (select 1 from unnest(${textArray(c.lines)}::text[]) as l (line)
              where position(E'\\n' || l.line || E'\\n' in E'\\n' || e.flow || E'\\n') > 0)`,
      ]
    case 'time':
    case 'recorded':
    case 'position': {
      const filters: Sql[] = []
      if (c.from !== undefined) filters.push(sql`${INSTANTS[c.on]} >= ${c.from}`)
      if (c.until !== undefined) filters.push(sql`${INSTANTS[c.on]} < ${c.until}`)
      return filters
    }
    default:
      return [sql`${TERMS[c.on]} = any(${int4Array(c.numbers)}::int[])`]
  }
}

/**
 * A declaration beside its event has no unit rows of its own and may name a time that differs within the millisecond to which the CBV
 * hash reads it; the margin lets bounds on the time narrow the search for units all the same.
 */
const MARGIN = 1_000

/** The keys of the events that fulfil a condition, for those that are found by key. */
function keySet(c: Sought, all: readonly Sought[]): Sql[] {
  if (c.on === 'key') return [sql`(select k from unnest(${uuidArray(c.keys)}::uuid[]) as k)`]
  if (c.on !== 'unit') return []
  // Roles below zero are those of declarations whose event is not there.
  const bounds = [sql`u.role = any(${int2Array([...c.roles, ...c.roles.map(role => -role)])}::smallint[])`]
  for (const t of all) {
    if (t.on !== 'time') continue
    if (t.from !== undefined) bounds.push(sql`u.time >= ${t.from - MARGIN}`)
    if (t.until !== undefined) bounds.push(sql`u.time < ${t.until + MARGIN}`)
  }
  const parts: Sql[] = []
  if (c.keys.length || !c.ranges.length)
    parts.push(
      sql`select u.event from event_unit u where u.unit = any(${textArray(c.keys)}::text[]) and ${and(bounds)}`,
    )
  if (c.ranges.length)
    parts.push(
      sql`select u.event from unnest(${textArray(c.ranges.map(r => r.from))}::text[], ${textArray(c.ranges.map(r => r.until))}::text[],
            ${textArray(c.ranges.map(r => r.part))}::text[], ${int2Array(c.ranges.map(r => (r.bare ? 1 : 0)))}::smallint[]) as r (lower, upper, part, bare)
          join event_unit u on u.unit >= r.lower and u.unit < r.upper
          where (r.part = '' or position(r.part in u.unit) > 0) and (r.bare = 0 or u.unit !~ '/.*/') and ${and(bounds)}`,
    )
  return [sql`(${join(parts, ' union all ')})`]
}
