import { int4Array } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'

export interface OrganisationRow {
  id: number
  code: string
  name: string
  credit_code: string | null
  registered_position: number | null
  released: number
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
  await db.rows(sql`select id from organisation where code = 'platform' for no key update`)
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
): Promise<Pick<OrganisationRow, 'id' | 'code' | 'credit_code' | 'registered_position' | 'released'>[]> {
  return db.rows(
    sql`select id, code, credit_code, registered_position, released from organisation where id = any(${int4Array(ids)}::int[])`,
  )
}

/** Ids of the organisations that have no credit code. */
export async function unregistered(db: Queryable): Promise<number[]> {
  const rows = await db.rows<{ id: number }>(sql`select id from organisation where credit_code is null`)
  return rows.map(row => row.id)
}

/** Capture position of the last registration at `time` or before, 0 for none. */
export async function registeredBy(db: Queryable, time: number): Promise<number> {
  const row = await db.row<{ position: number | null }>(
    sql`select max(registered_position) as position from organisation where registered <= ${time}`,
  )
  return row?.position ?? 0
}

/** Capture position as committed: what is at or before it is visible. */
export async function capturedSoFar(db: Queryable): Promise<number> {
  return (await db.row<{ position: number }>(sql`select position from capture_clock`))?.position ?? 0
}

/** Moves the capture clock on by `count` and holds it until the transaction ends. Returns its position. */
export async function takePositions(db: Queryable, count: number): Promise<number> {
  const row = await db.row<{ position: number }>(
    sql`update capture_clock set position = position + ${count} returning position`,
  )
  if (!row) throw new Error('capture_clock is empty')
  return row.position
}

/**
 * Keeps which events of an organisation leave quarantine: those at positions behind `after`, up to and with `upTo`, in
 * that order, numbered from `kept` + 1.
 * @returns how many
 */
export function keepReleased(
  db: Queryable,
  organisation: number,
  kept: number,
  after: number,
  upTo: number,
): Promise<number> {
  return db.run(
    sql`insert into released_event (organisation, n, event_position)
        select ${organisation}::int, ${kept}::int + row_number() over (order by position), position
        from event where organisation = ${organisation} and position > ${after} and position <= ${upTo}`,
  )
}

/** Notes since when an organisation is registered. */
export async function setRegistered(
  db: Queryable,
  organisation: number,
  { position, at, released }: { position: number; at: number; released: number },
): Promise<void> {
  await db.run(
    sql`update organisation set registered_position = ${position}, registered = ${at}, released = ${released}::int
        where id = ${organisation}`,
  )
}

/** Says that what is known of organisations has changed: pages made before are made anew. */
export async function countChange(db: Queryable): Promise<void> {
  await db.run(sql`update party_clock set version = version + 1`)
}
