import { base64, concat, fromDecimal, hashFromBase64, sameBytes, textOf, utf8 } from './bytes.ts'
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { prefixRoot, provesConsistency } from './merkle.ts'
import { formatNote, formatSignature, type NoteSignature, type NoteVerifier, openNote, parseNote } from './note.ts'
import { Refusal } from './refusal.ts'
import type { TreeHash } from './tree-hash.ts'

/**
 * Witnessing (C2SP tlog-witness, `add-checkpoint`): what a witness answers, as pure decisions. In two steps, since
 * signatures are checked before, and old and new size compared inside, the one transaction that stores the new state.
 */

/** A log that a witness watches. */
export interface WatchedLog {
  origin: string
  keys: NoteVerifier[]
  tree: TreeHash
}
/** What a witness remembers of a log; null before the first checkpoint. */
export interface WitnessState {
  size: bigint
  root: Uint8Array
  /** the checkpoint with the log's verified signatures and no others */
  note: Uint8Array
}
/** The answer to a request that is not followed. */
export interface WitnessRefusal {
  status: 400 | 403 | 404 | 409 | 422
  contentType: string
  body: string
  /**
   * The log seems to have forked. `proved`: its own signatures show it, on the checkpoint held and on this one (with the
   * request's proof, where the sizes differ). `suspected`: a proof that is wrong for any reason looks the same.
   */
  fork?: 'proved' | 'suspected'
}
/** A request whose signatures are good; still to be compared with the state. */
export interface VerifiedRequest {
  log: WatchedLog
  old: bigint
  proof: Uint8Array[]
  checkpoint: Checkpoint
  note: Uint8Array
}

const MAX_BODY = 128 * 1024
const MAX_PROOF = 63

/** The body of a request: how the log grew since the witness last cosigned it. */
export function formatAddCheckpoint(old: bigint, proof: Uint8Array[], note: Uint8Array): Uint8Array {
  return concat(utf8([`old ${old}`, ...proof.map(base64), '', ''].join('\n')), note)
}

/** Reads a request; refuses by throwing. */
export function parseAddCheckpoint(body: Uint8Array): { old: bigint; proof: Uint8Array[]; note: Uint8Array } {
  if (body.length > MAX_BODY) throw new Refusal('too-large', `${body.length} bytes`)
  const text = textOf(body)
  const divide = text.indexOf('\n\n')
  const [old, ...proof] = text.slice(0, Math.max(0, divide)).split('\n')
  if (!old?.startsWith('old ')) throw new Refusal('proof-shape', 'line 1: old <size>')
  if (proof.length > MAX_PROOF) throw new Refusal('proof-shape', `${proof.length} proof lines`)
  return {
    old: fromDecimal(old.slice(4), 'line 1'),
    proof: proof.map((line, i) => hashFromBase64(line, `line ${i + 2}`)),
    note: utf8(text.slice(divide + 2)),
  }
}

/** First step, without state: reads the body, finds the log by its origin (404) and checks its signatures (403). */
export async function readAddCheckpoint(
  body: Uint8Array,
  logOf: (origin: string) => WatchedLog | undefined,
): Promise<VerifiedRequest | WitnessRefusal> {
  try {
    const { old, proof, note } = parseAddCheckpoint(body)
    const checkpoint = parseCheckpoint(textOf(parseNote(note).text))
    const log = logOf(checkpoint.origin)
    if (log === undefined) return refuse(404, `unknown log ${checkpoint.origin}`)
    // Lines that are not verified are dropped: kept, a forged one in the witness's own name would block it later.
    const opened = await openNote(note, log.keys)
    return { log, old, proof, checkpoint, note: formatNote(opened.text, opened.verified) }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const isForbidden = error.kind === 'signature-missing' || error.kind === 'signature-wrong'
    return refuse(isForbidden ? 403 : 400, error.message)
  }
}

export function isRefused(step: VerifiedRequest | WitnessRefusal): step is WitnessRefusal {
  return 'status' in step
}

/**
 * Second step: the state to store before answering, or the refusal. Reading `stored` and storing the new state must be
 * one atomic act, durable before the answer.
 */
export function decideCheckpoint(
  { log, old, proof, checkpoint: { size, root }, note }: VerifiedRequest,
  stored: WitnessState | null,
): WitnessState | WitnessRefusal {
  const known = stored?.size ?? 0n
  if (old > size) return refuse(400, `old size ${old} is above the checkpoint's ${size}`)
  if (old !== known) {
    // Two roots for one size are a fork, whatever the request says that the witness holds.
    const forked = stored !== null && size === known && !sameBytes(root, stored.root)
    return {
      status: 409,
      contentType: 'text/x.tlog.size',
      body: `${known}\n`,
      ...(forked && { fork: 'proved' as const }),
    }
  }
  if (size === 0n && !sameBytes(root, log.tree.empty)) return refuse(422, 'the root of no entries is H("")')
  if (old === 0n) {
    if (proof.length > 0) return refuse(422, 'a proof from size 0')
  } else if (old === size) {
    if (proof.length > 0) return refuse(422, 'a proof between equal sizes')
    if (!sameBytes(root, stored!.root))
      return { ...refuse(422, `another root at size ${size}: the log has forked`), fork: 'proved' }
  } else {
    const claim = { from: old, to: size, toRoot: root, proof }
    if (!provesConsistency(log.tree, { ...claim, fromRoot: stored!.root })) {
      const began = prefixRoot(log.tree, claim)
      if (began !== null && !sameBytes(began, stored!.root))
        return {
          ...refuse(422, `the tree of size ${size} begins with another one of size ${old}: the log has forked`),
          fork: 'proved',
        }
      return {
        ...refuse(422, `the tree of size ${size} is not proved to begin with that of size ${old}`),
        fork: 'suspected',
      }
    }
  }
  return { size, root, note }
}

/** The answer once the state is stored: the cosignature lines. */
export function cosignatureLines(signatures: NoteSignature[]): string {
  return signatures.map(formatSignature).join('')
}

/** Whether a decision is one to store. */
export function isAccepted(decision: WitnessState | WitnessRefusal): decision is WitnessState {
  return 'note' in decision
}

function refuse(status: WitnessRefusal['status'], reason: string): WitnessRefusal {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${reason}\n` }
}
