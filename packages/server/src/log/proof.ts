import {
  formatProofFile,
  type LogOpening,
  Problem,
  parseCheckpoint,
  parseNote,
  type SuiteId,
  TILE_WIDTH,
  textOf,
  tileWidth,
} from '@yuanliu/core'
import { eventKey, unpackBlock } from '../events/events.ts'
import type { Actor } from '../lib/http/mount.ts'
import { anchorOver } from './anchor/store.ts'
import { type Cosigned, metCheckpoint, withCosignatures } from './cosign/cosigned.ts'
import { contextBodies, eventOf, type LoggedEvent, organisationCodes, saltedBlocks } from './event-store.ts'
import { mediaTypeOf } from './hand-over.ts'
import type { Log } from './log.ts'
import { entryIn, proveEntries } from './prove-entries.ts'
import type { Published } from './publish.ts'
import { saltAt } from './salts.ts'
import { rangesAtPositions } from './store.ts'
import type { LogSuite } from './suites.ts'
import { bundleAt } from './tiles.ts'

/** Who asks; null: the public. */
type Reader = Pick<Actor, 'organisation' | 'permissions'> | null

/** A suite that is on, by its name; the first where none is named. @throws Problem 404 */
export function suiteNamed(log: Log, id: SuiteId | undefined): LogSuite {
  const suite = id === undefined ? log.suites[0] : log.suites.find(s => s.id === id)
  if (!suite) throw new Problem('log-off', { detail: id ?? 'LOG=off' })
  return suite
}

async function find(log: Log, event: string, part: number, reader: Reader): Promise<LoggedEvent> {
  const { db, parties } = log.parts
  const organisation = reader?.organisation ?? 0
  const hidden = await parties.hiddenFrom({ organisation, isAdmin: reader?.permissions.has('admin') ?? false })
  const found = await eventOf(db, eventKey(event), part, hidden)
  if (found) return found
  throw new Problem('event-not-found', { detail: `eventID ${event.slice(0, 2_000)}${part ? `, part ${part}` : ''}` })
}

/** Index of the entry at a capture position; null where the log has not come so far. */
async function indexOf(log: Log, position: number): Promise<number | null> {
  return (await indexesOf(log, [position])).get(position) ?? null
}

/** Indexes of the entries at capture positions, as far as the log has come. */
export async function indexesOf(log: Log, positions: readonly number[]): Promise<Map<number, number>> {
  const found = new Map<number, number>()
  for (const { position, first_index, first_position, count } of await rangesAtPositions(log.parts.db, positions))
    if (position < first_position + count) found.set(position, first_index + position - first_position)
  return found
}

/** The entry of an event, covered by a checkpoint that is shown. @throws Problem 503 where none covers it yet */
export async function covered(
  log: Log,
  suite: LogSuite,
  event: Pick<LoggedEvent, 'id' | 'position'>,
): Promise<{ index: number; shown: Published }> {
  const index = await indexOf(log, event.position)
  // What is captured is logged within a moment; whoever asks at once is spared a second try.
  if (index === null || index >= (log.published(suite.id)?.size ?? 0)) await log.covered(event.position, 1_000)
  const [at, shown] = [index ?? (await indexOf(log, event.position)), log.published(suite.id)]
  if (at === null || !shown || at >= shown.size)
    throw new Problem('event-not-logged', { detail: `eventID ${event.id}`, retryAfter: 1 })
  return { index: at, shown }
}

/** The entry of an index, from its bundle. */
export async function entryAt(log: Log, index: number): Promise<Buffer> {
  const n = Math.floor(index / TILE_WIDTH)
  const bundle = await bundleAt(log.parts.db, n, (index % TILE_WIDTH) + 1)
  const entry = bundle && entryIn(bundle, index % TILE_WIDTH)
  if (!entry) throw new Error(`log_bundle: entry ${index} is not there`)
  return entry
}

/**
 * The checkpoint under which an entry is proved: the newest that enough witnesses have cosigned, since a proof that meets
 * the policy is worth more than a newer one; else the one that is shown. Or the first that was anchored, where that is asked.
 */
export async function checkpointOver(
  log: Log,
  suite: LogSuite,
  asked: { index: number; shown: Published; id: string; cosigned?: boolean; anchored?: boolean },
): Promise<Cosigned> {
  const { index, shown, id } = asked
  const notYet = (what: string) =>
    new Problem('event-not-logged', { detail: `eventID ${id}: not ${what} yet`, retryAfter: 5 })
  if (asked.anchored) {
    const anchor = await anchorOver(log.parts.db, suite.number, index)
    if (anchor) return { ...parseCheckpoint(textOf(parseNote(anchor.note).text)), size: anchor.size, note: anchor.note }
    if (!log.anchoring.adapter) throw new Problem('log-off', { detail: 'ANCHOR=off' })
    throw notYet('anchored')
  }
  const met = await metCheckpoint(log, suite)
  if (met && index < met.size) return met
  if (asked.cosigned) {
    if (!log.policies.has(suite.id)) throw new Problem('log-off', { detail: `${suite.id}: no witnesses are asked` })
    throw notYet('cosigned')
  }
  return { size: shown.size, root: shown.root, note: await withCosignatures(log, suite, shown) }
}

/**
 * Proof that an event stands in the log: `.tlog-proof` (C2SP tlog-proof) under the newest checkpoint that enough witnesses
 * have cosigned, where it covers the event, else under the one that is shown. Its extra
 * line, which the format does not authenticate, holds the entry; hashing it is what the proof begins with.
 * @throws Problem 404 for an event that there is not or that is in quarantine; 503 before it is logged, or cosigned where
 *   that is asked for
 */
export async function proofOf(
  log: Log,
  query: { event: string; part?: number; suite?: SuiteId; cosigned?: boolean; anchored?: boolean },
  reader: Reader,
): Promise<Uint8Array> {
  const suite = suiteNamed(log, query.suite)
  const event = await find(log, query.event, query.part ?? 0, reader)
  const { index, shown } = await covered(log, suite, event)
  const under = await checkpointOver(log, suite, { ...query, index, shown, id: event.id })
  const [proved] = await proveEntries(log.parts.db, suite, under, [index])
  if (!proved) throw new Error(`log: entry ${index} was not proved`)
  return formatProofFile({ index: BigInt(index), path: proved.path, checkpoint: under.note, extra: proved.entry })
}

/** What opens the commitment of an event. @throws Problem 404, 410 where its content was deleted, 503 before it is logged */
export async function openingOf(
  log: Log,
  query: { event: string; part?: number },
  reader: Reader,
): Promise<LogOpening> {
  const { db } = log.parts
  const event = await find(log, query.event, query.part ?? 0, reader)
  const { index } = await covered(log, suiteNamed(log, undefined), event)
  const [block] = await saltedBlocks(db, [event.block])
  const bytes = block && unpackBlock(block.body)[event.slot]?.bytes
  if (!block?.salts || !bytes?.length) throw new Problem('content-deleted', { detail: `eventID ${event.id}` })
  const [context] = await contextBodies(db, [event.context])
  const [organisation] = await organisationCodes(db, [event.organisation])
  return {
    event: event.id,
    part: event.part,
    index,
    entry: (await entryAt(log, index)).toString('base64'),
    salt: saltAt(block.salts, event.slot).toString('base64'),
    bytes: bytes.toString('base64'),
    mediaType: mediaTypeOf(bytes),
    context: context && context.body !== 'null' ? context.body : null,
    receivedAt: String(event.recorded),
    reporter: organisation?.code ?? '',
  }
}

/** Whether a published tree of that size implies the tile: only such are served. */
export function isImplied(level: number, index: bigint, width: number, size: number): boolean {
  return tileWidth(level, index, BigInt(size)) >= width
}
