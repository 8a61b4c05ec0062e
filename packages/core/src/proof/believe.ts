import { textOf } from './bytes.ts'
import { type OpenedCheckpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { cosignatureTime } from './cosignature.ts'
import { parseNote } from './note.ts'
import { isQuorum, type Policy } from './policy.ts'
import { Refusal } from './refusal.ts'
import { noteVerifier, noteVerifiers } from './signature.ts'
import { type ProofCrypto, type Suite, suite, suiteOf } from './suite.ts'

/** A witness of the policy that has cosigned. */
export interface Cosigner {
  name: string
  keyId: string
  /** POSIX seconds */
  time: bigint
}

/** A checkpoint that a policy believes. */
export interface BelievedCheckpoint {
  checkpoint: OpenedCheckpoint
  cosigners: Cosigner[]
  /** of the key that signed it */
  suite: Suite
}

/**
 * Opens a checkpoint by a policy (C2SP tlog-policy): it is of one of its logs and signed by it, and enough witnesses have
 * cosigned. The suite of the log's key decides the tree hash. Refuses by throwing.
 * @param originExpected origin of the log, where it differs from the names of the policy's log keys
 */
export async function believeCheckpoint(
  note: Uint8Array,
  policy: Policy,
  crypto: ProofCrypto,
  originExpected?: string,
): Promise<BelievedCheckpoint> {
  const origin = originExpected ?? parseCheckpoint(textOf(parseNote(note).text)).origin
  const keys = policy.logs.map(log => log.key).filter(key => originExpected !== undefined || key.name === origin)
  if (keys[0] === undefined) throw new Refusal('origin-other', origin)
  const its = suite(suiteOf(keys[0]), crypto)
  if (keys.some(key => suiteOf(key) !== its.id)) throw new Refusal('policy-shape', `keys of two suites for ${origin}`)
  const checkpoint = await openCheckpoint(
    note,
    { origin, keys: keys.map(key => noteVerifier(key, crypto.checks)) },
    noteVerifiers(
      policy.witnesses.map(w => w.key),
      crypto.checks,
    ),
  )
  const isWitness = (s: { name: string; keyId: string }) =>
    policy.witnesses.some(({ key }) => key.name === s.name && key.keyId === s.keyId)
  const cosigners = checkpoint.note.verified
    .filter(isWitness)
    .map(s => ({ name: s.name, keyId: s.keyId, time: cosignatureTime(s) }))
  if (!isQuorum(policy.quorum, cosigners))
    throw new Refusal('quorum-missing', cosigners.map(c => c.name).join(', ') || 'none')
  return { checkpoint, cosigners, suite: its }
}
