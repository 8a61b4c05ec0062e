import {
  type Checkpoint,
  formatVerifierKey,
  noteVerifier,
  type OpenedCheckpoint,
  openCheckpoint,
  openTiles,
  type ProofCrypto,
  Refusal,
  sameBytes,
  suite,
  suiteOf,
  type VerifierKey,
} from '@yuanliu/core'
import { Failure } from './failure.ts'
import type { Evidence, KeptLog } from './log-kept.ts'
import { isSameKey, keysFor, type ListedLog, verdictOf } from './log-source.ts'
import type { Message } from './messages.ts'
import { print, type Shell, say, type Values } from './shell.ts'

/**
 * One look at one log: its checkpoint must be signed by a key that is believed and continue the newest that was kept, whose
 * place it takes.
 * @param given keys that the caller believes; none: the key that was seen first, and one that has signed beside it
 * @returns false, said and with the checkpoint kept as evidence, where it does not
 */
export async function lookAt(
  shell: Shell,
  log: ListedLog,
  kept: KeptLog,
  given: readonly VerifierKey[],
  crypto: ProofCrypto,
): Promise<boolean> {
  const { shown, source } = log
  const origin = shown.name
  const note = await source.checkpoint()
  const bad = (why: Evidence, message: Message, values: Values) => {
    const file = kept.accuse(note, why)
    print(shell.stderr, say(shell, message, { origin, ...values }), say(shell, 'logEvidence', { file }))
    return false
  }
  const before = kept.key()
  const believed = given.length ? keysFor(log, given) : await heir(before, log, [kept.newest(), note], crypto)
  if (!believed.length) return bad('otherkey', 'logOtherKey', { key: formatVerifierKey(shown) })
  try {
    const now = await open(note, origin, believed, crypto)
    const was = await openKept(kept, origin, before ? [before, ...believed] : believed, crypto)
    if (was && now.size < was.size)
      return bad('shrunk', 'logShrunk', { size: String(now.size), before: String(was.size), kept: kept.path })
    if (was && !(await continues(now, was, log, crypto)))
      return bad('forked', 'logForked', { before: String(was.size), kept: kept.path })
    const key = signerOf(now, believed)
    if (before && !isSameKey(key, before))
      print(shell.stderr, say(shell, 'logNewKey', { origin, key: formatVerifierKey(key) }))
    kept.keep(note, now.size, key)
    print(shell.stdout, say(shell, was ? 'logSeen' : 'logFirst', { origin, size: String(now.size) }))
    return true
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    // None of the keys has signed, and the platform shows one that the caller does not name.
    if (error.kind === 'signature-missing' && !believed.some(key => isSameKey(key, shown)))
      return bad('otherkey', 'logOtherKey', { key: formatVerifierKey(shown) })
    return bad('refused', 'logFinding', { at: origin, words: error.words[shell.language] })
  }
}

/**
 * The key that is believed where the caller names none: the one that was kept; the one shown in its place where it has signed
 * a checkpoint beside it, the kept one or this one; none where it has not.
 */
async function heir(
  before: VerifierKey | null,
  { shown, suite }: ListedLog,
  notes: readonly (Uint8Array | null)[],
  crypto: ProofCrypto,
): Promise<VerifierKey[]> {
  if (!before || isSameKey(before, shown)) return [shown]
  if (suiteOf(before) !== suite || suiteOf(shown) !== suite) return []
  for (const note of notes) {
    const verdicts = note ? await Promise.all([before, shown].map(key => verdictOf(key, note, crypto))) : []
    if (note && verdicts.every(verdict => verdict === 'signed')) return [shown]
  }
  return []
}

function open(
  note: Uint8Array,
  origin: string,
  keys: readonly VerifierKey[],
  crypto: ProofCrypto,
): Promise<OpenedCheckpoint> {
  const each = keys.filter((key, i) => keys.findIndex(other => isSameKey(other, key)) === i)
  return openCheckpoint(note, { origin, keys: each.map(key => noteVerifier(key, crypto.checks)) })
}

/** The newest checkpoint that was kept. @throws Failure where the file is not what was written */
async function openKept(
  kept: KeptLog,
  origin: string,
  keys: readonly VerifierKey[],
  crypto: ProofCrypto,
): Promise<Checkpoint | null> {
  const note = kept.newest()
  try {
    return note && (await open(note, origin, keys, crypto))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new Failure('logKeptWrong', { file: kept.path, words: error.message }, { cause: error })
  }
}

async function continues(
  now: Checkpoint,
  was: Checkpoint,
  { shown, source }: ListedLog,
  crypto: ProofCrypto,
): Promise<boolean> {
  // Two checkpoints of one size say by themselves that the log has forked, whatever its tiles are.
  if (now.size === was.size) return sameBytes(now.root, was.root)
  const reader = await openTiles(suite(suiteOf(shown), crypto).tree, now, source.fetch)
  return sameBytes(await reader.rootAt(was.size), was.root)
}

/** The first of the keys, in the order in which they are believed, that has signed. */
function signerOf({ note }: OpenedCheckpoint, keys: readonly VerifierKey[]): VerifierKey {
  const signed = keys.find(key => note.verified.some(s => s.name === key.name && s.keyId === key.keyId))
  return signed as VerifierKey
}
