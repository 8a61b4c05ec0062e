import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileSchemes } from './codes.ts'
import { parseSchemeFile, SchemeError } from './scheme-file.ts'
import { schemeFiles } from './schemes.fixture.ts'

const files = schemeFiles()
const codes = compileSchemes(files)

describe.each(files.map(file => [file.id, file] as const))('data/schemes/%s.json', (id, file) => {
  it.each(file.examples.valid)('reads $text', ({ text, key, lot }) => {
    for (const reading of [codes.identify(text).find(r => r.scheme === id), codes.parse(id, text)]) {
      expect(reading).toMatchObject({ ok: true, scheme: id, key, lot: lot ?? null })
      expect(reading).not.toHaveProperty('warnings')
    }
    expect(codes.validate(id, text)).toMatchObject({ ok: true })
  })

  if (file.examples.invalid.length > 0) {
    it.each(file.examples.invalid)('refuses $text', ({ text, reason, at }) => {
      const reading = codes.parse(id, text)
      expect(reading).toMatchObject({ ok: false, scheme: id, reason, at })
      expect(codes.validate(id, text)).toEqual(reading)
      const readings = codes.identify(text)
      expect(readings.filter(r => r.ok && r.scheme === id)).toEqual([])
      // unless it is another scheme's code, the fault is told
      if (!readings.some(r => r.ok && r.scheme !== 'uri')) expect(readings).toContainEqual(reading)
    })
  }

  if (file.examples.warned) {
    it.each(file.examples.warned)('warns of $text', ({ text, key, reason, at }) => {
      const reading = codes.parse(id, text)
      expect(reading).toMatchObject({ ok: true, key, warnings: [{ ok: false, scheme: id, reason, at }] })
    })
  }

  it('gives the same key for every form of a valid example', () => {
    for (const { text, key, lot } of file.examples.valid) {
      const reading = codes.parse(id, text)
      if (!reading.ok) throw new Error(`not read: ${text}`)
      for (const form of [reading.canonical, ...Object.values(reading.forms)]) {
        expect(codes.parse(id, form)).toMatchObject({ ok: true, key })
      }
      const uri = reading.forms.digitalLink ?? reading.canonical
      expect(codes.unit(uri)).toEqual({ key, lot: lot ?? null, level: reading.level })
      expect(codes.levelOf(key)).toBe(reading.level)
      expect(codes.unitKey(codes.codeOf(key))).toBe(key)
    }
  })
})

describe('scheme files', () => {
  const gtin = files.find(file => file.id === 'gtin')!
  const where = 'data/schemes/gtin.json'

  it.each([
    ['/parts/0/charset', { ...gtin, parts: [{ ...gtin.parts[0], charset: 'runes' }, gtin.parts[1]] }],
    ['/checks/0', { ...gtin, checks: [{ check: 'gs1-mod10', part: 'cheque', over: ['body'] }] }],
    ['/forms/urn/0/fields', { ...gtin, forms: { ...gtin.forms, urn: [{ ...gtin.forms.urn![0], fields: ['99'] }] } }],
    ['/parts/0', { ...gtin, parts: [{ ...gtin.parts[0], min: 1 }, gtin.parts[1]] }],
    ['/qualifiers', { ...gtin, forms: {} }],
    ['', { ...gtin, colour: 'red' }],
    ['', null],
  ])('a bad one is refused with file and place %s', (pointer, value) => {
    expect(() => parseSchemeFile(value, where)).toThrow(SchemeError)
    expect(() => parseSchemeFile(value, where)).toThrow(`${where}#${pointer}`)
  })

  it('two schemes cannot claim the same name', () => {
    expect(() => compileSchemes([gtin, { ...gtin, id: 'other' }])).toThrow(/other: another scheme already has "01"/)
    expect(() => compileSchemes([gtin, gtin])).toThrow(SchemeError)
  })

  it('any JSON value is a scheme or a SchemeError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        expect(() => parseSchemeFile(value, where)).toThrow(SchemeError)
      }),
    )
  })
})
