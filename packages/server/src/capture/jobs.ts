import { EVENTS_PER_BLOCK, unpackBlock } from '../events/events.ts'
import { now } from '../lib/clock.ts'
import { eventReading } from '../lib/xml/stored-context.ts'
import { saltAt, withSalts } from '../log/log.ts'
import type { CaptureRoom } from './capture.ts'
import { CHUNK, CHUNK_BYTES } from './intake.ts'
import {
  type BlockBody,
  blocksFrom,
  type CaptureRow,
  claim,
  contextBody,
  discard,
  findCapture,
  finish,
  openCaptures,
  progress,
} from './job-store.ts'
import { masterDataOf } from './master-data.ts'
import { createPreparer } from './prepare.ts'
import { type KeptNote, placeNotes } from './signed.ts'
import type { Place } from './staging.ts'

export interface Jobs {
  /** Applies a staged document in the background. */
  start(id: string): void
  /** Resolves when this process has no more to do for a document, whether it was applied or broken off. */
  ended(id: string): Promise<void>
  /** Goes on with, or clears away, what processes that are gone left behind. Resolves when that is done. */
  recover(): Promise<void>
  /** Ends after the chunks in hand; what is left goes on at the next start. */
  stop(): Promise<void>
  /** Documents staged and not yet applied in this process. */
  open(): number
}

/** Applies staged documents, chunk by chunk; each chunk moves the document's own counter in the same transaction. */
export function createJobs(room: CaptureRoom, log: (error: unknown, id: string) => void): Jobs {
  const running = new Map<string, Promise<void>>()
  let stopping = false

  async function run(id: string): Promise<void> {
    const capture = await findCapture(room.db, id)
    if (capture?.state !== 'staged') return
    const reading = eventReading(await contextBody(room.db, capture.context ?? 0))
    const { may_void: mayVoid, lenient } = capture
    const { flags = 0, notes = [] } = JSON.parse(capture.header ?? '{}') as { flags?: number; notes?: KeptNote[] }
    const preparer = createPreparer(room.codes, reading, { mayVoid, lenient, flags })
    let applied = capture.applied
    while (!stopping) {
      const blocks = await blocksFrom(room.db, id, applied, Math.floor(CHUNK / EVENTS_PER_BLOCK))
      if (!blocks.length) break
      applied = await applyBlocks(room, capture, { preparer, context: reading.context, notes }, blocks, applied)
    }
    if (!stopping) await finish(room.db, id, room.presence.id, now())
  }

  function start(id: string): Promise<void> {
    const begun = running.get(id)
    if (begun) return begun
    const job = run(id)
      .catch(error => log(error, id))
      .finally(() => running.delete(id))
    running.set(id, job)
    return job
  }

  return {
    start: id => void start(id),
    ended: async id => running.get(id),
    async recover() {
      for (const capture of await openCaptures(room.db)) {
        if (stopping || running.has(capture.id) || room.receiving.has(capture.id)) continue
        // Of this process itself: a job that was broken off, by a database that was away for a while.
        const own = capture.process === room.presence.id
        if (!own && (await room.presence.isAlive(capture.process))) continue
        if (capture.state === 'staging') await room.db.tx(tx => discard(tx, capture.id))
        else if (own || (await claim(room.db, capture.id, capture.process, room.presence.id))) await start(capture.id)
      }
    },
    async stop() {
      stopping = true
      await Promise.all(running.values())
    },
    open: () => running.size,
  }
}

async function applyBlocks(
  room: CaptureRoom,
  capture: CaptureRow,
  {
    preparer,
    context,
    notes,
  }: { preparer: ReturnType<typeof createPreparer>; context: unknown; notes: readonly KeptNote[] },
  staged: readonly BlockBody[],
  from: number,
): Promise<number> {
  const events: ReturnType<typeof preparer.prepare>[] = []
  const places: Place[] = []
  const blocks = await withSalts(room.db, staged)
  let applied = from
  let bytes = 0
  for (const block of blocks) {
    if (bytes > CHUNK_BYTES) break
    unpackBlock(block.body).forEach((event, slot) => {
      applied = Math.max(applied, event.ordinal + 1)
      bytes += event.bytes.length
      if (event.ordinal < from) return
      events.push(preparer.prepareBytes(event.ordinal, event.bytes))
      places.push({ block: block.id, slot, salt: saltAt(block.salts, slot) })
    })
  }
  await room.writer.write({
    capture: capture.id,
    organisation: capture.organisation,
    organisationCode: capture.organisation_code,
    context: capture.context ?? 0,
    document: capture.number,
    events,
    packed: { places, blocks: [], isShared: false },
    masterData: from === 0 ? masterDataOf(JSON.parse(capture.header ?? '{}'), room.codes.unitKey, context) : [],
    content: event => preparer.content(event.bytes),
    async record(tx, tally, settled) {
      const mine = { id: capture.id, process: room.presence.id, from }
      if (!(await progress(tx, mine, { ...tally, applied })))
        throw new Error('another process has taken the capture over')
      if (notes.length) await placeNotes(room.signing, tx, notes, events, settled)
    },
  })
  return applied
}
