import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VECTORS_THERE, vectors } from '../../vectors.fixture.ts'
import { checkPair } from './characters.ts'
import { isoDate } from './dates.ts'
import type { PrefixSource } from './lint.ts'
import { LINTERS } from './linters.ts'

interface Case {
  linter: string
  input: string
  ok: boolean
  error?: string
  highlight?: string
}
const cases = vectors<Case[]>('gs1-syntax-dictionary/vectors/linter-vectors.json', [])

/** Those cases suppose a source of company prefixes that says so. */
const SOURCES: Record<string, PrefixSource> = {
  GS1_LINTER_INVALID_GCP_PREFIX: () => 'unknown',
  GS1_LINTER_GCP_DATASOURCE_OFFLINE: () => 'offline',
}
describe.skipIf(!VECTORS_THERE)('linter vectors (skipped where ../shared/vectors is absent)', () => {
  it.each([...new Set(cases.map(c => c.linter))])('%s', name => {
    const lint = LINTERS[name]!
    for (const vector of cases.filter(c => c.linter === name)) {
      const fault = lint(vector.input, SOURCES[vector.error!])
      expect([vector.input, fault === null]).toEqual([vector.input, vector.ok])
      // GS1 marks the whole text where it ends too early; we point at where it ends
      if (fault && fault.reason !== 'length' && !SOURCES[vector.error!]) {
        expect(fault.at).toBeGreaterThanOrEqual(vector.highlight!.indexOf('*'))
      }
    }
  })

  it('are many', () => expect(cases.length).toBeGreaterThan(3000))
})

describe('linters', () => {
  it.each([
    ['hyphen', '-', true],
    ['hyphen', '', false],
    ['latitude', '1800000000', true],
    ['latitude', '1800000001', false],
    ['longitude', '3600000001', false],
    ['iso5218', '9', true],
    ['gcppos1', '1234', true],
    ['gcppos1', '123', false],
    ['gcppos2', 'A1234', true],
    ['gcppos2', '1A234', false],
    ['cset64', '===', false],
  ] as const)('%s of "%s": %s', (name, text, ok) => {
    expect(LINTERS[name]!(text) === null).toBe(ok)
  })

  it('throw on nothing and point into the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^\d{0,40}$/)), text => {
        for (const lint of Object.values(LINTERS)) {
          const fault = lint(text)
          if (fault) expect(fault.at).toBeLessThanOrEqual(text.length)
        }
      }),
    )
  })

  it('the check pair finds every wrong character and every swap of neighbours', () => {
    const set = [...'!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz']
    const body = fc.string({ unit: fc.constantFrom(...set), minLength: 5, maxLength: 23 })
    fc.assert(
      fc.property(body, fc.nat(22), fc.constantFrom(...set), (text, at, char) => {
        const i = at % (text.length - 1)
        const wrong = text.slice(0, i) + char + text.slice(i + 1)
        const swapped = text.slice(0, i) + text[i + 1] + text[i] + text.slice(i + 2)
        for (const other of [wrong, swapped]) {
          expect(checkPair(other) === checkPair(text)).toBe(other === text)
        }
      }),
    )
  })
})

describe('isoDate', () => {
  it.each([
    ['261231', 2026, '2026-12-31'],
    ['760101', 2026, '2076-01-01'],
    ['770101', 2026, '1977-01-01'],
    ['240200', 2026, '2024-02-29'],
    ['230229', 2026, null],
    ['0101', 2026, null],
    ['500101', 1999, '1950-01-01'],
    ['490101', 1999, '2049-01-01'],
  ] as const)('%s in %d is %s', (text, year, date) => {
    expect(isoDate(text, year)).toBe(date)
  })
})
