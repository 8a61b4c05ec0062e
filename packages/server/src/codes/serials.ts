import { decodeSerial, encodeSerial, groupTraceCode, type IssuingFile, serialCheck } from '@yuanliu/core'
import { createPermutation, type Permutation } from './permutation.ts'
import type { RangeRow, SpaceRow } from './store.ts'

/** Between the numbers of a range and the unit keys of its codes. Everything is computed, nothing stored per code. */
export interface Serials {
  /** unit keys of the codes n, n + 1, … */
  keys(n: number, count: number): string[]
  /** number of the code at a place of the space; null where the place is not in use, so its code was never issued */
  numberAt(place: number): number | null
}

/** @param range with its secret */
export function serialsOf(format: IssuingFile, space: SpaceRow, range: RangeRow): Serials {
  let permutation: Permutation | null = null
  if (range.secret) permutation = createPermutation(range.secret, Math.round(Math.log2(range.size)))
  return {
    keys(n, count) {
      const offsets = permutation?.images(n, count) ?? Array.from({ length: count }, (_, i) => n + i)
      return offsets.map(offset => keyAt(format, space, range.start + offset))
    },
    numberAt(place) {
      const offset = place - range.start
      if (offset < 0 || offset >= range.size) return null
      const n = permutation?.origin(offset) ?? offset
      return n < range.count ? n : null
    },
  }
}

/** Unit key of a number of a space. */
export function keyAt(format: IssuingFile, space: SpaceRow, place: number): string {
  const length = space.length - (space.checked ? 1 : 0)
  const serial = encodeSerial(space.alphabet, place, length)
  return space.prefix + serial + (space.checked ? checkOf(format, space, serial) : '')
}

/** What a key says in a space: its number, that it is misspelt there, or nothing that is in the manner of the space. */
export function placeOf(format: IssuingFile, space: SpaceRow, key: string): number | 'misspelt' | null {
  const text = key.slice(space.prefix.length)
  if (text.length !== space.length) return null
  const serial = space.checked ? text.slice(0, -1) : text
  const place = decodeSerial(space.alphabet, serial)
  if (place < 0) return null
  return space.checked && checkOf(format, space, serial) !== text.at(-1) ? 'misspelt' : place
}

function checkOf({ check }: IssuingFile, space: SpaceRow, serial: string): string {
  return serialCheck(check.algorithm, check.over === 'body' ? space.head + serial : serial)
}

/** A code as it is printed for people, the same without groups, and the path of its page. */
export function printedForm(format: IssuingFile, key: string): { text: string; plain: string; path: string } {
  const code = key.startsWith(format.prefix) ? key.slice(format.prefix.length) : key
  const plain = format.display === 'groups' ? code : elementString(key)
  return {
    text: format.display === 'groups' ? groupTraceCode(code) : plain,
    plain,
    path: format.path.replace('{key}', key).replace('{code}', code),
  }
}

/** `(01)06901234567892(21)00000042` for a key of GS1 whose values are digits and letters. */
function elementString(key: string): string {
  return key.replace(/(\d{2,4})\/([^/]+)\/?/g, '($1)$2')
}
