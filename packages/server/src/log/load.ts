import {
  decodeBundle,
  edgeTiles,
  growTiles,
  leafHashes,
  noteVerifier,
  type OpenedCheckpoint,
  openCheckpoint,
  type ProofCrypto,
  parseVerifierKey,
  sameBytes,
  TILE_WIDTH,
  type TileOfHashes,
} from '@yuanliu/core'
import type { Queryable } from '../lib/db/db.ts'
import { changedTiles, LogBroken, type OpenLog, type OpenTree, openEntries, openLog, rootOf } from './open-log.ts'
import * as queue from './queue-store.ts'
import * as store from './store.ts'
import type { LogSuite } from './suites.ts'

/** Opens a stored checkpoint with the log's own key. @throws LogBroken */
export async function openStored(tree: store.TreeRow, crypto: ProofCrypto): Promise<OpenedCheckpoint> {
  const keys = [noteVerifier(parseVerifierKey(tree.key), crypto.checks)]
  return openCheckpoint(tree.note, { origin: tree.origin, keys }).catch(error => {
    throw new LogBroken(`log_tree ${tree.suite}: the stored checkpoint is not believed: ${(error as Error).message}`, {
      cause: error,
    })
  })
}

/**
 * Reads the end of the log: entries of the open bundle, partial tiles of the levels above. The tree must give the root
 * of the checkpoint that was signed last.
 * @throws LogBroken where it does not
 */
export async function loadLog(db: Queryable, suites: readonly LogSuite[], crypto: ProofCrypto): Promise<OpenLog> {
  const [state, rows, lastRange] = [await store.readState(db), await store.readTrees(db), await store.lastRange(db)]
  if (!state) throw new LogBroken('log_state is empty')
  const kept = await queue.queueUpTo(db, state.position)
  const trees: OpenTree[] = []
  for (const suite of suites) {
    const row = rows.find(r => r.suite === suite.number)
    if (!row) throw new LogBroken(`log_tree: no row for ${suite.id}`)
    if (row.size !== state.size) throw new LogBroken(`log_tree: ${suite.id} has ${row.size} of ${state.size} entries`)
    const tree = await loadTree(db, suite, row.size, openEntries(kept, state.size))
    const { size, root } = await openStored(row, crypto)
    if (Number(size) !== row.size || !sameBytes(rootOf(tree), root))
      throw new LogBroken(
        `${suite.id}: the tiles of ${row.size} entries do not give the root of the last checkpoint: run "yuanliu log verify"`,
      )
    trees.push(tree)
  }
  return openLog({ ...state, lastRange, kept, trees })
}

/** A tree of `size` entries, whose last `size % 256` are given. */
async function loadTree(db: Queryable, suite: LogSuite, size: number, open: readonly Uint8Array[]): Promise<OpenTree> {
  const edge: TileOfHashes[] = []
  for (const tile of edgeTiles(BigInt(size))) {
    if (tile.level === 0) {
      edge.push({ ...tile, bytes: leafHashes(suite.tree, open) })
      continue
    }
    const body = await store.readTile(db, suite.number, tile.level, Number(tile.index))
    if (body?.length !== tile.width * 32)
      throw new LogBroken(`log_tile: level ${tile.level}, ${tile.index} of ${suite.id} has not ${tile.width} hashes`)
    edge.push({ ...tile, bytes: body })
  }
  return { suite, tiles: growTiles(suite.tree, BigInt(size), edge), edge: new Map(edge.map(t => [t.level, t])) }
}

/** Bundles that are read and hashed at once when a suite catches up. */
const CATCH_UP = 16

/**
 * Builds the tree of a suite that was off up to the size of the log, in steps that hold the database briefly.
 * @param commit writes the tiles of a step and the size that they cover
 */
export async function catchUp(
  db: Queryable,
  suite: LogSuite,
  from: number,
  state: store.LogState,
  commit: (tiles: store.TileRow[], from: number, tree: OpenTree) => Promise<void>,
): Promise<void> {
  const first = Math.floor(from / TILE_WIDTH)
  const open = openEntries(await queue.queueUpTo(db, state.position), state.size)
  const bundleAt = async (n: number) => {
    const body = await store.readBundle(db, n)
    return body ? decodeBundle(body, TILE_WIDTH) : open
  }
  const begun = from % TILE_WIDTH ? (await bundleAt(first)).slice(0, from % TILE_WIDTH) : []
  const tree = await loadTree(db, suite, from, begun)
  for (let at = from; at < state.size; ) {
    const before = at
    for (let i = 0; i < CATCH_UP && at < state.size; i++) {
      const entries = (await bundleAt(Math.floor(at / TILE_WIDTH))).slice(at % TILE_WIDTH)
      if (!entries.length) throw new LogBroken(`log_bundle: ${Math.floor(at / TILE_WIDTH)} is missing`)
      tree.tiles.append(leafHashes(suite.tree, entries))
      at += entries.length
    }
    await commit(changedTiles(tree), before, tree)
  }
}
