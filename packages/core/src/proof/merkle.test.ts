import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase64, fromHex } from './bytes.ts'
import { compactRange } from './compact-range.ts'
import { provesConsistency, provesInclusion, provesSubtree, provesSubtreeInclusion } from './merkle.ts'
import { proveConsistency, proveInclusion, rangeHash } from './prove.ts'
import { Refusal } from './refusal.ts'
import {
  consistencyNaively,
  flip,
  leavesOf,
  nodesOf,
  pathNaively,
  rootNaively,
  SHA256_TREE,
  SM3_TREE,
} from './tree.fixture.ts'
import { logVectors, VECTORS_THERE } from './vectors.fixture.ts'

const bytes = (text: string) => fromBase64(text)
const list = (proof: string[] | null) => (proof ?? []).map(bytes)

describe.skipIf(!VECTORS_THERE)(
  'published proofs (transparency-dev/merkle) (skipped where ../shared/vectors is absent)',
  () => {
    type Inclusion = { index?: string; leafIdx: string; treeSize: string; root: string; leafHash: string }
    type Case = { file: string; proof: string[] | null; wantErr: boolean }
    const cases = <T>(file: string) => logVectors<{ cases: (T & Case)[] }>(`merkle/${file}.json`, { cases: [] }).cases

    it('inclusion', () => {
      const all = cases<Inclusion>('inclusion')
      expect(all.length).toBe(98)
      for (const { file, leafIdx, treeSize, root, leafHash, proof, wantErr } of all) {
        const claim = { index: BigInt(leafIdx), size: BigInt(treeSize), leafHash: bytes(leafHash) }
        expect(provesInclusion(SHA256_TREE, { ...claim, path: list(proof), root: bytes(root) }), file).toBe(!wantErr)
      }
    })

    it('consistency', () => {
      const all = cases<{ size1: string; size2: string; root1: string; root2: string }>('consistency')
      expect(all.length).toBe(98)
      for (const { file, size1, size2, root1, root2, proof, wantErr } of all) {
        const claim = { from: BigInt(size1), to: BigInt(size2), fromRoot: bytes(root1), toRoot: bytes(root2) }
        expect(provesConsistency(SHA256_TREE, { ...claim, proof: list(proof) }), file).toBe(!wantErr)
      }
    })

    it('inclusion in subtrees', () => {
      const all = cases<{ leafIdx: string; start: string; end: string; root: string; leafHash: string }>(
        'subtreeinclusion',
      )
      expect(all.length).toBe(204)
      for (const { file, leafIdx, start, end, root, leafHash, proof, wantErr } of all) {
        const claim = { index: BigInt(leafIdx), start: BigInt(start), end: BigInt(end), leafHash: bytes(leafHash) }
        const proved = provesSubtreeInclusion(SHA256_TREE, { ...claim, path: list(proof), root: bytes(root) })
        expect(proved, file).toBe(!wantErr)
      }
    })

    it('consistency of subtrees', () => {
      const all = cases<{ start: string; end: string; size: string; root1: string; root2: string }>(
        'subtreeconsistency',
      )
      expect(all.length).toBe(118)
      for (const { file, start, end, size, root1, root2, proof, wantErr } of all) {
        const claim = { start: BigInt(start), end: BigInt(end), size: BigInt(size), subtreeRoot: bytes(root1) }
        expect(provesSubtree(SHA256_TREE, { ...claim, root: bytes(root2), proof: list(proof) }), file).toBe(!wantErr)
      }
    })
  },
)

describe.skipIf(!VECTORS_THERE)('published trees (skipped where ../shared/vectors is absent)', () => {
  it.each([
    ['sha256', SHA256_TREE],
    ['sm3', SM3_TREE],
  ] as const)('%s: roots of sizes 0 to 8', (name, tree) => {
    const known = logVectors<{ leaf_inputs_hex: string[]; root_hashes_hex_by_size: string[] }>(
      `merkle/tree-${name}.json`,
      { leaf_inputs_hex: [], root_hashes_hex_by_size: [] },
    )
    expect(known.root_hashes_hex_by_size.length).toBe(9)
    const range = compactRange(tree)
    known.root_hashes_hex_by_size.forEach((root, size) => {
      expect(range.root()).toEqual(fromHex(root))
      if (size < 8) range.append(tree.leaf(fromHex(known.leaf_inputs_hex[size]!)))
    })
  })

  type All = {
    entries: string[]
    leaf_hashes: string[]
    roots_by_size: string[]
    inclusion: { index: number; size: number; proof: string[] }[]
    consistency: { size1: number; size2: number; proof: string[] }[]
  }
  it.each([
    ['sha256', SHA256_TREE],
    ['sm3', SM3_TREE],
  ] as const)('%s: every proof of 15 entries is made and verified', async (name, tree) => {
    const absent: All = { entries: [], leaf_hashes: [], roots_by_size: [], inclusion: [], consistency: [] }
    const known = logVectors(`merkle/all-proofs-15-${name}.json`, absent)
    const leaves = known.entries.map(entry => tree.leaf(new TextEncoder().encode(entry)))
    expect(leaves).toEqual(known.leaf_hashes.map(bytes))
    // The list begins with the root of no entries where it has sixteen.
    const root = (size: number) => bytes(known.roots_by_size[size - (known.roots_by_size.length === 15 ? 1 : 0)]!)
    const node = nodesOf(tree, leaves)
    expect([known.inclusion.length, known.consistency.length]).toEqual([120, 105])
    for (const { index, size, proof } of known.inclusion) {
      const path = await proveInclusion(tree, BigInt(index), BigInt(size), node)
      expect(path).toEqual(list(proof))
      const claim = { index: BigInt(index), size: BigInt(size), leafHash: leaves[index]!, path, root: root(size) }
      expect(provesInclusion(tree, claim)).toBe(true)
    }
    for (const { size1, size2, proof } of known.consistency) {
      const made = await proveConsistency(tree, BigInt(size1), BigInt(size2), node)
      expect(made).toEqual(list(proof))
      const claim = { from: BigInt(size1), to: BigInt(size2), fromRoot: root(size1), toRoot: root(size2), proof: made }
      expect(provesConsistency(tree, claim)).toBe(true)
    }
  })
})

/** Sizes around powers of two, where the shape of a tree changes. */
const size = fc
  .oneof(
    fc.integer({ min: 1, max: 300 }),
    fc.tuple(fc.integer({ min: 1, max: 8 }), fc.constantFrom(-1, 0, 1)).map(([k, d]) => 2 ** k + d),
  )
  .filter(n => n >= 1)
const LEAVES = leavesOf(SHA256_TREE, 300)

describe('any tree', () => {
  it('every inclusion is proved as RFC 6962 defines it, and nothing altered is', async () => {
    await fc.assert(
      fc.asyncProperty(size, fc.nat(), fc.nat(), async (n, any, bit) => {
        const leaves = LEAVES.slice(0, n)
        const m = any % n
        const path = await proveInclusion(SHA256_TREE, BigInt(m), BigInt(n), nodesOf(SHA256_TREE, leaves))
        expect(path).toEqual(pathNaively(SHA256_TREE, m, leaves))
        const root = rootNaively(SHA256_TREE, leaves)
        const claim = { index: BigInt(m), size: BigInt(n), leafHash: leaves[m]!, path, root }
        const proves = (change: Partial<typeof claim>) => provesInclusion(SHA256_TREE, { ...claim, ...change })
        expect(proves({})).toBe(true)
        expect(proves({ root: flip(root, bit % 256) })).toBe(false)
        expect(proves({ leafHash: flip(leaves[m]!, bit % 256) })).toBe(false)
        expect(proves({ path: [...path, root] })).toBe(false)
        expect(proves({ index: BigInt(n) })).toBe(false)
        expect(proves({ index: -1n })).toBe(false)
        path.forEach((hash, i) => {
          expect(proves({ path: path.with(i, flip(hash, bit % 256)) })).toBe(false)
          expect(proves({ path: path.toSpliced(i, 1) })).toBe(false)
        })
        for (let other = 0; other < n; other++) if (other !== m) expect(proves({ index: BigInt(other) })).toBe(false)
      }),
      { numRuns: 60 },
    )
  })

  it('every consistency is proved as RFC 6962 defines it, and nothing altered is', async () => {
    await fc.assert(
      fc.asyncProperty(size, fc.nat(), fc.nat(), async (n, any, bit) => {
        const leaves = LEAVES.slice(0, n)
        const m = 1 + (any % n)
        const proof = await proveConsistency(SHA256_TREE, BigInt(m), BigInt(n), nodesOf(SHA256_TREE, leaves))
        expect(proof).toEqual(consistencyNaively(SHA256_TREE, m, leaves))
        const [fromRoot, toRoot] = [rootNaively(SHA256_TREE, leaves.slice(0, m)), rootNaively(SHA256_TREE, leaves)]
        const claim = { from: BigInt(m), to: BigInt(n), fromRoot, toRoot, proof }
        const proves = (change: Partial<typeof claim>) => provesConsistency(SHA256_TREE, { ...claim, ...change })
        expect(proves({})).toBe(true)
        expect(proves({ fromRoot: flip(fromRoot, bit % 256) })).toBe(false)
        expect(proves({ toRoot: flip(toRoot, bit % 256) })).toBe(false)
        expect(proves({ proof: [...proof, toRoot] })).toBe(false)
        expect(proves({ from: 0n })).toBe(false)
        expect(proves({ from: BigInt(n + 1) })).toBe(false)
        proof.forEach((hash, i) => {
          expect(proves({ proof: proof.with(i, flip(hash, bit % 256)) })).toBe(false)
          expect(proves({ proof: proof.toSpliced(i, 1) })).toBe(false)
        })
      }),
      { numRuns: 60 },
    )
  })

  it('a compact range has the root of every size, from any point on', () => {
    const whole = compactRange(SHA256_TREE)
    for (let n = 0; n < 70; n++) {
      expect(whole.root()).toEqual(rootNaively(SHA256_TREE, LEAVES.slice(0, n)))
      const resumed = compactRange(SHA256_TREE, whole.frontier())
      for (const leaf of LEAVES.slice(n, 90)) resumed.append(leaf)
      expect(resumed.root()).toEqual(rootNaively(SHA256_TREE, LEAVES.slice(0, 90)))
      whole.append(LEAVES[n]!)
    }
  })

  it('a frontier that does not fit its size is refused', () => {
    expect(() => compactRange(SHA256_TREE, { size: 3n, nodes: [LEAVES[0]!] })).toThrow(Refusal)
    expect(() => compactRange(SHA256_TREE, { size: 1n << 60n, nodes: [LEAVES[0]!] })).toThrow(Refusal)
    expect(() => compactRange(SHA256_TREE, { size: 1n, nodes: [new Uint8Array(31)] })).toThrow(Refusal)
  })

  it('proofs of what is not there are refused', () => {
    const node = nodesOf(SHA256_TREE, LEAVES)
    expect(() => proveInclusion(SHA256_TREE, 5n, 5n, node)).toThrow(Refusal)
    expect(() => proveConsistency(SHA256_TREE, 0n, 5n, node)).toThrow(Refusal)
    expect(() => proveConsistency(SHA256_TREE, 6n, 5n, node)).toThrow(Refusal)
  })

  it('indexes beyond 2^53 keep their last bits', async () => {
    // A tree whose every whole subtree of a height has the same hash: of 2^60 + 1 entries it needs no more.
    const zero = SHA256_TREE.leaf(new Uint8Array(0))
    const heights = [zero]
    for (let h = 1; h <= 60; h++) heights.push(SHA256_TREE.node(heights[h - 1]!, heights[h - 1]!))
    const node = (height: number) => heights[height]!
    const n = (1n << 60n) + 1n
    const root = await rangeHash(SHA256_TREE, { start: 0n, end: n }, node)
    for (const index of [n - 1n, n - 2n, (1n << 53n) + 1n, 0n]) {
      const path = await proveInclusion(SHA256_TREE, index, n, node)
      expect(path.length).toBe(index === n - 1n ? 1 : 61)
      expect(provesInclusion(SHA256_TREE, { index, size: n, leafHash: zero, path, root })).toBe(true)
      const elsewhere = { index: index === n - 1n ? 0n : n - 1n, size: n, leafHash: zero, path, root }
      expect(provesInclusion(SHA256_TREE, elsewhere)).toBe(false)
    }
  })
})
