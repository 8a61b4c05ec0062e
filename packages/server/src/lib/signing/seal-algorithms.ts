import { createCipheriv, createDecipheriv, createHmac, pbkdf2Sync, scryptSync } from 'node:crypto'
import { Refusal } from '@yuanliu/core'

/** What secrets at rest are sealed with, and the known-answer tests of it. */
export interface SealAlgorithms {
  /** AES-256-GCM; the tag has 16 bytes and stands behind what was encrypted */
  gcmSeal(key: Uint8Array, nonce: Uint8Array, bound: Uint8Array, secret: Uint8Array): Buffer
  /** null where anything was altered */
  gcmOpen(key: Uint8Array, nonce: Uint8Array, bound: Uint8Array, sealed: Uint8Array): Buffer | null
  /** SM4 in counter mode, both ways */
  sm4Ctr(key: Uint8Array, counter: Uint8Array, data: Uint8Array): Buffer
  hmacSm3(key: Uint8Array, ...data: Uint8Array[]): Buffer
  scrypt(passphrase: string, salt: Uint8Array, cost: { N: number; r: number; p: number }): Buffer
  pbkdf2Sm3(passphrase: string, salt: Uint8Array, rounds: number): Buffer
}

const TAG = 16

/** Node's, that is OpenSSL's. */
export const nodeSealAlgorithms: SealAlgorithms = {
  gcmSeal(key, nonce, bound, secret) {
    const aes = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG }).setAAD(bound)
    return Buffer.concat([aes.update(secret), aes.final(), aes.getAuthTag()])
  },
  gcmOpen(key, nonce, bound, sealed) {
    if (sealed.length < TAG) return null
    const aes = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG }).setAAD(bound)
    aes.setAuthTag(sealed.subarray(-TAG))
    try {
      return Buffer.concat([aes.update(sealed.subarray(0, -TAG)), aes.final()])
    } catch {
      return null
    }
  },
  sm4Ctr(key, counter, data) {
    const sm4 = createCipheriv('sm4-ctr', key, counter)
    return Buffer.concat([sm4.update(data), sm4.final()])
  },
  hmacSm3(key, ...data) {
    const hmac = createHmac('sm3', key)
    for (const part of data) hmac.update(part)
    return hmac.digest()
  },
  scrypt: (passphrase, salt, cost) => scryptSync(passphrase, salt, 32, { ...cost, maxmem: 256 * cost.N * cost.r }),
  pbkdf2Sm3: (passphrase, salt, rounds) => pbkdf2Sync(passphrase, salt, rounds, 32, 'sm3'),
}

const bytes = (hex: string) => Buffer.from(hex, 'hex')
const SM4_KEY = bytes('0123456789abcdeffedcba9876543210')

/** A call and its published answer, in hexadecimal. */
type Known = [name: string, call: (a: SealAlgorithms) => Uint8Array | null, answer: string]

/** McGrew and Viega, The Galois/Counter Mode of Operation (as submitted to NIST), appendix B, test case 16. */
const GCM = {
  key: bytes('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308'),
  nonce: bytes('cafebabefacedbaddecaf888'),
  bound: bytes('feedfacedeadbeeffeedfacedeadbeefabaddad2'),
  plain:
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
  sealed:
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
}

const KNOWN: Known[] = [
  ['AES-256-GCM', a => a.gcmSeal(GCM.key, GCM.nonce, GCM.bound, bytes(GCM.plain)), GCM.sealed],
  ['AES-256-GCM', a => a.gcmOpen(GCM.key, GCM.nonce, GCM.bound, bytes(GCM.sealed)), GCM.plain],
  // GB/T 32907-2016, appendix A.1: in counter mode over zeros, the block itself.
  ['SM4', a => a.sm4Ctr(SM4_KEY, SM4_KEY, Buffer.alloc(16)), '681edf34d206965e86b3e94f536e4246'],
  // OpenSSL's vector of counter mode under the same key: the counter goes on, big-endian.
  [
    'SM4-CTR',
    a => a.sm4Ctr(SM4_KEY, SM4_KEY, bytes('aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd')),
    'c2b4759e78ac3cf43d0852f4e8d5f9fd7256e8a5fcb65a350ee00630912e4449',
  ],
  // GM/T 0042-2015, appendix D.3; the second with a key that is no block long.
  [
    'HMAC-SM3',
    a =>
      a.hmacSm3(
        Uint8Array.from({ length: 32 }, (_, i) => i + 1),
        Buffer.from('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'.repeat(2)),
      ),
    'ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a',
  ],
  [
    'HMAC-SM3',
    a =>
      a.hmacSm3(
        Uint8Array.from({ length: 37 }, (_, i) => i + 1),
        Buffer.alloc(20, 0xcd),
        Buffer.alloc(30, 0xcd),
      ),
    '220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae',
  ],
  // RFC 7914 §12, the first 32 of its 64 bytes: PBKDF2, which ends scrypt, makes them block by block.
  [
    'scrypt',
    a => a.scrypt('', new Uint8Array(0), { N: 16, r: 1, p: 1 }),
    '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442',
  ],
]

/** Every answer must be the published one, and nothing altered may be opened. @throws Refusal `self-test` */
export function testSealing(a: SealAlgorithms): void {
  for (const [name, call, answer] of KNOWN) if (tried(name, () => call(a)) !== answer) throw failed(name)
  const { key, nonce, bound, sealed } = GCM
  for (const at of [0, 59, 60, 75]) {
    const altered = bytes(sealed)
    altered[at] = (altered[at] ?? 0) ^ 1
    if (a.gcmOpen(key, nonce, bound, altered) !== null) throw failed('AES-256-GCM: an altered text')
  }
  if (a.gcmOpen(key, nonce, bound.subarray(1), bytes(sealed)) !== null) throw failed('AES-256-GCM: another context')
  // RFC 8018 §5.2 with HMAC-SM3 as its function: two rounds are U1 exclusive-or U2.
  const salt = Buffer.from('salt')
  const pass = Buffer.from('passphrase')
  const first = a.hmacSm3(pass, salt, Uint8Array.of(0, 0, 0, 1))
  const second = a.hmacSm3(pass, first)
  const both = first.map((byte, i) => byte ^ (second[i] ?? 0))
  if (tried('PBKDF2-HMAC-SM3', () => a.pbkdf2Sm3('passphrase', salt, 2)) !== Buffer.from(both).toString('hex'))
    throw failed('PBKDF2-HMAC-SM3')
}

/** An OpenSSL without an algorithm throws words of its own. */
function tried(name: string, call: () => Uint8Array | null): string | undefined {
  try {
    const answer = call()
    return answer === null ? undefined : Buffer.from(answer).toString('hex')
  } catch (error) {
    throw Object.assign(failed(name), { cause: error })
  }
}

const failed = (name: string) => new Refusal('self-test', name)
