/** A hash function with 32 bytes of output: SHA-256 or SM3. */
export type Hash = (bytes: Uint8Array) => Uint8Array

/** The three kinds of hash in a Merkle tree (RFC 9162 §2.1.1). */
export interface TreeHash {
  /** H(00 ‖ entry) */
  leaf(entry: Uint8Array): Uint8Array
  /** H(01 ‖ left ‖ right) */
  node(left: Uint8Array, right: Uint8Array): Uint8Array
  /** H of nothing: root of the tree without entries */
  readonly empty: Uint8Array
}

/** Tree hashing over a hash function. One buffer serves all calls: nothing but the results is allocated. */
export function treeHash(hash: Hash): TreeHash {
  const pair = new Uint8Array(65)
  pair[0] = 1
  let room = new Uint8Array(1024)
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
    empty: hash(new Uint8Array(0)),
  }
}
