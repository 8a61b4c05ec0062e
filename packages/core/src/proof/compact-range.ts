import { Refusal } from './refusal.ts'
import type { TreeHash } from './tree-hash.ts'

/** What is left of a tree to go on appending to it: roots of its largest whole subtrees, largest first. */
export interface Frontier {
  size: bigint
  nodes: Uint8Array[]
}

/** A tree that grows: holds one hash for each bit of its size. */
export interface CompactRange {
  readonly size: bigint
  /**
   * Adds leaf hashes, 32 bytes each. `seen` is told the whole subtrees that this completes, height by height, the leaves
   * themselves (height 0) first: their hashes in order, 32 bytes each, which are of this call only.
   */
  append(leafHashes: Uint8Array, seen?: (height: number, hashes: Uint8Array) => void): void
  root(): Uint8Array
  frontier(): Frontier
}

/** Begins an empty tree, or goes on from a frontier. Trees appended to have fewer than 2^53 entries. */
export function compactRange(tree: TreeHash, from: Frontier = { size: 0n, nodes: [] }): CompactRange {
  let size = Number(from.size)
  if (!Number.isSafeInteger(size) || size < 0) throw new Refusal('range-wrong', `size ${from.size}`)
  if (from.nodes.length !== onesOf(from.size)) throw new Refusal('range-wrong', `${from.nodes.length} nodes`)
  if (from.nodes.some(n => n.length !== 32)) throw new Refusal('hash-length', 'frontier')
  const nodes = [...from.nodes]
  return {
    get size() {
      return BigInt(size)
    },
    append(leafHashes, seen) {
      const count = leafHashes.length / 32
      if (!Number.isInteger(count)) throw new Refusal('hash-length', `${leafHashes.length} bytes of leaf hashes`)
      if (size + count > Number.MAX_SAFE_INTEGER) throw new Refusal('range-wrong', `size ${size}`)
      /** Of each height what has no neighbour yet, lowest first. */
      const alone: Uint8Array[] = []
      let row = leafHashes
      // Of each height `whole` subtrees were there before.
      for (let [height, whole] = [0, size]; row.length > 0; height++, whole = Math.floor(whole / 2)) {
        seen?.(height, row)
        if (whole % 2 === 1) row = joined(nodes.pop()!, row)
        const paired = row.length - (row.length % 64)
        if (paired < row.length) alone.push(Uint8Array.from(row.subarray(paired)))
        row = paired > 0 ? tree.parents(row.subarray(0, paired)) : row.subarray(0, 0)
      }
      nodes.push(...alone.reverse())
      size += count
    },
    root: () => rootOfNodes(tree, nodes),
    frontier: () => ({ size: BigInt(size), nodes: [...nodes] }),
  }
}

/** Root of a tree from the roots of its largest whole subtrees, largest first. */
export function rootOfNodes(tree: TreeHash, nodes: Uint8Array[]): Uint8Array {
  let root: Uint8Array | undefined
  for (let i = nodes.length - 1; i >= 0; i--) root = root === undefined ? nodes[i]! : tree.node(nodes[i]!, root)
  return root ?? tree.empty
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

function onesOf(size: bigint): number {
  return size.toString(2).split('1').length - 1
}
