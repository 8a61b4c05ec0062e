import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  pbkdf2Sync,
  randomBytes,
  scryptSync,
  timingSafeEqual,
} from 'node:crypto'

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
  const cost = COST[cipher]
  const salt = randomBytes(16)
  const nonce = randomBytes(NONCE[cipher])
  const keys = derive(cipher, passphrase, salt, cost)
  const bound = boundTo(context, cipher, cost, salt, nonce)
  let data: Buffer
  let tag: Buffer
  if (cipher === 'aes-256-gcm') {
    const aes = createCipheriv('aes-256-gcm', keys.encrypt, nonce).setAAD(bound)
    data = Buffer.concat([aes.update(secret), aes.final()])
    tag = aes.getAuthTag()
  } else {
    const sm4 = createCipheriv('sm4-ctr', keys.encrypt, nonce)
    data = Buffer.concat([sm4.update(secret), sm4.final()])
    tag = createHmac('sm3', keys.authenticate).update(bound).update(data).digest()
  }
  const text = (bytes: Buffer) => bytes.toString('base64')
  return { cipher, cost, salt: text(salt), nonce: text(nonce), data: text(data), tag: text(tag) }
}

/** Opens a sealed secret; null where the passphrase is wrong or anything was altered. */
export function unseal(sealed: Sealed, passphrase: string, context: string): Uint8Array | null {
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
    const aes = createDecipheriv('aes-256-gcm', keys.encrypt, nonce, { authTagLength: 16 }).setAAD(bound)
    aes.setAuthTag(tag)
    try {
      return new Uint8Array(Buffer.concat([aes.update(data), aes.final()]))
    } catch {
      return null
    }
  }
  const expected = createHmac('sm3', keys.authenticate).update(bound).update(data).digest()
  if (!timingSafeEqual(expected, tag)) return null
  const sm4 = createDecipheriv('sm4-ctr', keys.encrypt, nonce)
  return new Uint8Array(Buffer.concat([sm4.update(data), sm4.final()]))
}

function derive(cipher: SealCipher, passphrase: string, salt: Buffer, cost: number) {
  if (cipher === 'aes-256-gcm') {
    const maxmem = 128 * 8 * cost * 2
    return { encrypt: scryptSync(passphrase, salt, 32, { N: cost, r: 8, p: 1, maxmem }), authenticate: Buffer.alloc(0) }
  }
  const root = pbkdf2Sync(passphrase, salt, cost, 32, 'sm3')
  const key = (use: string) => createHmac('sm3', root).update(use).digest()
  return { encrypt: key('encrypt').subarray(0, 16), authenticate: key('authenticate') }
}

function boundTo(context: string, cipher: SealCipher, cost: number, salt: Buffer, nonce: Buffer): Buffer {
  return Buffer.from(`${cipher}\n${cost}\n${salt.toString('hex')}\n${nonce.toString('hex')}\n${context}`)
}
