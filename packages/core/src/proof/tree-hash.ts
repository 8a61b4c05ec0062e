/** A hash function with 32 bytes of output: SHA-256 or SM3. */
export type Hash = (bytes: Uint8Array) => Uint8Array

/** Equally long pieces of one buffer: the `i`-th begins at `from + i · stride`. */
export interface Pieces {
  bytes: Uint8Array
  from: number
  stride: number
  length: number
  count: number
}

/** Hashes of pieces, each behind the byte `first` where it is given: 32 bytes each, one behind the other. */
export type HashPieces = (pieces: Pieces, first?: number) => Uint8Array

/** Hashes pieces one by one. */
export function piecesAlone(hash: Hash): HashPieces {
  return ({ bytes, from, stride, length, count }, first) => {
    const head = first === undefined ? 0 : 1
    const room = new Uint8Array(head + length)
    if (first !== undefined) room[0] = first
    const hashes = new Uint8Array(count * 32)
    for (let i = 0; i < count; i++) {
      const at = from + i * stride
      room.set(bytes.subarray(at, at + length), head)
      hashes.set(hash(room), i * 32)
    }
    return hashes
  }
}

/** The three kinds of hash in a Merkle tree (RFC 9162 §2.1.1). */
export interface TreeHash {
  /** H(00 ‖ entry) */
  leaf(entry: Uint8Array): Uint8Array
  /** H(01 ‖ left ‖ right) */
  node(left: Uint8Array, right: Uint8Array): Uint8Array
  /** Leaf hashes of entries that are equally long, 32 bytes each. */
  leaves(entries: Pieces): Uint8Array
  /** The node over each pair of neighbours among hashes of 32 bytes; they are even in number. */
  parents(hashes: Uint8Array): Uint8Array
  /** H of nothing: root of the tree without entries */
  readonly empty: Uint8Array
}

/** Fewer are hashed one by one: to prepare for many costs as much as some hashes. */
const FEW = 4

/**
 * Tree hashing over a hash function. One buffer serves all calls: nothing but the results is allocated.
 * @param pieces the same function over many pieces at once, where that is faster
 */
export function treeHash(hash: Hash, pieces: HashPieces = piecesAlone(hash)): TreeHash {
  const pair = new Uint8Array(65)
  pair[0] = 1
  let room = new Uint8Array(1024)
  const alone = piecesAlone(hash)
  const of = ({ count }: Pieces) => (count < FEW ? alone : pieces)
  return {
    leaf(entry) {
      if (entry.length >= room.length) room = new Uint8Array(entry.length + 1)
      room.set(entry, 1)
      return hash(room.subarray(0, entry.length + 1))
    },
    node(left, right) {
      pair.set(left, 1)
      pair.set(right, 33)
      return hash(pair)
    },
    leaves: entries => of(entries)(entries, 0),
    parents(hashes) {
      const pairs = { bytes: hashes, from: 0, stride: 64, length: 64, count: Math.floor(hashes.length / 64) }
      return of(pairs)(pairs, 1)
    },
    empty: hash(new Uint8Array(0)),
  }
}

/** Leaf hashes of entries, 32 bytes each; entries of a bundle lie in one buffer and are hashed together. */
export function leafHashes(tree: TreeHash, entries: readonly Uint8Array[]): Uint8Array {
  const pieces = piecesOf(entries)
  if (pieces) return tree.leaves(pieces)
  const hashes = new Uint8Array(entries.length * 32)
  for (const [i, entry] of entries.entries()) hashes.set(tree.leaf(entry), i * 32)
  return hashes
}

/** Views on one buffer, equally long and equally far from each other; null where they are not. */
function piecesOf(entries: readonly Uint8Array[]): Pieces | null {
  const [first, second] = entries
  if (!first || !second) return null
  const { buffer, byteOffset, length } = first
  const stride = second.byteOffset - byteOffset
  const isRow = (e: Uint8Array, i: number) =>
    e.buffer === buffer && e.length === length && e.byteOffset === byteOffset + i * stride
  if (stride < length || !entries.every(isRow)) return null
  const bytes = new Uint8Array(buffer, byteOffset, (entries.length - 1) * stride + length)
  return { bytes, from: 0, stride, length, count: entries.length }
}
