import { dateTest } from './date.ts'
import { csumalpha } from './gs1/lint/characters.ts'
import { hybrid, pure } from './iso7064.ts'
import { base32Check } from './trace-code/base32.ts'
import { mod10, weighted } from './weighted.ts'

/**
 * The closed list of checks that scheme files name, each made from the parameters in the file. A `digit` check computes
 * the check characters of a body; a `value` check answers the index of the first fault in a value, −1 for none. A new
 * algorithm is one entry here; a new scheme of a known algorithm is parameters in its file.
 */
export type Check = DigitCheck | ValueCheck

export interface ValueCheck {
  kind: 'value'
  fault(value: string): number
  /** what a fault is; `component` unless told */
  reason?: 'checksum'
}

export interface DigitCheck {
  kind: 'digit'
  /** the check character or characters of text[from…until), by default all; '' where there are none (it cannot be issued) */
  compute(text: string, from?: number, until?: number): string
  guarantee: Guarantee
}

/** What an algorithm promises to find: every single wrong character, every swap of neighbours. Tests hold it to that. */
export interface Guarantee {
  single: boolean
  swap: boolean
}

/** Parameters of a check as they stand in a scheme file. */
export interface CheckParameters {
  weights?: number[]
  modulus?: number
  alphabet?: string
  values?: Record<string, number>
  from?: 'left' | 'right'
  result?: 'remainder' | 'complement'
  digits?: string
  length?: 1 | 2
  format?: string
  longest?: number
}

const DIGITS = '0123456789'

const makers = {
  /** GS1 General Specifications §7.9.1: weights 3, 1 from the right, complement to ten. */
  'gs1-mod10': () => ({
    kind: 'digit',
    compute: (text: string, from = 0, until = text.length) => DIGITS[mod10(text, from, until)]!,
    guarantee: { single: true, swap: false },
  }),
  /** Weighted sum: `weights` from `from` (left), `alphabet` or `values` for letters, `modulus`, `result`, `digits`. */
  weighted,
  /** ISO/IEC 7064 hybrid systems MOD M+1,M; `alphabet` of M characters (default: digits, MOD 11,10). */
  'iso7064-hybrid': hybrid,
  /** ISO/IEC 7064 pure systems, e.g. MOD 11-2, 37-2 (`length` 1), 97-10, 661-26, 1271-36 (`length` 2). */
  'iso7064-pure': pure,
  /** The check character of the platform's own trace code over GF(32): docs/adr/0010-trace-code.md. */
  'base32-gf32': () => ({ kind: 'digit', compute: base32Check, guarantee: { single: true, swap: true } }),
  /** A date or the beginning of one: `format` of YYYY, YY, MM, DD. */
  date: ({ format = 'YYYYMMDD' }: CheckParameters) => ({
    kind: 'value',
    fault: dateTest(format),
  }),
  /** Keys that are not all digits begin with the digits of a company prefix all the same (General Specifications §1). */
  'company-prefix': () => ({ kind: 'value', fault: companyPrefixFault }),
  /** The last two characters check those before them (General Specifications §7.9.5; AI 8013). */
  'gs1-check-pair': () => ({ kind: 'value', reason: 'checksum', fault: checkPairFault }),
  /** AI 8006: piece number and total of pieces, neither zero, the piece within the total */
  'piece-of-total': () => ({ kind: 'value', fault: pieceFault }),
  /** AI 8011: the serial of a component or part has no leading zero */
  'no-leading-zero': () => ({
    kind: 'value',
    fault: (value: string) => (value.length > 0 && value.startsWith('0') ? 0 : -1),
  }),
  /** an arc of an object identifier list: numbers joined by dots, none with a leading zero (ITU-T X.660) */
  'dotted-numbers': () => ({ kind: 'value', fault: dottedFault }),
  /** an address of a page: http or https, and a host (RFC 3986 §3) */
  'web-address': () => ({ kind: 'value', fault: webFault }),
  /** no characters but those of `alphabet`, no more of them than `longest`: for what a rule says and labels do not keep */
  within: withinCheck,
} as const satisfies Record<string, (parameters: CheckParameters) => Check>

/** `code-of`, which needs the other schemes, is made where they are known (compiled.ts). */
export type CheckName = keyof typeof makers | 'code-of'
export const CHECK_NAMES: CheckName[] = [...(Object.keys(makers) as (keyof typeof makers)[]), 'code-of']

/** The check of a name with its parameters. @throws Error in words where the parameters make no sense */
export function makeCheck(name: Exclude<CheckName, 'code-of'>, parameters: CheckParameters = {}): Check {
  return makers[name](parameters)
}

export { mod10 }

/** No company prefix is shorter than four digits. */
export const SHORTEST_PREFIX = 4
function companyPrefixFault(value: string): number {
  for (let i = 0; i < SHORTEST_PREFIX; i++) {
    const c = value.charCodeAt(i)
    if (!(c >= 48 && c <= 57)) return Math.min(i, value.length)
  }
  return -1
}

function checkPairFault(value: string): number {
  return csumalpha(value)?.at ?? -1
}

function pieceFault(value: string): number {
  const piece = Number(value.slice(0, 2))
  const total = Number(value.slice(2, 4))
  if (piece === 0) return 0
  if (total === 0) return 2
  return piece > total ? 0 : -1
}

function dottedFault(value: string): number {
  for (let i = 0, start = 0; i <= value.length; i++) {
    if (i < value.length && value[i] !== '.') continue
    if (i === start || (value[start] === '0' && i > start + 1)) return start
    start = i + 1
  }
  return -1
}

function webFault(value: string): number {
  const scheme = /^https?:\/\//i.exec(value)?.[0]
  if (scheme === undefined) return 0
  return /^[^/?#:@]/.test(value.slice(scheme.length)) ? -1 : scheme.length
}

function withinCheck({ alphabet = '', longest = Number.MAX_SAFE_INTEGER }: CheckParameters): Check {
  const allowed = new Set(alphabet)
  const fault = (value: string) => {
    for (let i = 0; i < value.length; i++) if (i >= longest || (alphabet !== '' && !allowed.has(value[i]!))) return i
    return -1
  }
  return { kind: 'value', fault }
}
