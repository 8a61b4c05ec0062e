import { checkOpening, decodeEntry, type LogOpening, parseProofFile, sameBytes, verifyProofFile } from '@yuanliu/core'
import type { Acknowledged } from './log-hammer-events.ts'
import { Deviation, type Tally } from './log-hammer-tally.ts'
import { ask, crypto, type HammeredLog, type Target, wordsOf } from './log-hammer-target.ts'
import { pause } from './stats.ts'

/** Proofs of events that the platform has acknowledged. */

export interface Proving {
  target: Target
  log: HammeredLog
  event: Acknowledged
  tally: Tally
}

/** Where the proof is asked for so soon after the answer, the time until it is there is the platform's. */
const AT_ONCE_MS = 50

/**
 * Gets and verifies the proof of an event, as the public does. @returns index of its entry
 * @param within seconds after the acknowledgement in which there need not be one yet
 */
export async function proveEvent(proving: Proving, within: number): Promise<bigint> {
  const { target, log, event, tally } = proving
  const path = `/api/log/proof?event=${encodeURIComponent(event.id)}&suite=${log.suite}`
  const first = performance.now() - event.at
  for (;;) {
    const asked = performance.now() - event.at
    const answer = await ask(target, path, { key: null })
    if (answer.status === 200) {
      if (first < AT_ONCE_MS) tally.counts.longestMs = Math.max(tally.counts.longestMs, performance.now() - event.at)
      return verifyProof(proving, new Uint8Array(await answer.arrayBuffer()))
    }
    // 503 says that it is not logged yet; that it is not there at all may never be said of it.
    const words = await wordsOf(answer)
    if (answer.status !== 503 || asked >= within * 1_000)
      throw new Deviation(
        `${log.suite}: no proof of ${event.id}, asked for ${Math.round(asked)} ms after it was acknowledged: ${words}`,
      )
    await pause(20)
  }
}

async function verifyProof({ log, tally }: Proving, file: Uint8Array): Promise<bigint> {
  const { extra } = parseProofFile(file)
  if (!extra) throw new Deviation(`${log.suite}: a proof file without its entry`)
  const policy = { logs: [{ key: log.key, url: null }], witnesses: [], quorum: null }
  const { index, checkpoint } = await verifyProofFile(file, extra, policy, crypto)
  log.heads.see(checkpoint)
  tally.counts.proofs++
  return index
}

/**
 * Demands that the entry of an event commits to the very bytes that were sent. Its salt is given to those who may read the
 * event. @param index of the entry, as a proof has shown it
 */
export async function openEvent({ target, log, event, tally }: Proving, index: bigint): Promise<void> {
  const answer = await ask(target, `/api/log/opening?event=${encodeURIComponent(event.id)}`)
  if (answer.status !== 200) throw new Deviation(`The opening of ${event.id}: ${await wordsOf(answer)}`)
  const opening = (await answer.json()) as LogOpening
  const bytes = Buffer.from(opening.bytes, 'base64')
  const entry = Buffer.from(opening.entry, 'base64')
  if (!bytes.includes(event.text.slice(1)))
    throw new Deviation(`${event.id}: what is stored is not what was sent: ${bytes.toString().slice(0, 300)}`)
  if (BigInt(opening.index) !== index)
    throw new Deviation(`${event.id}: entry ${index} by its proof, ${opening.index} by its opening`)
  const n = index / 256n
  const logged = await log.source.fetch({ level: 'entries', index: n, width: Number(index % 256n) + 1 })
  if (!logged || !sameBytes(logged.subarray(logged.length - entry.length), entry))
    throw new Deviation(`${event.id}: entry ${index} of its bundle is not the entry of its opening`)
  checkOpening(
    decodeEntry(entry),
    {
      kind: 'event',
      salt: Buffer.from(opening.salt, 'base64'),
      bytes,
      mediaType: opening.mediaType,
      context: Buffer.from(opening.context ?? ''),
      receivedAt: BigInt(opening.receivedAt),
      reporter: opening.reporter,
    },
    crypto.hashes,
  )
  tally.counts.openings++
}
