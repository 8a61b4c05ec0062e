import type { BareEntry, BareIndex, Profile } from './bare-index.ts'
import { type Bank, LONGEST_IN_SIEVE, sift, siftUnits } from './bare-sieve.ts'
import { outside } from './charset.ts'
import type { Compiled } from './compiled.ts'
import { type Fault, REASONS } from './fault.ts'
import { fittingValue } from './gs1/gs1-reading.ts'
import { codeIn, faultOf, type Layout, match } from './layout.ts'
import { afterWord, capital, clean, cleaned, cleanUnits, WIDE } from './normalise.ts'
import { fittingPlain, readPlain } from './plain-code.ts'
import { type FailedReading, type Fitting, failedReading, type Reading } from './reading.ts'
import { judge, judgeFitting, judgeWhole, lastWarnings, WARNED } from './scheme.ts'
import { padding, verifyValue } from './verify.ts'

/** What text[from…) may be without any mark but perhaps a word in front. Lists in order of rank. */
export interface BareFits {
  fits: Fitting[]
  /** fits, but breaks a rule of which nobody is certain */
  warned: Warned[]
  /** would fit but for the check digit, which is certain */
  misspelt: Misspelt[]
  /** whether one of those that fit is certain */
  certain: boolean
}

interface Warned {
  entry: BareEntry
  layout: Layout
  value: string
  at: number
  faults: Fault[]
}

interface Misspelt {
  entry: BareEntry
  at: number
}

/** @param holds `contents` of the text */
export function fitsBare({ bare }: Compiled, text: string, from: number, holds: number): BareFits {
  const found: BareFits = { fits: [], warned: [], misspelt: [], certain: false }
  const first = text.charCodeAt(from)
  const named = first > 127 || bare.wordHeads[first] === 1 ? bare.words.get(capital(first)) : undefined
  if (named) {
    let marked = false
    for (const entry of named) {
      const start = afterWord(entry.scheme.words, text, from)
      if (start === from || start >= text.length) continue
      judgeBare(found, entry, clean(entry.scheme.normaliser, text, start), text, start, true)
      marked ||= text.charCodeAt(from) > 127 || !isAlphanumeric(text.charCodeAt(start - 1))
    }
    // a word that is set off, or Chinese, is no part of a code
    if (marked && found.fits.length > 0) return found
  }
  const before = found.fits.length
  const changed = (bare.touches & holds) === 0 ? 0 : holds & WIDE ? -1 : touchedBy(bare, text, from)
  let groups = before > 0 ? 1 : 0
  const { length } = found.fits
  judgeRaw(found, bare, changed, text, from)
  if (changed === 0) return found
  if (found.fits.length > length) groups++
  for (let i = 0; i < bare.profiles.length; i++) {
    if ((changed & (1 << i)) === 0) continue
    const count = found.fits.length
    judgeCleaned(found, bare, i, text, from)
    if (found.fits.length > count) groups++
  }
  if (groups > 1) found.fits = ranked(bare, found.fits)
  return found
}

/** Bits of the profiles that change a character of text[from…). */
function touchedBy({ touched }: BareIndex, text: string, from: number): number {
  let bits = 0
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i)
    bits |= touched[c < 128 ? c : 128 | (c & 127)]!
  }
  return bits
}

/** Judges the text as it stands, by all schemes that would not clean it. */
function judgeRaw(found: BareFits, bare: BareIndex, changed: number, text: string, from: number): void {
  const length = text.length - from
  const { profiles, sieve } = bare
  if (length > LONGEST_IN_SIEVE) {
    const value = text.slice(from)
    for (let i = 0; i < profiles.length; i++) {
      if ((changed & (1 << i)) === 0) judgeLong(found, profiles[i]!, value, text, from)
    }
    return
  }
  const banks = sieve.banks(length)
  for (let b = 0; b < banks.length; b++) {
    const bank = banks[b]!
    let left = changed === 0 ? -1 : 0
    if (changed !== 0) {
      for (let i = 0; i < profiles.length; i++) if ((changed & (1 << i)) === 0) left |= bank.profiles[i]!
    }
    left = sift(bank, text, from, left)
    if (left !== 0) judgeLeft(found, bank, left, from === 0 ? text : text.slice(from), text, from)
  }
}

/** Judges a text as the schemes of one profile clean it; made clean only where one of them may read it. */
function judgeCleaned(found: BareFits, bare: BareIndex, profile: number, text: string, from: number): void {
  const { normaliser } = bare.profiles[profile]!
  const length = cleanUnits(normaliser, text, from, UNITS)
  if (length < 0) judgeLong(found, bare.profiles[profile]!, clean(normaliser, text, from), text, from)
  if (length <= 0) return
  const banks = bare.sieve.banks(length)
  for (let b = 0; b < banks.length; b++) {
    const left = siftUnits(banks[b]!, UNITS, length, banks[b]!.profiles[profile]!)
    if (left !== 0) judgeLeft(found, banks[b]!, left, clean(normaliser, text, from), text, from)
  }
}
const UNITS = new Uint16Array(LONGEST_IN_SIEVE)

function judgeLeft(found: BareFits, { entries }: Bank, bits: number, value: string, text: string, from: number): void {
  for (let left = bits; left !== 0; left &= left - 1) {
    judgeBare(found, entries[31 - Math.clz32(left & -left)]!, value, text, from, false)
  }
}

function judgeLong(found: BareFits, { long }: Profile, value: string, text: string, from: number): void {
  for (let i = 0; i < long.length; i++) judgeBare(found, long[i]!, value, text, from, false)
}

function judgeBare(found: BareFits, entry: BareEntry, value: string, text: string, at: number, named: boolean): void {
  const { scheme, primary } = entry
  const padded = primary ? padding(scheme, value) : 0
  const full = padded > 0 ? ZEROS.slice(0, padded) + value : value
  const sifted = !named && entry.exact && padded === 0 && value.length === scheme.layouts[0]!.max
  const { verdict, layout: index } = sifted ? judgeFitting(scheme, full) : judgeWhole(scheme, full)
  if (verdict >= 0) {
    const told = named || !entry.written
    if (told && scheme.certain && (verdict & 3) === CHECKSUM) found.misspelt.push({ entry, at })
    return
  }
  const layout = scheme.layouts[index]!
  if (primary) {
    found.fits.push(fittingValue(scheme.id, primary, full, layout))
    found.certain = true
    return
  }
  if (entry.written && !named && !isWritten(scheme.file.normalise?.upper ?? false, layout, value, text, at)) return
  if (verdict === WARNED) found.warned.push({ entry, layout, value, at, faults: lastWarnings() })
  else if (named && found.fits.some(reading => reading.scheme === scheme.id)) return
  else {
    found.fits.push(fittingPlain(scheme, layout, value))
    found.certain ||= scheme.certain
  }
}

/** A letter or digit of ASCII. */
const isAlphanumeric = (c: number) => (c >= 48 && c <= 57) || ((c | 32) >= 97 && (c | 32) <= 122)

const ZEROS = '0'.repeat(LONGEST_IN_SIEVE)
/** Blanks and hyphens included. */
const FAR_TOO_LONG = 256
const CHECKSUM = REASONS.indexOf('checksum')

/** Readings of what fits but for a rule of which nobody is certain. */
export function warnedReadings(text: string, warned: readonly Warned[]): Fitting[] {
  const seen = new Set<string>()
  return [...warned]
    .sort((a, b) => a.entry.rank - b.entry.rank)
    .filter(({ entry }) => !seen.has(entry.scheme.id) && seen.add(entry.scheme.id))
    .map(({ entry: { scheme }, layout, value, at, faults }) => {
      const reading = fittingPlain(scheme, layout, value)
      const { place } = cleaned(scheme.normaliser, text, at)
      reading.warnings = faults.map(fault => failedReading(scheme.file, { ...fault, at: place(fault.at) }))
      return reading
    })
}

/** Readings of what would fit but for its check digit. */
export function misspeltReadings(text: string, misspelt: readonly Misspelt[]): Reading[] {
  return misspelt.flatMap(({ entry, at }) => faultOfKey(entry, text, at) ?? [])
}

/** Whether a text is the code as it is written, separators included. */
function isWritten(upper: boolean, layout: Layout, value: string, text: string, at: number): boolean {
  const code = codeIn(layout, value)
  return text.length - at === code.length && (upper ? text.slice(at).toUpperCase() : text.slice(at)) === code
}

function ranked({ entries }: BareIndex, readings: readonly Fitting[]): Fitting[] {
  const rank = (reading: Fitting) => entries.find(entry => entry.scheme.id === reading.scheme)?.rank ?? 0
  const seen = new Set<string>()
  return readings
    .filter(reading => !seen.has(reading.scheme) && seen.add(reading.scheme))
    .sort((a, b) => rank(a) - rank(b))
}

/**
 * What is wrong with text[from…) as a code of the schemes that it nearly fits: first those whose word it bears, then
 * those whose length it has, else those that it misses by one character.
 */
export function faultsBare(compiled: Compiled, text: string, from: number): FailedReading[] {
  const { entries, words } = compiled.bare
  const faults: FailedReading[] = []
  for (const entry of words.get(capital(text.charCodeAt(from))) ?? []) {
    const start = afterWord(entry.scheme.words, text, from)
    if (start === from || start >= text.length) continue
    const reading = entry.primary ? faultOfKey(entry, text, start) : readPlain(entry.scheme, text, start)
    if (reading && !reading.ok) faults.push(reading)
  }
  const near: FailedReading[] = []
  // no code that is read without a mark is nearly so long
  if (text.length - from > FAR_TOO_LONG) return faults
  for (const entry of entries) {
    const { scheme, written } = entry
    if (written || faults.some(fault => fault.scheme === scheme.id)) continue
    const value = clean(scheme.normaliser, text, from)
    const lengths = lengthsOf(entry)
    const stray = strays(entry, value)
    // one slip of the finger is worth a word; a text of other characters is something else
    if (stray > 1 || (stray === 1 && value.length < 6)) continue
    if (lengths(value.length)) {
      const fault = faultOfKey(entry, text, from)
      if (fault && !fault.ok) faults.push(fault)
    } else if (stray === 0 && (lengths(value.length - 1) || lengths(value.length + 1))) {
      near.push(failedReading(scheme.file, { reason: 'length', at: text.length }))
    }
  }
  return faults.length > 0 ? faults : near
}

/** Whether a bare code of this scheme may have a length. */
function lengthsOf({ lengths, scheme }: BareEntry): (length: number) => boolean {
  if (lengths) return length => lengths.has(length)
  return length => scheme.layouts.some(layout => length >= layout.min && length <= layout.max)
}

/** How many characters of a value could not stand where they stand; two where it is something else altogether. */
function strays({ scheme, primary }: BareEntry, value: string): number {
  let fewest = 2
  for (const layout of scheme.layouts) {
    if (layout.fixed || primary) fewest = Math.min(fewest, straysIn(layout, value))
    else {
      const fault = match(layout, value)
      const near = fault < 0 || (fault >> 2) * 2 >= value.length
      fewest = Math.min(fewest, fault < 0 || (near && (fault & 3) === 1) ? 0 : near ? 1 : 2)
    }
  }
  return fewest
}

/** For layouts in which every step has its place. */
function straysIn(layout: Layout, value: string): number {
  let count = 0
  let at = 0
  for (const step of layout.steps) {
    const until = Math.min(at + step.max, value.length)
    for (let i = at; i < until && count < 2; i++) {
      if (step.literal === null ? outside(value, step.set, i, i + 1) >= 0 : value[i] !== step.literal[i - at]) count++
    }
    at = until
  }
  return count
}

function faultOfKey({ scheme, primary }: BareEntry, text: string, from: number): Reading | null {
  const { value, place } = cleaned(scheme.normaliser, text, from)
  if (primary) {
    const verdict = verifyValue(scheme.file, value)
    return 'reason' in verdict ? failedReading(scheme.file, { ...verdict, at: place(verdict.at) }) : null
  }
  const { verdict } = judge(scheme, value)
  if (verdict < 0) return null
  const fault = faultOf(verdict)
  return failedReading(scheme.file, { ...fault, at: place(fault.at) })
}
