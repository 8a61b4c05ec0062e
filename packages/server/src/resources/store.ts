import { int2Array, int4Array, textArray, uuidArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'

/** Fields whose values are listed. Numbers are stored: never renumber. */
export const FIELD = { bizStep: 1, disposition: 2, readPoint: 3, bizLocation: 4, eventType: 5 } as const
export type Field = (typeof FIELD)[keyof typeof FIELD]

/** Throws the lists away: they are made anew from the events. */
export async function forgetNamed(db: Queryable): Promise<void> {
  await db.run(sql`delete from event_vocabulary`)
}

/** Adds the places that the events behind `from`, up to `upTo`, name in their columns. */
export async function addPlaces(db: Queryable, from: number, upTo: number): Promise<void> {
  await db.run(
    sql`insert into event_vocabulary (field, term, organisation)
        select distinct v.field, v.term, e.organisation
        from event e cross join lateral (values (3::smallint, e.read_point),
          (4::smallint, e.biz_location)) as v (field, term)
        where e.position > ${from} and e.position <= ${upTo} and v.term is not null
        order by 1, 2, 3
        on conflict (field, term, organisation) do nothing`,
  )
}

/** A term that an organisation's events name in a field. */
export interface Named {
  field: Field
  term: number
  organisation: number
}

/** The steps and dispositions that the events behind `from`, up to `upTo`, name, as they are stored with the events. */
export function stepsIn(db: Queryable, from: number, upTo: number): Promise<Named[]> {
  return db.rows<Named>(
    sql`select distinct v.field, v.term, e.organisation
        from event e cross join lateral (values (1::smallint, e.biz_step), (2::smallint, e.disposition)) as v (field, term)
        where e.position > ${from} and e.position <= ${upTo} and v.term is not null`,
  )
}

export interface OwnEvent {
  organisation: number
  block: number
  slot: number
  context: number
  type: number
  biz_step: number | null
  disposition: number | null
}

/** Events of types of their own, and those whose step or disposition is one of these terms. */
export function ownEvents(db: Queryable, from: number, upTo: number, steps: readonly number[]): Promise<OwnEvent[]> {
  return db.rows<OwnEvent>(
    sql`select organisation, block, slot, context, type, biz_step, disposition from event
        where position > ${from} and position <= ${upTo} and (type = 0 or biz_step = any(${int4Array(steps)}::int[])
          or disposition = any(${int4Array(steps)}::int[]))
        order by block, slot`,
  )
}

export async function addNamed(db: Queryable, named: readonly Named[]): Promise<void> {
  await db.run(
    sql`insert into event_vocabulary (field, term, organisation)
        select distinct field, term, organisation
        from unnest(${int2Array(named.map(n => n.field))}::smallint[], ${int4Array(named.map(n => n.term))}::int[],
          ${int4Array(named.map(n => n.organisation))}::int[]) as n (field, term, organisation)
        order by 1, 2, 3 on conflict (field, term, organisation) do nothing`,
  )
}

/** Values of a field behind one, in the order of their texts, but for some and those of hidden organisations alone. */
export async function namedIn(
  db: Queryable,
  field: Field,
  of: { hidden: readonly number[]; but: readonly string[]; after: string; limit: number },
): Promise<string[]> {
  const rows = await db.rows<{ text: string }>(
    sql`select distinct t.text from event_vocabulary v join term t on t.id = v.term
        where v.field = ${field} and v.organisation <> all(${int4Array(of.hidden)}::int[])
          and t.text > ${of.after} and t.text <> all(${textArray(of.but)}::text[])
        order by t.text limit ${of.limit}`,
  )
  return rows.map(row => row.text)
}

/** Whether some event names one of these terms in a field. */
export async function isNamed(db: Queryable, field: Field, terms: readonly number[], hidden: readonly number[]) {
  const row = await db.row(
    sql`select 1 as one from event_vocabulary where field = ${field} and term = any(${int4Array(terms)}::int[])
          and organisation <> all(${int4Array(hidden)}::int[]) limit 1`,
  )
  return row !== undefined
}

/** Rows of units behind a key, in its order. */
export function unitsBehind(
  db: Queryable,
  after: string,
  limit: number,
): Promise<{ unit: string; role: number; event: string }[]> {
  return db.rows(
    sql`select unit, role, event from event_unit where unit > ${after} order by unit, time, event, role limit ${limit}`,
  )
}

/** Events that name a unit in one of these roles. */
export function eventsOfUnit(
  db: Queryable,
  unit: string,
  roles: readonly number[],
  limit: number,
): Promise<{ event: string }[]> {
  return db.rows(
    sql`select event from event_unit where unit = ${unit} and role = any(${int2Array(roles)}::smallint[]) limit ${limit}`,
  )
}

/** Whether an organisation that is not hidden reported one of these events. */
export async function areShown(db: Queryable, keys: readonly string[], hidden: readonly number[]): Promise<boolean> {
  const hex = keys.map(key => key.replaceAll('-', ''))
  const row = await db.row(
    sql`select 1 as one from event where key = any(${uuidArray(hex)}::uuid[])
          and organisation <> all(${int4Array(hidden)}::int[]) limit 1`,
  )
  return row !== undefined
}
