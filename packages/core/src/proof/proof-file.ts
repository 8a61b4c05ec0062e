import { believeCheckpoint, type Cosigner } from './believe.ts'
import { base64, concat, fromBase64, fromDecimal, hashFromBase64, textOf, utf8 } from './bytes.ts'
import type { OpenedCheckpoint } from './checkpoint.ts'
import { provesInclusion } from './merkle.ts'
import type { Policy } from './policy.ts'
import { Refusal } from './refusal.ts'
import type { ProofCrypto } from './suite.ts'

/** Proof files (C2SP tlog-proof, `.tlog-proof`): where an entry stands, its inclusion proof, and the checkpoint. */
export interface ProofFile {
  index: bigint
  /** sibling of the leaf first */
  path: Uint8Array[]
  /** the signed note, as it is */
  checkpoint: Uint8Array
  /** carried along, not authenticated */
  extra?: Uint8Array
}

const HEADER = 'c2sp.org/tlog-proof@v1'
/** A tree of 2^63 entries has proofs of 63 hashes. */
const MAX_PATH = 63
const MAX_BYTES = 1_100_000

export function formatProofFile({ index, path, checkpoint, extra }: ProofFile): Uint8Array {
  const lines = [HEADER, ...(extra === undefined ? [] : [`extra ${base64(extra)}`]), `index ${index}`]
  return concat(utf8([...lines, ...path.map(base64), '', ''].join('\n')), checkpoint)
}

/** Reads a proof file; nothing of it is believed yet, the checkpoint not even read. */
export function parseProofFile(file: Uint8Array): ProofFile {
  if (file.length > MAX_BYTES) throw new Refusal('too-large', `${file.length} bytes`)
  const text = textOf(file)
  const divide = text.indexOf('\n\n')
  if (divide < 0) throw new Refusal('proof-shape', 'no empty line before the checkpoint')
  const lines = text.slice(0, divide).split('\n')
  if (lines.shift() !== HEADER) throw new Refusal('proof-shape', 'line 1')
  const extra = lines[0]?.startsWith('extra ') ? fromBase64(lines.shift()!.slice(6), 'extra') : undefined
  const index = lines.shift()
  if (!index?.startsWith('index ')) throw new Refusal('proof-shape', 'no line "index <n>"')
  if (lines.length > MAX_PATH) throw new Refusal('proof-shape', `${lines.length} hashes`)
  return {
    index: fromDecimal(index.slice(6), 'index'),
    path: lines.map((line, i) => hashFromBase64(line, `hash ${i + 1}`)),
    checkpoint: utf8(text.slice(divide + 2)),
    ...(extra === undefined ? {} : { extra }),
  }
}

/** What a proof file has been found to prove. */
export interface Proved {
  index: bigint
  checkpoint: OpenedCheckpoint
  /** witnesses of the policy that have cosigned, with the time in POSIX seconds */
  cosigners: Cosigner[]
}

/**
 * Verifies that an entry stands in a log of the policy (C2SP tlog-proof): the checkpoint is of one of its logs and
 * signed by it, enough witnesses have cosigned, and the proof leads from the entry to the checkpoint's root.
 * The suite of the log's key decides the tree hash.
 * @param originExpected origin of the log, where it differs from the names of the policy's log keys
 */
export async function verifyProofFile(
  file: Uint8Array,
  entry: Uint8Array,
  policy: Policy,
  crypto: ProofCrypto,
  originExpected?: string,
): Promise<Proved> {
  const { index, path, checkpoint: note } = parseProofFile(file)
  const { checkpoint, cosigners, suite } = await believeCheckpoint(note, policy, crypto, originExpected)
  const { size, root } = checkpoint
  const { tree } = suite
  if (!provesInclusion(tree, { index, size, leafHash: tree.leaf(entry), path, root }))
    throw new Refusal('proof-wrong', `entry ${index} of ${size}`)
  return { index, checkpoint, cosigners }
}
