import { int4Array } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'

export interface OrganisationRow {
  id: number
  code: string
  name: string
  credit_code: string | null
  created: number
}

/** Who bears a credit code. */
export function findByCreditCode(db: Queryable, creditCode: string): Promise<OrganisationRow | undefined> {
  return db.row<OrganisationRow>(sql`select * from organisation where credit_code = ${creditCode}`)
}

/** False where another organisation bears the code, or this one bears another; waits for one that is being written. */
export async function giveCreditCode(db: Queryable, id: number, creditCode: string): Promise<boolean> {
  const written = await db.run(
    sql`update organisation set credit_code = ${creditCode}
        where id = ${id} and (credit_code is null or credit_code = ${creditCode})
          and not exists (select 1 from organisation o where o.credit_code = ${creditCode} and o.id <> ${id})`,
  )
  return written === 1
}

/** Lets one registration of a credit code at a time through, until the transaction ends. */
export async function lockRegistration(db: Queryable): Promise<void> {
  await db.rows(sql`select id from organisation where code = 'platform' for update`)
}

export function findOrganisation(db: Queryable, code: string): Promise<OrganisationRow | undefined> {
  return db.row<OrganisationRow>(sql`select * from organisation where code = ${code}`)
}

/** In order of their codes. */
export function listOrganisations(db: Queryable, after: string, limit: number): Promise<OrganisationRow[]> {
  return db.rows<OrganisationRow>(sql`select * from organisation where code > ${after} order by code limit ${limit}`)
}

/** Organisations by id, in no order. */
export function findOrganisations(
  db: Queryable,
  ids: readonly number[],
): Promise<Pick<OrganisationRow, 'id' | 'code' | 'credit_code'>[]> {
  return db.rows(sql`select id, code, credit_code from organisation where id = any(${int4Array(ids)}::int[])`)
}

/** Ids of the organisations that have no credit code. */
export async function unregistered(db: Queryable): Promise<number[]> {
  const rows = await db.rows<{ id: number }>(sql`select id from organisation where credit_code is null`)
  return rows.map(row => row.id)
}

/** Says that what is known of organisations has changed: pages made before are made anew. */
export async function countChange(db: Queryable): Promise<void> {
  await db.run(sql`update party_clock set version = version + 1`)
}
