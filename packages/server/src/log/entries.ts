import {
  COMMITMENT_BITS,
  type HashName,
  LEAF_VERSION,
  STATEMENT_VERSION,
  STATEMENTS,
  type StatementName,
  TOMBSTONE_REASONS,
  type TombstoneReason,
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

/** The entries of a row in their order, each after its length: views on one buffer. */
export function entriesOf(row: QueueRow): Buffer[] {
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
  const entries: Buffer[] = []
  for (let i = 0; i < count; i++) {
    const at = i * stride
    bytes.writeUInt16BE(head + commitments, at)
    bytes[at + 2] = isStatement ? STATEMENT_VERSION : LEAF_VERSION
    bytes[at + 3] = row.kind
    bytes[at + 4] = row.suites
    writeNumber(bytes, first + i, at + 6)
    if (skip > 0) bytes[at + 5] = body[0] as number
    if (isTombstone) {
      body.copy(bytes, at + 14, 1, TOMBSTONE_BODY)
    }
    body.copy(bytes, at + PREFIX + head, i * commitments + skip, (i + 1) * commitments + skip)
    entries.push(bytes.subarray(at, at + stride))
  }
  return entries
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
