import type { ProofBundle, RecordOpening } from '../api/log.ts'
import { type BelievedCheckpoint, believeCheckpoint } from './believe.ts'
import { fromBase64, fromDecimal, hashFromBase64, utf8 } from './bytes.ts'
import { checkOpening, decodeEntry, type HashName, type Opening } from './leaf.ts'
import { provesInclusion } from './merkle.ts'
import type { Policy } from './policy.ts'
import { Refusal } from './refusal.ts'
import type { ProofCrypto } from './suite.ts'

/** Checking a proof bundle (docs/design/proof-bundle.md) without trusting whom it came from, in any environment. */

/** What was found of one record. */
export interface CheckedBundleRecord {
  step: number
  index: number
  /** capture position, as the entry says; null where the entry cannot be read */
  position: bigint | null
  /** hash functions under which the content was found to be what was logged; none without an opening */
  opened: HashName[]
  /** why it is not believed; null: it stands in the log, and what opens it does */
  refusal: Refusal | null
}

/** What was found of a bundle: the checkpoint is believed, the records each by itself. */
export interface CheckedBundle extends BelievedCheckpoint {
  records: CheckedBundleRecord[]
}

/** The format that this code reads. */
export const BUNDLE_FORMAT = 'yuanliu-proof-bundle/1'
const MAX_RECORDS = 100_000
/** A tree of 2^63 entries has proofs of 63 hashes. */
const MAX_PATH = 63

/**
 * Verifies a bundle: the policy believes the checkpoint (log's signature, witnesses), the proof of each record leads from
 * its entry to the checkpoint's root, and what is said to open an entry does.
 * @param bundle JSON, parsed
 * @param policy whom to believe; the bundle's own (`parsePolicy(bundle.policy)`) proves no more than that it agrees with itself
 * @returns records in their order; one that is not believed bears its refusal and does not spoil the others
 * @throws Refusal where bundle or checkpoint are not believed
 */
export async function verifyProofBundle(bundle: unknown, policy: Policy, crypto: ProofCrypto): Promise<CheckedBundle> {
  const { checkpoint: note, records } = shapeOf(bundle)
  const believed = await believeCheckpoint(utf8(note), policy, crypto)
  if (believed.suite.id !== (bundle as ProofBundle).suite) throw new Refusal('bundle-json', 'suite')
  return { ...believed, records: records.map((record, i) => checkRecord(record, `records/${i}`, believed, crypto)) }
}

/** A parsed value as a bundle, as far as it is read before each record is. */
function shapeOf(value: unknown): { checkpoint: string; records: unknown[] } {
  const { format, checkpoint, records } = objectAt(value, 'bundle') as Partial<ProofBundle>
  if (format !== BUNDLE_FORMAT) throw new Refusal('bundle-json', `format ${String(format).slice(0, 80)}`)
  if (typeof checkpoint !== 'string') throw new Refusal('bundle-json', 'checkpoint')
  if (!Array.isArray(records)) throw new Refusal('bundle-json', 'records')
  if (records.length > MAX_RECORDS) throw new Refusal('too-large', `${records.length} records`)
  return { checkpoint, records }
}

function checkRecord(
  value: unknown,
  at: string,
  { suite, checkpoint }: BelievedCheckpoint,
  { hashes }: ProofCrypto,
): CheckedBundleRecord {
  const found: CheckedBundleRecord = { step: -1, index: -1, position: null, opened: [], refusal: null }
  try {
    const record = objectAt(value, at)
    found.step = integerAt(record.step, `${at}/step`)
    found.index = integerAt(record.index, `${at}/index`)
    const bytes = fromBase64(stringAt(record.entry, `${at}/entry`), `${at}/entry`)
    const entry = decodeEntry(bytes)
    found.position = entry.position
    if (!Array.isArray(record.path) || record.path.length > MAX_PATH) throw new Refusal('bundle-json', `${at}/path`)
    const path = record.path.map((hash, i) => hashFromBase64(stringAt(hash, `${at}/path/${i}`), `${at}/path/${i}`))
    const { size, root } = checkpoint
    const { tree } = suite
    if (!provesInclusion(tree, { index: BigInt(found.index), size, leafHash: tree.leaf(bytes), path, root }))
      throw new Refusal('proof-wrong', at)
    if (record.opening !== undefined)
      found.opened = checkOpening(entry, openingOf(record.opening, `${at}/opening`), hashes)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    found.refusal = error
  }
  return found
}

function openingOf(value: unknown, at: string): Opening {
  const o = objectAt(value, at) as Partial<Record<keyof RecordOpening, unknown>>
  return {
    kind: 'event',
    salt: fromBase64(stringAt(o.salt, `${at}/salt`), `${at}/salt`),
    bytes: fromBase64(stringAt(o.bytes, `${at}/bytes`), `${at}/bytes`),
    mediaType: stringAt(o.mediaType, `${at}/mediaType`),
    context: o.context === null ? new Uint8Array(0) : utf8(stringAt(o.context, `${at}/context`)),
    receivedAt: fromDecimal(stringAt(o.receivedAt, `${at}/receivedAt`), `${at}/receivedAt`),
    reporter: stringAt(o.reporter, `${at}/reporter`),
  }
}

function objectAt(value: unknown, at: string): Record<string, unknown> {
  if (!value || typeof value !== 'object' || Array.isArray(value)) throw new Refusal('bundle-json', at)
  return value as Record<string, unknown>
}

function stringAt(value: unknown, at: string): string {
  if (typeof value !== 'string') throw new Refusal('bundle-json', at)
  return value
}

function integerAt(value: unknown, at: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Refusal('bundle-json', at)
  return value as number
}
