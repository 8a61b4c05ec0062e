import { createHash } from 'node:crypto'
import {
  type Checkpoint,
  formatAddCheckpoint,
  formatNote,
  formatSignature,
  type NoteVerifier,
  openCheckpoint,
  openNote,
  parseCheckpoint,
  parseNote,
  Refusal,
  textOf,
} from '@yuanliu/core'
import { ask } from '../../lib/outgoing.ts'
import type { AskedWitness } from './policy.ts'

/** The log's side of C2SP tlog-witness: asking one witness. */

/** What a witness says to a request. */
export type Said =
  /** its verified signature line, and the time in it */
  | { kind: 'cosigned'; line: string; signature: Uint8Array }
  /** it holds a checkpoint of this size */
  | { kind: 'holds'; size: bigint }
  /** it does not believe that the tree begins with the one that it holds */
  | { kind: 'refused'; detail: string }
  /** it cannot, or not now */
  | { kind: 'failed'; detail: string; retryAfter: number | null }

/** Milliseconds for one answer, and bytes of it at most. */
const LIMIT = 5_000
const BYTES = 128 * 1024

/** Asks a witness to cosign a checkpoint. Never throws but when `stop` is aborted: what went wrong is what it said. */
export async function askToCosign(
  witness: AskedWitness,
  { old, proof, note }: { old: bigint; proof: Uint8Array[]; note: Uint8Array },
  stop: AbortSignal,
): Promise<Said> {
  try {
    const answer = await ask(`${witness.url}/add-checkpoint`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: formatAddCheckpoint(old, proof, note),
      limit: LIMIT,
      bytes: BYTES,
      stop,
    })
    const { status, type, body, retryAfter } = answer
    if (status === 200) return await cosignatureIn(body, note, witness.verifier)
    const detail = `${status} ${body.toString('utf8').slice(0, 200).trim()}`
    if (status === 409 && type === 'text/x.tlog.size' && /^\d{1,19}\n?$/.test(body.toString('latin1')))
      return { kind: 'holds', size: BigInt(body.toString('latin1').trim()) }
    // In the field, 409 without a size means another root, too.
    if (status === 422 || status === 409) return { kind: 'refused', detail }
    return { kind: 'failed', detail, retryAfter }
  } catch (error) {
    if (stop.aborted) throw error
    return { kind: 'failed', detail: (error as Error).message, retryAfter: null }
  }
}

/** The cosignature in an answer, believed only when it is verified. */
async function cosignatureIn(body: Uint8Array, note: Uint8Array, verifier: NoteVerifier): Promise<Said> {
  try {
    const text = textOf(parseNote(note).text)
    const { signatures } = parseNote(Buffer.concat([Buffer.from(`${text}\n`), body]))
    const own = signatures.filter(s => s.name === verifier.name && s.keyId === verifier.keyId)
    const { verified } = await openNote(formatNote(text, own), [verifier])
    const signature = verified[0]
    if (!signature) throw new Refusal('signature-missing', verifier.name)
    return { kind: 'cosigned', line: formatSignature(signature), signature: signature.signature }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { kind: 'failed', detail: `200, but its cosignature is not believed: ${error.message}`, retryAfter: null }
  }
}

/** What a witness shows that it holds of a log. */
export interface Held {
  note: Uint8Array
  checkpoint: Checkpoint
  /** the log's own key signed it */
  byLog: boolean
  /** the witness signed it */
  byWitness: boolean
}

/**
 * Asks for the checkpoint that a witness holds of a log (its monitoring address, which for platforms like this one is the
 * same prefix).
 * @param log verifiers of the log's own key; none where it is not known
 * @returns null where it has none, or does not serve such an address
 * @throws Error in words where it does not answer, or with what is no checkpoint of this log
 */
export async function heldBy(
  witness: AskedWitness,
  log: { origin: string; keys: NoteVerifier[] },
  stop?: AbortSignal,
): Promise<Held | null> {
  const digest = createHash('sha256').update(log.origin).digest('hex')
  const answer = await ask(`${witness.url}/${digest}/checkpoint`, {
    method: 'GET',
    limit: LIMIT,
    bytes: 1_000_000,
    ...(stop && { stop }),
  })
  if (answer.status === 404) return null
  if (answer.status !== 200) throw new Error(`${witness.url}: ${answer.status}`)
  const note = new Uint8Array(answer.body)
  const checkpoint = parseCheckpoint(textOf(parseNote(note).text))
  if (checkpoint.origin !== log.origin) throw new Refusal('origin-other', checkpoint.origin)
  const byLog = log.keys.length > 0 && (await isGood(openCheckpoint(note, log)))
  const byWitness = await isGood(openNote(note, [witness.verifier]))
  return { note, checkpoint, byLog, byWitness }
}

async function isGood(opening: Promise<unknown>): Promise<boolean> {
  try {
    await opening
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}
