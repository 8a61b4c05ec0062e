import {
  COMMITMENT_BITS,
  type HashName,
  LEAF_VERSION,
  STATEMENT_VERSION,
  STATEMENTS,
  type StatementName,
  TOMBSTONE_REASONS,
  type TombstoneReason,
  type TreeHash,
} from '@yuanliu/core'

/** Entries in bulk: what captures hand over, and the bytes that stand in bundles (docs/adr/0011, 0027). */

/** Kinds of queue rows and of entries, as both are stored. */
export const KIND = { event: 1, tombstone: 2, statement: 3 } as const

/** What one transaction hands over to the sequencer. */
export interface QueueRow {
  /** capture position of its first event */
  first: number
  count: number
  kind: number
  /** which commitments each entry has, as bits of `COMMITMENT_BITS` */
  suites: number
  /**
   * commitments, event by event, SHA-256 first; before that of a tombstone its reason and the index of its target, before
   * that of a statement what it says
   */
  body: Buffer
}

/** Bytes of length that stand before an entry in a bundle (C2SP tlog-tiles). */
export const PREFIX = 2
/** Entries are shorter than 256 bytes. */
const EVENT_HEAD = 12
const TOMBSTONE_HEAD = 20
/** reason (1 byte) and target (8) */
const TOMBSTONE_BODY = 9
/** what it says (1 byte) */
const STATEMENT_BODY = 1

/** The bits of a set of hash functions. */
export function bitsOf(names: readonly HashName[]): number {
  return names.reduce((bits, name) => bits | COMMITMENT_BITS[name], 0)
}

/** Equally long entries, one behind the other as they stand in a bundle: each after its length. */
export interface PackedEntries {
  bytes: Buffer
  count: number
  /** bytes of one with its length */
  stride: number
}

/** The entries of a row in their order. */
export function packEntries(row: QueueRow): PackedEntries {
  const commitments = 32 * ((row.suites & 1) + ((row.suites >> 1) & 1))
  const isTombstone = row.kind === KIND.tombstone
  const isStatement = row.kind === KIND.statement
  const head = isTombstone ? TOMBSTONE_HEAD : EVENT_HEAD
  const skip = isTombstone ? TOMBSTONE_BODY : isStatement ? STATEMENT_BODY : 0
  const { count, body, first } = row
  if (commitments === 0 || body.length !== count * (skip + commitments) || (skip > 0 && count !== 1))
    throw new Error(`log_queue ${first}: ${body.length} bytes for ${count} entries of suites ${row.suites}`)
  const stride = PREFIX + head + commitments
  const bytes = Buffer.alloc(count * stride)
  for (let i = 0; i < count; i++) {
    const at = i * stride
    bytes[at + 1] = head + commitments
    bytes[at + 2] = isStatement ? STATEMENT_VERSION : LEAF_VERSION
    bytes[at + 3] = row.kind
    bytes[at + 4] = row.suites
    writeNumber(bytes, first + i, at + 6)
    if (skip > 0) bytes[at + 5] = body[0] as number
    if (isTombstone) body.copy(bytes, at + 14, 1, TOMBSTONE_BODY)
    body.copy(bytes, at + PREFIX + head, i * commitments + skip, (i + 1) * commitments + skip)
  }
  return { bytes, count, stride }
}

/** The same one by one: views on one buffer. */
export function entriesOf(row: QueueRow): Buffer[] {
  const { bytes, count, stride } = packEntries(row)
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * stride, (i + 1) * stride))
}

/** Leaf hashes of entries, 32 bytes each. */
export function leavesOf(tree: TreeHash, { bytes, count, stride }: PackedEntries): Uint8Array {
  return tree.leaves({ bytes, from: PREFIX, stride, length: stride - PREFIX, count })
}

/** What a tombstone hands over. */
export function tombstoneBody(reason: TombstoneReason, target: number, commitments: Buffer): Buffer {
  const head = Buffer.alloc(TOMBSTONE_BODY)
  head[0] = TOMBSTONE_REASONS[reason]
  writeNumber(head, target, 1)
  return Buffer.concat([head, commitments])
}

/** What a statement hands over. */
export function statementBody(says: StatementName, commitments: Buffer): Buffer {
  return Buffer.concat([Buffer.from([STATEMENTS[says]]), commitments])
}

/** 8 bytes, big-endian; ours are below 2^53. */
function writeNumber(bytes: Buffer, value: number, at: number): void {
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), at)
  bytes.writeUInt32BE(value % 2 ** 32, at + 4)
}
