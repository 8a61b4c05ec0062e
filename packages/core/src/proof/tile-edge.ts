import { compactRange, type Frontier, rootOfNodes } from './compact-range.ts'
import { Refusal } from './refusal.ts'
import { hashesAt, TILE_WIDTH, type Tile, tileWidth } from './tile.ts'
import type { TreeHash } from './tree-hash.ts'

/** The right edge of a tree in tiles: what a log keeps in memory to append, and what its root is computed from. */

/** A tile of hashes with its bytes, 32 each. */
export type TileOfHashes = Tile & { level: number; bytes: Uint8Array }

/** Hash `i` of a tile; a view on its bytes. */
export function hashIn(bytes: Uint8Array, i: number): Uint8Array {
  return bytes.subarray(i * 32, i * 32 + 32)
}

/** Root of `count` hashes (a power of two) of a tile from `first` on. */
export function hashOver(tree: TreeHash, bytes: Uint8Array, first: number, count: number): Uint8Array {
  if (count === 1) return hashIn(bytes, first)
  const half = count / 2
  return tree.node(hashOver(tree, bytes, first, half), hashOver(tree, bytes, first + half, half))
}

/** The partial tiles at the right edge of a tree: one for each level that has one, lowest first. */
export function edgeTiles(size: bigint): (Tile & { level: number })[] {
  const tiles: (Tile & { level: number })[] = []
  for (let level = 0; hashesAt(level, size) > 0n; level++) {
    const index = hashesAt(level + 1, size)
    const width = tileWidth(level, index, size)
    if (width > 0) tiles.push({ level, index, width })
  }
  return tiles
}

/** Roots of the largest whole subtrees of a tree, from the bytes of its edge tiles. */
export function frontierOf(tree: TreeHash, size: bigint, edge: TileOfHashes[]): Frontier {
  return frontierFrom(size, ({ level, index, width }, height, i) => {
    const tile = edge.find(t => t.level === level && t.index === index && t.width === width)
    if (tile?.bytes.length !== width * 32) throw new Refusal('tile-length', `level ${level}, index ${index}`)
    return hashOver(tree, tile.bytes, i * 2 ** height, 2 ** height)
  })
}

/** The same; `nodeOf` gives the root of the `i`-th whole subtree of 2^height hashes of an edge tile. */
export function frontierFrom(
  size: bigint,
  nodeOf: (tile: Tile & { level: number }, height: number, i: number) => Uint8Array,
): Frontier {
  const nodes: Uint8Array[] = []
  for (const tile of edgeTiles(size).reverse())
    for (let height = 7; height >= 0; height--)
      if ((tile.width >> height) % 2 === 1) nodes.push(nodeOf(tile, height, (tile.width >> height) - 1))
  return { size, nodes }
}

/** Root of a tree from its edge tiles. */
export function rootOfEdge(tree: TreeHash, size: bigint, edge: TileOfHashes[]): Uint8Array {
  return rootOfNodes(tree, frontierOf(tree, size, edge).nodes)
}

/** A tree that grows and yields the tiles to be written. */
export interface GrowingTiles {
  readonly size: bigint
  /** Adds leaf hashes, 32 bytes each. */
  append(leafHashes: Uint8Array): void
  root(): Uint8Array
  /** The tiles completed or changed since the last call, lowest level first; partial ones are copies. */
  changed(): TileOfHashes[]
}

/** Begins an empty tree, or goes on from the edge tiles of a tree of that size. */
export function growTiles(tree: TreeHash, size = 0n, edge: TileOfHashes[] = []): GrowingTiles {
  const range = compactRange(tree, frontierOf(tree, size, edge))
  const levels = new Map(edge.map(tile => [tile.level, open(tile.index, tile)]))
  let full: TileOfHashes[] = []

  function put(level: number, hashes: Uint8Array): void {
    // A level without a partial tile: all before are full.
    let tile = levels.get(level) ?? open(hashesAt(level + 1, range.size))
    for (let at = 0; at < hashes.length; ) {
      const some = hashes.subarray(at, at + (TILE_WIDTH - tile.width) * 32)
      tile.bytes.set(some, tile.width * 32)
      tile.width += some.length / 32
      tile.changed = true
      at += some.length
      if (tile.width < TILE_WIDTH) break
      full.push({ level, index: tile.index, width: TILE_WIDTH, bytes: tile.bytes })
      tile = open(tile.index + 1n)
    }
    levels.set(level, tile)
  }
  const seen = (height: number, hashes: Uint8Array) => {
    if (height % 8 === 0) put(height / 8, hashes)
  }

  return {
    get size() {
      return range.size
    },
    append: leafHashes => range.append(leafHashes, seen),
    root: () => range.root(),
    changed() {
      const tiles = full
      full = []
      for (const [level, tile] of levels) {
        if (!tile.changed) continue
        tile.changed = false
        tiles.push({ level, index: tile.index, width: tile.width, bytes: tile.bytes.slice(0, tile.width * 32) })
      }
      return tiles.sort((a, b) => a.level - b.level || Number(a.index - b.index))
    },
  }
}

interface OpenTile {
  index: bigint
  width: number
  bytes: Uint8Array
  changed: boolean
}

function open(index: bigint, from?: TileOfHashes): OpenTile {
  const bytes = new Uint8Array(TILE_WIDTH * 32)
  if (from !== undefined) bytes.set(from.bytes)
  return { index, width: from?.width ?? 0, bytes, changed: false }
}
