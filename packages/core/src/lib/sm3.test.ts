import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { vectors } from '../codes/vectors.fixture.ts'
import { sm3 } from './sm3.ts'

const hexOf = (text: string) => Buffer.from(sm3(new TextEncoder().encode(text))).toString('hex')

describe('sm3', () => {
  // GB/T 32905-2016 appendix A
  it.each([
    ['abc', '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
    ['abcd'.repeat(16), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'],
    ['a'.repeat(1_000_000), 'c8aaf89429554029e231941a2acc0ad61ff2a5acd8fadd25847a3a732b3b02c3'],
  ])('gives the published digest (%#)', (text, digest) => {
    expect(hexOf(text)).toBe(digest)
  })

  it('gives the digests of the shared vectors', () => {
    const { cases } = vectors('trust-log/gm/sm3.json', { cases: [] as { message_ascii: string; hash_hex: string }[] })
    for (const { message_ascii, hash_hex } of cases) expect(hexOf(message_ascii)).toBe(hash_hex)
  })

  it('equals the platform digest for bytes of every length around the block size', () => {
    for (let length = 0; length < 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + length)
      expect(Buffer.from(sm3(bytes)).toString('hex')).toBe(createHash('sm3').update(bytes).digest('hex'))
    }
  })
})
