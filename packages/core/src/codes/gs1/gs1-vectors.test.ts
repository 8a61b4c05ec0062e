import { describe, expect, it } from 'vitest'
import { type CharsetName, firstOutside } from '../charset.ts'
import { makeCheck } from '../checks.ts'
import { schemeFiles, testCodes } from '../schemes.fixture.ts'
import { VECTORS_THERE, vectors, vectorText } from '../vectors.fixture.ts'
import { bareElements } from './element-string.ts'

type Checks = Parameters<typeof makeCheck>[0]
function digit(name: Checks, body: string): string {
  const check = makeCheck(name)
  return check.kind === 'digit' ? check.compute(body) : ''
}
function fault(name: Checks, value: string): number {
  const check = makeCheck(name)
  return check.kind === 'value' ? check.fault(value) : 0
}

/** GS1's own vectors: what of the syntax dictionary, its linters and the syntax engine concerns identification keys. */

const files = schemeFiles().filter(file => file.forms.digitalLink)
const codes = testCodes()
type Case = (string | boolean | null | { expr: string })[]
const engine = (name: string) =>
  vectors<{ cases: Case[] }>(`gs1-syntax-engine/vectors/${name}.json`, { cases: [] }).cases

describe.skipIf(!VECTORS_THERE)('GS1 vectors (skipped where ../shared/vectors is absent)', () => {
  describe('syntax dictionary', () => {
    const entries = new Map(
      vectorText('gs1-syntax-dictionary/gs1-syntax-dictionary.txt')
        .split('\n')
        .flatMap(line => {
          const found = /^(\d{2,4})(?:-(\d{4}))?\s+(\*?)[?\s]*([NXYZ[].*?)\s*(?:#|$)/.exec(line)
          return found ? [[found[1]!, { fixed: found[3] === '*', text: found[4]! }] as const] : []
        }),
    )

    it.each(files.map(file => [file.id, file] as const))('%s has its lengths, sets and qualifiers', (_, file) => {
      const entry = entries.get(file.forms.digitalLink!.ai)!
      const order = /dlpkey(?:=(\S+))?/.exec(entry.text)
      expect(order).not.toBeNull()
      expect(file.qualifiers.map(q => q.ai)).toEqual(order![1]?.split(/[,|]/) ?? [])
      const { min, max } = limits(entry.text)
      expect(file.parts.reduce((sum, part) => sum + part.max, 0)).toBe(max)
      if (file.parts.every(part => part.charset === 'digits')) {
        expect(file.parts.reduce((sum, part) => sum + part.min, 0)).toBe(min)
      }
      for (const q of file.qualifiers) {
        const own = entries.get(q.ai)!.text
        expect([q.ai, q.max]).toEqual([q.ai, limits(own).max])
        const widest = (['X', 'Y', 'N'] as const).find(letter => new RegExp(`(^|\\s)${letter}[.0-9]`).test(own))!
        expect(q.charset).toBe({ N: 'digits', X: 'cset82', Y: 'cset39' }[widest])
      }
    })

    it('element strings end where the dictionary says', () => {
      expect(entries.size).toBeGreaterThan(180)
      for (const [ai, { fixed, text }] of entries) {
        const { max } = limits(text)
        const value = '1'.repeat(max)
        const elements = bareElements(`${ai}${value}${fixed ? '' : '\u001d'}1099`, 0)
        expect(elements, ai).toEqual([
          { ai, value, at: ai.length },
          { ai: '10', value: '99', at: ai.length + max + (fixed ? 2 : 3) },
        ])
      }
    })
  })

  describe('linters', () => {
    const all = vectors<{ linter: string; input: string; ok: boolean }[]>(
      'gs1-syntax-dictionary/vectors/linter-vectors.json',
      [],
    )
    const verdicts: Record<string, (input: string) => boolean> = {
      csum: input =>
        input.length > 1 &&
        firstOutside(input, 'digits') < 0 &&
        digit('gs1-mod10', input.slice(0, -1)) === input.at(-1),
      csetnumeric: inSet('digits'),
      cset82: inSet('cset82'),
      cset39: inSet('cset39'),
      nozeroprefix: input => firstOutside(input, 'digits') < 0 && fault('no-leading-zero', input) < 0,
      pieceoftotal: input => fault('piece-of-total', input) < 0,
    }
    it.each(Object.entries(verdicts))('%s', (linter, verdict) => {
      const own = all.filter(v => v.linter === linter && (linter !== 'pieceoftotal' || /^\d{4}$/.test(v.input)))
      expect(own.length).toBeGreaterThan(3)
      for (const { input, ok } of own) expect([input, verdict(input)]).toEqual([input, ok])
    })
  })

  describe('syntax engine', () => {
    /** Refused there under options that are not ours, or for what is in the query, which names no unit. */
    const OURS = new Set(['https://a/gtin/12312312312333', 'https://a/01/02345673'])
    it.each(engine('test_parseDLuri').map(([ok, link, data]) => ({ ok, link: String(link), data: String(data) })))(
      'link $link: $ok',
      ({ ok, link, data }) => {
        const { key } = codes.unit(link)
        if (ok === true) {
          const elements = bareElements(data.replaceAll('^', '\u001d'), 0)
          if (typeof elements === 'number') throw new Error(data)
          expect(key.startsWith(`${elements[0]!.ai}/${elements[0]!.value}`)).toBe(true)
          const item = elements.find(e => e.ai === '21' || e.ai === '235')
          if (item) expect(key.endsWith(`/${item.ai}/${item.value}`)).toBe(true)
        } else if (!OURS.has(link) && !link.includes('?')) expect(codes.levelOf(key)).toBe('other')
      },
    )

    const writing = engine('test_testGenerateDLuri').map(([ok, , data, link]) => ({
      ok,
      data: String(data),
      link: String(link),
    }))
    it.each(writing)('writes $data as $link', ({ ok, data, link }) => {
      const [reading] = codes.identify(data)
      if (ok === true) {
        const path = new URL(link).pathname
        const written = codes.identify(data).map(r => (r.ok ? new URL(r.forms.digitalLink!).pathname : r.reason))
        expect(written).toContain(path)
      } else if (data.includes('(235)')) expect(reading).toHaveProperty('warnings')
    })

    const scans = engine('test_testProcessScanData').filter(
      ([ok, scan]) => ok === true && /^\](C1|e0|d2|Q3|J1)(00|01)/.test(String(scan)),
    )
    it.each(scans.map(([, scan, , data]) => ({ scan: String(scan), data: String(data) })))('scan $scan', vector => {
      const elements = bareElements(vector.data.replaceAll('^', '\u001d').replaceAll('|', ''), 0)
      if (typeof elements === 'number') throw new Error(vector.data)
      const [reading] = codes.identify(vector.scan)
      expect(reading).toMatchObject({ ok: true })
      if (reading?.ok) {
        expect(reading.key.startsWith(`${elements[0]!.ai}/${elements[0]!.value}`)).toBe(true)
        const lot = elements.find(e => e.ai === '10')
        if (lot) expect(reading.parts.lot).toBe(lot.value)
      }
    })
  })
})

function inSet(name: CharsetName) {
  return (input: string) => firstOutside(input, name) < 0
}

/** Shortest and longest value by a dictionary entry. */
function limits(text: string): { min: number; max: number } {
  let min = 0
  let max = 0
  for (const word of text.split(/\s+/)) {
    const found = /^(\[?)[NXYZ](\.\.)?(\d+)/.exec(word)
    if (!found) break
    max += Number(found[3])
    if (!found[1]) min += found[2] ? 1 : Number(found[3])
  }
  return { min, max }
}
