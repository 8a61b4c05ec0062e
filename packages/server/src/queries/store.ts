import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'

export interface QueryRow {
  id: number
  organisation: number
  organisation_code: string
  name: string
  parameters: string
  created: number
}

const ROW = sql`q.id, q.organisation, o.code as organisation_code, q.name, q.parameters, q.created`
const TABLES = sql`named_query q join organisation o on o.id = q.organisation`

/** False where the organisation has a query of this name. */
export async function insertQuery(
  db: Queryable,
  q: { organisation: number; name: string; parameters: string; created: number; by: string },
): Promise<boolean> {
  const written = await db.run(
    sql`insert into named_query (organisation, name, parameters, created, created_by)
        values (${q.organisation}, ${q.name}, ${q.parameters}, ${q.created}, ${q.by})
        on conflict (organisation, name) do nothing`,
  )
  return written === 1
}

/** Queries of a name; of one organisation unless it is null. At most two: whoever asks wants to know whether it is one. */
export function findQueries(db: Queryable, name: string, organisation: number | null): Promise<QueryRow[]> {
  const own = organisation === null ? sql`true` : sql`q.organisation = ${organisation}`
  return db.rows<QueryRow>(sql`select ${ROW} from ${TABLES} where q.name = ${name} and ${own} limit 2`)
}

/** The query of a name of the organisation with a code. */
export function findQueryOf(db: Queryable, name: string, code: string): Promise<QueryRow | undefined> {
  return db.row<QueryRow>(sql`select ${ROW} from ${TABLES} where q.name = ${name} and o.code = ${code}`)
}

export function queriesById(db: Queryable, ids: readonly number[]): Promise<QueryRow[]> {
  return db.rows<QueryRow>(sql`select ${ROW} from ${TABLES} where q.id = any(${[...ids]}::int[])`)
}

/** Queries in the order of their names, behind a place, and how large they are; of one organisation unless it is null. */
export function queryPlaces(
  db: Queryable,
  organisation: number | null,
  after: { name: string; id: number } | null,
  limit: number,
): Promise<{ id: number; bytes: number }[]> {
  const own = organisation === null ? sql`true` : sql`q.organisation = ${organisation}`
  const behind = after === null ? sql`true` : sql`(q.name, q.id) > (${after.name}, ${after.id})`
  return db.rows<{ id: number; bytes: number }>(
    sql`select q.id, octet_length(q.parameters) as bytes from named_query q where ${own} and ${behind} order by q.name, q.id limit ${limit}`,
  )
}

/** How many queries an organisation has. */
export async function countQueries(db: Queryable, organisation: number): Promise<number> {
  const row = await db.row<{ n: number }>(
    sql`select count(*) as n from named_query where organisation = ${organisation}`,
  )
  return row?.n ?? 0
}

/** Its subscriptions go with it. */
export async function deleteQuery(db: Queryable, id: number): Promise<boolean> {
  return (await db.run(sql`delete from named_query where id = ${id}`)) === 1
}
