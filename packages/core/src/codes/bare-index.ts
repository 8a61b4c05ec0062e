import { columnOf, isExact, LONGEST_IN_SIEVE, type Sieve, sieveOf } from './bare-sieve.ts'
import type { Primary } from './gs1/primary.ts'
import { capital, type Normaliser } from './normalise.ts'
import type { Scheme } from './scheme.ts'

/** Which schemes may be meant by a code without any mark of its kind: by its length and first character, and by words. */

/** A scheme in the index. */
export interface BareEntry {
  scheme: Scheme
  /** the GS1 key that it is, if it is one */
  primary: Primary | null
  /** its place among the readings; what is read by a word only has none */
  rank: number
  /** lengths at which it is read without a mark, null: at all it can have */
  lengths: ReadonlySet<number> | null
  written: boolean
  /** whether what the sieve leaves of its one length fits its one layout for certain */
  exact: boolean
}

/** Schemes that clean a text in the same way. */
export interface Profile {
  normaliser: Normaliser
  /** those of its schemes whose codes may be too long for the sieve */
  long: readonly BareEntry[]
}

export interface BareIndex {
  profiles: readonly Profile[]
  sieve: Sieve
  /**
   * by column of a character: bits of the profiles that would change it, each at its number modulo 32; full-width forms aside,
   * which change for all */
  touched: Int32Array
  /** schemes with words in front, by the code of the word's first character in capitals */
  words: ReadonlyMap<number, readonly BareEntry[]>
  /** all that are read without a mark, in order of rank */
  entries: readonly BareEntry[]
  /** what changes a text for any profile, of `contents` */
  touches: number
  /** by character code: whether a word begins with it; beyond ASCII any may */
  wordHeads: Uint8Array
}

export function bareIndex(schemes: readonly Scheme[], byId: ReadonlyMap<string, Primary>): BareIndex {
  const entries: BareEntry[] = []
  const words = new Map<number, BareEntry[]>()
  for (const scheme of schemes) {
    const { bare } = scheme.file.forms
    const entry: BareEntry = {
      scheme,
      primary: byId.get(scheme.id) ?? null,
      rank: bare?.rank ?? Number.MAX_SAFE_INTEGER,
      lengths: bare?.lengths ? new Set(bare.lengths) : null,
      written: bare?.written ?? false,
      exact: scheme.layouts.length === 1 && isExact(scheme.layouts[0]!),
    }
    if (bare) entries.push(entry)
    // a key that is read by its application identifier only is not named by a word either
    if (bare || !entry.primary) {
      const firsts = new Set(scheme.words.map(word => word[0]!))
      for (const first of firsts) words.set(first, [...(words.get(first) ?? []), entry])
    }
  }
  entries.sort((a, b) => a.rank - b.rank || (a.scheme.id < b.scheme.id ? -1 : 1))
  const normalisers = [...new Set(entries.map(entry => entry.scheme.normaliser))]
  const profiles = normalisers.map(normaliser => ({
    normaliser,
    long: entries.filter(({ scheme }) => scheme.normaliser === normaliser && isLong(scheme)),
  }))
  const numbers = entries.map(entry => normalisers.indexOf(entry.scheme.normaliser))
  const wordHeads = new Uint8Array(128)
  for (let c = 0; c < 128; c++) if (words.has(capital(c))) wordHeads[c] = 1
  return {
    profiles,
    sieve: sieveOf(entries, numbers),
    touched: touchedOf(normalisers),
    words,
    entries,
    touches: normalisers.reduce((all, { touches }) => all | touches, 0),
    wordHeads,
  }
}

function isLong({ layouts }: Scheme): boolean {
  return layouts.some(layout => layout.max > LONGEST_IN_SIEVE)
}

function touchedOf(normalisers: readonly Normaliser[]): Int32Array {
  const touched = new Int32Array(256)
  normalisers.forEach(({ table, replace }, i) => {
    const bit = 1 << i
    table.forEach((change, c) => {
      if (change !== 0) touched[c]! |= bit
    })
    for (const char of replace.keys()) touched[columnOf(char.charCodeAt(0))]! |= bit
  })
  return touched
}
