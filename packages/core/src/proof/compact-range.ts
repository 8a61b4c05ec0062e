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
  /** Adds a leaf hash; `seen` is told every whole subtree this completes, the leaf itself (height 0) first. */
  append(leafHash: Uint8Array, seen?: (height: number, hash: Uint8Array) => void): void
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
    append(leafHash, seen) {
      if (size >= Number.MAX_SAFE_INTEGER) throw new Refusal('range-wrong', `size ${size}`)
      let hash = leafHash
      seen?.(0, hash)
      // Every trailing one of the old size is a subtree that the new leaf completes.
      let height = 0
      for (let n = size; n % 2 === 1; n = (n - 1) / 2) {
        hash = tree.node(nodes.pop()!, hash)
        seen?.(++height, hash)
      }
      nodes.push(hash)
      size++
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

function onesOf(size: bigint): number {
  return size.toString(2).split('1').length - 1
}
