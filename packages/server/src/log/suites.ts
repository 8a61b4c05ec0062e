import {
  COMMITMENT_BITS,
  type HashName,
  type KeptTiles,
  keepTiles,
  type ProofCrypto,
  type Suite,
  type SuiteId,
  suite,
} from '@yuanliu/core'

/** The suites as this platform names and serves them. */
export interface LogSuite extends Suite {
  /** under which its rows are stored: the bit of its commitment */
  number: number
  /** path under which it is served */
  prefix: string
  /** tiles above level 0 and of the right edge that proofs have lately been made from */
  kept: KeptTiles
}

/** Tiles kept of a suite: 8 MB. Above level 0 a log of 30 million entries has as many. */
const KEPT = 512

const HASH_OF: Record<SuiteId, HashName> = { 'sha256-ed25519': 'sha256', 'sm3-sm2': 'sm3' }
const PREFIX: Record<SuiteId, string> = { 'sha256-ed25519': '/log', 'sm3-sm2': '/log/sm' }

/** A suite by its name. */
export function logSuite(id: SuiteId, crypto: Pick<ProofCrypto, 'hashes' | 'pieces'>): LogSuite {
  return { ...suite(id, crypto), number: suiteNumber(id), prefix: PREFIX[id], kept: keepTiles(KEPT) }
}

/** Number under which the rows of a suite are stored. */
export function suiteNumber(id: SuiteId): number {
  return COMMITMENT_BITS[HASH_OF[id]]
}

/** The suite whose rows are stored under a number. */
export function suiteOf(number: number): SuiteId {
  return number === suiteNumber('sm3-sm2') ? 'sm3-sm2' : 'sha256-ed25519'
}

/** Name of the hash that a suite's commitments are made with. */
export function hashNameOf(id: SuiteId): HashName {
  return HASH_OF[id]
}
