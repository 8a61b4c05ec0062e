import { commitmentsTo, type HashName, type LogEntry, Refusal, SALT_LENGTH, sameBytes } from '@yuanliu/core'
import { manyHashes, pieceHashes } from '../lib/signing/many-hashes.ts'
import { mediaTypeOf, runsOf } from './hand-over.ts'

/** What is stored of an event, to be held against the commitments of its entry. */
export interface Opening {
  entry: LogEntry
  bytes: Buffer
  salt: Uint8Array
  /** microseconds */
  recorded: number
  /** code of the organisation */
  reporter: string
  /** digests of the context of its document */
  context: Record<HashName, Uint8Array>
}

const HASH_NAMES: readonly HashName[] = ['sha256', 'sm3']

/** Those whose bytes and circumstances open every commitment of their entries. */
export function opening(openings: readonly Opening[]): Set<Opening> {
  const open = new Set(openings.filter(o => o.salt.length === SALT_LENGTH))
  for (const name of HASH_NAMES) {
    const committed = [...open].filter(o => o.entry.commitments[name])
    const digests = manyHashes[name](committed.map(o => o.bytes))
    let from = 0
    for (const run of runsOf(committed, isOfSameDocument)) {
      const made = commitments(name, run, digests.subarray(from * 32, (from + run.length) * 32))
      for (const [i, one] of run.entries()) {
        const commitment = one.entry.commitments[name] as Uint8Array
        if (!made || !sameBytes(made.subarray(i * 32, i * 32 + 32), commitment)) open.delete(one)
      }
      from += run.length
    }
  }
  return open
}

function isOfSameDocument(a: Opening, b: Opening): boolean {
  return a.recorded === b.recorded && a.reporter === b.reporter && a.context === b.context
}

/** Null where they cannot even be made, such as for a time before 1970: that opens nothing. */
function commitments(name: HashName, some: readonly Opening[], digests: Uint8Array): Uint8Array | null {
  const { bytes, recorded, reporter, context } = some[0] as Opening
  const [mediaType, receivedAt] = [mediaTypeOf(bytes), BigInt(recorded)]
  const same = { kind: 'event', mediaType, receivedAt, reporter, contextDigest: context[name] } as const
  try {
    return commitmentsTo(pieceHashes[name], same)(
      some.map(o => o.salt),
      digests,
    )
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}
