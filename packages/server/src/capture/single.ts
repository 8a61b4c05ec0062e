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
import type { Offered } from '../signing/signing.ts'
import type { CaptureRoom } from './capture.ts'
import { judgeJson, judgeXml, type Verdict } from './check.ts'
import { plainSingles } from './plain-single.ts'
import { createPreparer, type Prepared, type Preparer } from './prepare.ts'
import { putSigned, signedOf } from './signed.ts'
import type { Media } from './source.ts'

/** A bare event, read but not yet judged. */
export interface SingleEvent {
  bytes: Buffer
  /** its context as it is stored */
  context: string
  judge(lenient: boolean): Verdict
  /** @param flags of what was overlooked */
  prepare(preparer: Preparer, flags: number): Prepared
}

const SOUND: Verdict = { faults: [], flags: 0 }
const PLAIN = plainSingles()

/**
 * Reads one bare event (`POST /epcis/events`); it is to be judged and prepared before another one is read.
 * Throws 400 for what is no strict JSON, or no XML that is taken.
 */
export function readSingle(media: Media, bytes: Buffer): SingleEvent {
  try {
    return media === 'xml' ? singleXml(bytes) : singleJson(bytes)
  } catch (error) {
    throw error instanceof ScanError ? scanProblem(error) : error
  }
}

function singleJson(bytes: Buffer): SingleEvent {
  const plain = PLAIN.read(bytes)
  if (plain) {
    const { event, context } = plain
    return { bytes, context, judge: () => SOUND, prepare: preparer => preparer.preparePlain(0, event, bytes) }
  }
  const value = parseStrict(bytes, JSON_LIMITS)
  const context = JSON.stringify((value as Record<string, unknown> | null)?.['@context'] ?? null)
  function judge(lenient: boolean): Verdict {
    const verdict = judgeJson(value, '', lenient, checkSingleEvent)
    if (!verdict.faults.length && !verdict.flags) PLAIN.learn(context)
    return verdict
  }
  return { bytes, context, judge, prepare: (preparer, flags) => preparer.prepare(0, value, bytes, flags) }
}

/** The event declares all namespaces itself: there is nothing around it. */
function singleXml(body: Buffer): SingleEvent {
  const { bytes, element } = soleElement(body, LIMITS)
  const { value, faults } = readXmlEvent(element, xmlNames(new Map()), { version: versionOf(element) })
  const path = `/${element.prefix ? `${element.prefix}:` : ''}${element.local}`
  const judge = (lenient: boolean) => judgeXml(value, { path, element, faults }, lenient)
  return {
    bytes,
    context: storedScope({}),
    judge,
    prepare: (preparer, flags) => preparer.prepare(0, value, bytes, flags),
  }
}

/**
 * Takes one bare event, whose own context is the document's. Returns its id and the capture position that it has.
 * Throws 400 with pointers, 409 where the id is taken, by the same content or by another.
 */
export async function takeSingle(
  room: CaptureRoom,
  single: SingleEvent,
  actor: Actor,
  offered: readonly Offered[] = [],
): Promise<{ id: string; position: number }> {
  const { context } = single
  const { lenient } = actor
  const { faults: errors, flags } = single.judge(lenient)
  if (errors.length) {
    throw new Problem('invalid-document', { detail: `${errors[0]?.pointer}: ${errors[0]?.message}`, errors })
  }
  const mayVoid = actor.permissions.has('event:void')
  const preparer = createPreparer(room.codes, eventReading(context), { mayVoid })
  const event = single.prepare(preparer, flags)
  const id = randomUUID()
  const number = await room.documentNumbers.next(room.db)
  const created = now()
  const signed = offered.length ? await signedOf(room.signing, context, offered, [event]) : null
  const contextId = await room.contextId(context)
  const outcome = await room.writer.write({
    capture: id,
    organisation: actor.organisation,
    organisationCode: actor.organisationCode,
    context: contextId,
    document: number,
    events: [event],
    packed: null,
    masterData: [],
    content: e => preparer.content(e.bytes),
    record: {
      id,
      number,
      organisation: actor.organisation,
      mayVoid,
      lenient,
      behaviour: 'rollback',
      created,
      process: room.presence.id,
      finished: now(),
      context: contextId,
      header: '{}',
      events: 1,
    },
    sign: signed ? (tx, settled) => putSigned(room.signing, tx, signed, [event], settled) : undefined,
  })
  const settled = outcome.settled?.[0]
  if (!settled || settled.status === 'accepted') return { id: event.id, position: outcome.position }
  throw new Problem(settled?.status === 'conflict' ? 'event-conflict' : 'event-duplicate', {
    detail: `eventID ${event.id}`,
    eventID: event.id,
  })
}
