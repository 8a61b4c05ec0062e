import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mod10 } from './checks.ts'
import { encodeSegment } from './gs1/percent.ts'
import { testCodes } from './schemes.fixture.ts'

const codes = testCodes()
const SET82 = [...`!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`]

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length })
const text82 = (maxLength = 20) => fc.string({ unit: fc.constantFrom(...SET82), minLength: 1, maxLength })
const withCheck = (body: string) => body + mod10(body, 0, body.length)
/** TDS §6, escapes of EPC URNs */
const urnEscaped = (text: string) => text.replace(/["%&/<>?#]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
const gtin = digits(13).map(withCheck)
const notation = fc.record({ gtin, prefix: fc.integer({ min: 6, max: 12 }), serial: text82(), lot: text82() })
const domain = fc.constantFrom('https://id.gs1.org', 'http://example.com:8080', 'HTTPS://Shop.Example.CN/a/01/b')

describe('one key for every notation', () => {
  it('of an item: URN, link anywhere, element string', () => {
    fc.assert(
      fc.property(notation, domain, ({ gtin, prefix, serial }, host) => {
        const key = `01/${gtin}/21/${encodeSegment(serial)}`
        const rest = gtin.slice(1, 13)
        const urn = `urn:epc:id:sgtin:${rest.slice(0, prefix)}.${gtin[0]}${rest.slice(prefix)}.${urnEscaped(serial)}`
        expect(codes.unit(urn)).toEqual({ key, level: 'item', lot: null })
        expect(codes.unitKey(`${host}/01/${gtin}/21/${encodeURIComponent(serial)}?17=251231#x`)).toBe(key)
        expect(
          codes.unitKey(
            `${host}/gtin/${gtin}/ser/${encodeURIComponent(serial).toLowerCase().includes('%') ? encodeURIComponent(serial) : serial}`,
          ),
        ).toBe(key)
        const keysIn = (text: string) => codes.identify(text).flatMap(r => (r.ok ? [r.key] : []))
        // digits without a mark may be a code of another kind, too
        expect(keysIn(`01${gtin}21${serial}`)).toContain(key)
        for (const text of [`]C101${gtin}21${serial}`, `\u001d01${gtin}21${serial}\u001d99X`])
          expect(keysIn(text)).toEqual([key])
        expect(codes.toUrn(codes.codeOf(key), () => prefix)).toBe(urn)
        expect(codes.toDigitalLink(urn)).toBe(`https://id.gs1.org/${key}`)
      }),
    )
  })

  it('of a lot, and of the lot beside a serial', () => {
    fc.assert(
      fc.property(notation, ({ gtin, prefix, lot, serial }) => {
        const key = `01/${gtin}/10/${encodeSegment(lot)}`
        const rest = gtin.slice(1, 13)
        const urn = `urn:epc:class:lgtin:${rest.slice(0, prefix)}.${gtin[0]}${rest.slice(prefix)}.${urnEscaped(lot)}`
        expect(codes.unit(urn)).toEqual({ key, level: 'lot', lot: null })
        expect(codes.lotKey(`01/${gtin}`, lot)).toBe(key)
        expect(codes.lotKey(`01/${gtin}/21/7`, lot)).toBe(key)
        const item = `01/${gtin}/21/${encodeSegment(serial)}`
        const both = `https://id.gs1.org/01/${gtin}/22/V/10/${encodeURIComponent(lot)}/21/${encodeURIComponent(serial)}`
        expect(codes.unit(both)).toEqual({ key: item, level: 'item', lot: key })
        expect(codes.identify(`]d201${gtin}10${lot}\u001d21${serial}`)).toMatchObject([
          { ok: true, key: item, lot: key },
        ])
        expect(codes.classKey(item)).toBe(`01/${gtin}`)
        expect(codes.classKey(key)).toBe(`01/${gtin}`)
      }),
    )
  })

  it('of a logistic unit', () => {
    fc.assert(
      fc.property(digits(17).map(withCheck), fc.integer({ min: 6, max: 12 }), (sscc, prefix) => {
        const rest = sscc.slice(1, 17)
        const urn = `urn:epc:id:sscc:${rest.slice(0, prefix)}.${sscc[0]}${rest.slice(prefix)}`
        const all = [
          urn,
          `https://a.b/x/00/${sscc}`,
          `(00)${sscc}`,
          `00${sscc}`,
          ` ${sscc.slice(0, 9)} ${sscc.slice(9)}`,
        ]
        const readings = all.map(text => codes.identify(text).find(r => r.scheme === 'sscc'))
        for (const reading of readings)
          expect(reading).toMatchObject({ ok: true, key: `00/${sscc}`, level: 'logistic' })
        expect(codes.unitKey(urn)).toBe(`00/${sscc}`)
      }),
    )
  })
})

describe('unit', () => {
  it.each([
    ['https://id.gs1.org/01/09506000134353/10/L', '01/09506000134353/10/L', 'a wrong check digit is kept'],
    ['https://id.gs1.org/01/6901234567892/22/2A', '01/06901234567892', 'the variant is no part of the key'],
    ['https://id.gs1.org/01/06901234567892/10/%e6%89%b9%2D1', '01/06901234567892/10/%E6%89%B9-1', 'one spelling'],
    ['https://id.gs1.org/01/06901234567892/10/批-1', '01/06901234567892/10/%E6%89%B9-1', 'IRIs too'],
    ['https://id.gs1.org/414/9520123456788/254/0', '414/9520123456788', 'extension 0 says there is none'],
    ['https://id.gs1.org/01/06901234567892/21/100%', '01/06901234567892/21/100%25', 'a stray % is itself'],
    ['urn:epc:idpat:itip:483478.7347834.92.93.*', '8006/748347834783449293', 'class pattern'],
    ['HTTPS://User@Example.COM/Path/X?Q', 'https://User@example.com/Path/X?Q', 'scheme and host lower-cased'],
    ['URN:UUID:ABC-def', 'urn:uuid:ABC-def', 'namespace lower-cased'],
    ['urn:epc:id:gid:95100000.12345.400', 'urn:epc:id:gid:95100000.12345.400', 'no GS1 key'],
    ['urn:epc:idpat:sgtin:0614141.*.*', 'urn:epc:idpat:sgtin:0614141.*.*', 'pattern over many classes'],
    ['https://id.gs1.org/01/0690123456789A', 'https://id.gs1.org/01/0690123456789A', 'letters in a number'],
    ['https://id.gs1.org/01/06901234567892/10/', 'https://id.gs1.org/01/06901234567892/10/', 'empty value'],
    ['https://id.gs1.org/01/06901234567892/10/A/10/B', 'https://id.gs1.org/01/06901234567892/10/A/10/B', 'two lots'],
    ['https://a.b/401/12%345678901234A', '401/1245678901234A', 'an escaped digit is a digit'],
    ['https://a.b/401/unauthorized', 'https://a.b/401/unauthorized', 'no company prefix'],
    ['https://example.com', 'https://example.com', 'no path'],
    ['', '', 'nothing'],
  ])('%s → %s (%s)', (uri, key) => {
    expect(codes.unit(uri).key).toBe(key)
    expect(codes.unitKey(codes.codeOf(key))).toBe(key)
  })

  it('levels', () => {
    const level = (uri: string) => [codes.unit(uri).level, codes.levelOf(codes.unitKey(uri))]
    expect(level('urn:epc:id:grai:1234567890.12.4ABC')).toEqual(['asset', 'asset'])
    expect(level('urn:epc:idpat:grai:1234567890.12.*')).toEqual(['class', 'class'])
    expect(level('urn:epc:id:gdti:1234567890.12.ABC')).toEqual(['document', 'document'])
    expect(level('urn:epc:id:sgln:123456.789012.0')).toEqual(['place', 'place'])
    expect(level('urn:epc:id:pgln:123456.789012')).toEqual(['party', 'party'])
    expect(level('https://a.b/8006/123456789012310203/10/L')).toEqual(['lot', 'lot'])
    expect(level('https://a.b/01/06901234567892/235/X')).toEqual(['item', 'item'])
    expect(level('transformation/urn:x')).toEqual(['other', 'other'])
  })

  it('keys are at most 512 bytes, stay apart and are stable', () => {
    const lot = '批'.repeat(100)
    for (const [a, b] of [
      [`https://example.com/${'x'.repeat(600)}1`, `https://example.com/${'x'.repeat(600)}2`],
      [`urn:x:${'中'.repeat(300)}1`, `urn:x:${'中'.repeat(300)}2`],
      [`https://id.gs1.org/01/06901234567892/10/${lot}1`, `https://id.gs1.org/01/06901234567892/10/${lot}2`],
    ] as const) {
      const keys = [a, b].map(codes.unitKey)
      expect(keys[0]).not.toBe(keys[1])
      for (const key of keys) {
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(512)
        expect(key).toMatch(/~[0-9a-f]{64}$/)
        expect(codes.unitKey(codes.codeOf(key))).toBe(key)
      }
    }
    expect(codes.lotKey('01/06901234567892', lot)).toBe(codes.unitKey(`https://id.gs1.org/01/06901234567892/10/${lot}`))
    expect(codes.levelOf(codes.lotKey('01/06901234567892', lot)!)).toBe('lot')
  })

  it('keys of exactly 512 bytes are left alone', () => {
    const uri = `urn:x:${'a'.repeat(506)}`
    expect(codes.unitKey(uri)).toBe(uri)
    expect(codes.unitKey(`${uri}a`)).toMatch(/^urn:x:a{434}~/)
  })

  it('lotKey and classKey speak of GTINs only', () => {
    for (const key of ['00/012345666638689852', '8006/123456789012310203', 'https://example.com/x', '01/123']) {
      expect(codes.lotKey(key, 'L')).toBeNull()
      expect(codes.classKey(key)).toBeNull()
    }
    expect(codes.classKey('01/06901234567892')).toBeNull()
    expect(codes.lotKey('01/06901234567892', '')).toBeNull()
  })
})

describe('no input throws', () => {
  const pieces = fc.constantFrom(
    ...[
      'urn:epc:id:',
      'sgtin:',
      'idpat:',
      'https://',
      'id.gs1.org',
      '/',
      '01',
      '10',
      '21',
      '8003',
      '414',
      '.',
      '*',
      '(',
      ')',
    ],
    ...[
      '06901234567892',
      '123456',
      '0',
      '%',
      '%E6',
      ' ',
      '\u001d',
      ']d2',
      '批',
      '\ud800',
      '０',
      '?',
      '#',
      ':',
      '\u0000',
    ],
  )
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.array(pieces, { maxLength: 14 }).map(list => list.join('')),
    fc.webUrl(),
    fc.array(pieces, { maxLength: 6 }).map(list => `01/06901234567892${list.join('')}`),
  )

  it('and units are stable', () => {
    fc.assert(
      fc.property(anything, text => {
        const { key, level, lot } = codes.unit(text)
        expect(codes.levelOf(key)).toBe(level)
        expect(codes.unitKey(codes.codeOf(key))).toBe(key)
        if (lot !== null) expect(codes.levelOf(lot)).toBe('lot')
        const link = codes.toDigitalLink(text)
        expect(codes.unitKey(link)).toBe(key)
        const urn = codes.toUrn(text, () => 7)
        if (urn !== null) expect(codes.unitKey(urn)).toBe(key)
        codes.lotKey(key, text)
        codes.classKey(text)
      }),
      { numRuns: 2000 },
    )
  })

  it('and what is read as right stays so in every form', () => {
    fc.assert(
      fc.property(anything, text => {
        for (const reading of codes.identify(text)) {
          if (!reading.ok) {
            expect(reading.at).toBeGreaterThanOrEqual(0)
            expect(reading.at).toBeLessThanOrEqual(text.length)
            continue
          }
          expect(codes.levelOf(reading.key)).toBe(reading.level)
          expect(codes.unitKey(reading.canonical)).toBe(reading.key)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

it('a level that is remembered by product is the one that reading the key afresh gives', () => {
  const warm = testCodes()
  warm.levelOf('01/09521234543213/21/A')
  warm.levelOf('01/09521234543213/10/A')
  const tail = fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z0-9]{1,24}$/))
  const head = fc.constantFrom(
    '01/09521234543213/21/',
    '01/09521234543213/10/',
    '01/0952123454321/21/',
    '414/9521321000010/254/',
  )
  fc.assert(
    fc.property(head, tail, (h, t) => {
      expect(warm.levelOf(h + t)).toBe(testCodes().levelOf(h + t))
    }),
    { numRuns: 60 },
  )
})
