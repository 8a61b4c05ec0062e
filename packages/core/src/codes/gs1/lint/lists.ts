import { CODE_LISTS } from '../tables.ts'
import { at, type Lint } from './lint.ts'

/** Codes out of a list (`data/gs1/code-lists.json`), and the IBAN, whose country is one. */

const lists = new Map<string, ReadonlySet<string>>()
for (const line of CODE_LISTS.trim().split('\n')) {
  const equals = line.indexOf('=')
  lists.set(line.slice(0, equals), new Set(line.slice(equals + 1).split(' ')))
}

const listed = (id: string): Lint => {
  const list = lists.get(id)!
  return text => (list.has(text) ? null : at('component', 0))
}

/** Country, three digits */
export const iso3166 = listed('iso3166')
/** Country, or 999 for several */
export const iso3166999: Lint = text => (text === '999' ? null : iso3166(text))
/** Country, two letters */
export const iso3166alpha2 = listed('iso3166alpha2')
/** Currency, three digits */
export const iso4217 = listed('iso4217')
/** Package type, UN/ECE Recommendation 21 with additions of GS1 */
export const packagetype = listed('packagetype')
/** AIDC media type */
export const mediatype = listed('mediatype')

const SHORTEST_IBAN = 11

/** International bank account number (ISO 13616-1; check digits modulo 97). */
export const iban: Lint = text => {
  if (text.length < SHORTEST_IBAN) return at('length', text.length)
  if (iso3166alpha2(text.slice(0, 2))) return at('component', 0)
  const wrong = text.search(/[^0-9A-Z]/)
  if (wrong >= 0) return at('format', wrong)
  let sum = 0
  for (let i = 0; i < text.length; i++) {
    const value = Number.parseInt(text[(i + 4) % text.length]!, 36)
    sum = (sum * (value < 10 ? 10 : 100) + value) % 97
  }
  return sum === 1 ? null : at('checksum', 2)
}
