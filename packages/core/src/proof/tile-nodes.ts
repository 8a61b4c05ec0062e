import type { TreeHash } from './tree-hash.ts'

/**
 * The inside of a tile, hashed once: every whole subtree of its hashes. Which tile is right is another question; this is
 * a function of its bytes alone.
 */
export interface TileNodes {
  /** hashes of the tile itself */
  readonly width: number
  /** the tile as it is served; a view */
  readonly bytes: Uint8Array
  /** Root of the `i`-th whole subtree of 2^height hashes, height 0 … 8; a view. */
  node(height: number, i: number): Uint8Array
}

/** Hashes the inside of a tile; keeps no view of the bytes given. */
export function tileNodes(tree: TreeHash, bytes: Uint8Array): TileNodes {
  const width = bytes.length / 32
  /** number of the first hash of each height */
  const from = [0]
  for (let count = width; count > 1; count = Math.floor(count / 2)) from.push(from[from.length - 1]! + count)
  const all = new Uint8Array((from[from.length - 1]! + 1) * 32)
  all.set(bytes)
  const hash = (i: number) => all.subarray(i * 32, i * 32 + 32)
  for (let height = 1; height < from.length; height++) {
    const below = from[height - 1]!
    for (let i = 0; i < width >> height; i++)
      all.set(tree.node(hash(below + 2 * i), hash(below + 2 * i + 1)), (from[height]! + i) * 32)
  }
  return { width, bytes: all.subarray(0, width * 32), node: (height, i) => hash(from[height]! + i) }
}

/** Tiles that outlive a reader. */
export interface KeptTiles {
  get(path: string): TileNodes | undefined
  set(path: string, tile: TileNodes): void
  delete(path: string): void
}

/**
 * Keeps so many tiles, 16 kB each; the one that was asked for longest ago goes first. Readers check what they take from
 * here like what they fetch, so nothing needs to be forgotten when a tree grows.
 */
export function keepTiles(most: number): KeptTiles {
  const kept = new Map<string, TileNodes>()
  return {
    get(path) {
      const tile = kept.get(path)
      if (tile === undefined) return undefined
      kept.delete(path)
      kept.set(path, tile)
      return tile
    },
    set(path, tile) {
      kept.delete(path)
      if (kept.size >= most) kept.delete(kept.keys().next().value!)
      kept.set(path, tile)
    },
    delete: path => void kept.delete(path),
  }
}
