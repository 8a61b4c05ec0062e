import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPermutation } from './permutation.ts'

const key = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')

describe('the permutation of a range', () => {
  it('meets every number once', () => {
    for (const bits of [2, 3, 9, 14]) {
      const images = createPermutation(key, bits).images(0, 2 ** bits)
      expect(new Set(images).size).toBe(2 ** bits)
      expect(Math.max(...images)).toBe(2 ** bits - 1)
    }
  })

  it('is undone, whatever the width, and gives one at a time what it gives at once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 52 }), fc.maxSafeNat(), (bits, seed) => {
        const permutation = createPermutation(key, bits)
        const n = Math.min(seed % 2 ** bits, 2 ** bits - 3)
        const images = permutation.images(n, 3)
        expect(images.map(permutation.origin)).toEqual([n, n + 1, n + 2])
        expect(permutation.images(n + 1, 1)).toEqual([images[1]])
        for (const image of images) expect(image >= 0 && image < 2 ** bits).toBe(true)
      }),
    )
  })

  it('depends on the key, and spreads neighbours over the whole block', () => {
    const one = createPermutation(key, 40).images(0, 4_000)
    const two = createPermutation(randomBytes(16), 40).images(0, 4_000)
    expect(one.filter((image, i) => image === two[i]).length).toBeLessThan(3)
    const sixteenths = new Array<number>(16).fill(0)
    for (const image of one) sixteenths[Math.floor(image / 2 ** 36)]! += 1
    for (const n of sixteenths) expect(Math.abs(n - 250)).toBeLessThan(100)
  })

  it('stays what it is: codes in print depend on it', () => {
    expect(createPermutation(key, 40).images(0, 3)).toMatchInlineSnapshot(`
      [
        1050276881113,
        908924102095,
        936648694472,
      ]
    `)
    expect(createPermutation(key, 13).images(8_000, 3)).toMatchInlineSnapshot(`
      [
        1285,
        3424,
        2475,
      ]
    `)
  })
})
