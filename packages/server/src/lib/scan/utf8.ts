/**
 * Where a text stops being UTF-8: the offset of the first byte that begins no well-formed sequence
 * (Unicode 15 table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF, nothing cut short),
 * or the length when all is well. `isUtf8` of Node says whether, not where.
 */
export function validUtf8Length(bytes: Uint8Array): number {
  let i = 0
  while (i < bytes.length) {
    const size = sequenceLength(bytes, i)
    if (size === 0) return i
    i += size
  }
  return i
}

/** Bytes of the well-formed sequence at `i`, 0 if there is none. */
function sequenceLength(bytes: Uint8Array, i: number): number {
  const first = bytes[i]!
  if (first < 0x80) return 1
  const second = bytes[i + 1] ?? 0
  if (first < 0xc2) return 0
  if (first < 0xe0) return isContinuation(second) ? 2 : 0
  if (first < 0xf0) {
    const low = first === 0xe0 ? 0xa0 : 0x80
    const high = first === 0xed ? 0x9f : 0xbf
    return second >= low && second <= high && isContinuation(bytes[i + 2]) ? 3 : 0
  }
  if (first > 0xf4) return 0
  const low = first === 0xf0 ? 0x90 : 0x80
  const high = first === 0xf4 ? 0x8f : 0xbf
  return second >= low && second <= high && isContinuation(bytes[i + 2]) && isContinuation(bytes[i + 3]) ? 4 : 0
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
