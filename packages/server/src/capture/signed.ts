import { Problem } from '@yuanliu/core'
import { unpackBlock } from '../events/events.ts'
import type { Db, Queryable } from '../lib/db/db.ts'
import type { Offered, Placed, Signed, Signing } from '../signing/signing.ts'
import { blocksFrom, markStaged } from './job-store.ts'
import type { Prepared } from './prepare.ts'
import type { Settled } from './settle.ts'

/** What captures do about signatures (docs/adr/0021); nothing of it runs for a document without any. */

/** A note of a document that is applied by a job: its number, and the ordinal of the one event, null for all. */
export type KeptNote = readonly [signature: number, only: number | null]

/** Blocks of a staged document that are read at a time. */
const BLOCKS = 16

/** Which of these events the notes sign. @throws Problem 400 for a note that signs nothing of them */
export async function signedOf(
  signing: Signing,
  context: string,
  offered: readonly Offered[],
  events: Iterable<{ ordinal: number; bytes: Buffer }>,
): Promise<Signed[]> {
  const cover = signing.cover(context, offered)
  for (const event of events) await cover.add(event)
  return cover.done()
}

/** The same of the events of a document that is staged. */
async function signedOfStaged(
  signing: Signing,
  db: Queryable,
  capture: string,
  context: string,
  offered: readonly Offered[],
): Promise<Signed[]> {
  const cover = signing.cover(context, offered)
  for (let from = 0; ; ) {
    const blocks = await blocksFrom(db, capture, from, BLOCKS)
    if (!blocks.length) return cover.done()
    for (const { body } of blocks) {
      for (const event of unpackBlock(body)) {
        await cover.add(event)
        from = event.ordinal + 1
      }
    }
  }
}

/** A note over a document says nothing where some of its events were refused. @throws Problem 400 */
export function demandWhole([first]: readonly Offered[], rejected: number): void {
  if (!first || !rejected) return
  const message = `${rejected} 个事件被拒绝，签名的文档须整体有效 ${rejected} events were refused: a signed document is taken whole`
  const errors = [{ pointer: first.pointer, message }]
  throw new Problem('signature-refused', { detail: `${first.pointer}: ${message}`, errors })
}

/**
 * Marks a document as staged and keeps its notes: they have their places before its events do.
 * @param context as stored
 */
export async function markSigned(
  { signing, db }: { signing: Signing; db: Db },
  marked: Parameters<typeof markStaged>[1],
  context: string,
  offered: readonly Offered[],
): Promise<boolean> {
  const signed = await signedOfStaged(signing, db, marked.id, context, offered)
  return db.tx(async tx => {
    const numbers = await signing.put(tx, signed)
    const notes = numbers.map((number, i): KeptNote => [number, (signed[i] as Signed).only])
    return markStaged(tx, { ...marked, header: JSON.stringify({ ...JSON.parse(marked.header), notes }) })
  })
}

/** Keeps notes with the events that were written in the same transaction. */
export async function putSigned(
  signing: Signing,
  tx: Queryable,
  signed: readonly Signed[],
  events: readonly Prepared[],
  settled: readonly Settled[] | null,
): Promise<void> {
  const numbers = await signing.put(tx, signed)
  const notes = numbers.map((number, i): KeptNote => [number, (signed[i] as Signed).only])
  await placeNotes(signing, tx, notes, events, settled)
}

/** Says of notes that are kept already which of these events they sign. */
export async function placeNotes(
  signing: Signing,
  tx: Queryable,
  notes: readonly KeptNote[],
  events: readonly Prepared[],
  settled: readonly Settled[] | null,
): Promise<void> {
  const placed = events.map((event, i) => ({ ordinal: event.ordinal, placed: placeOf(event, settled?.[i]) }))
  for (const [number, only] of notes) await signing.place(tx, number, only, placed)
}

/**
 * Where an event is: new, or there before with the same content. Other content under its id is not what was signed; a
 * declaration that was there before has the signatures that it came with.
 */
function placeOf(event: Prepared, settled: Settled | undefined): Placed {
  if (!settled) return { key: event.key, part: 0 }
  if (settled.status === 'accepted') return { key: event.key, part: settled.part }
  return settled.status === 'duplicate' && !event.declaration ? { key: event.key, part: 0 } : null
}
