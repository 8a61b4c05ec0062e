import { describe, expect, it } from 'vitest'
import { VECTORS_THERE, vectors } from '../vectors.fixture.ts'
import { aiPattern } from './ai-table.ts'
import { associationFaults, excluded, findAi, lacking, repeated, unserialised } from './associations.ts'
import { bareElements, bracketedElements } from './element-string.ts'
import { parseElementString, writeElementString } from './elements.ts'
import { parseDigitalLink } from './link.ts'
import { writeDigitalLink } from './link-write.ts'
import { decodeSegment, escapeUri } from './percent.ts'
import { readScan, type Symbology, writeScan } from './scan.ts'

/** The vectors of GS1's Barcode Syntax Engine; `^` stands for FNC1 there. */

type Value = string | boolean | null | { expr: string }
const cases = (name: string) =>
  vectors<{ cases: Value[][] }>(`gs1-syntax-engine/vectors/${name}.json`, { cases: [] }).cases
/** Cases whose input is a variable of the engine's own test program, which the vectors do not hold. */
const variable = (value: Value | undefined) => typeof value === 'object' && value !== null

/** What GS1's engine holds elements as. */
function held(elements: readonly { ai: string; value: string }[]): string {
  const written = writeElementString(elements, { form: 'fnc1', order: 'given', separator: '^' })
  return written.ok ? written.text : written.message.en
}

describe.skipIf(!VECTORS_THERE)('GS1 Barcode Syntax Engine vectors (skipped where ../shared/vectors is absent)', () => {
  describe('bracketed elements', () => {
    it.each(cases('test_parseAIdata').filter(([, data]) => !variable(data)))('%s %s', (ok, data, expected) => {
      const parsed = parseElementString(data as string, { marked: true })
      expect(parsed.ok).toBe(ok)
      if (parsed.ok) expect(held(parsed.elements)).toBe(expected)
    })

    it('as long as its buffer, and longer than ours (the two cases whose input is not in the vectors)', () => {
      expect(cases('test_parseAIdata').filter(([, data]) => variable(data))).toHaveLength(2)
      const long = (length: number) => `(91)${'1'.repeat(90)}(92)${'2'.repeat(90)}`.padEnd(length, 'x')
      expect(parseElementString(long(0)).ok).toBe(true)
      expect(parseElementString(long(4097))).toMatchObject({ ok: false, reason: 'length', at: 4096 })
    })

    it.each(cases('test_errMarkup'))('%s points at %s', (data, marked) => {
      const parsed = parseElementString(data as string)
      const [before, wrong] = (marked as string).split('|')
      expect(parsed).toMatchObject({ ok: false, at: before!.length })
      if (!parsed.ok) expect((data as string)[parsed.at]).toBe(wrong)
    })
  })

  it.each(cases('test_processAIdata'))('elements %s %s', (ok, data) => {
    expect(parseElementString(data as string, { marked: true }).ok).toBe(ok)
  })

  describe('elements that are there', () => {
    /** The engine's variables are not in the vectors; these hold what all of its answers say of them. */
    const DATA: Record<string, string> = {
      dataStr1: '^0112345678901231',
      dataStr2: '^95A^96B^98C',
      dataStr3: '^0112345678901231235XYZ^8002ABC',
    }
    it.each(cases('test_existsInAIdata'))('%s %o %s but %s', (there, data, pattern, but, found) => {
      const elements = bareElements(DATA[(data as { expr: string }).expr]!, 1, '^')
      if (typeof elements === 'number') throw new Error('no elements')
      const ai = findAi(elements, aiPattern(pattern as string), (but as string | null) ?? undefined)
      expect(ai !== undefined).toBe(there)
      if (found !== null) expect(ai).toBe(found)
    })
  })

  describe('rules between elements', () => {
    const rules: Record<string, (elements: { ai: string; value: string }[]) => unknown> = {
      validateAIrepeats: repeated,
      validateAImutex: excluded,
      validateAIrequisites: lacking,
      validateDigSigRequiresSerialisedKey: unserialised,
    }
    it.each(cases('test_validateAIs'))('%s %o %s', (ok, rule, data) => {
      const elements = bracketedElements(data as string, 0)
      if (typeof elements === 'number') throw new Error('no elements')
      const { expr } = rule as { expr: string }
      expect(rules[expr]!(elements) === undefined).toBe(ok)
      if (!ok && expr !== 'validateAIrepeats') expect(associationFaults(elements).length).toBeGreaterThan(0)
    })
  })

  describe('escapes', () => {
    it.each(cases('test_URIescape'))('of %s', (text, path) => {
      expect(escapeUri(text as string)).toBe(path)
    })
    it.each(cases('test_URIunescape'))('undone in %s', (text, path, query) => {
      expect(decodeSegment(text as string)).toBe(path)
      const link = parseDigitalLink(`https://a/01/12312312312333?99=${text}`)
      if (link.ok) expect(link.elements[1]!.value).toBe(query)
      else expect(query).toMatch(/[^!-z]/)
    })
    it.each(cases('test_URIescape'))('of %s in a query is read back', (text, _, query) => {
      expect(decodeSegment((query as string).replaceAll('+', ' '))).toBe(text)
    })
  })

  describe('links', () => {
    // the same link stands there once with an option of the engine off, once with it on
    const options = new Map<string, object>([
      ['https://a/gtin/12312312312333', { aliases: false }],
      ['https://a/01/02345673', { short: false }],
      ['https://a/8004/9520614141234567?01=2112345678900', { short: false }],
    ])
    it.each(cases('test_parseDLuri'))('%s %s', (ok, link, expected) => {
      const parsed = parseDigitalLink(link as string, ok ? {} : options.get(link as string))
      expect(parsed.ok).toBe(ok)
      if (parsed.ok) expect(held(parsed.elements)).toBe(expected)
      else expect(parsed.at).toBeLessThanOrEqual((link as string).length)
    })

    it.each(cases('test_testGenerateDLuri'))('%s %s %s', (ok, stem, data, expected) => {
      const parsed = parseElementString(data as string)
      if (!parsed.ok) throw new Error(parsed.message.en)
      const written = writeDigitalLink(parsed.elements, stem === null ? {} : { stem: stem as string })
      expect(written.ok).toBe(ok)
      if (written.ok) expect(written.text).toBe(expected)
    })
  })

  describe('scans', () => {
    it.each(cases('test_testProcessScanData'))('%s %j %o', (ok, text, _, expected) => {
      const scan = readScan(text as string)
      const parsed = !('ok' in scan) && scan.kind === 'elements' ? parseElementString(text as string) : scan
      expect(!('ok' in parsed) || parsed.ok).toBe(ok)
      if (!ok || 'ok' in scan) return
      if ('ok' in parsed && parsed.ok) {
        // a number stands there as it is; here it is the product it names
        const number = /^\d+$/.exec(expected as string)?.[0]
        expect(held(parsed.elements)).toBe(number ? `^01${number.padStart(14, '0')}` : expected)
      } else if (scan.kind === 'text') {
        // the engine's own escape: data that begin with ^ after any number of backslashes get one more
        expect(scan.text.slice(scan.from).replace(/^(\\*\^)/, '\\$1')).toBe(expected)
      }
    })

    const SYMBOLOGY: Record<string, Symbology> = {
      QR: 'QR',
      DM: 'DataMatrix',
      DotCode: 'DotCode',
      DataBarExpanded: 'DataBar',
      DataBarOmni: 'DataBar-14',
      DataBarLimited: 'DataBar-Limited',
      GS1_128_CCA: 'GS1-128',
      UPCA: 'UPC-A',
      UPCE: 'UPC-E',
      EAN13: 'EAN-13',
      EAN8: 'EAN-8',
    }
    const symbol = (value: Value | undefined) => SYMBOLOGY[(value as { expr: string }).expr]
    it.each(cases('test_testGenerateScanData').filter(([name]) => symbol(name)))(
      '%o %s → %j',
      (name, data, expected) => {
        const written = writeScan(symbol(name)!, data as string)
        expect(written.ok ? written.text : null).toBe(expected)
      },
    )
    it('no symbology sends nothing', () => {
      const none = cases('test_testGenerateScanData').filter(([name]) => !symbol(name))
      expect(none.map(([name, , expected]) => [name, expected])).toEqual(none.map(() => [{ expr: 'NONE' }, null]))
    })
  })
})
