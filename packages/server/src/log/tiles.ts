import { type FetchTile, TILE_WIDTH } from '@yuanliu/core'
import type { Queryable } from '../lib/db/db.ts'
import { PREFIX } from './entries.ts'
import { openEntries } from './open-log.ts'
import * as store from './store.ts'
import type { LogSuite } from './suites.ts'

/** Reading tiles and bundles from the database, for whoever asks: any process serves them. */

/** Bytes of entries in a bundle: each after its length. */
function bundleOf(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap(entry => {
      const length = Buffer.alloc(PREFIX)
      length.writeUInt16BE(entry.length)
      return [length, entry]
    }),
  )
}

/** The entries of a bundle that is believed to be whole. */
function entriesIn(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = []
  for (let at = 0; at < bundle.length; ) {
    const end = at + PREFIX + bundle.readUInt16BE(at)
    entries.push(bundle.subarray(at + PREFIX, end))
    at = end
  }
  return entries
}

/** The first `width` entries of a bundle. */
function cutBundle(bundle: Buffer, width: number): Buffer {
  let at = 0
  for (let i = 0; i < width; i++) at += PREFIX + bundle.readUInt16BE(at)
  return bundle.subarray(0, at)
}

/** Entries of the open bundle as the database has them now, and the size of the log then. */
async function readOpen(db: Queryable): Promise<{ size: number; entries: Uint8Array[] }> {
  const { size, kept } = await store.readEnd(db)
  return { size, entries: openEntries(kept, size) }
}

/**
 * The bundle of index `n` with its first `width` entries; null where the log has not so many.
 * A step may fill the bundle between the two reads: then it is there at the second look.
 */
export async function bundleAt(db: Queryable, n: number, width: number): Promise<Buffer | null> {
  for (let look = 0; look < 2; look++) {
    const full = await store.readBundle(db, n)
    if (full) return width === TILE_WIDTH ? full : cutBundle(full, width)
    const open = await readOpen(db)
    if (Math.floor(open.size / TILE_WIDTH) === n && open.entries.length >= width)
      return bundleOf(open.entries.slice(0, width))
  }
  return null
}

/** The first `width` hashes of a tile; null where there are not so many. Those of the open end are hashed anew. */
export async function tileAt(
  db: Queryable,
  { number, tree }: LogSuite,
  { level, n, width }: { level: number; n: number; width: number },
): Promise<Buffer | null> {
  for (let look = 0; look < 2; look++) {
    const body = await store.readTile(db, number, level, n)
    if (body) return body.length >= width * 32 ? body.subarray(0, width * 32) : null
    if (level > 0) return null
    // Only the tile at the tree's open end is not stored: a full one that is missing stays missing. The tree of a suite
    // that is off ends where the log went on.
    const size = (await store.readTrees(db)).find(t => t.suite === number)?.size ?? 0
    const isOpen = Math.floor(size / TILE_WIDTH) === n && size % TILE_WIDTH >= width
    const bundle = isOpen ? await bundleAt(db, n, width) : null
    if (bundle) return Buffer.concat(entriesIn(bundle).map(entry => tree.leaf(entry)))
  }
  return null
}

/** Tiles of a suite for a reader that checks each of them (core, `openTiles`). */
export function tileSource(db: Queryable, suite: LogSuite): FetchTile {
  return async ({ level, index, width }) => {
    if (level === 'entries') return bundleAt(db, Number(index), width)
    return tileAt(db, suite, { level, n: Number(index), width })
  }
}
