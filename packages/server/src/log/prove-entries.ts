import {
  isWorthKeeping,
  openTiles,
  sameBytes,
  TILE_WIDTH,
  type Tile,
  tilePath,
  tilesOfProofs,
  tileWidth,
} from '@yuanliu/core'
import type { Queryable } from '../lib/db/db.ts'
import { PREFIX } from './entries.ts'
import { openEntries } from './open-log.ts'
import { type ProofParts, readProofParts } from './store.ts'
import type { LogSuite } from './suites.ts'
import { tileSource } from './tiles.ts'

/** An entry of the log with the proof that it stands there. */
export interface ProvedEntry {
  entry: Buffer
  path: Uint8Array[]
}

/** Entries that are proved from one statement's answer: about 2 MB. */
const AT_ONCE = 100

/**
 * Entries with their inclusion proofs in the tree of that size and root, in the order asked for. All that is needed is
 * read at once, since the addresses of tiles follow from indexes and size; what other proofs have left is not read again.
 * @param indexes each below `size`
 * @throws Refusal where what is stored does not give the root; Error where an entry is missing or is not that of its hash
 */
export async function proveEntries(
  db: Queryable,
  suite: LogSuite,
  head: { size: number; root: Uint8Array },
  indexes: readonly number[],
): Promise<ProvedEntry[]> {
  const proved: ProvedEntry[] = []
  for (let at = 0; at < indexes.length; at += AT_ONCE)
    proved.push(...(await proveSome(db, suite, head, indexes.slice(at, at + AT_ONCE))))
  return proved
}

async function proveSome(
  db: Queryable,
  suite: LogSuite,
  head: { size: number; root: Uint8Array },
  indexes: readonly number[],
): Promise<ProvedEntry[]> {
  const size = BigInt(head.size)
  const bundles = [...new Set(indexes.map(index => Math.floor(index / TILE_WIDTH)))]
  const tiles = tilesOfProofs(indexes.map(BigInt), size).filter(
    tile => !isWorthKeeping(tile) || !suite.kept.get(tilePath(tile)),
  )
  const parts = await readProofParts(db, suite.number, {
    tiles: tiles.map(({ level, index }) => ({ level, n: Number(index) })),
    bundles,
    // The bundle that was open at this size may still be.
    open: [...tiles, ...bundles.map(n => tileOf(n, size))].some(t => t.level === 0 && t.width < TILE_WIDTH),
  })
  const read = readParts(parts, suite)
  const source = tileSource(db, suite)
  const reader = await openTiles(
    suite.tree,
    { size, root: head.root },
    async tile => read.tile(tile) ?? source(tile),
    suite.kept,
  )
  return Promise.all(
    indexes.map(async index => {
      const entry = read.entry(index)
      if (!entry) throw new Error(`log_bundle: entry ${index} is not there`)
      if (!sameBytes(suite.tree.leaf(entry), await reader.leafHash(BigInt(index))))
        throw new Error(`log_bundle: entry ${index} is not the one that was logged`)
      return { entry, path: await reader.inclusion(BigInt(index)) }
    }),
  )
}

function tileOf(n: number, size: bigint): Tile {
  return { level: 0, index: BigInt(n), width: tileWidth(0, BigInt(n), size) }
}

/** What was read, by its address: null or undefined where it is not there. */
function readParts({ tiles, bundles, open }: ProofParts, suite: LogSuite) {
  const tileBodies = new Map(tiles.map(({ level, n, body }) => [`${level}/${n}`, body]))
  const bundleBodies = new Map(bundles.map(({ n, body }) => [n, body]))
  const openNumber = open ? Math.floor(open.size / TILE_WIDTH) : -1
  const entries = open ? openEntries(open.kept, open.size) : []
  return {
    tile({ level, index, width }: Tile): Uint8Array | null {
      const body = tileBodies.get(`${level}/${index}`)
      if (body) return body.length >= width * 32 ? body.subarray(0, width * 32) : null
      if (level !== 0 || Number(index) !== openNumber || entries.length < width) return null
      return Buffer.concat(entries.slice(0, width).map(entry => suite.tree.leaf(entry)))
    },
    entry(index: number): Buffer | undefined {
      const [n, slot] = [Math.floor(index / TILE_WIDTH), index % TILE_WIDTH]
      const body = bundleBodies.get(n)
      if (body) return entryIn(body, slot)
      return n === openNumber && entries[slot] ? Buffer.from(entries[slot]) : undefined
    },
  }
}

/** The entry at a place of a bundle; undefined where it has not so many. */
export function entryIn(bundle: Buffer, slot: number): Buffer | undefined {
  let at = 0
  for (let i = 0; i < slot && at < bundle.length; i++) at += PREFIX + bundle.readUInt16BE(at)
  if (at >= bundle.length) return undefined
  return bundle.subarray(at + PREFIX, at + PREFIX + bundle.readUInt16BE(at))
}
