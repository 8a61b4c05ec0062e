import { createHash } from 'node:crypto'
import { piecesAlone } from '@yuanliu/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { manyHashes, pieceHashes } from './many-hashes.ts'

/** A hash object of Node's for each message: another way than the one-shot call that the program takes. */
function expected(name: 'sha256' | 'sm3', messages: readonly Uint8Array[]): string {
  return Buffer.concat(messages.map(m => createHash(name).update(m).digest())).toString('hex')
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe.each(['sha256', 'sm3'] as const)('%s of many messages', name => {
  it('is that of each, whatever their lengths and number', () => {
    const message = fc.oneof(
      { weight: 6, arbitrary: fc.uint8Array({ maxLength: 200 }) },
      { weight: 2, arbitrary: fc.uint8Array({ minLength: 50, maxLength: 70 }) },
      { weight: 1, arbitrary: fc.nat({ max: 40_000 }).map(n => new Uint8Array(n).fill(n)) },
    )
    fc.assert(
      fc.property(fc.array(message, { maxLength: 40 }), messages => {
        expect(hexOf(manyHashes[name](messages))).toBe(expected(name, messages))
      }),
    )
  })

  it('goes on where memory is full', () => {
    const messages = Array.from({ length: 3_000 }, (_, i) => new Uint8Array(i % 257).fill(i))
    expect(hexOf(manyHashes[name](messages))).toBe(expected(name, messages))
    const large = Array.from({ length: 60 }, (_, i) => new Uint8Array(16_000 + i * 40).fill(i))
    expect(hexOf(manyHashes[name](large))).toBe(expected(name, large))
  })

  it('is the same for pieces of one buffer, with a byte before them or none', () => {
    const cases = fc.record({
      from: fc.nat({ max: 20 }),
      gap: fc.nat({ max: 5 }),
      length: fc.oneof(fc.nat({ max: 140 }), fc.nat({ max: 3_000 })),
      count: fc.nat({ max: 30 }),
      first: fc.option(fc.nat({ max: 255 }), { nil: undefined }),
    })
    fc.assert(
      fc.property(cases, ({ from, gap, length, count, first }) => {
        const stride = length + gap
        const bytes = Uint8Array.from({ length: from + stride * count }, (_, i) => i * 31)
        const pieces = { bytes, from, stride, length, count }
        const head = first === undefined ? [] : [Uint8Array.of(first)]
        const messages = Array.from({ length: count }, (_, i) =>
          Buffer.concat([...head, bytes.subarray(from + i * stride, from + i * stride + length)]),
        )
        expect(hexOf(pieceHashes[name](pieces, first))).toBe(expected(name, messages))
        const alone = piecesAlone(m => createHash(name).update(m).digest())
        expect(hexOf(alone(pieces, first))).toBe(expected(name, messages))
      }),
    )
    const huge = { bytes: new Uint8Array(600_000).fill(5), from: 0, stride: 300_000, length: 300_000, count: 2 }
    const piece = Buffer.concat([Uint8Array.of(1), new Uint8Array(300_000).fill(5)])
    expect(hexOf(pieceHashes[name](huge, 1))).toBe(expected(name, [piece, piece]))
  })
})
