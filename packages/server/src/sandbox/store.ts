import type { Db, Queryable } from '../lib/db/db.ts'
import { type Sql, sql } from '../lib/db/sql.ts'
import { DatabaseUnavailable } from '../lib/db/unavailable.ts'

export interface SandboxRow {
  organisation: number
  number: number
  created: number
  reset: number | null
  used: number
}

/** An organisation as its sandbox gets a copy of it. */
export interface OrganisationCopy {
  id: number
  code: string
  name: string
  credit_code: string | null
}

/** The schema of a sandbox. */
export function schemaOf(number: number): string {
  return `sandbox_${number}`
}

export function findOrganisation(db: Queryable, code: string): Promise<OrganisationCopy | undefined> {
  return db.row(sql`select id, code, name, credit_code from organisation where code = ${code}`)
}

export function organisationById(db: Queryable, id: number): Promise<OrganisationCopy | undefined> {
  return db.row(sql`select id, code, name, credit_code from organisation where id = ${id}`)
}

export function findSandbox(db: Queryable, organisation: number): Promise<SandboxRow | undefined> {
  return db.row<SandboxRow>(sql`select * from sandbox where organisation = ${organisation}`)
}

/** Makes the row unless it is there. */
export async function insertSandbox(db: Queryable, organisation: number, at: number): Promise<void> {
  await db.run(
    sql`insert into sandbox (organisation, number, created, used)
        values (${organisation}, nextval('sandbox_number')::int, ${at}, ${at})
        on conflict (organisation) do update set used = excluded.used`,
  )
}

/** Gives a sandbox another schema; the number of the one before, undefined where there is no sandbox. */
export async function renumber(db: Queryable, organisation: number, at: number): Promise<number | undefined> {
  const row = await db.row<{ number: number }>(
    sql`with before as (select number from sandbox where organisation = ${organisation} for update),
          after as (update sandbox set number = nextval('sandbox_number')::int, reset = ${at}, used = ${at}
                    where organisation = ${organisation})
        select number from before`,
  )
  return row?.number
}

/** The number of the sandbox that was there. */
export async function deleteSandbox(tx: Queryable, organisation: number): Promise<number | undefined> {
  const row = await tx.row<{ number: number }>(
    sql`delete from sandbox where organisation = ${organisation} returning number`,
  )
  return row?.number
}

export async function touch(db: Queryable, organisation: number, at: number): Promise<void> {
  await db.run(sql`update sandbox set used = ${at} where organisation = ${organisation} and used < ${at}`)
}

/** Organisations whose sandbox was not used since. */
export async function unusedSince(db: Queryable, at: number): Promise<number[]> {
  const rows = await db.rows<{ organisation: number }>(sql`select organisation from sandbox where used < ${at}`)
  return rows.map(row => row.organisation)
}

/**
 * Numbers of schemas that no sandbox has: what a process left behind that ended between a reset and its end. Only of those
 * that were given out, and that hold nothing or what migrations make: a schema of somebody else's is left alone.
 */
export async function strays(db: Queryable): Promise<number[]> {
  const rows = await db.rows<{ number: number }>(
    sql`select substr(nspname, 9)::int as number from pg_namespace
        where nspname ~ '^sandbox_[1-9][0-9]{0,8}$'
          and not exists (select 1 from sandbox where nspname = 'sandbox_' || number)
          and substr(nspname, 9)::int <= (select case when is_called then last_value else 0 end from sandbox_number)
          and (not exists (select 1 from pg_class where relnamespace = pg_namespace.oid)
            or exists (select 1 from pg_class where relnamespace = pg_namespace.oid and relname = 'migration'))`,
  )
  return rows.map(row => row.number)
}

/**
 * Makes the schema unless it is there, one process at a time.
 * @throws DatabaseUnavailable where the sandbox has been reset or closed meanwhile
 */
export async function makeSchema(db: Db, organisation: number, number: number): Promise<void> {
  await db.tx(async tx => {
    const row = await tx.row(
      sql`select 1 as one from sandbox where organisation = ${organisation} and number = ${number} for update`,
    )
    if (!row) throw new DatabaseUnavailable(new Error('the sandbox was reset meanwhile'))
    await tx.script(`create schema if not exists ${schemaOf(number)}`)
  })
}

export async function dropSchema(db: Db, number: number): Promise<void> {
  await db.script(`drop schema if exists ${schemaOf(number)} cascade`)
}

export async function isMade(db: Queryable, number: number): Promise<boolean> {
  const row = await db.row(sql`select 1 as one from pg_namespace where nspname = ${schemaOf(number)}`)
  return row !== undefined
}

/**
 * Writes the copy of the organisation into its sandbox, with a key that no text opens: subscriptions are delivered while
 * their organisation has one. @returns its id there
 */
export async function copyOrganisation(sandbox: Queryable, copy: OrganisationCopy, at: number): Promise<number> {
  const row = await sandbox.row<{ id: number }>(
    sql`insert into organisation (code, name, created, credit_code)
        values (${copy.code}, ${copy.name}, ${at}, ${copy.credit_code})
        on conflict (code) do update set name = excluded.name, credit_code = excluded.credit_code
        returning id`,
  )
  if (!row) throw new Error('organisation: no row returned')
  await sandbox.run(
    sql`insert into api_key (id, digest, organisation, label, permissions, created)
        values ('sandbox', ''::bytea, ${row.id}, 'sandbox', array['read'], ${at}) on conflict (id) do nothing`,
  )
  return row.id
}

/** Events that a sandbox has captured, and bytes of its tables with their indexes. */
export async function measure(sandbox: Queryable): Promise<{ events: number; bytes: number }> {
  const row = await sandbox.row<{ events: number; bytes: number }>(MEASURE)
  return row ?? { events: 0, bytes: 0 }
}

const MEASURE: Sql = sql`
  select (select count(*) from event where part = 0) as events,
    coalesce(sum(pg_total_relation_size(oid)), 0)::bigint as bytes
  from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'`

/** Events that came since the sandbox was made, those of them that were not taken, and captures not yet finished. */
export async function receiptCounts(sandbox: Queryable): Promise<{ events: number; refused: number; open: number }> {
  const row = await sandbox.row<{ events: number; refused: number; open: number }>(
    sql`select coalesce(sum(events), 0)::bigint as events, coalesce(sum(rejected + conflict), 0)::bigint as refused,
          count(*) filter (where state in ('staging', 'staged')) as open
        from capture`,
  )
  return row ?? { events: 0, refused: 0, open: 0 }
}

/** The first receipts that say so. */
export function refusedReceipts(
  sandbox: Queryable,
  limit: number,
): Promise<{ capture: string; ordinal: number; status: string; event_id: string | null; body: unknown }[]> {
  return sandbox.rows(
    sql`select r.capture, r.ordinal, r.status, r.event_id, r.body from capture_receipt r join capture c on c.id = r.capture
        where r.status in ('rejected', 'conflict') order by c.created, r.ordinal limit ${limit}`,
  )
}

/** Keeps the report in place of the last one. */
export async function putAdmission(
  db: Queryable,
  organisation: number,
  { at, passed, report }: { at: number; passed: boolean; report: object },
): Promise<void> {
  await db.run(
    sql`insert into admission (organisation, at, passed, report)
        values (${organisation}, ${at}, ${passed}, ${JSON.stringify(report)}::jsonb)
        on conflict (organisation) do update set at = excluded.at, passed = excluded.passed, report = excluded.report`,
  )
}

export async function findAdmission(db: Queryable, organisation: number): Promise<object | undefined> {
  return (await db.row<{ report: object }>(sql`select report from admission where organisation = ${organisation}`))
    ?.report
}
