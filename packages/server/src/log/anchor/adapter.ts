/** What is written down of a checkpoint: hashes only, so nothing of an event leaves the platform. */
export interface AnchorClaim {
  /** hash of the log's origin, with the hash of its suite */
  originHash: Uint8Array
  size: number
  root: Uint8Array
  /** hash of the signed note, its bytes as they were signed */
  noteHash: Uint8Array
}

/** Where a claim stands, as it was read back. */
export interface AnchorPlace {
  /** height of the block; null: the place has none */
  block: number | null
  blockHash: string | null
  transaction: string | null
  /** milliseconds since 1970, by the place itself; null where it says none */
  at: number | null
}

/** A tree as it was written down. */
export interface AnchoredHead {
  size: number
  root: Uint8Array
}

/** A place where checkpoints are written down (docs/adr/0020): a chain, a file elsewhere. */
export interface AnchorAdapter {
  id: 'file' | 'webase'
  /** which chain, group and contract; which file: for the public, so without addresses inside */
  place: string
  /** Reads a claim back; null where exactly this one does not stand there. @throws Error in words */
  find(claim: AnchorClaim, stop: AbortSignal): Promise<AnchorPlace | null>
  /**
   * Writes a claim down. What it says is not shown: only what `find` reads back is. An error does not mean that nothing
   * was written.
   * @throws Error in words
   */
  write(claim: AnchorClaim, stop: AbortSignal): Promise<Partial<AnchorPlace>>
  /** Size of the largest checkpoint that stands there of the log with this hash; 0 for none. @throws Error in words */
  lastSize(originHash: Uint8Array, stop: AbortSignal): Promise<number>
  /**
   * Everything that stands there of the log with this hash, in the order in which it was written; null: the place tells a
   * root only to who knows it (`find`). @throws Error in words
   */
  heads(originHash: Uint8Array, stop: AbortSignal): Promise<(AnchoredHead & { line: number })[] | null>
}

/** Hexadecimal with 0x, as contracts take bytes32. */
export function bytes32(hash: Uint8Array): string {
  return `0x${Buffer.from(hash).toString('hex')}`
}
