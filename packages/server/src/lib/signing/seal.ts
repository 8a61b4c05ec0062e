import { randomBytes, timingSafeEqual } from 'node:crypto'
import { nodeSealAlgorithms as node, testSealing } from './seal-algorithms.ts'

/**
 * A secret at rest under a passphrase, in one of two ways: AES-256-GCM with a key by scrypt, or SM4 in counter mode with
 * HMAC-SM3 over the ciphertext (Node has no SM4-GCM) and keys by PBKDF2 with HMAC-SM3.
 */
export type SealCipher = 'aes-256-gcm' | 'sm4-ctr-hmac-sm3'

export interface Sealed {
  cipher: SealCipher
  /** cost of the key derivation: N of scrypt (r = 8, p = 1), or iterations of PBKDF2 */
  cost: number
  /** base64, as all that follow */
  salt: string
  nonce: string
  data: string
  tag: string
}

const COST = { 'aes-256-gcm': 2 ** 16, 'sm4-ctr-hmac-sm3': 200_000 } as const
const MAX_COST = { 'aes-256-gcm': 2 ** 18, 'sm4-ctr-hmac-sm3': 10_000_000 } as const
const NONCE = { 'aes-256-gcm': 12, 'sm4-ctr-hmac-sm3': 16 } as const
const TAG = { 'aes-256-gcm': 16, 'sm4-ctr-hmac-sm3': 32 } as const

/** Encrypts a secret. `context` is bound to it: it opens only beside the same. */
export function seal(secret: Uint8Array, passphrase: string, context: string, cipher: SealCipher): Sealed {
  demandTested()
  const cost = COST[cipher]
  const salt = randomBytes(16)
  const nonce = randomBytes(NONCE[cipher])
  const keys = derive(cipher, passphrase, salt, cost)
  const bound = boundTo(context, cipher, cost, salt, nonce)
  let data: Buffer
  let tag: Buffer
  if (cipher === 'aes-256-gcm') {
    const sealed = node.gcmSeal(keys.encrypt, nonce, bound, secret)
    data = sealed.subarray(0, -TAG[cipher])
    tag = sealed.subarray(-TAG[cipher])
  } else {
    data = node.sm4Ctr(keys.encrypt, nonce, secret)
    tag = node.hmacSm3(keys.authenticate, bound, data)
  }
  const text = (bytes: Buffer) => bytes.toString('base64')
  return { cipher, cost, salt: text(salt), nonce: text(nonce), data: text(data), tag: text(tag) }
}

/** Opens a sealed secret; null where the passphrase is wrong or anything was altered. */
export function unseal(sealed: Sealed, passphrase: string, context: string): Uint8Array | null {
  demandTested()
  const { cipher, cost } = sealed
  if (!Object.hasOwn(COST, cipher) || !Number.isSafeInteger(cost) || cost < 1024 || cost > MAX_COST[cipher]) return null
  if (cipher === 'aes-256-gcm' && !Number.isInteger(Math.log2(cost))) return null
  const [salt, nonce, data, tag] = [sealed.salt, sealed.nonce, sealed.data, sealed.tag].map(part =>
    Buffer.from(String(part), 'base64'),
  ) as [Buffer, Buffer, Buffer, Buffer]
  // A short tag would be a short authentication, and an empty one none.
  if (nonce.length !== NONCE[cipher] || tag.length !== TAG[cipher]) return null
  const keys = derive(cipher, passphrase, salt, cost)
  const bound = boundTo(context, cipher, cost, salt, nonce)
  if (cipher === 'aes-256-gcm') {
    const opened = node.gcmOpen(keys.encrypt, nonce, bound, Buffer.concat([data, tag]))
    return opened && new Uint8Array(opened)
  }
  if (!timingSafeEqual(node.hmacSm3(keys.authenticate, bound, data), tag)) return null
  return new Uint8Array(node.sm4Ctr(keys.encrypt, nonce, data))
}

let isTested = false

/** Once in a process, before the first secret is sealed or opened. @throws Refusal `self-test`, with the algorithm */
function demandTested(): void {
  if (!isTested) testSealing(node)
  isTested = true
}

function derive(cipher: SealCipher, passphrase: string, salt: Buffer, cost: number) {
  if (cipher === 'aes-256-gcm')
    return { encrypt: node.scrypt(passphrase, salt, { N: cost, r: 8, p: 1 }), authenticate: Buffer.alloc(0) }
  const root = node.pbkdf2Sm3(passphrase, salt, cost)
  const key = (use: string) => node.hmacSm3(root, Buffer.from(use))
  return { encrypt: key('encrypt').subarray(0, 16), authenticate: key('authenticate') }
}

function boundTo(context: string, cipher: SealCipher, cost: number, salt: Buffer, nonce: Buffer): Buffer {
  return Buffer.from(`${cipher}\n${cost}\n${salt.toString('hex')}\n${nonce.toString('hex')}\n${context}`)
}
