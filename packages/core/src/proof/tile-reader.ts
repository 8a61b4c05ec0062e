import { sameBytes } from './bytes.ts'
import { rootOfNodes } from './compact-range.ts'
import { proveConsistency, proveInclusion, rangeHash } from './prove.ts'
import { Refusal } from './refusal.ts'
import { hashesAt, TILE_WIDTH, type Tile, tilePath, tileWidth } from './tile.ts'
import { edgeTiles, frontierFrom } from './tile-edge.ts'
import { type KeptTiles, type TileNodes, tileNodes } from './tile-nodes.ts'
import type { TreeHash } from './tree-hash.ts'

/** Reading a tree from tiles that nobody needs to trust: each is checked against the root before it is used. */

/** Gives the bytes of a tile, or null where there is none: from a database, a folder, a server. */
export type FetchTile = (tile: Tile) => Promise<Uint8Array | null>

export interface TileReader {
  readonly size: bigint
  readonly root: Uint8Array
  /** The checked bytes of a tile that this tree has. */
  tile(level: number, index: bigint): Promise<Uint8Array>
  /** Hash of entry `index`. */
  leafHash(index: bigint): Promise<Uint8Array>
  /** Root of this tree as it was at that size. */
  rootAt(size: bigint): Promise<Uint8Array>
  /** Proof that the entry is in the tree as it was at `size` (this one's, if left out). */
  inclusion(index: bigint, size?: bigint): Promise<Uint8Array[]>
  /** Proof that the tree of size `to` (this one's, if left out) begins with that of size `from`. */
  consistency(from: bigint, to?: bigint): Promise<Uint8Array[]>
}

/** Checked tiles that a reader keeps: 4 MB. */
const KEPT = 256

/** Whether a tile is worth keeping for other readers: above level 0 there are few, and each proof needs the right edge. */
export function isWorthKeeping({ level, width }: Tile): boolean {
  return level !== 'entries' && (level > 0 || width < TILE_WIDTH)
}

/** The tiles that inclusion proofs of these entries are made from: those above them and the right edge, each once. */
export function tilesOfProofs(indexes: readonly bigint[], size: bigint): (Tile & { level: number })[] {
  const tiles = new Map(edgeTiles(size).map(tile => [tilePath(tile), tile]))
  for (let level = 0; hashesAt(level, size) > 0n; level++)
    for (const entry of indexes) {
      const index = entry >> BigInt(8 * (level + 1))
      const tile = { level, index, width: tileWidth(level, index, size) }
      if (tile.width > 0) tiles.set(tilePath(tile), tile)
    }
  return [...tiles.values()]
}

/**
 * Opens the tree of a checkpoint. Its edge tiles are fetched and must give the root; every further tile must give the
 * hash that the tile above holds for it.
 * @param shared tiles that earlier readers of the log left: checked like fetched ones, but not fetched and hashed again
 */
export async function openTiles(
  tree: TreeHash,
  { size, root }: { size: bigint; root: Uint8Array },
  fetchTile: FetchTile,
  shared?: KeptTiles,
): Promise<TileReader> {
  const edge = (shared && (await openEdge(shared))) ?? (await openEdge())
  if (!edge) throw new Refusal('tile-wrong', edgeTiles(size).map(tilePath).join(', ') || 'a tree without entries')
  for (const [path, tile] of edge) shared?.set(path, tile)
  const kept = new Map<string, Promise<TileNodes>>()

  /** The tiles at the right edge, from those that are kept or all fetched; null where they do not give the root. */
  async function openEdge(from?: KeptTiles): Promise<Map<string, TileNodes> | null> {
    const edge = new Map<string, TileNodes>()
    await Promise.all(
      edgeTiles(size).map(async tile => {
        const path = tilePath(tile)
        const nodes = from?.get(path) ?? tileNodes(tree, await fetched(tile))
        edge.set(path, nodes)
      }),
    )
    const { nodes } = frontierFrom(size, (tile, height, i) => edge.get(tilePath(tile))!.node(height, i))
    return sameBytes(rootOfNodes(tree, nodes), root) ? edge : null
  }

  /** Bytes of a tile with the length that this tree implies, from the full tile where the partial one is gone. */
  async function fetched(tile: Tile & { level: number }): Promise<Uint8Array> {
    const length = tile.width * 32
    let bytes = await fetchTile(tile)
    if (bytes === null && tile.width < TILE_WIDTH) {
      bytes = await fetchTile({ ...tile, width: TILE_WIDTH })
      if (bytes !== null && bytes.length !== TILE_WIDTH * 32) throw new Refusal('tile-length', tilePath(tile))
    } else if (bytes !== null && bytes.length !== length) {
      throw new Refusal('tile-length', tilePath(tile))
    }
    if (bytes === null) throw new Refusal('tile-missing', tilePath(tile))
    return bytes.slice(0, length)
  }

  async function checked(level: number, index: bigint): Promise<TileNodes> {
    const width = index < 0n || level < 0 ? 0 : tileWidth(level, index, size)
    const tile = { level, index, width }
    const path = tilePath(tile)
    if (width === 0) throw new Refusal('range-wrong', path)
    if (width < TILE_WIDTH) return edge!.get(path)!
    let nodes = kept.get(path)
    if (nodes === undefined) {
      nodes = checkedFull(tile, path)
      nodes.catch(() => kept.delete(path))
      if (kept.size >= KEPT) kept.delete(kept.keys().next().value!)
    }
    // Put last again: the tile that was asked for longest ago goes first.
    kept.delete(path)
    kept.set(path, nodes)
    return nodes
  }

  /** A full tile, which must give the hash that the tile above has for it. */
  async function checkedFull(tile: Tile & { level: number }, path: string): Promise<TileNodes> {
    const above = checked(tile.level + 1, tile.index / 256n)
    // Whoever fails first is told of; the other must not be an unhandled rejection.
    above.catch(() => {})
    const isRight = async (nodes: TileNodes) =>
      sameBytes(nodes.node(8, 0), (await above).node(0, Number(tile.index % 256n)))
    const before = shared?.get(path)
    if (before && (await isRight(before))) return before
    const nodes = tileNodes(tree, await fetched(tile))
    if (!(await isRight(nodes))) throw new Refusal('tile-wrong', path)
    if (isWorthKeeping(tile)) shared?.set(path, nodes)
    return nodes
  }

  async function node(height: number, index: bigint): Promise<Uint8Array> {
    const level = Math.floor(height / 8)
    const count = 2 ** (height % 8)
    const first = index * BigInt(count)
    if (first < 0n || first + BigInt(count) > hashesAt(level, size))
      throw new Refusal('range-wrong', `node ${height}/${index}`)
    const { node } = await checked(level, first / 256n)
    return node(height % 8, Number(first % 256n) / count)
  }

  function within(at: bigint): bigint {
    if (at < 0n || at > size) throw new Refusal('range-wrong', `size ${at} of ${size}`)
    return at
  }

  return {
    size,
    root,
    tile: async (level, index) => (await checked(level, index)).bytes,
    leafHash: index => node(0, index),
    rootAt: async at => rangeHash(tree, { start: 0n, end: within(at) }, node),
    inclusion: async (index, at = size) => proveInclusion(tree, index, within(at), node),
    consistency: async (from, to = size) => proveConsistency(tree, from, within(to), node),
  }
}
