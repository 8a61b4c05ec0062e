import { int4Array, int8Array, uuidArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'

/** A subscription as stored; times in microseconds. */
export interface SubscriptionRow {
  id: string
  query: number
  query_name: string
  parameters: string
  organisation: number
  organisation_code: string
  created: number
  created_by: string
  dest: string
  secret: string | null
  format: string
  /** the binding of its messages */
  media: 'json' | 'xml'
  /** how standard terms are written in XML */
  terms: string
  schedule: string | null
  report_if_empty: boolean
  min_recorded: number | null
  position: number
  next_run: number | null
  state: 'active' | 'dead'
  batch: number
  attempts: number
  failing_since: number | null
  next_attempt: number | null
  last_success: number | null
  last_run: number | null
  last_error: string | null
  last_error_at: number | null
  delivered: number
  epoch: number
}

const ROW = sql`s.id, s.query, q.name as query_name, q.parameters, s.organisation, o.code as organisation_code, s.created, s.created_by,
  s.dest, s.secret, s.format, s.media, s.terms, s.schedule, s.report_if_empty, s.min_recorded, s.position, s.next_run, s.state, s.batch, s.attempts,
  s.failing_since, s.next_attempt, s.last_success, s.last_run, s.last_error, s.last_error_at, s.delivered, s.epoch`
const TABLES = sql`subscription s join named_query q on q.id = s.query join organisation o on o.id = s.organisation`

export type NewSubscription = Pick<
  SubscriptionRow,
  | 'id'
  | 'query'
  | 'organisation'
  | 'created'
  | 'created_by'
  | 'dest'
  | 'secret'
  | 'format'
  | 'media'
  | 'terms'
  | 'schedule'
  | 'report_if_empty'
  | 'min_recorded'
  | 'position'
  | 'next_run'
  | 'batch'
>

/** False where the query is gone. */
export async function insertSubscription(db: Queryable, s: NewSubscription): Promise<boolean> {
  const written = await db.run(
    sql`insert into subscription (id, query, organisation, created, created_by, dest, secret, format, media, terms, schedule, report_if_empty,
          min_recorded, position, next_run, state, batch)
        select ${s.id}::uuid, id, ${s.organisation}::int, ${s.created}::bigint, ${s.created_by}::text, ${s.dest}::text, ${s.secret}::text,
          ${s.format}::text, ${s.media}::text, ${s.terms}::text, ${s.schedule}::text, ${s.report_if_empty}::boolean, ${s.min_recorded}::bigint, ${s.position}::bigint,
          ${s.next_run}::bigint, 'active', ${s.batch}::int
        from named_query where id = ${s.query}`,
  )
  return written === 1
}

export interface Place {
  created: number
  id: string
}

/** In the order in which they were made, behind a place; of one query or organisation unless these are null. */
export function listSubscriptions(
  db: Queryable,
  of: { query: number | null; organisation: number | null },
  after: Place | null,
  limit: number,
): Promise<SubscriptionRow[]> {
  const query = of.query === null ? sql`true` : sql`s.query = ${of.query}`
  const own = of.organisation === null ? sql`true` : sql`s.organisation = ${of.organisation}`
  const behind = after === null ? sql`true` : sql`(s.created, s.id) > (${after.created}, ${after.id}::uuid)`
  return db.rows<SubscriptionRow>(
    sql`select ${ROW} from ${TABLES} where ${query} and ${own} and ${behind} order by s.created, s.id limit ${limit}`,
  )
}

export function findSubscription(db: Queryable, id: string): Promise<SubscriptionRow | undefined> {
  return db.row<SubscriptionRow>(sql`select ${ROW} from ${TABLES} where s.id = ${id}::uuid`)
}

export async function countSubscriptions(db: Queryable, organisation: number): Promise<number> {
  const row = await db.row<{ n: number }>(
    sql`select count(*) as n from subscription where organisation = ${organisation}`,
  )
  return row?.n ?? 0
}

/** How many are delivered, and the place of the one furthest behind; `head` where there is none. */
export async function lastPlace(db: Queryable, head: number): Promise<{ position: number; followers: number }> {
  const row = await db.row<{ position: number | null; followers: number }>(
    sql`select min(position) as position, count(*) as followers from subscription where state = 'active'`,
  )
  return { position: row?.position ?? head, followers: row?.followers ?? 0 }
}

export async function deleteSubscription(db: Queryable, id: string): Promise<boolean> {
  return (await db.run(sql`delete from subscription where id = ${id}::uuid`)) === 1
}

/**
 * Takes it up again, from a position where one is given. Free at once where this process held it; another that holds it
 * lets go when it next renews its lease.
 */
export async function reviveSubscription(
  db: Queryable,
  holder: number,
  id: string,
  from: { position: number; recorded: number } | null,
): Promise<void> {
  await db.run(
    sql`update subscription set state = 'active', attempts = 0, failing_since = null, next_attempt = null, epoch = epoch + 1,
          holder = case when holder = ${holder} then null else holder end,
          position = coalesce(${from?.position ?? null}::bigint, position),
          min_recorded = coalesce(${from?.recorded ?? null}::bigint, min_recorded)
        where id = ${id}::uuid`,
  )
}

// Leases are reckoned by the database's clock: those of the processes may differ.
const CLOCK = sql`(extract(epoch from clock_timestamp()) * 1000000)::bigint`

/**
 * Takes subscriptions whose lease has run out, or that nobody holds; whoever of several processes comes first has them.
 * @param alone there is no other process: leases of an earlier one are void
 */
export async function takeLeases(
  db: Queryable,
  holder: number,
  lease: number,
  limit: number,
  alone: boolean,
): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(
    sql`update subscription set holder = ${holder}, lease_until = ${CLOCK} + ${lease}::bigint
        where id in (
          select s.id from subscription s
          where s.state = 'active'
            and (s.holder is null or s.lease_until < ${CLOCK} or ${alone}::boolean)
            and exists (
              select from api_key k
              where k.organisation = s.organisation and not k.sandbox and k.revoked is null and (k.expires is null or k.expires > ${CLOCK})
                and 'read' = any(k.permissions))
          limit ${limit} for update skip locked)
        returning id`,
  )
  return rows.map(r => r.id)
}

/**
 * Holds what a process holds for longer. Returns what it still holds: not what was deleted, taken over or sent again, and
 * not what belongs to an organisation without a key that may read.
 */
export async function renewLeases(
  db: Queryable,
  holder: number,
  list: readonly { id: string; epoch: number }[],
  lease: number,
): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(
    sql`update subscription s set lease_until = ${CLOCK} + ${lease}::bigint
        from unnest(${uuidArray(list.map(h => h.id))}::uuid[], ${int4Array(list.map(h => h.epoch))}::int[]) as h (id, epoch)
        where s.id = h.id and s.epoch = h.epoch and s.holder = ${holder} and s.state = 'active'
          and exists (
            select from api_key k
            where k.organisation = s.organisation and not k.sandbox and k.revoked is null and (k.expires is null or k.expires > ${CLOCK})
              and 'read' = any(k.permissions))
        returning s.id`,
  )
  return rows.map(r => r.id)
}

export async function releaseLeases(db: Queryable, holder: number, ids: readonly string[]): Promise<void> {
  if (!ids.length) return
  await db.run(
    sql`update subscription set holder = null, lease_until = null
        where id = any(${uuidArray(ids)}::uuid[]) and holder = ${holder}`,
  )
}

export function subscriptionsById(db: Queryable, ids: readonly string[]): Promise<SubscriptionRow[]> {
  return db.rows<SubscriptionRow>(sql`select ${ROW} from ${TABLES} where s.id = any(${uuidArray(ids)}::uuid[])`)
}

/** How far a subscription has come. */
export interface Progress {
  id: string
  epoch: number
  position: number
  batch: number
  /** events sent since the last report */
  delivered: number
  /** when the receiver took something, 0 where it did not */
  success: number
  /** when the query was last asked, 0 where it was not */
  run: number
  /** of a schedule, else 0 */
  nextRun: number
}

/** Writes how far they have come; only for what the process holds. Returns what it still holds. */
export async function writeProgress(db: Queryable, holder: number, list: readonly Progress[]): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(
    sql`update subscription s set position = p.position, batch = p.batch, delivered = s.delivered + p.delivered,
          last_success = case when p.success > 0 then p.success else s.last_success end,
          last_run = case when p.run > 0 then p.run else s.last_run end,
          next_run = case when p.next_run > 0 then p.next_run else s.next_run end,
          attempts = case when p.success > 0 then 0 else s.attempts end,
          failing_since = case when p.success > 0 then null else s.failing_since end,
          next_attempt = case when p.success > 0 then null else s.next_attempt end
        from unnest(${uuidArray(list.map(p => p.id))}::uuid[], ${int4Array(list.map(p => p.epoch))}::int[],
          ${int8Array(list.map(p => p.position))}::bigint[],
          ${int4Array(list.map(p => p.batch))}::int[], ${int8Array(list.map(p => p.delivered))}::bigint[],
          ${int8Array(list.map(p => p.success))}::bigint[], ${int8Array(list.map(p => p.run))}::bigint[],
          ${int8Array(list.map(p => p.nextRun))}::bigint[]) as p (id, epoch, position, batch, delivered, success, run, next_run)
        where s.id = p.id and s.epoch = p.epoch and s.holder = ${holder}
        returning s.id`,
  )
  return rows.map(r => r.id)
}

export interface Failure {
  id: string
  epoch: number
  attempts: number
  batch: number
  failingSince: number
  nextAttempt: number | null
  error: string
  at: number
  dead: boolean
}

/** Writes that a message was not taken. False where the process does not hold the subscription. */
export async function writeFailure(db: Queryable, holder: number, f: Failure): Promise<boolean> {
  const written = await db.run(
    sql`update subscription set attempts = ${f.attempts}, batch = ${f.batch}, failing_since = ${f.failingSince},
          next_attempt = ${f.nextAttempt}::bigint, last_error = ${f.error}, last_error_at = ${f.at},
          state = case when ${f.dead}::boolean then 'dead' else state end,
          holder = case when ${f.dead}::boolean then null else holder end
        where id = ${f.id}::uuid and epoch = ${f.epoch} and holder = ${holder}`,
  )
  return written === 1
}
