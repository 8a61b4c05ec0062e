import { sameBytes } from './bytes.ts'
import type { TreeHash } from './tree-hash.ts'

/**
 * Checking proofs of a Merkle tree (RFC 9162 §2.1.3.2 and §2.1.4.2; subtrees as in draft-ietf-plants-merkle-tree-certs).
 * Indexes and sizes are BigInt: those of other logs may pass 2^53.
 */

const isHash = (bytes: Uint8Array) => bytes.length === 32

export interface InclusionClaim {
  index: bigint
  size: bigint
  leafHash: Uint8Array
  /** sibling of the leaf first */
  path: Uint8Array[]
  root: Uint8Array
}

/** Whether the leaf stands at `index` of the tree of `size` entries with that root. */
export function provesInclusion(tree: TreeHash, { index, size, leafHash, path, root }: InclusionClaim): boolean {
  if (index < 0n || index >= size || ![leafHash, root, ...path].every(isHash)) return false
  let fn = index
  let sn = size - 1n
  let hash = leafHash
  for (const sibling of path) {
    if (sn === 0n) return false
    if (isOdd(fn) || fn === sn) {
      hash = tree.node(sibling, hash)
      while (!isOdd(fn) && fn !== 0n) {
        fn >>= 1n
        sn >>= 1n
      }
    } else {
      hash = tree.node(hash, sibling)
    }
    fn >>= 1n
    sn >>= 1n
  }
  return sn === 0n && sameBytes(hash, root)
}

export interface ConsistencyClaim {
  from: bigint
  to: bigint
  fromRoot: Uint8Array
  toRoot: Uint8Array
  proof: Uint8Array[]
}

/**
 * Whether the tree of size `to` begins with the tree of size `from`, 0 < from ≤ to. The tree without entries begins
 * every tree: callers treat it apart, since nothing can be proved of it.
 */
export function provesConsistency(tree: TreeHash, claim: ConsistencyClaim): boolean {
  const { from, to, fromRoot, toRoot, proof } = claim
  if (from < 1n) return false
  return provesSubtree(tree, { start: 0n, end: from, size: to, subtreeRoot: fromRoot, root: toRoot, proof })
}

export interface SubtreeClaim {
  start: bigint
  end: bigint
  size: bigint
  subtreeRoot: Uint8Array
  root: Uint8Array
  proof: Uint8Array[]
}

/** Whether [start, end) may be a subtree: start is a multiple of the least power of two not below its width. */
export function isSubtree(start: bigint, end: bigint): boolean {
  if (start < 0n || end < start) return false
  let width = 1n
  while (width < end - start) width <<= 1n
  return start % width === 0n
}

/** Whether the entries start … end−1 of the tree have `subtreeRoot` as the root of a tree of their own. */
export function provesSubtree(tree: TreeHash, claim: SubtreeClaim): boolean {
  const { start, end, size, subtreeRoot, root } = claim
  if (!isSubtree(start, end) || end > size) return false
  if (start === end) return claim.proof.length === 0 && sameBytes(subtreeRoot, tree.empty)
  // Equal sizes need no hashing: their roots are the same or not, whatever they are.
  if (claim.proof.length > 0 && ![subtreeRoot, ...claim.proof].every(isHash)) return false
  const roots = rootsOfProof(tree, claim)
  return roots !== null && sameBytes(roots.subtree, subtreeRoot) && sameBytes(roots.whole, root)
}

/**
 * Root that the tree of size `to` and root `toRoot` had at size `from`, as a consistency proof of that tree itself shows
 * it. The hashes of a proof that lead to `toRoot` are nodes of that tree, so what they give for the first `from` entries
 * is what it began with, whatever anybody remembers of them.
 * @returns null where the proof does not lead to `toRoot`, or `from` is a power of two: then the proof leaves the root out
 */
export function prefixRoot(tree: TreeHash, claim: Omit<ConsistencyClaim, 'fromRoot'>): Uint8Array | null {
  const { from, to, toRoot, proof } = claim
  const isPowerOfTwo = (from & (from - 1n)) === 0n
  if (from < 1n || from >= to || isPowerOfTwo || proof.length === 0 || !proof.every(isHash)) return null
  const roots = rootsOfProof(tree, { start: 0n, end: from, size: to, subtreeRoot: toRoot, proof })
  return roots !== null && sameBytes(roots.whole, toRoot) ? roots.subtree : null
}

/** The two roots that a proof gives; null where it has not the right length. */
function rootsOfProof(
  tree: TreeHash,
  { start, end, size, subtreeRoot, proof }: Omit<SubtreeClaim, 'root'>,
): { subtree: Uint8Array; whole: Uint8Array } | null {
  let fn = start
  let sn = end - 1n
  let tn = size - 1n
  const shift = () => {
    fn >>= 1n
    sn >>= 1n
    tn >>= 1n
  }
  while (fn !== sn && (sn === tn || isOdd(sn))) shift()
  const [first, rest] = fn === sn ? [subtreeRoot, proof] : [proof[0], proof.slice(1)]
  if (first === undefined) return null
  let fromHash = first
  let toHash = first
  for (const c of rest) {
    if (tn === 0n) return null
    if (isOdd(sn) || sn === tn) {
      if (fn < sn) fromHash = tree.node(c, fromHash)
      toHash = tree.node(c, toHash)
      while (!isOdd(sn) && sn !== 0n) shift()
    } else {
      toHash = tree.node(toHash, c)
    }
    shift()
  }
  return tn === 0n ? { subtree: fromHash, whole: toHash } : null
}

/** Whether the leaf stands at `index` inside the subtree [start, end) with that root. */
export function provesSubtreeInclusion(
  tree: TreeHash,
  claim: { start: bigint; end: bigint } & Omit<InclusionClaim, 'size'>,
): boolean {
  const { start, end, index } = claim
  if (!isSubtree(start, end) || index < start) return false
  return provesInclusion(tree, { ...claim, index: index - start, size: end - start })
}

function isOdd(n: bigint): boolean {
  return (n & 1n) === 1n
}
