import { charset } from '../charset.ts'
import type { Lint } from './lint/lint.ts'
import { LINTERS } from './lint/linters.ts'
import { IDENTIFIERS } from './tables.ts'

/** Application identifiers as GS1's Barcode Syntax Dictionary defines them (General Specifications §3). */

const SETS = { N: 'digits', X: 'cset82', Y: 'cset39', Z: 'cset64' } as const

/** A stretch of a value. `min` < `max`: of variable length, which only the last can be. */
export interface Component {
  /** digits, set 82, set 39, set 64 */
  type: keyof typeof SETS
  /** 1 under the code of every character that it may hold */
  table: Uint8Array
  min: number
  max: number
  /** it and all after it may be missing */
  optional: boolean
  lints: readonly Lint[]
}

/** An identifier, or all of its length that begin alike: `310n`. */
export interface AiPattern {
  text: string
  /** what they begin with; the whole identifier where it is one */
  stem: string
}

export interface Ai {
  ai: string
  /** name in parsed data; none for what is agreed between partners */
  name: string | null
  title: { zh: string; en: string }
  /** of predefined length: the next identifier follows at once */
  fixed: boolean
  /** whether it may stand in the query of a Digital Link */
  attribute: boolean
  components: readonly Component[]
  /** longest value */
  max: number
  /** of each list one group must be there: every identifier or pattern in it */
  requires: readonly (readonly (readonly AiPattern[])[])[]
  /** identifiers or patterns that cannot stand beside it */
  excludes: readonly AiPattern[]
  /** orders of the qualifiers behind it in a Digital Link, where it is a key */
  sequences: readonly (readonly string[])[] | null
}

const table = new Map<string, Ai>()
const aliases = new Map<string, string>()
/** how many digits identifiers with these first two have; 0: none is assigned */
const DIGITS = new Uint8Array(100)

for (const line of IDENTIFIERS.trim().split('\n')) addRow(line.split(';'))

function addRow([range = '', format = '', flags = '', requires, excludes, key, name, title = '', zh, alias]: string[]) {
  const [first = '', last = first] = range.split('-')
  const components = format.split(' ').map(componentOf)
  const shared = {
    name: name || null,
    title: { zh: zh || title, en: title },
    fixed: flags.includes('*'),
    attribute: flags.includes('?'),
    components,
    max: components.reduce((sum, component) => sum + component.max, 0),
    requires: words(requires).map(list => list.split(',').map(group => group.split('+').map(aiPattern))),
    excludes: words(excludes).map(aiPattern),
    sequences: key
      ? key
          .slice(1)
          .split('|')
          .map(list => (list === '' ? [] : list.split(',')))
      : null,
  }
  for (let number = Number(first); number <= Number(last); number++) {
    const ai = String(number).padStart(first.length, '0')
    table.set(ai, { ai, ...shared })
    DIGITS[Number(ai.slice(0, 2))] = ai.length
  }
  if (alias) aliases.set(alias, first)
}

function words(text: string | undefined): string[] {
  return text ? text.split(' ') : []
}

function componentOf(word: string): Component {
  const [, open, type, dots, length, rest] = /^(\[?)([NXYZ])(\.\.)?(\d+)\]?,?(.*)$/.exec(word)!
  return {
    type: type as Component['type'],
    table: charset(SETS[type as Component['type']]).table,
    min: dots ? 1 : Number(length),
    max: Number(length),
    optional: open !== '',
    lints: rest ? rest.split(',').map(name => LINTERS[name]!) : [],
  }
}

/** The application identifier of these digits, undefined where none is assigned. */
export function aiOf(digits: string): Ai | undefined {
  return table.get(digits)
}

/** The application identifier that stands in a text from an index on. */
export function aiAt(text: string, from: number): Ai | undefined {
  const high = text.charCodeAt(from) - 48
  const low = text.charCodeAt(from + 1) - 48
  if (!(high >= 0 && high <= 9 && low >= 0 && low <= 9)) return undefined
  const digits = DIGITS[high * 10 + low]!
  return digits === 0 ? undefined : table.get(text.slice(from, from + digits))
}

/** The application identifier that a short word of a Digital Link path means. */
export function aiOfAlias(word: string): Ai | undefined {
  const ai = aliases.get(word)
  return ai === undefined ? undefined : table.get(ai)
}

/** All of them, in their order. */
export function allAis(): Iterable<Ai> {
  return table.values()
}

/** `n` stands for any digit, at the end only. */
export function aiPattern(text: string): AiPattern {
  return { text, stem: text.replace(/(?<=^[^n]+)n+$/, '') }
}
