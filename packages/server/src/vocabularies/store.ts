import { int4Array, textArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'

/** A version of a vocabulary element, as one organisation described it. */
export interface ElementRow {
  id: string
  vocabulary: string
  attributes: { id: string; attribute?: unknown }[]
  children: string[]
  recorded: number
  organisation: number
}

/**
 * What is in force of these: nobody may describe what another described first, so of each thing the newest versions of
 * the organisation that was first, one per vocabulary.
 * @param hidden organisations whose descriptions do not count
 */
export function elementsOf(db: Queryable, ids: readonly string[], hidden: readonly number[]): Promise<ElementRow[]> {
  return db.rows<ElementRow>(
    sql`with first as (
          select distinct on (id) id, organisation from master_data
          where id = any(${textArray(ids)}::text[]) and organisation <> all(${int4Array(hidden)}::int[])
          order by id, position, ordinal)
        select distinct on (m.id, m.vocabulary) m.id, m.vocabulary, m.attributes, m.children, m.recorded, m.organisation
        from master_data m join first f on f.id = m.id and f.organisation = m.organisation
        order by m.id, m.vocabulary, m.position desc, m.ordinal desc`,
  )
}

/** Things that some version gives an attribute of one of these names. */
export async function idsWithAttribute(db: Queryable, names: readonly string[], most: number): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(
    sql`select distinct m.id from master_data m where exists (
          select 1 from jsonb_array_elements(m.attributes) as a (value)
          where a.value ->> 'id' = any(${textArray(names)}::text[])) limit ${most}`,
  )
  return rows.map(row => row.id)
}

/** Vocabularies behind one, with the number of their elements. */
export function vocabularies(
  db: Queryable,
  hidden: readonly number[],
  after: string,
  limit: number,
): Promise<{ type: string; elements: number }[]> {
  return db.rows(
    sql`select vocabulary as type, count(distinct id)::int as elements from master_data
        where vocabulary > ${after} and organisation <> all(${int4Array(hidden)}::int[])
        group by vocabulary order by vocabulary limit ${limit}`,
  )
}

/** Elements of a vocabulary behind one. */
export async function elementIds(
  db: Queryable,
  vocabulary: string,
  hidden: readonly number[],
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(
    sql`select distinct id from master_data
        where vocabulary = ${vocabulary} and id > ${after} and organisation <> all(${int4Array(hidden)}::int[])
        order by id limit ${limit}`,
  )
  return rows.map(row => row.id)
}

/** All versions of an element, whoever described it, oldest first. */
export function versionsOf(
  db: Queryable,
  vocabulary: string,
  id: string,
  hidden: readonly number[],
): Promise<ElementRow[]> {
  return db.rows<ElementRow>(
    sql`select id, vocabulary, attributes, children, recorded, organisation from master_data
        where id = ${id} and vocabulary = ${vocabulary} and organisation <> all(${int4Array(hidden)}::int[])
        order by position, ordinal limit 1000`,
  )
}

/** The organisation that described a thing first, in whatever vocabulary. */
export async function firstDescriber(db: Queryable, id: string, hidden: readonly number[]): Promise<number | null> {
  const row = await db.row<{ organisation: number }>(
    sql`select organisation from master_data where id = ${id} and organisation <> all(${int4Array(hidden)}::int[])
        order by position, ordinal limit 1`,
  )
  return row?.organisation ?? null
}
