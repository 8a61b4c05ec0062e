import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mod10 } from './checks.ts'
import type { Reading } from './read.ts'
import { testCodes } from './schemes.fixture.ts'

const codes = testCodes()
const brief = (readings: Reading[]) => readings.map(r => `${r.scheme} ${r.ok ? r.key : `${r.reason} ${r.at}`}`)

describe('read', () => {
  it.each([
    ['6901234567892', ['gtin 01/06901234567892', 'gln 414/6901234567892', 'party-gln 417/6901234567892']],
    [
      '123456789012345675',
      ['sscc 00/123456789012345675', 'gsrn 8018/123456789012345675', 'gsrnp 8017/123456789012345675'],
    ],
    ['6901234567893', ['gtin checksum 12', 'gln checksum 12', 'party-gln checksum 12']],
    ['69012345678', ['gtin length 11']],
    [
      '６９０ １２３４－５６７８９ ２',
      ['gtin 01/06901234567892', 'gln 414/6901234567892', 'party-gln 417/6901234567892'],
    ],
    ['（０１）０６９０１２３４５６７８９２（10）L42', ['gtin 01/06901234567892/10/L42']],
    ['(01) 0690 1234 56789 2 (10) L42 (17) 251231', ['gtin 01/06901234567892/10/L42']],
    ['\ufeff https://id.gs1.org/01/06901234567892 \n', ['gtin 01/06901234567892']],
    ['id.gs1.org/01/06901234567892/21/7', ['gtin 01/06901234567892/21/7']],
    ['01/06901234567892/21/7', ['gtin 01/06901234567892/21/7']],
    ['/01/06901234567892', ['gtin 01/06901234567892']],
    ['HTTPS://ID.GS1.ORG/01/06901234567892/10/L42', ['gtin 01/06901234567892/10/L42']],
    [']Q1https://id.gs1.org/01/06901234567892', ['gtin 01/06901234567892']],
    [']E06901234567892', ['gtin 01/06901234567892', 'gln 414/6901234567892', 'party-gln 417/6901234567892']],
    [']C100340123450000000017', ['sscc 00/340123450000000017']],
    ['(00)340123450000000017(02)06901234567892(37)12', ['sscc 00/340123450000000017']],
    ['(01)06901234567892(8004)9520614141', ['gtin 01/06901234567892', 'giai 8004/9520614141']],
    ['https://example.com/news/42', ['uri https://example.com/news/42']],
    ['urn:uuid:1e2', ['uri urn:uuid:1e2']],
    ['https://a.b/401/unauthorized', ['uri https://a.b/401/unauthorized', 'ginc component 16']],
    ['SSCC: 3401 2345 0000 0000 17', ['sscc 00/340123450000000017', 'uri sscc: 3401 2345 0000 0000 17']],
    ['urn:epc:id:sscc:1.2', ['sscc length 17', 'uri urn:epc:id:sscc:1.2']],
    ['https://a.b/01/06901234567893', ['gtin checksum 28', 'uri 01/06901234567893']],
    ['https://a.b/01/06901234567892/254/1', ['gtin component 34', 'uri https://a.b/01/06901234567892/254/1']],
    [`]d201069012345678921725123121${'X'.repeat(21)}`, ['gtin length 49']],
    ['猪肉', []],
    ['', []],
    ['   ', []],
  ])('%s', (text, expected) => {
    expect(brief(codes.identify(text))).toEqual(expected)
  })

  it('gives parts, forms and further data', () => {
    expect(codes.identify('(01)06901234567892(17)251231(10)A/1(21)9')).toEqual([
      {
        ok: true,
        scheme: 'gtin',
        key: '01/06901234567892/21/9',
        level: 'item',
        lot: '01/06901234567892/10/A%2F1',
        canonical: 'https://id.gs1.org/01/06901234567892/21/9',
        parts: {
          gtin: '06901234567892',
          body: '0690123456789',
          check: '2',
          lot: 'A/1',
          serial: '9',
          expiryDate: '251231',
          '17': '251231',
        },
        forms: {
          digitalLink: 'https://id.gs1.org/01/06901234567892/10/A%2F1/21/9',
          element: '(01)06901234567892(17)251231(10)A/1(21)9',
        },
      },
    ])
  })

  it('a lot that the standard does not allow is read with a warning where its ends are certain', () => {
    for (const lot of ['批次１', 'L'.repeat(21)]) {
      const [reading] = codes.identify(`https://id.gs1.org/01/06901234567892/10/${lot}`)
      expect(reading).toMatchObject({ ok: true, warnings: [{ scheme: 'gtin' }] })
      expect(reading).toMatchObject({ key: codes.lotKey('01/06901234567892', lot) })
    }
  })

  it('writes brackets within a value so that they are read as such', () => {
    const [reading] = codes.identify('https://id.gs1.org/01/06901234567892/21/1(01)34')
    const key = '01/06901234567892/21/1(01)34'
    expect(reading).toMatchObject({ ok: true, key, forms: { element: '(01)06901234567892(21)1\\(01)34' } })
    expect(codes.identify('(01)06901234567892(21)1\\(01)34')).toMatchObject([{ ok: true, key }])
  })

  it('reads a URI as the unit it names, escapes that are no UTF-8 included', () => {
    const uri = 'https://id.gs1.org/01/06901234567892/10/%A6%zz'
    expect(codes.identify(uri)).toMatchObject([{ ok: true, key: codes.unitKey(uri) }])
    expect(brief(codes.identify('https:~.gs1.org/01/06901234567892'))).toEqual([
      'uri https:~.gs1.org/01/06901234567892',
    ])
  })

  it('positions point into the text as given', () => {
    expect(brief(codes.identify('  690-1234-56789-3'))[0]).toBe('gtin checksum 17')
    expect(brief(codes.identify('https://a.b/8010/0614141%23%2Fa1'))).toContain('cpi format 30')
  })

  it('says what is wrong in both languages', () => {
    expect(codes.identify('6901234567893')[0]).toMatchObject({
      message: {
        zh: '全球贸易项目代码：校验位（第 13 个字符）不对，请核对号码',
        en: 'Global Trade Item Number: check digit (character 13) is wrong: compare the number',
      },
    })
  })

  it('refuses long input by its length, and takes linear time below', () => {
    expect(codes.identify('1'.repeat(4097))).toMatchObject([{ ok: false, reason: 'length', at: 4096 }])
    const start = performance.now()
    for (const unit of ['(01)', '/10/a', '%E6', '%', '.', 'a.', '0', ' ', '\u001d', '(', 'a:', '１', '-1']) {
      for (const head of ['', 'https://a.b/', 'urn:epc:id:sgtin:', '(01)', ']d2', 'a.b/01/']) {
        codes.identify((head + unit.repeat(4096)).slice(0, 4096))
      }
    }
    expect(performance.now() - start).toBeLessThan(3000)
  })
})

describe('mod-10 keeps its promises', () => {
  const sscc = fc
    .string({ unit: fc.constantFrom(...'0123456789'), minLength: 17, maxLength: 17 })
    .map(body => body + mod10(body, 0, 17))

  it('finds every single wrong digit', () => {
    fc.assert(
      fc.property(sscc, fc.nat(17), fc.integer({ min: 1, max: 9 }), (code, at, shift) => {
        const wrong = code.slice(0, at) + ((Number(code[at]) + shift) % 10) + code.slice(at + 1)
        expect(codes.identify(`(00)${wrong}`)).toMatchObject([{ ok: false, reason: 'checksum', at: 21 }])
      }),
    )
  })

  it('finds every swap of neighbours but those that differ by five', () => {
    fc.assert(
      fc.property(sscc, fc.nat(16), (code, at) => {
        const [a, b] = [Number(code[at]), Number(code[at + 1])]
        const swapped = code.slice(0, at) + b + a + code.slice(at + 2)
        expect(codes.identify(`(00)${swapped}`)[0]!.ok).toBe(a === b || Math.abs(a - b) === 5)
      }),
    )
  })
})
