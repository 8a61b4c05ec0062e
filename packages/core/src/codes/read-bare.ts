import { firstOutside } from './charset.ts'
import type { Compiled } from './compiled.ts'
import type { Primary } from './primary.ts'
import type { Reading, UnitOf } from './read.ts'
import { type Field, failed, readingOf } from './reading.ts'
import type { SchemeFile } from './scheme-file.ts'

/**
 * Readings of a code without any mark of its kind: every scheme whose length it has, by rank. Where none has it, the
 * schemes that it misses by one character.
 */
export function readBare(compiled: Compiled, text: string, from: number, unit: UnitOf): Reading[] {
  const readings: Reading[] = []
  const near: Reading[] = []
  for (const primary of compiled.bare) {
    const { lengths } = primary.file.forms.bare!
    const value = normalised(primary.file, text, from)
    const length = value.value.length
    const outside = firstOutside(value.value, 'digits')
    // one slip of the finger is worth a word; a text full of letters is something else
    if (outside >= 0 && primary.tail === null && firstOutside(value.value, 'digits', outside + 1) >= 0) continue
    if (lengths.includes(length)) {
      readings.push(readingOf({ primary, value, qualifiers: new Map(), others: {}, forms: {}, strict: true }, unit))
    } else if (outside < 0 && lengths.some(known => Math.abs(known - length) === 1)) {
      near.push(failed(primary, { reason: 'length', at: text.length }))
    }
  }
  return readings.length > 0 ? readings : near
}

/** Schemes that are read without a mark, in order of rank. */
export function bareSchemes(primaries: readonly Primary[]): Primary[] {
  const rank = (primary: Primary) => primary.file.forms.bare!.rank
  return primaries.filter(primary => primary.file.forms.bare).sort((a, b) => rank(a) - rank(b))
}

/** What a person typed without the scheme's ornaments. */
function normalised({ normalise = {} }: SchemeFile, text: string, from: number): Field {
  const { strip = '', upper = false, prefixes = [] } = normalise
  const word = prefixes.find(prefix => text.slice(from, from + prefix.length).toUpperCase() === prefix.toUpperCase())
  let start = from
  if (word !== undefined) {
    start += word.length
    while (text[start] === ' ' || text[start] === ':') start++
  }
  let value = ''
  const places: number[] = []
  for (let i = start; i < text.length; i++) {
    if (strip.includes(text[i]!)) continue
    value += text[i]!
    places.push(i)
  }
  return { value: upper ? value.toUpperCase() : value, place: index => places[index] ?? text.length }
}
