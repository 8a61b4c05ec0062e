import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileSchemes } from './codes.ts'
import { parseSchemeFile, SchemeError } from './scheme-file.ts'
import { schemeFiles, testCodes } from './schemes.fixture.ts'

const codes = testCodes()
const seed = schemeFiles().find(file => file.id === 'seed-label')!
const LINES = ['登海605', '山东登海种业股份有限公司', '37068300100000012345', 'https://seed.example.cn/t/1'] as const
const [variety, operator, unit, url] = LINES
const parts = { variety, operator, unit, url }
const read = (text: string) => codes.identify(text)[0]
const { key } = codes.parse('seed-label', LINES.join('\n')) as { key: string }

describe('a code of several lines', () => {
  it('is the same however its lines are broken and padded', () => {
    const blank = fc.constantFrom('', ' ', '\t', '　', '\u00a0', ' \u200b ', '\ufeff')
    const edge = fc.array(blank, { maxLength: 3 }).map(all => all.join(''))
    const gap = fc
      .tuple(edge, fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\n \r\n', '\u2028'), edge)
      .map(all => all.join(''))
    fc.assert(
      fc.property(edge, gap, gap, gap, edge, (before, a, b, c, after) => {
        const text = before + variety + a + operator + b + unit + c + url + after
        expect(read(text)).toMatchObject({ ok: true, scheme: 'seed-label', key, parts, level: 'item' })
        expect(codes.parse('seed-label', text)).toMatchObject({ ok: true, key, parts })
      }),
    )
  })

  it('names what its identity says, whatever else stands on it', () => {
    const other = read(`登海618\n${operator}\n${unit}\nhttp://other.example.cn`)
    expect(other).toMatchObject({ ok: true, key })
    expect(read(`${variety}\n别的种业有限公司\n${unit}\n${url}`)).not.toMatchObject({ key })
    expect(read(`${variety}\n${operator}\n${unit}6\n${url}`)).not.toMatchObject({ key })
  })

  it('is read back from its URI with the parts that identify, and is no text then', () => {
    const reading = read(key)
    expect(reading).toMatchObject({ ok: true, scheme: 'seed-label', key, canonical: key, forms: { uri: key } })
    expect(reading?.ok && reading.parts).toEqual({ operator, unit })
    expect(codes.convert(key, 'text')).toMatchObject({ ok: false })
    expect(codes.unit(decodeURIComponent(key))).toEqual({ key, level: 'item', lot: null })
    // the two lines alone are no label
    expect(codes.parse('seed-label', `${operator}\n${unit}`)).toMatchObject({ ok: false, reason: 'length' })
  })

  it('has one key and one level at any length, also where the key has to be cut', () => {
    const char = fc.constantFrom('中', '𠮷', 'a', '%', '~')
    const name = fc.tuple(char, fc.integer({ min: 1, max: 80 })).map(([c, n]) => c.repeat(Math.ceil(n / c.length)))
    fc.assert(
      fc.property(name, fc.string({ unit: 'grapheme', maxLength: 600 }), (long, rest) => {
        const reading = read(`${variety}\n${long}\n${unit}\n${url}`)
        if (!reading?.ok) throw new Error(`not read: ${long}`)
        const raw = `urn:yuanliu:seed-label:${long}\n${unit}`
        for (const uri of [reading.canonical, reading.key, raw, `urn:yuanliu:handle:1/${long}${rest}`]) {
          const { key, level } = codes.unit(uri)
          expect(codes.unit(key)).toEqual({ key, level, lot: null })
          expect(codes.levelOf(key)).toBe(level)
        }
        expect(codes.unit(reading.canonical)).toEqual({ key: reading.key, level: reading.level, lot: null })
      }),
      { numRuns: 300 },
    )
    // a key that was cut is a code of no scheme, whatever its parts may hold
    const [part] = seed.parts
    const free = {
      ...seed,
      id: 'free',
      parts: [{ ...part!, max: 2000 }],
      layouts: ['{variety}'],
      checks: [],
      forms: {},
      normalise: { strip: '-' },
    }
    const own = compileSchemes([free])
    for (const length of [40, 60, 139, 170, 300, 417, 418, 600]) {
      for (const text of ['x'.repeat(length), '中'.repeat(length), '中'.repeat(34) + '-'.repeat(length)]) {
        const { key, level } = own.unit(`urn:yuanliu:free:${text}`)
        expect(own.unit(key)).toEqual({ key, level, lot: null })
        expect(level).toBe(own.levelOf(key))
      }
    }
  })

  it('keeps the level of a unit whose operator has a long name', () => {
    const long = '中'.repeat(40)
    const reading = read(`${variety}\n${long}\n${unit}\n${url}`)
    if (!reading?.ok) throw new Error('not read')
    expect(reading).toMatchObject({ level: 'item', parts: { operator: long } })
    expect(codes.levelOf(reading.key)).toBe('item')
    expect(codes.unitKey(reading.canonical)).toBe(reading.key)
  })

  it('is read from one line of as many words as it has lines, and from no other', () => {
    for (const gap of [' ', '\t', '  ', '　 ']) expect(read(LINES.join(gap))).toMatchObject({ ok: true, key, parts })
    // which words belong together nobody knows: said where one is too many
    const torn = `LG 30.444 ${operator} ${unit} ${url}`
    expect(codes.identify(torn)).toMatchObject([
      { ok: false, scheme: 'seed-label', reason: 'length', at: torn.lastIndexOf(' ') },
    ])
    expect(read(torn)).toMatchObject({ message: { zh: expect.stringContaining('分行输入') } })
    expect(codes.identify(`${variety} ${url}`)).toEqual([])
    expect(codes.identify(LINES.join(''))).toEqual([])
  })

  it('leaves texts of other lines alone', () => {
    expect(read('6901234567892\n')).toMatchObject({ ok: true, scheme: 'gtin' })
    expect(codes.identify('6901234567892\n6901234567885').filter(r => r.scheme === 'seed-label')).toEqual([])
    expect(codes.identify('种子\n一袋')).toEqual([])
    expect(codes.identify(Array.from({ length: 9 }, () => variety).join('\n'))).toEqual([])
  })

  it('tells the place of a fault in the text as it was given', () => {
    const text = `\r\n ${variety} \r\n\r\n${operator}\r\n 37 06\r\n${url}`
    expect(read(text)).toMatchObject({ ok: false, reason: 'format', at: text.indexOf(' 06') })
    expect(read(LINES.join('\n').replace('https', 'ftp'))).toMatchObject({ ok: false, reason: 'component', at: 40 })
    expect(read(LINES.join('\n').replace(url, 'https:///x'))).toMatchObject({ ok: false, reason: 'component', at: 48 })
  })
})

describe('scheme files', () => {
  it.each([
    ['/forms/identity: no part', { ...seed, forms: { ...seed.forms, identity: '{nobody}' } }],
    ['/forms/identity: nothing says where', { ...seed, forms: { ...seed.forms, identity: '{operator}{unit}' } }],
    ['/forms/identity: braces', { ...seed, forms: { ...seed.forms, identity: '{operator' } }],
    ['/layouts: not all', { ...seed, layouts: [...seed.layouts!, '{operator}\n{unit}'] }],
    ['/forms/identity: a part of it', { ...seed, layouts: [...seed.layouts!, '{variety}\n{operator}\nx\n{url}'] }],
  ])('are refused where they make no sense of it: %s', (words, value) => {
    expect(() => parseSchemeFile(value, 'x.json')).toThrow(SchemeError)
    expect(() => parseSchemeFile(value, 'x.json')).toThrow(`x.json#${words}`)
  })

  it('need no word in front, but may have one', () => {
    const { bare: _, ...forms } = seed.forms
    const named = compileSchemes([{ ...seed, forms, normalise: { prefixes: ['种子标签'] } }])
    expect(named.identify(`种子标签：\n${LINES.join('\n')}`)).toMatchObject([{ ok: true, key }])
    expect(named.identify(LINES.join('\n'))).toEqual([])
  })
})
