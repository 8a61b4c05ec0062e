import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex } from './bytes.ts'
import { SHA256_TREE, SM3_TREE } from './tree.fixture.ts'
import { leafHashes } from './tree-hash.ts'

describe.each([
  ['sha256', SHA256_TREE],
  ['sm3', SM3_TREE],
] as const)('%s: leaf hashes of many entries', (_name, tree) => {
  const oneByOne = (entries: readonly Uint8Array[]) => entries.map(e => hex(tree.leaf(e))).join('')

  it('are those of each, where they lie in a row and where they do not', () => {
    const inARow = fc
      .tuple(fc.nat({ max: 12 }), fc.nat({ max: 90 }), fc.nat({ max: 4 }), fc.nat({ max: 9 }))
      .map(([count, length, gap, before]) => {
        const bytes = Uint8Array.from({ length: before + count * (length + gap) }, (_, i) => i * 17)
        const at = (i: number) => before + i * (length + gap)
        return Array.from({ length: count }, (_, i) => bytes.subarray(at(i), at(i) + length))
      })
    const entries = fc.oneof(
      inARow,
      fc.array(fc.uint8Array({ maxLength: 90 }), { maxLength: 12 }),
      inARow.map(row => [...row].reverse()),
      inARow.map(row => row.map((e, i) => (i === 2 ? e.subarray(1) : e))),
      inARow.map(row => row.map((e, i) => (i === 3 ? e.slice() : e))),
    )
    fc.assert(
      fc.property(entries, some => {
        expect(hex(leafHashes(tree, some))).toBe(oneByOne(some))
      }),
    )
  })

  it('parents are the nodes over neighbours', () => {
    const leaf = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(fc.array(fc.tuple(leaf, leaf), { maxLength: 9 }), pairs => {
        const nodes = pairs.map(([left, right]) => hex(tree.node(left, right))).join('')
        expect(hex(tree.parents(Buffer.concat(pairs.flat())))).toBe(nodes)
      }),
    )
  })
})
