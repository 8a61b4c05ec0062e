import { concat } from './bytes.ts'
import { Refusal } from './refusal.ts'
import { TILE_WIDTH } from './tile.ts'

/** Entry bundles (C2SP tlog-tiles): up to 256 entries, each after its length in 2 bytes, big-endian. */

export const MAX_ENTRY = 65_535

export function encodeBundle(entries: Uint8Array[]): Uint8Array {
  if (entries.length === 0 || entries.length > TILE_WIDTH)
    throw new Refusal('bundle-shape', `${entries.length} entries`)
  const tooLong = entries.findIndex(entry => entry.length > MAX_ENTRY)
  if (tooLong >= 0) throw new Refusal('too-large', `entry ${tooLong}`)
  return concat(...entries.flatMap(entry => [Uint8Array.of(entry.length >> 8, entry.length & 255), entry]))
}

/** The entries of a bundle of that width; views on its bytes. Refuses more, fewer and cut ones. */
export function decodeBundle(bundle: Uint8Array, width: number): Uint8Array[] {
  const entries: Uint8Array[] = []
  let at = 0
  while (at < bundle.length) {
    const place = `entry ${entries.length}`
    if (entries.length === width) throw new Refusal('bundle-shape', `more than ${width} entries`)
    if (at + 2 > bundle.length) throw new Refusal('bundle-shape', place)
    const end = at + 2 + ((bundle[at]! << 8) | bundle[at + 1]!)
    if (end > bundle.length) throw new Refusal('bundle-shape', place)
    entries.push(bundle.subarray(at + 2, end))
    at = end
  }
  if (entries.length !== width) throw new Refusal('bundle-shape', `${entries.length} entries instead of ${width}`)
  return entries
}
