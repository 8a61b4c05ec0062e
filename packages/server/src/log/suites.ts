import { COMMITMENT_BITS, type HashName, type ProofCrypto, type Suite, type SuiteId, suite } from '@yuanliu/core'

/** The suites as this platform names and serves them. */
export interface LogSuite extends Suite {
  /** under which its rows are stored: the bit of its commitment */
  number: number
  /** path under which it is served */
  prefix: string
}

const HASH_OF: Record<SuiteId, HashName> = { 'sha256-ed25519': 'sha256', 'sm3-sm2': 'sm3' }
const PREFIX: Record<SuiteId, string> = { 'sha256-ed25519': '/log', 'sm3-sm2': '/log/sm' }

/** A suite by its name. */
export function logSuite(id: SuiteId, crypto: Pick<ProofCrypto, 'hashes'>): LogSuite {
  return { ...suite(id, crypto), number: suiteNumber(id), prefix: PREFIX[id] }
}

/** Number under which the rows of a suite are stored. */
export function suiteNumber(id: SuiteId): number {
  return COMMITMENT_BITS[HASH_OF[id]]
}

/** Name of the hash that a suite's commitments are made with. */
export function hashNameOf(id: SuiteId): HashName {
  return HASH_OF[id]
}
