import { now } from '../lib/clock.ts'
import type { Queryable } from '../lib/db/db.ts'
import * as store from './organisation-store.ts'

/**
 * Notes in the transaction that gives an organisation its first credit code since when it has one: the registration takes
 * a capture position. Where its events were kept aside until now, each takes one behind it, in the order in which they were
 * captured: whoever follows what is captured, and has passed them long ago, meets them there (docs/adr/0024).
 *
 * What was captured until now is looked for before the capture clock is held, so that captures wait only for the rest.
 * @returns how many events it released
 */
export async function noteRegistration(tx: Queryable, organisation: number, quarantine: boolean): Promise<number> {
  const until = await store.capturedSoFar(tx)
  let released = quarantine ? await store.keepReleased(tx, organisation, 0, 0, until) : 0
  const position = await store.takePositions(tx, 1)
  if (quarantine) released += await store.keepReleased(tx, organisation, released, until, position)
  if (released) await store.takePositions(tx, released)
  await store.setRegistered(tx, organisation, { position, at: now(), released })
  return released
}
