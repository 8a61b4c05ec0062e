import { join } from 'node:path'
import type { Codes } from '@yuanliu/core'
import { readJsonFile } from '../lib/data.ts'
import { type Fitting, readingOfKey } from './readings.ts'
import type { AliasRow } from './store.ts'

export interface AliasKind {
  id: string
  title: { zh: string; en: string }
  /** codes printed with it are in use, and the page of what it leads to says so */
  formerly: boolean
}

/** data/resolve/alias-kinds.json. */
export interface AliasKinds {
  kinds: ReadonlyMap<string, AliasKind>
  /** a number and a lot in one text: "… 批号 L42", "… lot L42", "… + L42" */
  withLot(text: string): { number: string; lot: string } | null
}

/** Reads data/resolve/alias-kinds.json. Throws an error that names the file. */
export function readAliasKinds(dataFolder: string): AliasKinds {
  const path = join(dataFolder, 'resolve', 'alias-kinds.json')
  const file = readJsonFile(path) as { kinds: AliasKind[]; lotWords: string[] }
  if (!file.lotWords.every(word => /^[\p{L}]+$/u.test(word))) throw new Error(`${path}: /lotWords: letters only`)
  const words = new Set(file.lotWords.map(word => word.toLowerCase()))
  return {
    kinds: new Map(file.kinds.map(kind => [kind.id, kind])),
    withLot(text) {
      const tokens = text
        .slice(0, LONGEST)
        .normalize('NFKC')
        .split(/[\s+,;:：，；、]+/)
        .filter(Boolean)
      const at = tokens.findIndex(token => words.has(token.toLowerCase()))
      if (at > 0 && at === tokens.length - 2) return { number: tokens.slice(0, at).join(''), lot: tokens[at + 1]! }
      const joined = words.size > 0 && at < 0 ? splitWord(tokens, words) : null
      if (joined) return joined
      return at < 0 && tokens.length === 2 ? { number: tokens[0]!, lot: tokens[1]! } : null
    },
  }
}

/** "国药准字Z1 批号L42": the word and the lot without a space between them. */
function splitWord(tokens: string[], words: ReadonlySet<string>): { number: string; lot: string } | null {
  const last = tokens.at(-1) ?? ''
  const word = [...words].find(
    w => last.toLowerCase().startsWith(w) && last.length > w.length && /[^\x20-\x7e]/.test(w),
  )
  if (!word || tokens.length < 2) return null
  return { number: tokens.slice(0, -1).join(''), lot: last.slice(word.length) }
}

/** Longer texts are no numbers that are printed on something. */
const LONGEST = 200

/** Key of a text that is no code of a scheme: what people write differently is written one way. Null: too long or empty. */
export function textKey(text: string): string | null {
  if (text.length > LONGEST) return null
  const plain = text
    .normalize('NFKC')
    .replace(/[\s\u2010-\u2015-]/g, '')
    .toUpperCase()
  return plain === '' ? null : `text:${plain}`
}

/** A unit that a text leads to through an alias. */
export interface Lead {
  unit: Fitting
  alias: AliasRow
}

/** How often an alias may lead to a number that is an alias itself. */
const HOPS = 5

/**
 * The units that a text means by way of aliases, each once. An alias of a product holds for its lots and items: what
 * follows the number is taken over.
 * @param lot lot named beside a number that is none of a product itself
 * @param lookUp aliases by former key
 */
export async function followAliases(
  codes: Codes,
  asked: { readings: readonly Fitting[]; text: string | null; withLot: { number: string; lot: string } | null },
  lot: string | null,
  lookUp: (formerKeys: readonly string[]) => Promise<readonly AliasRow[]>,
): Promise<Lead[]> {
  /** what stands behind a former key, to be appended to a product that it leads to */
  let wanted = new Map<string, { suffix: string; lot: string | null }>()
  for (const reading of asked.readings) addKey(codes, wanted, reading.key, lot)
  const key = asked.text === null ? null : textKey(asked.text)
  if (key) wanted.set(key, { suffix: '', lot })
  const number = asked.withLot && textKey(asked.withLot.number)
  if (number && !wanted.has(number)) wanted.set(number, { suffix: '', lot: asked.withLot!.lot })
  if (asked.withLot) {
    for (const reading of codes.identify(asked.withLot.number))
      if (reading.ok && !wanted.has(reading.key)) wanted.set(reading.key, { suffix: '', lot: asked.withLot.lot })
  }

  const leads = new Map<string, Lead>()
  const seen = new Set<string>()
  for (let hop = 0; hop < HOPS && wanted.size > 0; hop++) {
    for (const former of wanted.keys()) seen.add(former)
    const rows = await lookUp([...wanted.keys()])
    const next: typeof wanted = new Map()
    for (const row of rows) {
      const { suffix, lot: named } = wanted.get(row.former_key) ?? { suffix: '', lot: null }
      const target = targetOf(codes, row.target, suffix, named)
      const unit = readingOfKey(codes, target)
      if (!unit) continue
      if (!leads.has(unit.key)) leads.set(unit.key, { unit, alias: row })
      addKey(codes, next, unit.key, null)
    }
    for (const former of seen) next.delete(former)
    wanted = next
  }
  return withoutPassed(codes, leads)
}

function addKey(
  codes: Codes,
  wanted: Map<string, { suffix: string; lot: string | null }>,
  key: string,
  lot: string | null,
): void {
  if (!wanted.has(key)) wanted.set(key, { suffix: '', lot })
  const product = codes.classKey(key)
  if (product && !wanted.has(product)) wanted.set(product, { suffix: key.slice(product.length), lot: null })
}

function targetOf(codes: Codes, target: string, suffix: string, lot: string | null): string {
  if (codes.levelOf(target) !== 'class') return target
  if (suffix) return target + suffix
  return (lot === null ? null : codes.lotKey(target, lot)) ?? target
}

/** Without those that are former numbers themselves: the last of a chain counts. */
function withoutPassed(codes: Codes, leads: ReadonlyMap<string, Lead>): Lead[] {
  const passed = new Set([...leads.values()].map(lead => lead.alias.former_key))
  const all = [...leads.values()]
  const last = all.filter(({ unit }) => !passed.has(unit.key) && !passed.has(codes.classKey(unit.key) ?? unit.key))
  return last.length > 0 ? last : all
}
