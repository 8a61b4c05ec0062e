import { charset, outside } from './charset.ts'
import type { Codes } from './codes.ts'
import { checkPair } from './gs1/lint/characters.ts'
import type { SchemeFile, SchemePart } from './scheme-file.ts'
import { templateSteps } from './template.ts'

/** Codes made from scheme files alone: parts at random, constants and check digits as the file says. */

/** A number from 0 up to but not including `below`. */
export type Random = (below: number) => number

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return below => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below)
  }
}

const EXTRA: Partial<Record<SchemePart['charset'], string>> = {
  han: '鲁京沪粤川',
  printable: 'abcXYZ019-._批次',
  line: 'ab 12 种业',
}

/**
 * Parts of a code of the scheme that breaks none of its rules, check digits left out.
 * @param longest bound for parts of varying length
 */
export function sampleParts(codes: Codes, file: SchemeFile, random: Random, longest = 12): Record<string, string> {
  const layouts = file.layouts ?? [file.parts.map(part => `{${part.name}}`).join('')]
  const steps = templateSteps(layouts[random(layouts.length)]!)!
  const parts: Record<string, string> = {}
  for (const step of steps) {
    if ('literal' in step) continue
    const part = file.parts.find(p => p.name === step.part)!
    if (!isDigit(file, part)) parts[part.name] = samplePart(codes, file, part, random, longest)
  }
  return parts
}

/** A whole code in its text form. */
export function sampleCode(codes: Codes, file: SchemeFile, random: Random): string {
  for (let i = 0; i < 100; i++) {
    const written = codes.format(file.id, sampleParts(codes, file, random))
    if (written.ok) return written.text
  }
  throw new Error(`${file.id}: no sample could be made`)
}

function isDigit(file: SchemeFile, part: SchemePart): boolean {
  return file.checks.some(use => use.part === part.name && use.over !== undefined && !use.check.startsWith('piece'))
}

function samplePart(codes: Codes, file: SchemeFile, part: SchemePart, random: Random, longest: number): string {
  if (part.constant !== undefined) return part.constant
  if (part.values) {
    const values = Object.keys(part.values)
    return values[random(values.length)]!
  }
  const use = file.checks.find(u => u.part === part.name)
  if (use?.check === 'code-of') {
    const inner = codes.schemes.get(use.scheme!)!
    for (let i = 0; i < 1000; i++) {
      const code = sampleCode(codes, inner, random).replace(/[ -]/g, '')
      const fits = code.length >= part.min && code.length <= part.max
      if (fits && outside(code, charset(part.charset, part.chars)) < 0) return code
    }
  }
  if (use?.check === 'web-address') return `https://seed.example.cn/t/${random(1e9)}`
  if (use?.check === 'date') return dateText(use.format ?? 'YYYYMMDD', random)
  if (use?.check === 'piece-of-total') return '01'
  if (file.checks.some(u => u.check === 'piece-of-total' && u.over?.includes(part.name))) return '12'
  const length = part.min + random(Math.min(part.max, Math.max(part.min, longest)) - part.min + 1)
  if (use?.check === 'dotted-numbers') return ['1.2.156', '86.100.9', '20.500', '2.16.156.3'][random(4)]!
  const chars = EXTRA[part.charset] ?? charset(part.charset, part.chars).chars
  const [...all] = use?.check === 'company-prefix' ? '0123456789' : chars
  let text = ''
  for (let i = 0; i < length; i++) text += all[random(all.length)]!
  // blanks at the ends of a line are no part of it
  if (part.charset === 'line') text = text.trim().replace(/ +/g, ' ').padEnd(part.min, '种')
  const paired = file.checks.some(u => u.part === part.name && u.check === 'gs1-check-pair')
  return paired ? text.slice(2) + checkPair(text.slice(2)) : text
}

function dateText(format: string, random: Random): string {
  const pad = (n: number) => String(n).padStart(2, '0')
  return format
    .replace('YYYY', String(2005 + random(20)))
    .replace('YY', pad(random(100)))
    .replace('Y', String(random(10)))
    .replace('MM', pad(1 + random(12)))
    .replace('DD', pad(1 + random(28)))
}
