import {
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { type CheckSignature, isSm2PublicKey, isSm2Signature, sm2FromDer, sm2ToDer, sm2Z } from '@yuanliu/core'
import { nodeHashes } from './node-hashes.ts'

/**
 * SM2 by Node's OpenSSL. There is no type for it: a key imported as PKCS#8 or SPKI with the SM2 curve signs SM2, its
 * streaming form hashes with SM3 what it is given, without Z. So Z goes in first, then the message. That is not
 * documented: `nodeCrypto` tries it before it is used (docs/adr/0012).
 */

const ALGORITHM = '301306072a8648ce3d020106082a811ccf5501822d'
/** Public keys that were verified with lately: a log, its witnesses. */
const KEPT = 64
const known = new Map<string, { key: KeyObject; z: Uint8Array }>()

/** A private key from its 32 bytes and its public key (04 ‖ x ‖ y). */
export function sm2PrivateKey(secret: Uint8Array, publicKey: Uint8Array): KeyObject {
  const der = Buffer.concat([
    Buffer.from(`308187020100${ALGORITHM}046d306b0201010420`, 'hex'),
    secret,
    Buffer.from('a144034200', 'hex'),
    publicKey,
  ])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

export function sm2PublicKey(publicKey: Uint8Array): KeyObject {
  const der = Buffer.concat([Buffer.from(`3059${ALGORITHM}034200`, 'hex'), publicKey])
  return createPublicKey({ key: der, format: 'der', type: 'spki' })
}

/** A new key pair. The pair itself would sign ECDSA: only what is exported and imported again is an SM2 key. */
export function newSm2Key(): { secret: Uint8Array; publicKey: Uint8Array } {
  const pair = generateKeyPairSync('ec', { namedCurve: 'SM2' })
  const pkcs8 = pair.privateKey.export({ format: 'der', type: 'pkcs8' })
  const spki = pair.publicKey.export({ format: 'der', type: 'spki' })
  // ECPrivateKey (RFC 5915): version 1, then 32 bytes
  const at = pkcs8.indexOf(Buffer.from('0201010420', 'hex')) + 5
  return { secret: new Uint8Array(pkcs8.subarray(at, at + 32)), publicKey: new Uint8Array(spki.subarray(-65)) }
}

/** Signs with the default user id: r ‖ s of 64 bytes. */
export function signSm2(key: KeyObject, publicKey: Uint8Array): (message: Uint8Array) => Uint8Array {
  const z = sm2Z(nodeHashes.sm3, publicKey)
  return message => {
    const der = createSign('sm3').update(z).update(message).sign(key)
    const signature = sm2FromDer(der)
    if (signature === null) throw new Error('OpenSSL gave an SM2 signature that is not canonical DER')
    return signature
  }
}

/** Checks r ‖ s of 64 bytes over the message, with the default user id. */
export const checkSm2: CheckSignature = (publicKey, message, signature) => {
  if (!isSm2PublicKey(publicKey) || !isSm2Signature(signature)) return false
  const { key, z } = remembered(publicKey)
  return createVerify('sm3').update(z).update(message).verify(key, sm2ToDer(signature))
}

function remembered(publicKey: Uint8Array): { key: KeyObject; z: Uint8Array } {
  const name = Buffer.from(publicKey).toString('base64')
  let entry = known.get(name)
  if (entry === undefined) {
    entry = { key: sm2PublicKey(publicKey), z: sm2Z(nodeHashes.sm3, publicKey) }
    if (known.size >= KEPT) known.delete(known.keys().next().value!)
    known.set(name, entry)
  }
  return entry
}
