import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { sm2 } from 'sm-crypto-v2'
import { fromBase64, fromHex } from './bytes.ts'
import { ED25519, type KeyAlgorithm, verifierKey } from './key.ts'
import type { NoteSigner } from './note.ts'
import { noteSigner } from './signature.ts'
import { SM2_USER_ID } from './sm2.ts'
import { portableCrypto } from './suite.ts'

/** Signers of published test keys, and the cryptography that a browser has. */

export const CRYPTO = portableCrypto({ sm2 })

export function ed25519FromSeed(seed: Uint8Array): { key: KeyObject; publicKey: Uint8Array } {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return { key, publicKey: new Uint8Array(spki.subarray(-32)) }
}

export function ed25519Signer(name: string, seed: Uint8Array, algorithm: KeyAlgorithm = ED25519, time?: () => bigint) {
  const { key, publicKey } = ed25519FromSeed(seed)
  const vkey = verifierKey(name, algorithm, publicKey)
  return { vkey, ...noteSigner(vkey, message => new Uint8Array(sign(null, message, key)), time) }
}

/** Signer of `PRIVATE+KEY+<name>+<key id>+<base64(type ‖ seed)>`. */
export function signerOf(skey: string): NoteSigner {
  const [, name = '', body = ''] = /^PRIVATE\+KEY\+([^+]*)\+[^+]*\+(.*)$/.exec(skey) ?? []
  return ed25519Signer(name, fromBase64(body).slice(1))
}

export function sm2Signer(name: string, privateKey: string, algorithm: KeyAlgorithm, time?: () => bigint) {
  const publicKey = sm2.getPublicKeyFromPrivateKey(privateKey)
  const options = { hash: true, der: false, publicKey, userId: SM2_USER_ID }
  const vkey = verifierKey(name, algorithm, fromHex(publicKey))
  return { vkey, ...noteSigner(vkey, m => fromHex(sm2.doSignature(m, privateKey, options)), time) }
}
