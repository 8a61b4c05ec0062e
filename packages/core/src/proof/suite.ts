import { sha256 } from '../lib/sha256.ts'
import { sm3 } from '../lib/sm3.ts'
import { ED25519, ED25519_COSIGNATURE, type KeyAlgorithm, SM2, SM2_COSIGNATURE } from './key.ts'
import type { HashName } from './leaf.ts'
import { Refusal } from './refusal.ts'
import type { CheckSignature, SignatureChecks } from './signature.ts'
import { type Sm2Library, sm2FromLibrary } from './sm2.ts'
import { type Hash, type HashPieces, type TreeHash, treeHash } from './tree-hash.ts'

/** The two suites: a tree hash with the signatures over it. Both are built over the same entries. */

/** What an environment computes with: Node's own functions on the server, portable ones in the browser. */
export interface ProofCrypto {
  hashes: Record<HashName, Hash>
  /** the same over many pieces at once, where the environment has something faster than one by one */
  pieces?: Record<HashName, HashPieces>
  checks: SignatureChecks
}

export type SuiteId = 'sha256-ed25519' | 'sm3-sm2'

export interface Suite {
  id: SuiteId
  hashName: HashName
  tree: TreeHash
  /** of the key that signs checkpoints, and of a witness's */
  logKey: KeyAlgorithm
  cosignerKey: KeyAlgorithm
}

/** A suite in an environment. Its tree hash has a buffer of its own. */
export function suite(id: SuiteId, { hashes, pieces }: Pick<ProofCrypto, 'hashes' | 'pieces'>): Suite {
  const treeBy = (name: HashName) => treeHash(hashes[name], pieces?.[name])
  return id === 'sha256-ed25519'
    ? { id, hashName: 'sha256', tree: treeBy('sha256'), logKey: ED25519, cosignerKey: ED25519_COSIGNATURE }
    : { id, hashName: 'sm3', tree: treeBy('sm3'), logKey: SM2, cosignerKey: SM2_COSIGNATURE }
}

/** The suite of a key: a checkpoint signed by an SM2 key has an SM3 root. */
export function suiteOf({ algorithm }: { algorithm: KeyAlgorithm }): SuiteId {
  return algorithm.scheme === 'sm2' ? 'sm3-sm2' : 'sha256-ed25519'
}

/**
 * The cryptography of any environment with WebCrypto: hashes in TypeScript, Ed25519 by the platform, SM2 by
 * `sm-crypto-v2` where it is passed. Browsers without Ed25519 (before Chrome 137, Firefox 129, Safari 17) need
 * `ed25519` from a library, as `@noble/curves` gives it.
 */
export function portableCrypto(libraries: { sm2?: Sm2Library; ed25519?: CheckSignature } = {}): ProofCrypto {
  return {
    hashes: { sha256, sm3 },
    checks: {
      ed25519: libraries.ed25519 ?? checkEd25519,
      ...(libraries.sm2 === undefined ? {} : { sm2: sm2FromLibrary(libraries.sm2) }),
    },
  }
}

/** Ed25519 (RFC 8032) by WebCrypto. */
const checkEd25519: CheckSignature = async (publicKey, message, signature) => {
  if (publicKey.length !== 32 || signature.length !== 64) return false
  const own = (bytes: Uint8Array) => Uint8Array.from(bytes)
  // Browsers have no WebCrypto on pages that came without TLS.
  const subtle = globalThis.crypto?.subtle
  if (subtle === undefined) throw new Refusal('algorithm-unavailable', 'WebCrypto')
  const key = await subtle.importKey('raw', own(publicKey), 'Ed25519', false, ['verify']).catch(unsupported)
  return key !== null && subtle.verify('Ed25519', key, own(signature), own(message))
}

/** Null for a key that is no point; an environment without the algorithm is told from that by its error's name. */
function unsupported(error: unknown): null {
  if (error instanceof Error && error.name === 'NotSupportedError')
    throw new Refusal('algorithm-unavailable', 'Ed25519 in WebCrypto')
  return null
}
