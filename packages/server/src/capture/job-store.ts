import { uuidArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { and, type Sql, sql } from '../lib/db/sql.ts'

export type Behaviour = 'rollback' | 'proceed'

export interface CaptureRow {
  id: string
  number: number
  organisation: number
  organisation_code: string
  may_void: boolean
  lenient: boolean
  behaviour: Behaviour
  state: 'staging' | 'staged' | 'done' | 'failed'
  created: number
  finished: number | null
  context: number | null
  header: string | null
  process: number
  events: number
  applied: number
  accepted: number
  duplicate: number
  conflict: number
  rejected: number
  /** where the first of its events is, if they share a block with those of other captures; else null */
  block: number | null
  slot: number | null
  errors: { pointer: string; message: string; line?: number; column?: number }[]
}

export interface NewCapture {
  id: string
  number: number
  organisation: number
  mayVoid: boolean
  lenient: boolean
  behaviour: Behaviour
  state: CaptureRow['state']
  created: number
  process: number
}

export async function insertCapture(db: Queryable, c: NewCapture): Promise<void> {
  await db.run(
    sql`insert into capture (id, number, organisation, may_void, lenient, behaviour, state, created, process)
        values (${c.id}::uuid, ${c.number}, ${c.organisation}, ${c.mayVoid}, ${c.lenient}, ${c.behaviour}, ${c.state}, ${c.created}, ${c.process})`,
  )
}

export interface Tally {
  applied: number
  accepted: number
  duplicate: number
  conflict: number
}

/**
 * The document is complete and durable: from here on it will be applied, whatever happens to this process.
 * False where it was cleared away because this process was taken for dead.
 */
export async function markStaged(
  db: Queryable,
  c: { id: string; context: number; header: string; events: number; rejected: number; errors: unknown[] },
): Promise<boolean> {
  const changed = await db.run(
    sql`update capture set state = 'staged', context = ${c.context}, header = ${c.header}, events = ${c.events}, rejected = ${c.rejected},
          errors = ${JSON.stringify(c.errors)}::jsonb where id = ${c.id}::uuid and state = 'staging'`,
  )
  return changed === 1
}

/**
 * Counts what one chunk did; the ordinal after its last event is where a restart goes on. False where another process
 * has taken the document over or has gone further: then the chunk must not be written.
 */
export async function progress(
  db: Queryable,
  c: { id: string; process: number; from: number },
  t: Tally,
): Promise<boolean> {
  const changed = await db.run(
    sql`update capture set applied = ${t.applied}, accepted = accepted + ${t.accepted}, duplicate = duplicate + ${t.duplicate},
          conflict = conflict + ${t.conflict}
        where id = ${c.id}::uuid and state = 'staged' and process = ${c.process} and applied = ${c.from}`,
  )
  return changed === 1
}

/** Takes over a document from a process that is gone. False where another process was quicker. */
export async function claim(db: Queryable, id: string, from: number, to: number): Promise<boolean> {
  const changed = await db.run(
    sql`update capture set process = ${to} where id = ${id}::uuid and process = ${from} and state = 'staged'`,
  )
  return changed === 1
}

export async function finish(db: Queryable, id: string, process: number, at: number): Promise<void> {
  await db.run(
    sql`update capture set state = 'done', finished = ${at} where id = ${id}::uuid and state = 'staged' and process = ${process}`,
  )
}

/**
 * Removes a document that was never acknowledged; in a transaction. The capture goes first: where it is staged by now,
 * nothing is removed, and one that is gone can no longer be marked as staged.
 */
export async function discard(db: Queryable, id: string): Promise<void> {
  const removed = await db.run(sql`delete from capture where id = ${id}::uuid and state = 'staging'`)
  if (!removed && (await findCapture(db, id))) return
  await db.run(sql`delete from event_block where capture = ${id}::uuid`)
  await db.run(sql`delete from capture_receipt where capture = ${id}::uuid`)
}

const CAPTURE = sql`select c.*, o.code as organisation_code from capture c join organisation o on o.id = c.organisation`

export function findCapture(db: Queryable, id: string): Promise<CaptureRow | undefined> {
  return db.row<CaptureRow>(sql`${CAPTURE} where c.id = ${id}::uuid`)
}

/** Documents begun and not finished, by whatever process. */
export function openCaptures(db: Queryable): Promise<CaptureRow[]> {
  return db.rows<CaptureRow>(sql`${CAPTURE} where c.state in ('staging', 'staged') order by c.created, c.id`)
}

/** One page of an organisation's captures (of everybody's for null), newest first, after the given place. */
export function listCaptures(
  db: Queryable,
  organisation: number | null,
  after: { created: number; id: string } | null,
  limit: number,
): Promise<CaptureRow[]> {
  const where: Sql[] = [sql`c.state <> 'staging'`]
  if (organisation !== null) where.push(sql`c.organisation = ${organisation}`)
  if (after)
    where.push(sql`(c.created < ${after.created} or (c.created = ${after.created} and c.id > ${after.id}::uuid))`)
  return db.rows<CaptureRow>(sql`${CAPTURE} where ${and(where)} order by c.created desc, c.id limit ${limit}`)
}

export interface BlockBody {
  id: number
  first_ordinal: number
  body: Buffer
  /** null: staged before there was a log */
  salts: Buffer | null
}

/** Blocks of a capture that hold ordinals from `from` on, in order. */
export function blocksFrom(db: Queryable, capture: string, from: number, limit: number): Promise<BlockBody[]> {
  return db.rows<BlockBody>(
    sql`select id, first_ordinal, body, salts from event_block where capture = ${capture}::uuid and first_ordinal + events > ${from}
        order by first_ordinal limit ${limit}`,
  )
}

export interface ReceiptOut {
  ordinal: number
  status: string
  event_id: string | null
  body: Record<string, unknown>
}

export function receiptsFrom(db: Queryable, capture: string, from: number, to: number): Promise<ReceiptOut[]> {
  return db.rows<ReceiptOut>(
    sql`select ordinal, status, event_id, body from capture_receipt where capture = ${capture}::uuid and ordinal >= ${from} and ordinal < ${to}
        order by ordinal`,
  )
}

/** An event that came under an id which other content holds. */
export interface ConflictReceipt {
  capture: string
  ordinal: number
  event_id: string
  first_reporter: string
  is_xml: boolean
}

/** The first conflicts of each of the captures, in the order of their documents. */
export function conflictReceipts(db: Queryable, captures: readonly string[], each: number): Promise<ConflictReceipt[]> {
  return db.rows<ConflictReceipt>(
    sql`select c.id as capture, r.ordinal, r.event_id, r.body->>'firstReporter' as first_reporter, coalesce(left(k.body, 1) = '<', false) as is_xml
        from capture c left join context k on k.id = c.context cross join lateral
          (select ordinal, event_id, body from capture_receipt where capture = c.id and status = 'conflict' order by ordinal limit ${each}) r
        where c.id = any(${uuidArray(captures)}::uuid[]) order by c.id, r.ordinal`,
  )
}

export async function contextBody(db: Queryable, id: number): Promise<string> {
  return (await db.row<{ body: string }>(sql`select body from context where id = ${id}`))?.body ?? 'null'
}

export interface ConflictOut {
  event_id: string
  recorded: number
  capture: string
  ordinal: number
  reporter: string
  first_reporter: string
  body: Buffer
  slot: number
  /** of its document, as stored */
  context: string
}

/** Conflicts in which the organisation is one of the two (all for null), newest first. */
export function listConflicts(
  db: Queryable,
  organisation: number | null,
  after: { recorded: number; capture: string; ordinal: number } | null,
  limit: number,
): Promise<ConflictOut[]> {
  const where: Sql[] = [sql`true`]
  if (organisation !== null)
    where.push(sql`(x.organisation = ${organisation} or x.first_organisation = ${organisation})`)
  if (after)
    where.push(sql`(x.recorded, x.capture, x.ordinal) < (${after.recorded}, ${after.capture}::uuid, ${after.ordinal})`)
  return db.rows<ConflictOut>(
    sql`select x.event_id, x.recorded, x.capture, x.ordinal, a.code as reporter, f.code as first_reporter, b.body, x.slot, k.body as context
        from event_conflict x join capture c on c.id = x.capture join context k on k.id = c.context join organisation a on a.id = x.organisation join organisation f on f.id = x.first_organisation
        join event_block b on b.id = x.block where ${and(where)} order by x.recorded desc, x.capture desc, x.ordinal desc limit ${limit}`,
  )
}
