import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileSchemes } from './codes.ts'
import { parseSchemeFile, SchemeError } from './scheme-file.ts'
import { schemeFiles } from './schemes.fixture.ts'

const files = schemeFiles()
const codes = compileSchemes(files)

describe.each(files.map(file => [file.id, file] as const))('data/schemes/%s.json', (id, file) => {
  it.each(file.examples.valid)('reads $text', ({ text, key, lot }) => {
    const reading = codes.read(text).find(r => r.scheme === id)
    expect(reading).toMatchObject({ ok: true, key, lot: lot ?? null })
    expect(reading).not.toHaveProperty('warnings')
  })

  it.each(file.examples.invalid)('refuses $text', ({ text, reason, at }) => {
    const readings = codes.read(text)
    expect(readings.find(r => r.scheme === id)).toMatchObject({ ok: false, reason, at })
    expect(readings.filter(r => r.ok && r.scheme !== 'uri')).toEqual([])
  })

  it('gives the same key for every form of a valid example', () => {
    for (const { text, key, lot } of file.examples.valid) {
      const reading = codes.read(text).find(r => r.scheme === id)
      if (!reading?.ok) throw new Error(`not read: ${text}`)
      for (const form of [reading.canonical, ...Object.values(reading.forms)]) {
        expect(codes.read(form).find(r => r.scheme === id)).toMatchObject({ ok: true, key })
      }
      expect(codes.unit(reading.forms.digitalLink!)).toMatchObject({ key, lot: lot ?? null, level: reading.level })
      expect(codes.levelOf(key)).toBe(reading.level)
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
    ['/forms', { ...gtin, forms: {} }],
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
