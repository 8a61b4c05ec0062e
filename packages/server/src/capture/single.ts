import { randomUUID } from 'node:crypto'
import { checkSingleEvent, Problem, readXmlEvent, versionOf, xmlNames } from '@yuanliu/core'
import { now } from '../lib/clock.ts'
import { scanProblem } from '../lib/http/body.ts'
import { JSON_LIMITS, LIMITS } from '../lib/http/limits.ts'
import type { Actor } from '../lib/http/mount.ts'
import { ScanError } from '../lib/scan/fault.ts'
import { parseStrict } from '../lib/scan/parse-strict.ts'
import { soleElement } from '../lib/xml/sole-element.ts'
import { eventReading, storedScope } from '../lib/xml/stored-context.ts'
import type { CaptureRoom } from './capture.ts'
import { judgeJson, judgeXml, type Verdict } from './check.ts'
import { insertFinished } from './job-store.ts'
import { createPreparer } from './prepare.ts'
import type { Media } from './source.ts'
import { packEvents } from './staging.ts'

/** A bare event, read but not yet judged. */
export interface SingleEvent {
  value: unknown
  bytes: Buffer
  /** its context as it is stored */
  context: string
  judge(lenient: boolean): Verdict
}

/** Reads one bare event (`POST /epcis/events`). Throws 400 for what is no strict JSON, or no XML that is taken. */
export function readSingle(media: Media, bytes: Buffer): SingleEvent {
  try {
    return media === 'xml' ? singleXml(bytes) : singleJson(bytes)
  } catch (error) {
    throw error instanceof ScanError ? scanProblem(error) : error
  }
}

function singleJson(bytes: Buffer): SingleEvent {
  const value = parseStrict(bytes, JSON_LIMITS)
  const context = JSON.stringify((value as Record<string, unknown> | null)?.['@context'] ?? null)
  return { value, bytes, context, judge: lenient => judgeJson(value, '', lenient, checkSingleEvent) }
}

/** The event declares all namespaces itself: there is nothing around it. */
function singleXml(body: Buffer): SingleEvent {
  const { bytes, element } = soleElement(body, LIMITS)
  const { value, faults } = readXmlEvent(element, xmlNames(new Map()), { version: versionOf(element) })
  const path = `/${element.prefix ? `${element.prefix}:` : ''}${element.local}`
  const judge = (lenient: boolean) => judgeXml(value, { path, element, faults }, lenient)
  return { value, bytes, context: storedScope({}), judge }
}

/**
 * Takes one bare event, whose own context is the document's. Returns its id and the capture position that it has.
 * Throws 400 with pointers, 409 where the id is taken, by the same content or by another.
 */
export async function takeSingle(
  room: CaptureRoom,
  single: SingleEvent,
  actor: Actor,
): Promise<{ id: string; position: number }> {
  const { value, bytes, context } = single
  const { lenient } = actor
  const { faults: errors, flags } = single.judge(lenient)
  if (errors.length) {
    throw new Problem('invalid-document', { detail: `${errors[0]?.pointer}: ${errors[0]?.message}`, errors })
  }
  const id = randomUUID()
  const number = await room.documentNumbers.next(room.db)
  const created = now()
  const mayVoid = actor.permissions.has('event:void')
  const preparer = createPreparer(room.codes, eventReading(context), { mayVoid })
  const event = preparer.prepare(0, value, bytes, flags)
  const { blocks, places } = await packEvents(room.db, room.blockIds, id, [event])
  const contextId = await room.contextId(context)
  const outcome = await room.writer.write({
    capture: id,
    organisation: actor.organisation,
    organisationCode: actor.organisationCode,
    context: contextId,
    document: number,
    events: [event],
    places,
    blocks,
    masterData: [],
    hash: e => preparer.hash(e.bytes),
    record: (tx, tally) =>
      insertFinished(tx, {
        id,
        number,
        organisation: actor.organisation,
        mayVoid,
        lenient,
        behaviour: 'rollback',
        state: 'done',
        created,
        process: room.presence.id,
        finished: now(),
        context: contextId,
        header: '{}',
        events: 1,
        applied: 1,
        rejected: 0,
        errors: [],
        ...tally,
      }),
  })
  const settled = outcome.settled?.[0]
  if (!settled || settled.status === 'accepted') return { id: event.id, position: outcome.position }
  throw new Problem(settled?.status === 'conflict' ? 'event-conflict' : 'event-duplicate', {
    detail: `eventID ${event.id}`,
    eventID: event.id,
  })
}
