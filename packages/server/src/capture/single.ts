import { randomUUID } from 'node:crypto'
import { checkSingleEvent, Problem } from '@yuanliu/core'
import { now } from '../lib/clock.ts'
import { LIMITS } from '../lib/http/limits.ts'
import type { Actor } from '../lib/http/mount.ts'
import type { CaptureRoom } from './capture.ts'
import { unitFaults, words } from './check.ts'
import { insertFinished } from './job-store.ts'
import { createPreparer } from './prepare.ts'
import { packEvents } from './staging.ts'

/**
 * Takes one bare event (`POST /epcis/events`), whose own `@context` is the document's. Returns its id and
 * the capture position that it has.
 * Throws 400 with pointers, 409 where the id is taken, by the same content or by another.
 */
export async function takeSingle(
  room: CaptureRoom,
  value: unknown,
  bytes: Buffer,
  actor: Actor,
): Promise<{ id: string; position: number }> {
  const errors = checkSingleEvent(value, LIMITS.errors).map(f => words(f.pointer, f.message))
  if (!errors.length) errors.push(...unitFaults(value, ''))
  if (errors.length) {
    throw new Problem('invalid-document', { detail: `${errors[0]?.pointer}: ${errors[0]?.message}`, errors })
  }
  const id = randomUUID()
  const number = await room.documentNumbers.next(room.db)
  const created = now()
  const mayVoid = actor.permissions.has('event:void')
  const context = (value as Record<string, unknown>)['@context']
  const preparer = createPreparer(room.codes, context, mayVoid)
  const event = preparer.prepare(0, value, bytes)
  const { blocks, places } = await packEvents(room.db, room.blockIds, id, [event])
  const contextId = await room.contextId(JSON.stringify(context ?? null))
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
