import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeCheck } from './checks.ts'
import { sampleCode, sampleParts, seeded } from './samples.fixture.ts'
import type { SchemeFile } from './scheme-file.ts'
import { schemeFiles, testCodes } from './schemes.fixture.ts'

const codes = testCodes()
const files = schemeFiles()

function partsOfUri({ forms }: SchemeFile, parts: Record<string, string>) {
  const { identity } = forms
  return Object.fromEntries(Object.entries(parts).filter(([name]) => identity?.includes(`{${name}}`) ?? true))
}

describe.each(files.map(file => [file.id, file] as const))('%s', (id, file) => {
  it('reads what it wrote: parse(format(x)) = x', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0 }), seed => {
        const parts = sampleParts(codes, file, seeded(seed))
        const written = codes.format(id, parts)
        if (!written.ok) throw new Error(`${JSON.stringify(parts)}: ${written.message.en}`)
        const reading = codes.parse(id, written.text)
        expect(reading).toMatchObject({ ok: true, scheme: id, parts })
        if (!reading.ok) return
        for (const form of ['uri', ...Object.keys(reading.forms)]) {
          const other = codes.convert(reading, form)
          // a URI may hold less than the code: what identifies
          const held = form === 'uri' ? partsOfUri(file, parts) : parts
          if (other.ok) expect(codes.parse(id, other.text)).toMatchObject({ ok: true, key: reading.key, parts: held })
        }
        expect(codes.unit(reading.canonical)).toMatchObject({ key: reading.key, level: reading.level })
        expect(codes.levelOf(reading.key)).toBe(reading.level)
        expect(codes.unitKey(codes.codeOf(reading.key))).toBe(reading.key)
      }),
      { numRuns: 50 },
    )
  })

  const digits = file.checks.filter(
    use => use.over && use.check !== 'code-of' && makeCheck(use.check, use).kind === 'digit',
  )
  if (digits.length > 0) {
    it('gives the check digits that belong to a code, and finds the errors that its algorithm promises to find', () => {
      fc.assert(
        fc.property(fc.integer({ min: 0 }), fc.nat(), fc.nat(), (seed, where, other) => {
          const text = sampleCode(codes, file, seeded(seed))
          const reading = codes.parse(id, text)
          if (!reading.ok) throw new Error(text)
          for (const use of digits) {
            const check = makeCheck(use.check as 'weighted', use)
            if (check.kind !== 'digit') continue
            const body: string = use.over!.map(name => reading.parts[name]).join('')
            const digit = reading.parts[use.part]!
            expect(check.compute(body)).toBe(digit)
            expect(codes.checkDigit(id, reading.parts)).toMatchObject({ ok: true, check: digit })
            const alphabet = use.alphabet ?? '0123456789'
            const at = where % body.length
            const wrong = alphabet[other % alphabet.length]!
            if (check.guarantee.single && wrong !== body[at]) {
              expect(check.compute(body.slice(0, at) + wrong + body.slice(at + 1))).not.toBe(digit)
            }
            const [a, b]: (string | undefined)[] = [body[at], body[at + 1]]
            if (check.guarantee.swap && b !== undefined && a !== b) {
              expect(check.compute(body.slice(0, at) + b + a + body.slice(at + 2))).not.toBe(digit)
            }
          }
        }),
        { numRuns: 100 },
      )
    })
  }
})

it('lays an Ecode as its version says, main codes of digits alone included', () => {
  for (const parts of [
    { longVersion: '3', longNsi: '55665', freeMd: '1' },
    { version: '1', nsi: '5566', md: '51' },
  ]) {
    const written = codes.format('ecode', parts)
    expect(codes.parse('ecode', written.ok ? written.text : '')).toMatchObject({ ok: true, parts })
  }
})

describe('every verb', () => {
  const ids = [...files.map(file => file.id), 'nobody', '__proto__', '']
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .tuple(fc.constantFrom(...files), fc.integer({ min: 0 }))
      .map(([file, seed]) => sampleCode(codes, file, seeded(seed))),
    fc
      .tuple(
        fc.constantFrom(...files.flatMap(f => f.normalise?.prefixes ?? ['urn:yuanliu:'])),
        fc.string({ unit: 'binary' }),
      )
      .map(([word, rest]) => word + rest),
    fc.constantFrom('\ud800', '％', 'urn:yuanliu:uscc:%zz', 'urn:oid:', 'hdl:', 'https://hdl.handle.net/%ff', '2.5.'),
  )

  it('answers anything without an exception, in one shape', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ids), anything, fc.string(), (id, text, form) => {
        for (const reading of [codes.parse(id, text), ...codes.identify(text)]) {
          JSON.stringify(reading)
          if (reading.ok) {
            expect(codes.levelOf(reading.key)).toBe(reading.level)
            expect(codes.unitKey(reading.canonical)).toBe(reading.key)
            continue
          }
          expect(reading.at).toBeGreaterThanOrEqual(0)
          expect(reading.at).toBeLessThanOrEqual(text.length)
          expect(reading.message.zh).not.toBe('')
        }
        const results = [
          codes.validate(id, text),
          codes.format(id, { [form]: text, serial: text }, form),
          codes.checkDigit(id, text),
          codes.convert(text, form),
        ]
        for (const result of results) expect(typeof result.ok).toBe('boolean')
        const { key, level } = codes.unit(text)
        expect(codes.unit(key)).toMatchObject({ key, level })
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['(01)6901234567892', '01/06901234567892'],
    ['016901234567892', '01/06901234567892'],
    ['(01)6901234567892(10)L42', '01/06901234567892/10/L42'],
    ['(01)96385074', '01/00000096385074'],
  ])('completes a shorter number in an element string: %s', (text, key) => {
    const readings = codes.identify(text).filter(r => r.ok && r.scheme === 'gtin')
    expect(readings).toMatchObject([{ key, canonical: `https://id.gs1.org/${key}` }])
  })

  it('names the schemes there are, to who asks for one that is not', () => {
    expect(codes.parse('nobody', '1')).toMatchObject({ ok: false, reason: 'scheme' })
    const { message } = codes.parse('nobody', '1') as { message: { zh: string; en: string } }
    expect(message.en).toContain('uscc')
    expect(message.zh).toContain('gtin')
  })

  it('refuses what is too long by its length, and takes linear time below', () => {
    const long = '1'.repeat(4097)
    expect(codes.parse('uscc', long)).toMatchObject({ ok: false, reason: 'length', at: 4096 })
    expect(codes.identify(long)).toMatchObject([{ ok: false, reason: 'length', at: 4096 }])
    const start = performance.now()
    for (const unit of [
      '1',
      'A',
      'SC',
      '-',
      ' ',
      '.',
      '１',
      '国',
      'urn:',
      '8.',
      '(',
      '%E5',
      '/',
      'MA.156.',
      'a\n',
      ' https://a',
      '\r\n 种',
    ]) {
      const text = unit.repeat(4096).slice(0, 4096)
      codes.identify(text)
      for (const id of ids) codes.parse(id, text)
    }
    expect(performance.now() - start).toBeLessThan(20_000)
  })
})
