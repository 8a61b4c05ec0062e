import { sha256 } from '../lib/sha256.ts'
import { sm3 } from '../lib/sm3.ts'
import type { NodeSource } from './prove.ts'
import { type TreeHash, treeHash } from './tree-hash.ts'

/** The definitions of RFC 6962 §2.1, word for word, over leaf hashes: what the fast code must agree with. */

export const SHA256_TREE = treeHash(sha256)
export const SM3_TREE = treeHash(sm3)

export function splitNaively(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

export function rootNaively(tree: TreeHash, leaves: Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return tree.empty
  if (leaves.length === 1) return leaves[0]!
  const k = splitNaively(leaves.length)
  return tree.node(rootNaively(tree, leaves.slice(0, k)), rootNaively(tree, leaves.slice(k)))
}

export function pathNaively(tree: TreeHash, m: number, leaves: Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return []
  const k = splitNaively(leaves.length)
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)]
  return m < k
    ? [...pathNaively(tree, m, left), rootNaively(tree, right)]
    : [...pathNaively(tree, m - k, right), rootNaively(tree, left)]
}

export function consistencyNaively(tree: TreeHash, m: number, leaves: Uint8Array[], whole = true): Uint8Array[] {
  if (m === leaves.length) return whole ? [] : [rootNaively(tree, leaves)]
  const k = splitNaively(leaves.length)
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)]
  return m <= k
    ? [...consistencyNaively(tree, m, left, whole), rootNaively(tree, right)]
    : [...consistencyNaively(tree, m - k, right, false), rootNaively(tree, left)]
}

/** Leaf hashes of entries 0 … count−1, each its number as a text. */
export function leavesOf(tree: TreeHash, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => tree.leaf(new TextEncoder().encode(`entry ${i}`)))
}

/** Whole subtrees over leaf hashes in memory. */
export function nodesOf(tree: TreeHash, leaves: Uint8Array[]): NodeSource {
  return (height, index) => {
    const width = 2 ** height
    return rootNaively(tree, leaves.slice(Number(index) * width, (Number(index) + 1) * width))
  }
}

/** A copy with one bit changed. */
export function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice()
  copy[bit >> 3] = copy[bit >> 3]! ^ (1 << (bit & 7))
  return copy
}
