import { type BundleRecord, Problem, type ProofBundle, type RecordOpening, type SuiteId } from '@yuanliu/core'
import { unpackBlock } from '../events/events.ts'
import type { Actor } from '../lib/http/mount.ts'
import { type Cosigned, metCheckpoint, withCosignatures } from './cosign/cosigned.ts'
import { contextBodies, eventsOf, type LoggedEvent, organisationCodes, saltedBlocks } from './event-store.ts'
import { mediaTypeOf } from './hand-over.ts'
import type { Log } from './log.ts'
import { policyText } from './policy-text.ts'
import { indexesOf, suiteNamed } from './proof.ts'
import { type ProvedEntry, proveEntries } from './prove-entries.ts'
import type { Published } from './publish.ts'
import { saltAt } from './salts.ts'
import type { LogSuite } from './suites.ts'

/** What a bundle is to hold: a page's steps with the keys of the events behind them, in the order of the page. */
export interface BundleWanted {
  /** canonical code */
  code: string
  page: string
  steps: readonly { key: string; about: BundleRecord['about'] }[]
  suite?: SuiteId | undefined
}

/** Records in one bundle. */
const MOST = 500
/** For so long a bundle waits for a checkpoint that covers all of its events. */
const WAIT_MS = 1_000

/**
 * Proofs that events stand in the log (docs/design/proof-bundle.md), all under one checkpoint: the newest that enough
 * witnesses have cosigned, where it covers them, else the one that is shown.
 * @param reader who asks: with the permission `read` the openings come along; null: the public, which is told no event's id
 * @throws Problem 404 where the suite is off, 503 where nothing is shown yet
 */
export async function bundleOf(log: Log, wanted: BundleWanted, reader: Actor | null): Promise<ProofBundle> {
  const { db, parties } = log.parts
  const suite = suiteNamed(log, wanted.suite)
  const { organisation = 0, permissions } = reader ?? {}
  const hidden = await parties.hiddenFrom({ organisation, isAdmin: permissions?.has('admin') ?? false })
  const keys = wanted.steps.slice(0, MOST).map(step => step.key)
  const events = new Map((await eventsOf(db, keys, hidden)).map(event => [event.key, event]))
  await log.covered(Math.max(0, ...[...events.values()].map(e => e.position)), WAIT_MS)
  const shown = log.published(suite.id)
  if (!shown) throw new Problem('not-ready', { detail: `${suite.prefix}: no checkpoint yet`, retryAfter: 5 })

  const found = await indexesOf(
    log,
    [...events.values()].map(e => e.position),
  )
  const indexes = wanted.steps.map((_, step) => found.get(events.get(keys[step] ?? '')?.position ?? -1) ?? null)
  const under = await checkpointOver(log, suite, shown, indexes)
  const policy = await policyText(log, suite, under.isMet)
  if (!policy) throw new Problem('not-ready', { detail: `${suite.prefix}: not begun`, retryAfter: 5 })
  const covered = [...new Set(indexes)].filter((index): index is number => index !== null && index < under.size)
  const proofs = await proveEntries(db, suite, under, covered)
  const proofOf = new Map(covered.map((index, i) => [index, proofs[i]]))
  const openings = reader?.permissions.has('read') ? await openingsOf(log, [...events.values()]) : null
  const records: BundleRecord[] = []
  const unlogged: number[] = []
  for (const [step, { about }] of wanted.steps.entries()) {
    const event = events.get(keys[step] ?? '')
    const index = indexes[step] ?? -1
    const proved = proofOf.get(index)
    if (!event || !proved) unlogged.push(step)
    else records.push(recordOf(index, proved, { step, about }, openings?.get(event.key)))
  }
  return {
    format: 'yuanliu-proof-bundle/1',
    code: wanted.code,
    page: wanted.page,
    suite: suite.id,
    policy,
    checkpoint: Buffer.from(under.note).toString('utf8'),
    shownSince: new Date(shown.since / 1000).toISOString(),
    records,
    unlogged,
  }
}

async function checkpointOver(
  log: Log,
  suite: LogSuite,
  shown: Published,
  indexes: readonly (number | null)[],
): Promise<Cosigned & { isMet: boolean }> {
  const met = await metCheckpoint(log, suite)
  if (met && indexes.every(index => index === null || index < met.size)) return { ...met, isMet: true }
  return { size: shown.size, root: shown.root, note: await withCosignatures(log, suite, shown), isMet: false }
}

function recordOf(
  index: number,
  { entry, path }: ProvedEntry,
  { step, about }: Pick<BundleRecord, 'step' | 'about'>,
  opening: RecordOpening | undefined,
): BundleRecord {
  return {
    step,
    about,
    index,
    entry: entry.toString('base64'),
    path: path.map(hash => Buffer.from(hash).toString('base64')),
    ...(opening && { opening }),
  }
}

/** What opens the commitments of events, by their keys; those whose content is gone are left out. */
async function openingsOf(log: Log, events: readonly LoggedEvent[]): Promise<Map<string, RecordOpening>> {
  const { db } = log.parts
  const blocks = new Map((await saltedBlocks(db, [...new Set(events.map(e => e.block))])).map(b => [b.id, b]))
  const unpacked = new Map([...blocks].map(([id, { body }]) => [id, unpackBlock(body)]))
  const contexts = await contextBodies(db, [...new Set(events.map(e => e.context))])
  const contextOf = new Map(contexts.map(c => [c.id, c.body === 'null' ? null : c.body]))
  const organisations = await organisationCodes(db, [...new Set(events.map(e => e.organisation))])
  const codeOf = new Map(organisations.map(o => [o.id, o.code]))
  const openings = new Map<string, RecordOpening>()
  for (const event of events) {
    const bytes = unpacked.get(event.block)?.[event.slot]?.bytes
    const salts = blocks.get(event.block)?.salts
    if (!bytes?.length || !salts) continue
    openings.set(event.key, {
      event: event.id,
      part: event.part,
      salt: saltAt(salts, event.slot).toString('base64'),
      bytes: bytes.toString('base64'),
      mediaType: mediaTypeOf(bytes),
      context: contextOf.get(event.context) ?? null,
      receivedAt: String(event.recorded),
      reporter: codeOf.get(event.organisation) ?? '',
    })
  }
  return openings
}
