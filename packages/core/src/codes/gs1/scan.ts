import { mod10 } from '../checks.ts'
import { aiAt } from './ai-table.ts'
import { FNC1, type Gs1Fault, gs1Fault } from './element.ts'
import { nonDigit } from './lint/lint.ts'

/**
 * What scanners send: a symbology identifier (`]d2`), then the data (General Specifications §5.1.2, ISO/IEC 15424).
 */

/** Symbology identifiers whose data are element strings. */
const ELEMENTS = new Set([']C1', ']e0', ']e1', ']e2', ']d2', ']Q3', ']J1'])
/** Those whose data are one number of so many digits: EAN-13, UPC-A and UPC-E as 13, EAN-8, ITF-14. */
const NUMBERS: Readonly<Record<string, number>> = { ']E0': 13, ']E3': 13, ']E4': 8, ']I0': 14, ']I1': 14 }

export type Scan =
  /** element string: `text` from `from` on, FNC1 as separator; an EAN, UPC or ITF number is one, (01) */
  | { kind: 'elements'; symbol: string; text: string; from: number }
  /** anything else that a 2D symbol carries: a link, plain text */
  | { kind: 'text'; symbol: string; text: string; from: number }

/** The symbology identifier a text begins with, '' for none. */
export function symbolOf(text: string, from = 0): string {
  const symbol = text.slice(from, from + 3)
  return /^\][A-Za-z][0-9A-Za-z]$/.test(symbol) ? symbol : ''
}

/** Whether data behind this symbology identifier are GS1 elements. */
export function carriesElements(symbol: string): boolean {
  return ELEMENTS.has(symbol) || NUMBERS[symbol] !== undefined
}

/** Scanned text, sorted by its symbology identifier. A fault where there is none or the data cannot be its. */
export function readScan(text: string): Scan | Gs1Fault {
  const symbol = symbolOf(text)
  if (symbol === '') {
    return gs1Fault('format', 0, {
      zh: '应以条码类型标识符（如 ]d2）开头',
      en: 'a symbology identifier such as ]d2 is expected',
    })
  }
  const digits = NUMBERS[symbol]
  if (digits !== undefined) return readNumber(text, symbol, digits)
  if (!ELEMENTS.has(symbol)) {
    return /^\][QdJ][0-9]$/.test(symbol)
      ? { kind: 'text', symbol, text, from: 3 }
      : gs1Fault('component', 0, { zh: '不是 GS1 使用的条码类型', en: 'no symbology that GS1 uses' })
  }
  if (text.length === 3) return gs1Fault('length', 3)
  return { kind: 'elements', symbol, text, from: 3 }
}

/** A number, and behind `|]e0` the elements of a composite component. */
function readNumber(text: string, symbol: string, digits: number): Scan | Gs1Fault {
  const bar = text.indexOf('|]e0')
  const end = bar < 0 ? text.length : bar
  const number = text.slice(3, symbol === ']E3' ? Math.min(end, 3 + digits) : end)
  const bad = nonDigit(number)
  if (bad >= 0) return gs1Fault('format', 3 + bad)
  if (number.length !== digits) return gs1Fault('length', Math.min(3 + digits, end))
  if (mod10(number, 0, digits - 1) !== Number(number[digits - 1])) return gs1Fault('checksum', 2 + digits)
  const rest = bar < 0 ? '' : text.slice(bar + 4)
  return { kind: 'elements', symbol, text: `01${number.padStart(14, '0')}${rest}`, from: 0 }
}

/** Symbols of each kind: identifiers with plain data and with GS1 data, or a number of so many digits. */
const WRITERS = {
  QR: { plain: ']Q1', gs1: ']Q3' },
  DataMatrix: { plain: ']d1', gs1: ']d2' },
  DotCode: { plain: ']J0', gs1: ']J1' },
  'GS1-128': { gs1: ']C1' },
  DataBar: { gs1: ']e0' },
  'DataBar-14': { gs1: ']e0', number: 14, leading: /^[0-9]/ },
  'DataBar-Limited': { gs1: ']e0', number: 14, leading: /^[01]/ },
  'UPC-A': { number: 13, upc: ']E0', leading: /^00/ },
  'UPC-E': { number: 13, upc: ']E0', leading: /^00/ },
  'EAN-13': { number: 13, upc: ']E0', leading: /^0/ },
  'EAN-8': { number: 8, upc: ']E4', leading: /^000000/ },
} as const

export type Symbology = keyof typeof WRITERS
interface Writer {
  plain?: string
  gs1?: string
  number?: number
  upc?: string
  leading?: RegExp
}

/**
 * What a scanner sends for a symbol. Data as the GS1 Barcode Syntax Engine writes them: a leading `^` makes them an
 * element string with `^` for FNC1, a leading backslash before it takes that meaning away; `|^` begins a composite
 * component.
 */
export function writeScan(symbology: Symbology, data: string): { ok: true; text: string } | Gs1Fault {
  const { plain, gs1, number, upc, leading }: Writer = WRITERS[symbology]
  if (!number) {
    if (!data.startsWith('^')) {
      if (plain) return { ok: true, text: plain + data.replace(/^\\(\\*\^)/, '$1') }
      return gs1Fault('format', 0, {
        zh: '须是以 ^ 开头的单元数据串',
        en: 'an element string that begins with ^ is expected',
      })
    }
    const [linear = '', composite] = data.slice(1).split('|^')
    return { ok: true, text: gs1 + joined(linear, composite) }
  }
  const [linear = '', composite] = data.split('|^')
  const gtin = linear.startsWith('^01') ? linear.slice(3) : linear.padStart(14, '0')
  const bad = nonDigit(gtin)
  if (bad >= 0) return gs1Fault('format', bad)
  if (gtin.length !== 14 || !leading!.test(gtin)) return gs1Fault('length', linear.length)
  if (mod10(gtin, 0, 13) !== Number(gtin[13])) return gs1Fault('checksum', linear.length - 1)
  if (!upc) return { ok: true, text: gs1 + joined(`01${gtin}`, composite) }
  const rest = composite === undefined ? '' : `|]e0${composite.replaceAll('^', FNC1)}`
  return { ok: true, text: upc + gtin.slice(14 - number) + rest }
}

/** Linear and composite elements in one string: FNC1 between them unless the last has a predefined length. */
function joined(linear: string, composite: string | undefined): string {
  const parts = linear.split('^')
  const text = parts.join(FNC1)
  if (composite === undefined) return text
  let last = parts.at(-1)!
  let fixed = aiAt(last, 0)
  while (fixed?.fixed && last.length > fixed.ai.length + fixed.max) {
    last = last.slice(fixed.ai.length + fixed.max)
    fixed = aiAt(last, 0)
  }
  return text + (fixed?.fixed ? '' : FNC1) + composite.replaceAll('^', FNC1)
}
