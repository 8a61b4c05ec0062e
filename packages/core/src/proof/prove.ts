import { Refusal } from './refusal.ts'
import type { TreeHash } from './tree-hash.ts'

/** Making proofs (RFC 9162 §2.1.3.1 and §2.1.4.1): which ranges of entries a proof names, and their hashes. */

/** Entries start … end−1. */
export interface Range {
  start: bigint
  end: bigint
}

/** Gives the root of the whole subtree of 2^height entries that begins at entry index · 2^height. */
export type NodeSource = (height: number, index: bigint) => Uint8Array | Promise<Uint8Array>

/** The ranges of an inclusion proof, sibling of the leaf first. */
export function inclusionRanges(index: bigint, size: bigint): Range[] {
  if (index < 0n || index >= size) throw new Refusal('range-wrong', `index ${index} of ${size}`)
  const path: Range[] = []
  let start = 0n
  let end = size
  while (end - start > 1n) {
    const middle = start + splitOf(end - start)
    if (index < middle) {
      path.push({ start: middle, end })
      end = middle
    } else {
      path.push({ start, end: middle })
      start = middle
    }
  }
  return path.reverse()
}

/** The ranges of a consistency proof between the sizes, 0 < from ≤ to. */
export function consistencyRanges(from: bigint, to: bigint): Range[] {
  if (from < 1n || from > to) throw new Refusal('range-wrong', `from ${from} to ${to}`)
  const path: Range[] = []
  let start = 0n
  let end = to
  while (end !== from) {
    const middle = start + splitOf(end - start)
    if (from <= middle) {
      path.push({ start: middle, end })
      end = middle
    } else {
      path.push({ start, end: middle })
      start = middle
    }
  }
  // SUB with its flag false names the last part; with it true the verifier knows it as the old root.
  if (start > 0n) path.push({ start, end })
  return path.reverse()
}

/** Root of a tree over a range that starts at a multiple of its split, from the whole subtrees inside it. */
export async function rangeHash(tree: TreeHash, { start, end }: Range, node: NodeSource): Promise<Uint8Array> {
  const width = end - start
  if (width === 0n) return tree.empty
  const split = splitOf(width)
  if (split * 2n === width || width === 1n) {
    const height = heightOf(width)
    return node(height, start >> BigInt(height))
  }
  const left = await rangeHash(tree, { start, end: start + split }, node)
  return tree.node(left, await rangeHash(tree, { start: start + split, end }, node))
}

/** Inclusion proof of the entry in the tree of that size: hashes, sibling of the leaf first. */
export function proveInclusion(tree: TreeHash, index: bigint, size: bigint, node: NodeSource): Promise<Uint8Array[]> {
  return Promise.all(inclusionRanges(index, size).map(range => rangeHash(tree, range, node)))
}

/** Consistency proof between two sizes of one tree, 0 < from ≤ to. */
export function proveConsistency(tree: TreeHash, from: bigint, to: bigint, node: NodeSource): Promise<Uint8Array[]> {
  return Promise.all(consistencyRanges(from, to).map(range => rangeHash(tree, range, node)))
}

/** The largest power of two below `width`; 1 for 1. */
export function splitOf(width: bigint): bigint {
  return width <= 2n ? 1n : 1n << BigInt((width - 1n).toString(2).length - 1)
}

function heightOf(powerOfTwo: bigint): number {
  return powerOfTwo.toString(2).length - 1
}
