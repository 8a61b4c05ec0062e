import { sameBytes } from './bytes.ts'
import { proveConsistency, proveInclusion, rangeHash } from './prove.ts'
import { Refusal } from './refusal.ts'
import { hashesAt, TILE_WIDTH, type Tile, tilePath, tileWidth } from './tile.ts'
import { edgeTiles, hashIn, hashOver, rootOfEdge, type TileOfHashes } from './tile-edge.ts'
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

/** Checked tiles that a reader keeps: 2 MB. */
const KEPT = 256

/**
 * Opens the tree of a checkpoint. Its edge tiles are fetched and must give the root; every further tile must give the
 * hash that the tile above holds for it.
 */
export async function openTiles(
  tree: TreeHash,
  { size, root }: { size: bigint; root: Uint8Array },
  fetchTile: FetchTile,
): Promise<TileReader> {
  const edge = await Promise.all(
    edgeTiles(size).map(async (tile): Promise<TileOfHashes> => ({ ...tile, bytes: await fetched(tile) })),
  )
  if (!sameBytes(rootOfEdge(tree, size, edge), root))
    throw new Refusal('tile-wrong', edge.map(tilePath).join(', ') || 'a tree without entries')
  const kept = new Map<string, Promise<Uint8Array>>()

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

  async function checked(level: number, index: bigint): Promise<Uint8Array> {
    const onEdge = edge.find(t => t.level === level && t.index === index)
    if (onEdge !== undefined) return onEdge.bytes
    const width = index < 0n || level < 0 ? 0 : tileWidth(level, index, size)
    const name = { level, index, width }
    if (width === 0) throw new Refusal('range-wrong', tilePath(name))
    const key = tilePath(name)
    let bytes = kept.get(key)
    if (bytes === undefined) {
      bytes = fetched(name).then(async found => {
        const above = await checked(level + 1, index / 256n)
        if (!sameBytes(hashOver(tree, found, 0, TILE_WIDTH), hashIn(above, Number(index % 256n))))
          throw new Refusal('tile-wrong', key)
        return found
      })
      bytes.catch(() => kept.delete(key))
      if (kept.size >= KEPT) kept.delete(kept.keys().next().value!)
    }
    // Put last again: the tile that was asked for longest ago goes first.
    kept.delete(key)
    kept.set(key, bytes)
    return bytes
  }

  async function node(height: number, index: bigint): Promise<Uint8Array> {
    const level = Math.floor(height / 8)
    const count = 2 ** (height % 8)
    const first = index * BigInt(count)
    if (first < 0n || first + BigInt(count) > hashesAt(level, size))
      throw new Refusal('range-wrong', `node ${height}/${index}`)
    return hashOver(tree, await checked(level, first / 256n), Number(first % 256n), count)
  }

  function within(at: bigint): bigint {
    if (at < 0n || at > size) throw new Refusal('range-wrong', `size ${at} of ${size}`)
    return at
  }

  return {
    size,
    root,
    tile: checked,
    leafHash: index => node(0, index),
    rootAt: async at => rangeHash(tree, { start: 0n, end: within(at) }, node),
    inclusion: async (index, at = size) => proveInclusion(tree, index, within(at), node),
    consistency: async (from, to = size) => proveConsistency(tree, from, within(to), node),
  }
}
