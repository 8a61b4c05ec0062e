import { createDecipheriv } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { nodeSealAlgorithms as node, type SealAlgorithms, testSealing } from './seal-algorithms.ts'

const bytes = (hex: string) => Buffer.from(hex, 'hex')

describe('the known-answer tests of what keys are sealed with', () => {
  it("are passed by Node's", () => {
    expect(() => testSealing(node)).not.toThrow()
  })

  const flipped = (answer: Buffer) => answer.map((byte, i) => (i === answer.length - 1 ? byte ^ 1 : byte)) as Buffer
  const BOUND = bytes('feedfacedeadbeeffeedfacedeadbeefabaddad2')
  /** AES-GCM without its tag is counter mode, from 2 on. */
  const unchecked = (key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array) =>
    createDecipheriv('aes-256-ctr', key, Buffer.concat([nonce, bytes('00000002')])).update(sealed.subarray(0, -16))
  const sameCounter = (key: Uint8Array, counter: Uint8Array, data: Uint8Array) =>
    Buffer.concat([0, 16, 32, 48].map(at => node.sm4Ctr(key, counter, data.subarray(at, at + 16))))
  const broken: [string, Partial<SealAlgorithms>, string][] = [
    ['seals otherwise', { gcmSeal: (...a) => flipped(node.gcmSeal(...a)) }, 'AES-256-GCM'],
    ['opens to something else', { gcmOpen: (k, n, b, s) => node.gcmOpen(k, n, b, s) && bytes('00') }, 'AES-256-GCM'],
    ['opens whatever the tag is', { gcmOpen: (k, n, _, s) => unchecked(k, n, s) }, 'AES-256-GCM: an altered text'],
    [
      'leaves out the context',
      { gcmOpen: (k, n, _, s) => node.gcmOpen(k, n, BOUND, s) },
      'AES-256-GCM: another context',
    ],
    ['is another block cipher', { sm4Ctr: (_k, _c, data) => Buffer.from(data) }, 'SM4'],
    ['does not count on', { sm4Ctr: (k, c, data) => sameCounter(k, c, data) }, 'SM4-CTR'],
    ['is another MAC', { hmacSm3: (...a) => flipped(node.hmacSm3(...a)) }, 'HMAC-SM3'],
    ['takes only its first part', { hmacSm3: (k, d = bytes('')) => node.hmacSm3(k, d) }, 'HMAC-SM3'],
    ['is another scrypt', { scrypt: (...a) => flipped(node.scrypt(...a)) }, 'scrypt'],
    ['is one round', { pbkdf2Sm3: (p, s) => node.pbkdf2Sm3(p, s, 1) }, 'PBKDF2-HMAC-SM3'],
    [
      'is not there',
      {
        sm4Ctr: () => {
          throw new Error('unsupported')
        },
      },
      'SM4',
    ],
  ]
  it.each(broken)('find one that %s', (_what, part, name) => {
    let said = ''
    try {
      testSealing({ ...node, ...part })
    } catch (error) {
      const { words } = error as { words: { zh: string; en: string } }
      said = words.en
      expect(words.zh).toContain('密码算法自检未通过')
    }
    expect(said).toBe(`A known-answer test of the cryptography failed: ${name}`)
  })
})
