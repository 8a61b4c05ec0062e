import { checkOpening, decodeEntry, type HashName, type LogEntry, type Opening } from './leaf.ts'
import type { Policy } from './policy.ts'
import { type Proved, verifyProofFile } from './proof-file.ts'
import type { ProofCrypto } from './suite.ts'

/** Checking one record of the log without trusting whom it came from. */
export interface RecordProof {
  /** the bytes of the log entry, as the entry bundle has them */
  entry: Uint8Array
  /** `.tlog-proof` */
  proof: Uint8Array
  /** what opens the entry's commitments; left out, only that the entry stands in the log is checked */
  opening?: Opening
}

export interface CheckedRecord extends Proved {
  entry: LogEntry
  /** hash functions under which the content was found to be what was logged */
  opened: HashName[]
}

/**
 * Verifies a record: the content opens the entry's commitments, the entry stands in a log of the policy, the log
 * signed, enough witnesses cosigned. Refuses by throwing.
 */
export async function verifyRecord(
  { entry: bytes, proof, opening }: RecordProof,
  policy: Policy,
  crypto: ProofCrypto,
): Promise<CheckedRecord> {
  const entry = decodeEntry(bytes)
  const opened = opening === undefined ? [] : checkOpening(entry, opening, crypto.hashes)
  return { ...(await verifyProofFile(proof, bytes, policy, crypto)), entry, opened }
}
