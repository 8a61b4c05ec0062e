import {
  type Checkpoint,
  decodeBundle,
  decodeEntry,
  openTiles,
  provesConsistency,
  provesInclusion,
  sameBytes,
  type TileReader,
  tilePath,
  tileWidth,
} from '@yuanliu/core'
import type { Acknowledged, Sample } from './log-hammer-events.ts'
import { openEvent, proveEvent } from './log-hammer-prove.ts'
import { Deviation, type Tally } from './log-hammer-tally.ts'
import type { HammeredLog, Target } from './log-hammer-target.ts'
import { pause } from './stats.ts'

/** Readers: outsiders who believe nothing but the log's key. */

export interface Reading {
  target: Target
  log: HammeredLog
  sample: Sample
  tally: Tally
  random: () => number
  /** seconds after which an acknowledged event must have a proof */
  within: number
}

/** Earlier checkpoints that a new one is held against; at the end it is all of them. */
const EARLIER = 6
/** Share of the proved events whose content is compared, too. */
const OPENED = 0.25

/** One look at a log: its checkpoint, what it continues, two bundles, an older state, two events. */
export async function readOnce(reading: Reading): Promise<void> {
  const { log, random, sample } = reading
  const now = await log.heads.newest()
  if (now.size === 0n) return pause(20)
  // Nothing is kept from one look to the next: each fetches its tiles anew.
  const reader = await openTiles(log.tree, now, log.source.fetch)
  const older = log.heads.before(now.size, 2, random).at(-1)
  // All of it at once: what one asks for, the platform answers while it is at something else.
  await Promise.all([
    continues(reading, reader, log.heads.before(now.size, EARLIER, random)),
    readBundle(reading, reader, anyBundle(now, random)),
    readEnd(reading, reader),
    // Partial tiles and bundles of a tree that has grown since are cut from what there is now.
    older && openTiles(log.tree, older, log.source.fetch).then(then => readEnd(reading, then)),
    ...[sample.latest(), sample.any()].map(event => event && readEvent(reading, event)),
  ])
}

/** An event that was acknowledged: its proof, and of some what was logged of it. */
async function readEvent(reading: Reading, event: Acknowledged): Promise<void> {
  const index = await proveEvent({ ...reading, event }, reading.within)
  if (reading.random() < OPENED) await openEvent({ ...reading, event }, index)
}

/** Demands of the tree that it begins with each of these, by a consistency proof made of its tiles. */
export async function continues(
  { log, tally }: Pick<Reading, 'log' | 'tally'>,
  reader: TileReader,
  earlier: readonly Checkpoint[],
): Promise<void> {
  for (const { size, root } of earlier) {
    const proof = await reader.consistency(size)
    const claim = { from: size, to: reader.size, fromRoot: root, toRoot: reader.root, proof }
    if (!provesConsistency(log.tree, claim))
      throw new Deviation(
        `${log.suite}: the log of ${reader.size} entries does not begin with the ${size} shown before`,
      )
    tally.counts.consistency++
  }
}

function anyBundle({ size }: Checkpoint, random: () => number): bigint {
  return BigInt(Math.floor(random() * Math.ceil(Number(size) / 256)))
}

/** The last bundle, which is being written while it is read. */
function readEnd(reading: Reading, reader: TileReader): Promise<void> {
  return readBundle(reading, reader, (reader.size - 1n) / 256n)
}

/** A bundle as this tree has it: each entry hashed and held against its tile, one of them proved to stand there. */
async function readBundle({ log, tally, random }: Reading, reader: TileReader, n: bigint): Promise<void> {
  const tile = { level: 'entries' as const, index: n, width: tileWidth(0, n, reader.size) }
  const bytes = await log.source.fetch(tile)
  if (!bytes) throw new Deviation(`${log.suite}: ${tilePath(tile)} is missing under a checkpoint of ${reader.size}`)
  const entries = decodeBundle(bytes, tile.width)
  const hashes = await reader.tile(0, n)
  let position = -1n
  entries.forEach((entry, i) => {
    const index = n * 256n + BigInt(i)
    if (!sameBytes(log.tree.leaf(entry), hashes.subarray(i * 32, i * 32 + 32)))
      throw new Deviation(`${log.suite}: entry ${index} of ${tilePath(tile)} does not have the hash that its tile has`)
    const decoded = decodeEntry(entry)
    if (decoded.position <= position)
      throw new Deviation(`${log.suite}: entry ${index} has position ${decoded.position}, not behind ${position}`)
    position = decoded.position
  })
  tally.counts.bundles++
  tally.counts.entries += entries.length
  const at = Math.floor(random() * entries.length)
  await proveEntry({ log, tally }, reader, n * 256n + BigInt(at), entries[at] ?? new Uint8Array(0))
}

async function proveEntry(
  { log, tally }: Pick<Reading, 'log' | 'tally'>,
  reader: TileReader,
  index: bigint,
  entry: Uint8Array,
): Promise<void> {
  const path = await reader.inclusion(index)
  const claim = { index, size: reader.size, leafHash: log.tree.leaf(entry), path, root: reader.root }
  if (!provesInclusion(log.tree, claim))
    throw new Deviation(`${log.suite}: entry ${index} is not proved to be in the tree of ${reader.size}`)
  tally.counts.inclusions++
}
