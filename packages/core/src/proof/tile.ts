import { fromDecimal } from './bytes.ts'
import { Refusal } from './refusal.ts'

/** Tiles (C2SP tlog-tiles): 256 hashes of one level of the tree, and bundles of 256 entries. */

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256

export interface Tile {
  /** hashes of level L are roots of 256^L entries */
  level: number | 'entries'
  index: bigint
  /** 1 … 256; less than 256 for a partial tile */
  width: number
}

/** `tile/<L>/<N>[.p/<W>]`, N in groups of three digits. */
export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.../g) ?? []
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/')
  return `tile/${level}/${path}${width < TILE_WIDTH ? `.p/${width}` : ''}`
}

/** The tile that a path names; refuses every spelling but the one that `tilePath` gives. */
export function parseTilePath(path: string): Tile {
  const [, level, groups, width] =
    /^tile\/(entries|[0-9]{1,2})\/((?:x[0-9]{3}\/){0,6}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/.exec(path) ?? []
  if (level === undefined || groups === undefined) throw new Refusal('tile-path', path.slice(0, 80))
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: fromDecimal(groups.replace(/[x/]/g, '').replace(/^0+(?=.)/, ''), path),
    width: width === undefined ? TILE_WIDTH : Number(width),
  }
  const inRange = (tile.level === 'entries' || tile.level < 64) && tile.width > 0 && tile.width <= TILE_WIDTH
  if (!inRange || tilePath(tile) !== path) throw new Refusal('tile-path', path)
  return tile
}

/** Hashes that level L of a tree has: floor(size / 256^L). */
export function hashesAt(level: number, size: bigint): bigint {
  return size >> BigInt(8 * level)
}

/** Width of the tile (level, index) in a tree of that size: 0 where there is none. */
export function tileWidth(level: number, index: bigint, size: bigint): number {
  const left = hashesAt(level, size) - index * BigInt(TILE_WIDTH)
  return left <= 0n ? 0 : left >= BigInt(TILE_WIDTH) ? TILE_WIDTH : Number(left)
}

/**
 * The tiles that a tree of size `to` has and one of size `from` had not: full ones, and the partial one at the end of
 * each level where it differs. From 0: all tiles that a checkpoint implies. Entry bundles are those of level 0.
 */
export function* tilesBetween(from: bigint, to: bigint): Generator<Tile & { level: number }> {
  for (let level = 0; hashesAt(level, to) > 0n; level++) {
    const before = hashesAt(level, from)
    const after = hashesAt(level, to)
    if (before === after) continue
    for (let index = before / 256n; index * 256n < after; index++)
      yield { level, index, width: tileWidth(level, index, to) }
  }
}
