import { type GrowingTiles, rootOfEdge, sameBytes, TILE_WIDTH, type TileOfHashes } from '@yuanliu/core'
import { entriesOf, leavesOf, PREFIX, packEntries, type QueueRow } from './entries.ts'
import type { RangeRow, TileRow } from './store.ts'
import type { LogSuite } from './suites.ts'

/** The log is not what it must be: whoever finds this stops, and says where. */
export class LogBroken extends Error {}

/** A tree in memory, with the tiles of its open end. */
export interface OpenTree {
  suite: LogSuite
  tiles: GrowingTiles
  /** the last partial tile of each level, as it is stored */
  edge: Map<number, TileOfHashes>
}

/** Everything that extending the log by some queue rows writes. */
export interface Step {
  from: number
  size: number
  position: number
  ranges: RangeRow[]
  bundles: { n: number; body: Buffer }[]
  tiles: TileRow[]
  /** root of each suite, by its number */
  roots: Map<number, Uint8Array>
  /** queue rows up to this position stand in full bundles; −1: none */
  done: number
}

/** The end of the log in memory: what extending it needs. After a failure it is thrown away and loaded again. */
export interface OpenLog {
  readonly size: number
  readonly position: number
  readonly trees: readonly OpenTree[]
  /** Takes queue rows in and gives what is to be written. @throws LogBroken where their order is not that of capture */
  take(rows: readonly QueueRow[]): Step
}

/** What is known of the end of a log when it is opened. */
export interface LogEnd {
  size: number
  position: number
  lastRange: RangeRow | undefined
  /** queue rows that are kept though they have entries: they end at `size` */
  kept: readonly QueueRow[]
  trees: OpenTree[]
}

/** Opens the end of a log. */
export function openLog(end: LogEnd): OpenLog {
  let { size, position, lastRange } = end
  const { trees } = end
  /** queue rows of the open bundle, with the index behind each */
  let kept: { first: number; end: number }[] = []
  /** what stands in the open bundle so far */
  let open: Buffer[] = []
  let index = size - end.kept.reduce((sum, row) => sum + row.count, 0)
  const openFrom = size - (size % TILE_WIDTH)
  for (const row of end.kept) {
    for (const entry of entriesOf(row)) if (index++ >= openFrom) open.push(entry)
    kept.push({ first: row.first, end: index })
  }
  if (open.length !== size % TILE_WIDTH)
    throw new LogBroken(`log_queue keeps ${open.length} entries of the open bundle, which has ${size % TILE_WIDTH}`)

  /** Puts the entries of a row into the open bundle, and gives those that are full then. */
  function bundle(row: QueueRow): { n: number; body: Buffer }[] {
    const packed = packEntries(row)
    for (const { suite, tiles } of trees) tiles.append(leavesOf(suite.tree, packed))
    const full: { n: number; body: Buffer }[] = []
    for (let taken = 0; taken < packed.count; ) {
      const room = TILE_WIDTH - (size % TILE_WIDTH)
      const end = Math.min(packed.count, taken + room)
      open.push(packed.bytes.subarray(taken * packed.stride, end * packed.stride))
      size += end - taken
      taken = end
      if (size % TILE_WIDTH > 0) continue
      full.push({ n: size / TILE_WIDTH - 1, body: Buffer.concat(open) })
      open = []
    }
    return full
  }

  function take(rows: readonly QueueRow[]): Step {
    const from = size
    const ranges = new Map<number, RangeRow>()
    const bundles: Step['bundles'] = []
    for (const row of rows) {
      if (row.first <= position)
        throw new LogBroken(`log_queue: position ${row.first} comes behind position ${position}`)
      lastRange = rangeWith(lastRange, row, size)
      ranges.set(lastRange.first_index, lastRange)
      bundles.push(...bundle(row))
      kept.push({ first: row.first, end: size })
      position = row.first + row.count - 1
    }
    const full = size - (size % TILE_WIDTH)
    const done = kept.findLast(row => row.end <= full)?.first ?? -1
    kept = kept.filter(row => row.end > full)
    const tiles: TileRow[] = []
    const roots = new Map<number, Uint8Array>()
    for (const tree of trees) {
      tiles.push(...changedTiles(tree))
      roots.set(tree.suite.number, rootOf(tree))
    }
    return { from, size, position, ranges: [...ranges.values()], bundles, tiles, roots, done }
  }

  return {
    get size() {
      return size
    },
    get position() {
      return position
    },
    trees,
    take,
  }
}

/** Entries of the bundle that is not full, from the queue rows that are kept. */
export function openEntries(kept: readonly QueueRow[], size: number): Uint8Array[] {
  const entries = kept.flatMap(row => entriesOf(row))
  const width = size % TILE_WIDTH
  return width === 0 ? [] : entries.slice(-width).map(entry => entry.subarray(PREFIX))
}

/** The run that a queue row continues or begins. */
function rangeWith(last: RangeRow | undefined, { first, count }: QueueRow, size: number): RangeRow {
  const joins = last !== undefined && last.first_position + last.count === first
  if (joins) return { ...last, count: last.count + count }
  return { first_index: size, first_position: first, count }
}

/** Tiles to be stored: at level 0 full ones only, since the open end is rebuilt from its entries. */
export function changedTiles(tree: OpenTree): TileRow[] {
  const rows: TileRow[] = []
  for (const tile of tree.tiles.changed()) {
    if (tile.width < TILE_WIDTH) tree.edge.set(tile.level, tile)
    if (tile.width === TILE_WIDTH || tile.level > 0)
      rows.push({ suite: tree.suite.number, level: tile.level, n: Number(tile.index), body: tile.bytes })
  }
  return rows
}

/**
 * Root of a tree, computed twice: from the hashes that appending kept, and from the tiles as they are stored. One bit
 * that flipped in memory is found before it is signed.
 */
export function rootOf({ suite, tiles, edge }: OpenTree): Uint8Array {
  const root = tiles.root()
  if (!sameBytes(rootOfEdge(suite.tree, tiles.size, [...edge.values()]), root))
    throw new LogBroken(`${suite.id}: the tiles of ${tiles.size} entries do not give their root`)
  return root
}
