import { createHash, randomUUID } from 'node:crypto'
import { Problem } from '@yuanliu/core'
import { now } from '../lib/clock.ts'
import { scanProblem } from '../lib/http/body.ts'
import { LIMITS } from '../lib/http/limits.ts'
import type { Actor } from '../lib/http/mount.ts'
import type { SoundEvent } from '../lib/scan/event-cutter.ts'
import { ScanError } from '../lib/scan/fault.ts'
import { eventReading } from '../lib/xml/stored-context.ts'
import type { Offered } from '../signing/signing.ts'
import type { CaptureRoom } from './capture.ts'
import { type FaultOut, judgeEvent, judgeHead } from './check.ts'
import { type Behaviour, discard, insertCapture, markStaged } from './job-store.ts'
import { masterDataOf } from './master-data.ts'
import { createPreparer, needsContext, type Prepared, type Preparer } from './prepare.ts'
import { demandWhole, markSigned, putSigned, signedOf } from './signed.ts'
import { type IncomingEvent, type Media, type Source, sourceOf } from './source.ts'
import { bytesOf, isSmall, packEvents } from './staging.ts'
import { insertBlocks, insertReceipts, type ReceiptRow } from './store.ts'

/** A document up to this many events is written in one transaction; a larger one is staged and applied in chunks. */
export const CHUNK = 1_000
/** … and up to this many bytes of events. */
export const CHUNK_BYTES = 16 * 1024 * 1024

export interface Taken {
  id: string
  /** true where the job still runs */
  running: boolean
  rejected: number
  /** capture position of its last event; null while the job runs */
  position: number | null
}

export interface TakeOptions {
  behaviour: Behaviour
  media: Media
  /** notes that came with it */
  offered?: readonly Offered[]
}

interface Draft {
  id: string
  number: number
  actor: Actor
  behaviour: Behaviour
  /** what the key takes besides what the schema does */
  lenient: boolean
  offered: readonly Offered[]
  created: number
  staged: boolean
  events: number
  rejected: number
  faults: FaultOut[]
  /** receipts of rejected events, not yet written */
  refusals: ReceiptRow[]
}

/**
 * Takes one document from a stream: cuts, checks and keeps its events, and answers when it can no longer be lost.
 * Under `rollback` every fault is found before the first event is applied.
 * Throws 400 with pointers, 413 for a limit.
 */
export async function takeDocument(
  room: CaptureRoom,
  body: AsyncIterable<Buffer>,
  actor: Actor,
  { behaviour, media, offered = [] }: TakeOptions,
): Promise<Taken> {
  const draft: Draft = {
    id: randomUUID(),
    number: await room.documentNumbers.next(room.db),
    actor,
    behaviour,
    lenient: actor.lenient,
    offered,
    created: now(),
    staged: false,
    events: 0,
    rejected: 0,
    faults: [],
    refusals: [],
  }
  room.receiving.add(draft.id)
  try {
    return await receive(room, body, draft, sourceOf(media, room.limits))
  } catch (error) {
    // Where even that fails, the database is away: what is left is cleared when it is back (jobs.ts, recover).
    if (draft.staged) await room.db.tx(tx => discard(tx, draft.id)).catch(() => {})
    throw error instanceof ScanError ? scanProblem(error) : error
  } finally {
    room.receiving.delete(draft.id)
  }
}

async function receive(room: CaptureRoom, body: AsyncIterable<Buffer>, draft: Draft, source: Source): Promise<Taken> {
  let early: Preparer | null = null
  let waiting: (Waiting | { ordinal: number; bytes: Buffer })[] = []
  let bytes = 0
  for await (const chunk of body) {
    for (const event of source.write(chunk)) {
      draft.events++
      const { faults, flags } = verdictOf(draft, event)
      if (faults.length || event.fault) await refuse(room, draft, event, faults)
      else if (!(draft.behaviour === 'rollback' && draft.faults.length)) {
        early ??= preparerOf(room, draft, source.context())
        waiting.push(draft.staged ? { ordinal: event.ordinal, bytes: event.bytes } : preparedEarly(early, event, flags))
        bytes += event.bytes.length
      }
      if (waiting.length > CHUNK || bytes > CHUNK_BYTES) {
        await stage(room, draft, waiting.splice(0, CHUNK))
        bytes = bytesOf(waiting)
      }
    }
  }
  const document = source.end()
  const { faults, flags } = judgeHead(document, draft.lenient)
  if (faults.length) throw invalid(faults)
  if (draft.behaviour === 'rollback' && draft.faults.length) throw invalid(draft.faults)
  demandWhole(draft.offered, draft.rejected)
  const head = document.head as Record<string, unknown>
  const context = await room.contextId(document.context)
  const header = headerText(head, flags)
  if (draft.staged) {
    await stage(room, draft, waiting)
    waiting = []
    await insertReceipts(room.db, draft.refusals.splice(0))
    const marked = { ...draft, context, header, errors: draft.faults }
    const kept = draft.offered.length
      ? await markSigned(room, marked, document.context, draft.offered)
      : await markStaged(room.db, marked)
    if (!kept) {
      throw new Problem('busy', {
        detail: 'The connection to the database was lost meanwhile; send again',
        retryAfter: 2,
      })
    }
    room.jobs.start(draft.id)
    return { id: draft.id, running: true, rejected: draft.rejected, position: null }
  }
  const written = { ...document, head, number: context, header, flags }
  const position = await writeAtOnce(room, draft, waiting as Waiting[], written)
  return { id: draft.id, running: false, rejected: draft.rejected, position }
}

/** An event that waits for the end of its document: prepared already, or as it was cut out. */
type Waiting = Prepared | { ordinal: number; value: unknown; bytes: Buffer; flags: number }

/** @param context as stored; null where it is not known yet */
function preparerOf(room: CaptureRoom, { actor, lenient }: Draft, context: string | null, flags = 0): Preparer {
  const mayVoid = actor.permissions.has('event:void')
  return createPreparer(room.codes, context === null ? null : eventReading(context), { mayVoid, lenient, flags })
}

/** Where the context does not matter; what was parsed is let go at once: it would live on until the document's end. */
function preparedEarly(preparer: Preparer, event: IncomingEvent, flags: number): Waiting {
  const { ordinal, bytes } = event
  if (event.read) return preparer.preparePlain(ordinal, event.read, bytes)
  const { value } = event as SoundEvent
  // Of XML the context was known before.
  return !('xml' in event) && needsContext(value)
    ? { ordinal, value, bytes, flags }
    : preparer.prepare(ordinal, value, bytes, flags)
}

const UNJUDGED = { faults: [], flags: 0 }

function verdictOf(draft: Draft, event: IncomingEvent): ReturnType<typeof judgeEvent> {
  // Under rollback nothing will be applied once a fault is known: go on only to report more of them.
  const isEnough = draft.behaviour === 'rollback' && draft.faults.length >= LIMITS.errors
  return isEnough ? UNJUDGED : judgeEvent(event, draft.lenient)
}

async function refuse(room: CaptureRoom, draft: Draft, event: IncomingEvent, faults: FaultOut[]): Promise<void> {
  draft.rejected++
  draft.faults.push(...faults.slice(0, LIMITS.errors - draft.faults.length))
  if (draft.behaviour === 'proceed') {
    await ensureCapture(room, draft)
    const value = (event.read ?? event.value) as { eventID?: unknown } | undefined
    const id = typeof value?.eventID === 'string' ? value.eventID : null
    const body = { errors: faults.slice(0, 20) }
    draft.refusals.push({ capture: draft.id, ordinal: event.ordinal, status: 'rejected', id, body })
    if (draft.refusals.length >= CHUNK) await insertReceipts(room.db, draft.refusals.splice(0))
  }
}

async function ensureCapture(room: CaptureRoom, draft: Draft): Promise<void> {
  if (draft.staged) return
  draft.staged = true
  await insertCapture(room.db, {
    id: draft.id,
    number: draft.number,
    organisation: draft.actor.organisation,
    mayVoid: draft.actor.permissions.has('event:void'),
    behaviour: draft.behaviour,
    lenient: draft.lenient,
    state: 'staging',
    created: draft.created,
    process: room.presence.id,
  })
}

async function stage(
  room: CaptureRoom,
  draft: Draft,
  events: readonly { ordinal: number; bytes: Buffer }[],
): Promise<void> {
  if (draft.behaviour === 'rollback' && draft.faults.length) return
  await ensureCapture(room, draft)
  const { blocks } = await packEvents(room.db, room.blockIds, draft.id, events)
  await room.db.tx(tx => insertBlocks(tx, blocks))
}

async function writeAtOnce(
  room: CaptureRoom,
  draft: Draft,
  events: readonly Waiting[],
  document: { head: Record<string, unknown>; context: string; number: number; header: string; flags: number },
): Promise<number> {
  const { actor } = draft
  const { head, number: context, header, flags } = document
  const mayVoid = actor.permissions.has('event:void')
  const preparer = preparerOf(room, draft, document.context)
  const prepared = events.map(e => ('key' in e ? e : preparer.prepare(e.ordinal, e.value, e.bytes, e.flags)))
  if (flags) for (const event of prepared) event.flags |= flags
  const packed = isSmall(prepared) ? null : await packEvents(room.db, room.blockIds, draft.id, prepared)
  const { offered } = draft
  const signed = offered.length ? await signedOf(room.signing, document.context, offered, prepared) : null
  const outcome = await room.writer.write({
    capture: draft.id,
    organisation: actor.organisation,
    organisationCode: actor.organisationCode,
    context,
    document: draft.number,
    events: prepared,
    packed,
    masterData: masterDataOf(head, room.codes.unitKey, eventReading(document.context).context),
    content: e => preparer.content(e.bytes),
    record: {
      id: draft.id,
      number: draft.number,
      organisation: actor.organisation,
      mayVoid,
      behaviour: draft.behaviour,
      lenient: draft.lenient,
      created: draft.created,
      process: room.presence.id,
      finished: now(),
      context,
      header,
      events: draft.events,
    },
    sign: signed ? (tx, settled) => putSigned(room.signing, tx, signed, prepared, settled) : undefined,
  })
  return outcome.position
}

/** What a stored context is found by. */
export function contextDigest(body: string): Buffer {
  return createHash('sha256').update(body).digest()
}

/** The document without events and context; with what was overlooked in it, for the jobs that read it again. */
function headerText(head: Record<string, unknown>, flags: number): string {
  const { '@context': _context, ...rest } = head
  return JSON.stringify(flags ? { ...rest, flags } : rest)
}

function invalid(faults: FaultOut[]): Problem {
  return new Problem('invalid-document', {
    detail: `${faults[0]?.pointer}: ${faults[0]?.message}`,
    errors: faults.slice(0, LIMITS.errors),
  })
}
