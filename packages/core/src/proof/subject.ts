import { canonicalLinks, type LinkCodes } from '../epcis/canonical-link.ts'
import { signableEvents } from '../epcis/signable.ts'
import { sha256 } from '../lib/sha256.ts'
import { sm3 } from '../lib/sm3.ts'
import { base64, hex, utf8 } from './bytes.ts'
import { type Subject, signEvents } from './event-signature.ts'
import { ED25519, verifierKey } from './key.ts'
import { Refusal } from './refusal.ts'

/** Signing in the browser: a key that WebCrypto keeps, and the header of a capture that carries signatures. */

/** Name of the request header that carries signatures of subjects. */
export const SIGNATURE_HEADER = 'Yuanliu-Signature'

/** Notes as the value of that header: a list of byte sequences (RFC 8941 §3.1, §3.3.5). */
export function signatureHeader(notes: readonly string[]): string {
  return notes.map(note => `:${base64(utf8(note))}:`).join(', ')
}

/**
 * Signs the events of an EPCIS document, or a bare event, as JSON has it: a note for `signatureHeader`. Needs nothing of
 * Node; `subject` may sign by WebCrypto, a library or a signing device.
 * @param codes the code engine: events are signed whatever notation their codes have
 * @param time claimed time of signing, POSIX seconds
 */
export function signDocument(
  document: object,
  subject: Subject,
  codes: LinkCodes,
  time: bigint = BigInt(Math.floor(Date.now() / 1000)),
): Promise<string> {
  const tools = { sha256: (text: string) => hex(sha256(utf8(text))), toDigitalLink: canonicalLinks(codes) }
  return signEvents(subject, signableEvents(document, tools), { hashes: { sha256, sm3 } }, time)
}

/** A pair of Ed25519 keys of WebCrypto. */
export type WebKeys = Awaited<ReturnType<typeof newWebKeys>>

/** A new pair whose secret never leaves the browser: it can be kept in IndexedDB and cannot be read out. */
export async function newWebKeys() {
  const keys = await subtle().generateKey('Ed25519', false, ['sign', 'verify']).catch(unsupported)
  if (!('privateKey' in keys)) throw new Refusal('algorithm-unavailable', 'Ed25519 in WebCrypto')
  return keys
}

/** A subject that signs with a pair of WebCrypto. @param name the organisation's code, or that with `/` and more */
export async function webSubject(name: string, { publicKey, privateKey }: WebKeys): Promise<Subject> {
  const key = verifierKey(name, ED25519, new Uint8Array(await subtle().exportKey('raw', publicKey)))
  const sign = async (message: Uint8Array) =>
    new Uint8Array(await subtle().sign('Ed25519', privateKey, Uint8Array.from(message)))
  return { key, sign }
}

function subtle() {
  const found = globalThis.crypto?.subtle
  // Browsers have no WebCrypto on pages that came without TLS.
  if (found === undefined) throw new Refusal('algorithm-unavailable', 'WebCrypto')
  return found
}

function unsupported(error: unknown): never {
  if (error instanceof Error && error.name === 'NotSupportedError')
    throw new Refusal('algorithm-unavailable', 'Ed25519 in WebCrypto')
  throw error
}
