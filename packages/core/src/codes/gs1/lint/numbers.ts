import { mod10 } from '../../checks.ts'
import { at, digitsFault, type Lint, nonDigit } from './lint.ts'

/** Check digit, counts, flags and small codes. */

const digits = (text: string) => {
  const bad = nonDigit(text)
  return bad < 0 ? null : at('format', bad)
}

/** The last digit is the GS1 check digit of those before it (General Specifications §7.9.1). */
export const csum: Lint = text => {
  if (text.length < 2) return at('length', text.length)
  const last = text.length - 1
  const bad = nonDigit(text)
  if (bad >= 0) return at('format', bad)
  return mod10(text, 0, last) === text.charCodeAt(last) - 48 ? null : at('checksum', last)
}

/** Nothing but zeros (the filler of a GRAI). */
export const zero: Lint = text => {
  if (text === '') return at('length', 0)
  for (let i = 0; i < text.length; i++) if (text[i] !== '0') return at('component', i)
  return null
}
/** A number above zero. */
export const nonzero: Lint = text => digits(text) ?? (/[1-9]/.test(text) ? null : at('component', 0))
/** No leading zero. */
export const nozeroprefix: Lint = text => digits(text) ?? (text.startsWith('0') ? at('component', 0) : null)
/** At least one character that is no digit. */
export const hasnondigit: Lint = text => (nonDigit(text) < 0 ? at('format', text.length) : null)

const oneOf =
  (...values: string[]): Lint =>
  text =>
    values.includes(text) ? null : at('component', 0)
export const yesno = oneOf('0', '1')
/** Winding direction of a roll: out, in, undefined (AI 8001). */
export const winding = oneOf('0', '1', '9')
/** Sex by ISO/IEC 5218: not known, male, female, not applicable. */
export const iso5218 = oneOf('0', '1', '2', '9')
/** Only hyphens: a temperature below zero (AI 4330–4333). */
export const hyphen: Lint = text => (/^-+$/.test(text) ? null : at('format', text.search(/[^-]|$/)))

/** Importer index (AI 7040): a character of set 64. */
export const importeridx: Lint = text => {
  if (text.length !== 1) return at('length', Math.min(text.length, 1))
  return /^[-_0-9A-Za-z]$/.test(text) ? null : at('format', 0)
}

/** Piece and total in halves of equal length: neither zero, the piece within the total (AI 8006, 8026). */
export const pieceoftotal: Lint = text => {
  const bad = digits(text)
  if (bad) return bad
  if (text.length === 0 || text.length % 2 !== 0) return at('length', text.length)
  const half = text.length / 2
  if (nonzero(text.slice(0, half))) return at('component', 0)
  if (nonzero(text.slice(half))) return at('component', half)
  return text.slice(0, half) > text.slice(half) ? at('component', 0) : null
}

/** Place in a sequence of births, `2/3` (AI 7258). */
export const posinseqslash: Lint = text => {
  const found = /^(\d+)\/(\d+)$/.exec(text)
  if (!found) return at('format', Math.max(text.search(/[^\d/]|$/), 0))
  const [, position, end] = found as unknown as [string, string, string]
  if (position.startsWith('0')) return at('component', 0)
  if (end.startsWith('0')) return at('component', position.length + 1)
  const beyond = position.length > end.length || (position.length === end.length && position > end)
  return beyond ? at('component', 0) : null
}

const coordinate =
  (most: string): Lint =>
  text =>
    digitsFault(text, 10) ?? (text > most ? at('component', 0) : null)
/** Degrees of latitude × 10⁷, counted from the south pole (AI 4309). */
export const latitude = coordinate('1800000000')
/** Degrees of longitude × 10⁷, counted eastwards (AI 4309). */
export const longitude = coordinate('3600000000')
