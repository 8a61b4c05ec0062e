import { cosignedMessage, type SignBytes, signAs, splitCosignature } from './cosignature.ts'
import { parseVerifierKey, type VerifierKey } from './key.ts'
import type { NoteSigner, NoteVerifier } from './note.ts'
import { Refusal } from './refusal.ts'

/** Checks one signature over the message itself (not over a digest of it). False for whatever is malformed. */
export type CheckSignature = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean | Promise<boolean>

/** The signature algorithms of an environment. Keys: 32 bytes for Ed25519, 65 (04 ‖ x ‖ y) for SM2. */
export interface SignatureChecks {
  ed25519?: CheckSignature
  /** SM2 with SM3 and the user id 1234567812345678; signature r ‖ s */
  sm2?: CheckSignature
}

/** A verifier of notes for a key. Refuses where the environment lacks the algorithm. */
export function noteVerifier(key: VerifierKey | string, checks: SignatureChecks): NoteVerifier {
  const { name, keyId, algorithm, publicKey } = typeof key === 'string' ? parseVerifierKey(key) : key
  const check = algorithm.scheme === 'ml-dsa-44' ? undefined : checks[algorithm.scheme]
  if (check === undefined) throw new Refusal('algorithm-unavailable', `${algorithm.id} (${name})`)
  return {
    name,
    keyId,
    async verify(text, bytes) {
      if (bytes.length !== algorithm.signatureLength) return false
      if (algorithm.cosignatureHeader === null) return check(publicKey, text, bytes)
      const { time, signature } = splitCosignature(bytes)
      return check(publicKey, cosignedMessage(algorithm.cosignatureHeader, time, text), signature)
    },
  }
}

/** Verifiers of those keys whose algorithm the environment has; lines of the others are ignored, as the note allows. */
export function noteVerifiers(keys: VerifierKey[], checks: SignatureChecks): NoteVerifier[] {
  return keys
    .filter(({ algorithm: { scheme } }) => scheme !== 'ml-dsa-44' && checks[scheme] !== undefined)
    .map(key => noteVerifier(key, checks))
}

/** A signer of notes. `sign` makes 64 bytes over a message; `time` gives POSIX seconds, for the keys of cosigners. */
export function noteSigner(key: VerifierKey, sign: SignBytes, time: () => bigint = posixSeconds): NoteSigner {
  return { name: key.name, keyId: key.keyId, sign: text => signAs(key.algorithm, sign, text, time) }
}

function posixSeconds(): bigint {
  return BigInt(Math.floor(Date.now() / 1000))
}
