import { MAX_NUMBER, readUint64, sameBytes, utf8 } from './bytes.ts'
import { Refusal } from './refusal.ts'
import type { Hash, HashPieces } from './tree-hash.ts'

/**
 * Log entries: what the tree is built over (docs/adr/0011, 0027). An entry is public and says nothing about its event but
 * the capture position; the event is bound by salted commitments, one for each suite.
 */

/** Version of the entries of events and tombstones. */
export const LEAF_VERSION = 1
/** Version of the entries of statements, which version 1 does not know. */
export const STATEMENT_VERSION = 2
export const SALT_LENGTH = 16

/** The hash functions of the suites: bit in the entry's third byte, in the order in which commitments stand. */
export const COMMITMENT_BITS = { sha256: 1, sm3: 2 } as const
export type HashName = keyof typeof COMMITMENT_BITS
const HASH_NAMES: HashName[] = ['sha256', 'sm3']

export const TOMBSTONE_REASONS = { 'retention-ended': 1, 'personal-data': 2, 'by-order': 3 } as const
export type TombstoneReason = keyof typeof TOMBSTONE_REASONS

/** What a statement says: a subject's key was registered or revoked, or a subject's signature was received. */
export const STATEMENTS = { 'key-registered': 1, 'key-revoked': 2, signature: 3 } as const
export type StatementName = keyof typeof STATEMENTS

export interface EventEntry {
  kind: 'event'
  /** capture position: order of commit */
  position: bigint
  commitments: Partial<Record<HashName, Uint8Array>>
}
/** Says that the content of an earlier entry has been deleted; its commitments bind a statement who did so and why. */
export interface TombstoneEntry {
  kind: 'tombstone'
  position: bigint
  reason: TombstoneReason
  /** index of the entry whose content is gone */
  target: bigint
  commitments: Partial<Record<HashName, Uint8Array>>
}
/** Says since when somebody may sign, or no longer, or what was signed; its commitments bind the statement's bytes. */
export interface StatementEntry {
  kind: 'statement'
  position: bigint
  says: StatementName
  commitments: Partial<Record<HashName, Uint8Array>>
}
export type LogEntry = EventEntry | TombstoneEntry | StatementEntry

/** Everything that opens a commitment. */
export interface Opening {
  kind: LogEntry['kind']
  /** 16 random bytes, kept with the event */
  salt: Uint8Array
  /** the exact bytes received (of a tombstone and of a statement: what it says) */
  bytes: Uint8Array
  mediaType: string
  /** UTF-8 of the JSON-LD context of the document, as it is stored; empty where there is none */
  context: Uint8Array
  /** microseconds since 1970-01-01T00:00:00Z */
  receivedAt: bigint
  /** code of the organisation that reported */
  reporter: string
}

/** First bytes of what is hashed: no other thing that the log hashes begins like this. */
const LABELS = {
  event: utf8('yuanliu event v1\n'),
  tombstone: utf8('yuanliu tombstone v1\n'),
  statement: utf8('yuanliu statement v1\n'),
}

/** What a commitment binds of the event, with the two long parts as hashes of the same function. */
export interface Committed extends Pick<Opening, 'kind' | 'salt' | 'mediaType' | 'receivedAt' | 'reporter'> {
  /** H(bytes) */
  digest: Uint8Array
  /** H(context); empty where there is none */
  contextDigest: Uint8Array
}

/** The commitment that an opening opens: 32 bytes. */
export function commitmentOf(hash: Hash, opening: Opening): Uint8Array {
  const { bytes, context } = opening
  return commitmentTo(hash, {
    ...opening,
    digest: hash(bytes),
    contextDigest: context.length > 0 ? hash(context) : context,
  })
}

/** H(label ‖ salt ‖ H(bytes) ‖ media type ‖ H(context) ‖ receipt time ‖ reporter), each but the label after its length. */
export function commitmentTo(hash: Hash, committed: Committed): Uint8Array {
  const { kind, salt, digest, mediaType, contextDigest, receivedAt, reporter } = committed
  if (salt.length !== SALT_LENGTH) throw new Refusal('entry-shape', `salt of ${salt.length} bytes`)
  if (digest.length !== 32 || ![0, 32].includes(contextDigest.length)) throw new Refusal('hash-length', 'digest')
  if (receivedAt < 0n || receivedAt > MAX_NUMBER) throw new Refusal('range-wrong', `receipt time ${receivedAt}`)
  if (mediaType.length + reporter.length > MAX_TEXT) throw new Refusal('too-large', 'media type and reporter')
  preimage.set(LABELS[kind])
  let at = LABELS[kind].length
  at = putBytes(at, salt)
  at = putBytes(at, digest)
  at = putText(at, mediaType)
  at = putBytes(at, contextDigest)
  preimageView.setUint16(at, 8)
  preimageView.setBigUint64(at + 2, receivedAt)
  at = putText(at + 10, reporter)
  return hash(preimage.subarray(0, at))
}

/**
 * Commitments to many events of one reporter that came at once, in one document: the same as `commitmentTo`, of which only
 * salt and digest change from one to the next.
 * @returns of salts and as many digests, 32 bytes each, the commitments, 32 bytes each
 */
export function commitmentsTo(
  pieces: HashPieces,
  same: Omit<Committed, 'salt' | 'digest'>,
): (salts: readonly Uint8Array[], digests: Uint8Array) => Uint8Array {
  let template = new Uint8Array(0)
  commitmentTo(
    all => {
      template = all.slice()
      return all
    },
    { ...same, salt: new Uint8Array(SALT_LENGTH), digest: new Uint8Array(32) },
  )
  const { length } = template
  const salted = LABELS[same.kind].length + 2
  const digested = salted + SALT_LENGTH + 2
  return (salts, digests) => {
    const count = salts.length
    if (digests.length !== count * 32) throw new Refusal('hash-length', 'digests')
    const bytes = new Uint8Array(count * length)
    for (const [i, salt] of salts.entries()) {
      if (salt.length !== SALT_LENGTH) throw new Refusal('entry-shape', `salt of ${salt.length} bytes`)
      bytes.set(template, i * length)
      bytes.set(salt, i * length + salted)
      bytes.set(digests.subarray(i * 32, i * 32 + 32), i * length + digested)
    }
    return pieces({ bytes, from: 0, stride: length, length, count })
  }
}

/** UTF-16 units of media type and reporter together; a unit has at most three bytes in UTF-8. */
const MAX_TEXT = 1000
/** One buffer for what is hashed: a sequencer commits thousands of events in a batch. */
const preimage = new Uint8Array(200 + 3 * MAX_TEXT)
const preimageView = new DataView(preimage.buffer)
const encoder = new TextEncoder()

/** Puts a field after two bytes of its length, big-endian; gives where the next begins. */
function putBytes(at: number, field: Uint8Array): number {
  preimageView.setUint16(at, field.length)
  preimage.set(field, at + 2)
  return at + 2 + field.length
}

function putText(at: number, text: string): number {
  const { written } = encoder.encodeInto(text, preimage.subarray(at + 2))
  preimageView.setUint16(at, written)
  return at + 2 + written
}

/** Which commitments of an entry the content opens; refuses if one of those whose hash is given does not. */
export function checkOpening(entry: LogEntry, opening: Opening, hashes: Partial<Record<HashName, Hash>>): HashName[] {
  if (opening.kind !== entry.kind) throw new Refusal('commitment-wrong', `${opening.kind} for ${entry.kind}`)
  const checked: HashName[] = []
  for (const name of HASH_NAMES) {
    const commitment = entry.commitments[name]
    const hash = hashes[name]
    if (commitment === undefined || hash === undefined) continue
    if (!sameBytes(commitmentOf(hash, opening), commitment)) throw new Refusal('commitment-wrong', name)
    checked.push(name)
  }
  if (checked.length === 0) throw new Refusal('commitment-wrong', 'no commitment under a hash that is given')
  return checked
}

/** Kinds of entries as they are stored. */
const KINDS = { event: 1, tombstone: 2, statement: 3 } as const

/**
 * Bytes of an entry: version, kind, commitments present, reason (of a statement: what it says), position, for a tombstone
 * its target, commitments. 44 or 76 bytes, a tombstone 52 or 84.
 */
export function encodeEntry(entry: LogEntry): Uint8Array {
  const { sha256, sm3 } = entry.commitments
  const isTombstone = entry.kind === 'tombstone'
  const count = (sha256 === undefined ? 0 : 1) + (sm3 === undefined ? 0 : 1)
  if (count === 0) throw new Refusal('entry-shape', 'no commitment')
  let at = isTombstone ? 20 : 12
  const bytes = new Uint8Array(at + 32 * count)
  bytes[0] = entry.kind === 'statement' ? STATEMENT_VERSION : LEAF_VERSION
  bytes[1] = KINDS[entry.kind]
  putNumber(bytes, 4, entry.position)
  if (entry.kind === 'statement') bytes[3] = STATEMENTS[entry.says]
  if (entry.kind === 'tombstone') {
    bytes[3] = TOMBSTONE_REASONS[entry.reason]
    putNumber(bytes, 12, entry.target)
  }
  for (const name of HASH_NAMES) {
    const commitment = entry.commitments[name]
    if (commitment === undefined) continue
    if (commitment.length !== 32) throw new Refusal('hash-length', 'commitment')
    bytes[2] = bytes[2]! | COMMITMENT_BITS[name]
    bytes.set(commitment, at)
    at += 32
  }
  return bytes
}

function putNumber(bytes: Uint8Array, at: number, value: bigint): void {
  if (value < 0n || value > MAX_NUMBER) throw new Refusal('range-wrong', `number ${value}`)
  new DataView(bytes.buffer).setBigUint64(at, value)
}

/** Reads an entry; refuses whatever `encodeEntry` does not give. */
export function decodeEntry(bytes: Uint8Array): LogEntry {
  const [version, kind, bits = 0, code] = bytes
  if (version === undefined) throw new Refusal('entry-shape', 'no bytes')
  if (version !== LEAF_VERSION && version !== STATEMENT_VERSION) throw new Refusal('entry-version', String(version))
  const isKnown = version === LEAF_VERSION ? kind === KINDS.event || kind === KINDS.tombstone : kind === KINDS.statement
  if (!isKnown) throw new Refusal('entry-shape', `version ${version}, kind ${kind}`)
  const names = HASH_NAMES.filter(name => (bits & COMMITMENT_BITS[name]) !== 0)
  if (names.length === 0 || bits > 3) throw new Refusal('entry-shape', `commitments ${bits}`)
  const fixed = kind === KINDS.tombstone ? 20 : 12
  if (bytes.length !== fixed + 32 * names.length) throw new Refusal('entry-shape', `${bytes.length} bytes`)
  const position = number(bytes, 4)
  const commitments = Object.fromEntries(
    names.map((name, i) => [name, bytes.slice(fixed + i * 32, fixed + i * 32 + 32)]),
  )
  if (kind === KINDS.event && code === 0) return { kind: 'event', position, commitments }
  const reason = kind === KINDS.tombstone ? nameOf(TOMBSTONE_REASONS, code) : undefined
  if (reason) return { kind: 'tombstone', position, reason, target: number(bytes, 12), commitments }
  const says = kind === KINDS.statement ? nameOf(STATEMENTS, code) : undefined
  if (says) return { kind: 'statement', position, says, commitments }
  throw new Refusal('entry-shape', `reason ${code}`)
}

function nameOf<N extends string>(codes: Record<N, number>, code: number | undefined): N | undefined {
  return (Object.keys(codes) as N[]).find(name => codes[name] === code)
}

function number(bytes: Uint8Array, at: number): bigint {
  const value = readUint64(bytes, at)
  if (value > MAX_NUMBER) throw new Refusal('entry-shape', `number at byte ${at}`)
  return value
}
