import { type CharsetName, firstOutside } from '../../charset.ts'
import { at, type Lint, nonDigit, type PrefixSource } from './lint.ts'

/** Character sets (General Specifications §7.11), percent escapes, and the two characters that check alphanumeric keys. */

const inSet =
  (name: CharsetName): Lint =>
  text => {
    const outside = firstOutside(text, name)
    return outside < 0 ? null : at('format', outside)
  }
export const csetnumeric = inSet('digits')
export const cset82 = inSet('cset82')
export const cset39 = inSet('cset39')

/** Base64url, with or without padding; padding fills the text up to a multiple of three characters. */
export const cset64: Lint = text => {
  const body = text.replace(/={1,2}$/, '')
  const wrong = body.search(/[^-_0-9A-Za-z]/)
  if (wrong >= 0) return at('format', wrong)
  return body.length < text.length && text.length % 3 !== 0 ? at('format', body.length) : null
}

/** Every `%` begins an escape of two hexadecimal digits. */
export const pcenc: Lint = text => {
  const wrong = text.search(/%(?![0-9A-Fa-f]{2})/)
  return wrong < 0 ? null : at('format', wrong)
}

const SET_82 = '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
const SET_32 = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const LONGEST = 99
const PRIMES: number[] = []
for (let n = 2; PRIMES.length < LONGEST - 2; n++) if (PRIMES.every(prime => n % prime !== 0)) PRIMES.push(n)

/** The check character pair of an alphanumeric key (General Specifications §7.9.5: primes as weights, modulo 1021). */
export function checkPair(body: string): string {
  let sum = 0
  for (let i = 0; i < body.length; i++) sum += SET_82.indexOf(body[i]!) * PRIMES[body.length - 1 - i]!
  sum %= 1021
  return SET_32[sum >> 5]! + SET_32[sum & 31]!
}

/** The last two characters check those before them (AI 8013, 8014). */
export const csumalpha: Lint = text => {
  if (text.length < 2) return at('length', text.length)
  if (text.length > LONGEST) return at('length', LONGEST)
  const body = text.slice(0, -2)
  const outside = firstOutside(body, 'cset82')
  if (outside >= 0) return at('format', outside)
  return checkPair(body) === text.slice(-2) ? null : at('checksum', text.length - 2)
}

const SHORTEST_PREFIX = 4

/** Begins with a company prefix: at least four digits, and one that GS1 has issued if a source is asked. */
export const gcppos1: Lint = (text, prefixes) => prefixFault(text, 0, prefixes)
/** The same from the second character on. */
export const gcppos2: Lint = (text, prefixes) => prefixFault(text, 1, prefixes)

function prefixFault(text: string, from: number, prefixes: PrefixSource | undefined) {
  if (text.length < from + SHORTEST_PREFIX) return at('length', text.length)
  const bad = nonDigit(text, from, from + SHORTEST_PREFIX)
  if (bad >= 0) return at('format', bad)
  return prefixes && prefixes(text.slice(from)) !== 'known' ? at('component', from) : null
}
