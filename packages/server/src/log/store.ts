import { byteaArray, int2Array, int8Array } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import type { QueueRow } from './entries.ts'

/** How far the log has come. */
export interface LogState {
  /** entries */
  size: number
  /** the last capture position that has an entry */
  position: number
  /** who extended it last */
  process: number
}

/** A tree of a suite, as it is stored. */
export interface TreeRow {
  suite: number
  origin: string
  key: string
  /** entries that its tiles cover */
  size: number
  note: Buffer
}

/** Entries `first_index` … that have the positions `first_position` … */
export interface RangeRow {
  first_index: number
  first_position: number
  count: number
}

export interface TileRow {
  suite: number
  level: number
  n: number
  body: Uint8Array
}

export function readState(db: Queryable): Promise<LogState | undefined> {
  return db.row<LogState>(sql`select size, position, process from log_state`)
}

/** The same, held until the transaction ends: nobody extends the log meanwhile. */
export function lockState(db: Queryable): Promise<LogState | undefined> {
  return db.row<LogState>(sql`select size, position, process from log_state for update`)
}

export function readTrees(db: Queryable): Promise<TreeRow[]> {
  return db.rows<TreeRow>(sql`select suite, origin, key, size, note from log_tree order by suite`)
}

/** Trees and the position that they cover, of one moment. */
export function readHeads(db: Queryable): Promise<(TreeRow & { position: number; process: number })[]> {
  return db.rows(
    sql`select t.suite, t.origin, t.key, t.size, t.note, s.position, s.process from log_state s cross join log_tree t order by t.suite`,
  )
}

/** Makes the log; false where there is one already. */
export async function insertState(db: Queryable, process: number): Promise<boolean> {
  const made = await db.run(
    sql`insert into log_state (size, position, process) values (0, 0, ${process}) on conflict (one) do nothing`,
  )
  return made === 1
}

/** Adds a tree; false where the suite has one already. */
export async function insertTree(db: Queryable, t: TreeRow): Promise<boolean> {
  const made = await db.run(
    sql`insert into log_tree (suite, origin, key, size, note)
        values (${t.suite}::smallint, ${t.origin}, ${t.key}, ${t.size}, ${t.note}) on conflict (suite) do nothing`,
  )
  return made === 1
}

/**
 * Moves the log on: the first statement of whoever extends it. Demands that no other process has done so meanwhile
 * (`isUnmet`); one that is about to is waited for.
 */
export async function moveState(db: Queryable, from: number, to: LogState): Promise<void> {
  await db.run(
    sql`with moved as (update log_state set size = ${to.size}, position = ${to.position}, process = ${to.process}
          where size = ${from} returning 1)
        select 1 / count(*) from moved`,
  )
}

/** Moves a tree on, with its new checkpoint. Demands that it has the size that was read (`isUnmet`). */
export async function moveTree(
  db: Queryable,
  suite: number,
  from: number,
  size: number,
  note: Uint8Array,
): Promise<void> {
  await db.run(
    sql`with moved as (update log_tree set size = ${size}, note = ${Buffer.from(note)}
          where suite = ${suite}::smallint and size = ${from} returning 1)
        select 1 / count(*) from moved`,
  )
}

/** Size of the log and the queue rows of its open end, of one moment. */
export async function readEnd(db: Queryable): Promise<{ size: number; kept: QueueRow[] }> {
  const rows = await db.rows<{ size: number } & Partial<QueueRow>>(
    sql`select s.size, q.first, q.count, q.kind, q.suites, q.body from log_state s left join log_queue q on q.first <= s.position order by q.first`,
  )
  const kept = rows.filter((row): row is { size: number } & QueueRow => row.body !== null)
  return { size: rows[0]?.size ?? 0, kept }
}

/** Changes key and checkpoint of a tree; false where it is not any more what was read. */
export async function replaceHead(
  db: Queryable,
  read: TreeRow,
  { key, note }: Pick<TreeRow, 'key' | 'note'>,
): Promise<boolean> {
  const changed = await db.run(
    sql`update log_tree set key = ${key}, note = ${note}
        where suite = ${read.suite}::smallint and key = ${read.key} and note = ${read.note}`,
  )
  return changed === 1
}

/** Writes runs of entries; the last one stored may have grown. */
export async function putRanges(db: Queryable, rows: readonly RangeRow[]): Promise<void> {
  if (!rows.length) return
  await db.run(
    sql`insert into log_range (first_index, first_position, count)
        select * from unnest(${int8Array(rows.map(r => r.first_index))}::bigint[], ${int8Array(rows.map(r => r.first_position))}::bigint[],
          ${int8Array(rows.map(r => r.count))}::bigint[])
        on conflict (first_index) do update set count = excluded.count`,
  )
}

/** The run that a position would stand in. */
export function rangeAtPosition(db: Queryable, position: number): Promise<RangeRow | undefined> {
  return db.row<RangeRow>(
    sql`select first_index, first_position, count from log_range where first_position <= ${position} order by first_position desc limit 1`,
  )
}

/** The same for many positions; one that is before all runs is left out. */
export function rangesAtPositions(
  db: Queryable,
  positions: readonly number[],
): Promise<(RangeRow & { position: number })[]> {
  return db.rows(
    sql`select w.position, r.first_index, r.first_position, r.count from unnest(${int8Array(positions)}::bigint[]) as w (position)
        cross join lateral (select first_index, first_position, count from log_range
          where first_position <= w.position order by first_position desc limit 1) as r`,
  )
}

/** The runs that hold entries from `index` on, in order. */
export function rangesFrom(db: Queryable, index: number, limit: number): Promise<RangeRow[]> {
  return db.rows<RangeRow>(
    sql`select first_index, first_position, count from log_range
        where first_index >= coalesce((select max(first_index) from log_range where first_index <= ${index}), 0)
        order by first_index limit ${limit}`,
  )
}

export function lastRange(db: Queryable): Promise<RangeRow | undefined> {
  return db.row<RangeRow>(
    sql`select first_index, first_position, count from log_range order by first_index desc limit 1`,
  )
}

/** Full bundles are written once: one that is there already is an error of the database's, and stops the sequencer. */
export async function insertBundles(db: Queryable, rows: readonly { n: number; body: Buffer }[]): Promise<void> {
  if (!rows.length) return
  await db.run(
    sql`insert into log_bundle (n, body)
        select * from unnest(${int8Array(rows.map(r => r.n))}::bigint[], ${byteaArray(rows.map(r => r.body))}::bytea[])`,
  )
}

export async function readBundle(db: Queryable, n: number): Promise<Buffer | null> {
  return (await db.row<{ body: Buffer }>(sql`select body from log_bundle where n = ${n}`))?.body ?? null
}

export function readBundles(db: Queryable, from: number, limit: number): Promise<{ n: number; body: Buffer }[]> {
  return db.rows(sql`select n, body from log_bundle where n >= ${from} order by n limit ${limit}`)
}

/** Writes tiles. One that is there may only grow, by hashes behind those that it has: that is demanded (`isUnmet`). */
export async function putTiles(db: Queryable, rows: readonly TileRow[]): Promise<void> {
  if (!rows.length) return
  await db.run(
    sql`with put as (
          insert into log_tile (suite, level, n, body)
          select * from unnest(${int2Array(rows.map(r => r.suite))}::smallint[], ${int2Array(rows.map(r => r.level))}::smallint[],
            ${int8Array(rows.map(r => r.n))}::bigint[], ${byteaArray(rows.map(r => Buffer.from(r.body)))}::bytea[])
          on conflict (suite, level, n) do update set body = excluded.body
            where substring(excluded.body from 1 for octet_length(log_tile.body)) = log_tile.body
          returning 1)
        select 1 / (count(*) = ${rows.length})::int from put`,
  )
}

export async function readTile(db: Queryable, suite: number, level: number, n: number): Promise<Buffer | null> {
  const row = await db.row<{ body: Buffer }>(
    sql`select body from log_tile where suite = ${suite}::smallint and level = ${level}::smallint and n = ${n}`,
  )
  return row?.body ?? null
}

/** What inclusion proofs are made from, all of one moment. */
export interface ProofParts {
  tiles: { level: number; n: number; body: Buffer }[]
  bundles: { n: number; body: Buffer }[]
  /** the log's size and the queue rows of its open end; null where it was not asked for */
  open: { size: number; kept: QueueRow[] } | null
}

/** Reads tiles of a suite, bundles and the open end in one statement; what there is not is left out. */
export async function readProofParts(
  db: Queryable,
  suite: number,
  asked: { tiles: readonly { level: number; n: number }[]; bundles: readonly number[]; open: boolean },
): Promise<ProofParts> {
  const { tiles, bundles, open } = asked
  const rows = await db.rows<{
    what: number
    a: number
    n: number
    first: number
    kind: number
    suites: number
    body: Buffer | null
  }>(
    sql`select 0 as what, t.level::int as a, t.n, 0::bigint as first, 0::smallint as kind, 0::smallint as suites, t.body
        from unnest(${int2Array(tiles.map(t => t.level))}::smallint[], ${int8Array(tiles.map(t => t.n))}::bigint[]) as w (level, n)
          join log_tile t on t.suite = ${suite}::smallint and t.level = w.level and t.n = w.n
        union all select 1, 0, n, 0, 0, 0, body from log_bundle where n = any(${int8Array(bundles)}::bigint[])
        union all select 2, coalesce(q.count, 0), s.size, q.first, q.kind, q.suites, q.body
          from log_state s left join log_queue q on q.first <= s.position where ${open}`,
  )
  const parts: ProofParts = { tiles: [], bundles: [], open: null }
  for (const { what, a, n, body, ...row } of rows) {
    if (what === 0 && body) parts.tiles.push({ level: a, n, body })
    else if (what === 1 && body) parts.bundles.push({ n, body })
    else {
      parts.open ??= { size: n, kept: [] }
      if (body) parts.open.kept.push({ ...row, count: a, body })
    }
  }
  parts.open?.kept.sort((a, b) => a.first - b.first)
  return parts
}
