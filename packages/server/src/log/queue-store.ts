import type { Queryable } from '../lib/db/db.ts'
import { late, sql } from '../lib/db/sql.ts'
import type { QueueRow } from './entries.ts'

/**
 * Hands over the events that this transaction has just written under the capture clock, which it holds: the last of
 * them has the clock's position.
 */
export async function insertQueueAtClock(
  db: Queryable,
  row: Omit<QueueRow, 'first' | 'body'> & { body: () => Buffer; behind: number },
): Promise<void> {
  await db.run(
    late(
      () =>
        sql`insert into log_queue (first, count, kind, suites, body)
            select position - ${row.behind}::bigint - ${row.count}::bigint + 1, ${row.count}, ${row.kind}::smallint, ${row.suites}::smallint, ${row.body()}
            from capture_clock`,
    ),
  )
}

export async function insertQueue(db: Queryable, rows: readonly QueueRow[]): Promise<void> {
  for (const { first, count, kind, suites, body } of rows)
    await db.run(
      sql`insert into log_queue (first, count, kind, suites, body) values (${first}, ${count}, ${kind}::smallint, ${suites}::smallint, ${body})`,
    )
}

/**
 * What waits behind a position, in order: complete, because transactions commit in the order of positions. So many rows
 * at most, and none behind the one with which they have more than so many entries: bodies are large.
 */
export function queueAfter(db: Queryable, position: number, limit: number, entries: number): Promise<QueueRow[]> {
  return db.rows<QueueRow>(
    sql`select first, count, kind, suites, body
        from (select *, sum(count) over (order by first) as upto from log_queue where first > ${position} order by first limit ${limit}) as q
        where upto - count <= ${entries}::bigint order by first`,
  )
}

/**
 * The oldest row that waits behind a position: since when its event has, in microseconds; null where that has no event, as
 * a tombstone has none. Undefined where nothing waits.
 */
export function oldestAfter(db: Queryable, position: number): Promise<{ recorded: number | null } | undefined> {
  return db.row(
    sql`select (select recorded from event where position = q.first) as recorded
        from log_queue q where first > ${position} order by first limit 1`,
  )
}

/**
 * The last position up to the given one that has an entry, or waits for one: not every position has an event. Asked by
 * who has committed what it waits for.
 */
export async function lastLoggable(db: Queryable, position: number): Promise<number> {
  const row = await db.row<{ last: number }>(
    sql`select least(${position}::bigint, greatest((select position from log_state),
          (select max(first + count - 1) from log_queue where first <= ${position}))) as last`,
  )
  return row?.last ?? position
}

/** The rows up to a position that are still kept: the open end of the log. */
export function queueUpTo(db: Queryable, position: number): Promise<QueueRow[]> {
  return db.rows<QueueRow>(
    sql`select first, count, kind, suites, body from log_queue where first <= ${position} order by first`,
  )
}

/** First position that waits or is kept; null where none is. */
export async function queueStart(db: Queryable): Promise<number | null> {
  return (await db.row<{ first: number | null }>(sql`select min(first) as first from log_queue`))?.first ?? null
}

export async function deleteQueue(db: Queryable, upTo: number): Promise<void> {
  await db.run(sql`delete from log_queue where first <= ${upTo}`)
}
