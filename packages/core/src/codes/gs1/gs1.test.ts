import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testCodes } from '../schemes.fixture.ts'
import { compress, decompress } from './compression.ts'
import { ais, elements, link, SETS, valueFor } from './elements.fixture.ts'
import * as gs1 from './gs1.ts'
import { valueFault } from './value.ts'

const plain = (list: readonly { ai: string; value: string }[]) => list.map(({ ai, value }) => ({ ai, value }))
const text = (written: { ok: true; text: string } | gs1.Gs1Fault) => {
  if (!written.ok) throw new Error(written.message.en)
  return written.text
}

it('every identifier takes the values that are made for it here', () => {
  for (const ai of ais) {
    const taken = fc.property(valueFor(ai), value => {
      expect([ai.ai, value, valueFault(ai, value)]).toEqual([ai.ai, value, null])
    })
    fc.assert(taken, { numRuns: 5 })
  }
})

describe('written and read again', () => {
  it('elements, in brackets and with FNC1', () => {
    fc.assert(
      fc.property(elements, fc.constantFrom('bracketed', 'fnc1'), (list, form) => {
        const written = text(gs1.writeElementString(list, { form, order: 'given' }))
        const parsed = gs1.parseElementString(written)
        expect(parsed).toMatchObject({ ok: true })
        if (parsed.ok) {
          expect(plain(parsed.elements)).toEqual(list)
          expect(text(gs1.writeElementString(parsed.elements, { form, order: 'given' }))).toBe(written)
        }
        // those of predefined length first need no more separators than any other order
        const sorted = text(gs1.writeElementString(list, { form }))
        expect(sorted.length).toBeLessThanOrEqual(written.length)
        const again = gs1.parseElementString(sorted)
        if (again.ok)
          expect(new Set(plain(again.elements).map(e => e.ai + e.value))).toEqual(
            new Set(list.map(e => e.ai + e.value)),
          )
        else throw new Error(again.message.en)
      }),
    )
  })

  it('links, compressed ones too', () => {
    fc.assert(
      fc.property(link, fc.boolean(), fc.boolean(), (list, optimise, keepKey) => {
        const stem = 'https://example.com/a/01'
        const written = text(gs1.writeDigitalLink(list, { stem, extra: ['lang=zh'], fragment: '#x' }))
        const parsed = gs1.parseDigitalLink(written)
        expect(parsed).toMatchObject({ ok: true, stem, extra: ['lang=zh'], fragment: '#x' })
        if (!parsed.ok) return
        expect(plain(parsed.elements)).toEqual(list)
        expect(text(gs1.writeDigitalLink(parsed.elements, parsed))).toBe(written)
        const short = text(gs1.compressLink(written, { optimise, keepKey }))
        expect(text(gs1.decompressLink(short))).toBe(written)
      }),
    )
  })

  it('nothing throws on arbitrary text, and faults point into it', () => {
    const piece = fc.constantFrom(
      '(01)',
      '01',
      '06901234567892',
      '^',
      '\u001d',
      ']d2',
      ']E0',
      '|]e0',
      'https://a/',
      '/10/',
      '?17=',
      '%',
      '批',
      '\ud800',
      '&',
      'AQnYUc1gmg',
      '\\(',
    )
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(piece, { maxLength: 12 }).map(list => list.join('')),
      fc.string({ unit: fc.constantFrom(...SETS.Z) }).map(segment => `https://a/${segment}`),
    )
    fc.assert(
      fc.property(anything, given => {
        const results = [
          gs1.parseElementString(given),
          gs1.parseDigitalLink(given),
          gs1.decompressLink(given),
          gs1.compressLink(given),
          gs1.readScan(given),
          gs1.writeScan('EAN-13', given),
          gs1.writeScan('DataBar', given),
        ]
        for (const result of results) {
          if (!('ok' in result) || result.ok) continue
          expect(result.at).toBeGreaterThanOrEqual(0)
          expect(result.at).toBeLessThanOrEqual(Math.max(given.length, 16))
          expect(result.message.zh).toMatch(/\p{Script=Han}/u)
        }
        expect(gs1.writeElementString([{ ai: given, value: given }]).ok).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })

  it('long texts are refused, and those at the limit take no longer than their length asks for', () => {
    for (const parse of [gs1.parseElementString, gs1.parseDigitalLink, gs1.decompressLink, gs1.compressLink]) {
      expect(parse('9'.repeat(4097))).toMatchObject({ ok: false, reason: 'length', at: 4096 })
    }
    const start = performance.now()
    for (const unit of [
      '(91)a',
      '91a\u001d',
      '/10/a',
      '&91=a',
      '&',
      '%',
      '/',
      '\\(',
      '(',
      '\u001d',
      'A',
      '9',
      '+',
      '3100123456',
    ]) {
      for (const head of [
        '',
        '(',
        '\u001d',
        '^',
        ']d2',
        'https://a/01/12312312312333?',
        'https://a/',
        'https://a/01/12312312312333/10/',
      ]) {
        const given = (head + unit.repeat(4096)).slice(0, 4096)
        gs1.parseElementString(given)
        gs1.parseDigitalLink(given)
        gs1.decompressLink(given)
      }
    }
    expect(performance.now() - start).toBeLessThan(3000)
  })
})

describe('element strings', () => {
  it.each([
    ['(01)06901234567892(17)251231', '0106901234567892|17251231'],
    [']C10106901234567892', '0106901234567892'],
    [']E06901234567892', '0106901234567892'],
    [']E402345673', '0100000002345673'],
    [']I116901234567899', '0116901234567899'],
    [']E06901234567892|]e010L42', '0106901234567892|10L42'],
    ['010690123456789210A213B1\u001d211234', '0106901234567892|10A213B1|211234'],
    ['(21)1\\(01)34', '211(01)34'],
  ])('%s', (given, expected) => {
    const parsed = gs1.parseElementString(given)
    expect(parsed.ok && parsed.elements.map(({ ai, value }) => ai + value).join('|')).toBe(expected)
  })

  it.each([
    ['(01)06901234567893', 'checksum', 17, '(01)全球贸易项目代码：校验位不对，请核对号码（第 18 个字符）'],
    ['(17)251332', 'component', 6, '(17)有效期（失效日期）：不合规则（第 7 个字符）'],
    ['(10)批', 'format', 4, '(10)批号：不应有的字符（第 5 个字符）'],
    ['(89)1', 'component', 4, '(89)：没有这个应用标识符（第 5 个字符）'],
    ['', 'format', 0, '应以 (、FNC1 或条码类型标识符开头（第 1 个字符）'],
    [']E06901234567893', 'checksum', 15, '校验位不对，请核对号码（第 16 个字符）'],
    ['(21)1(21)2', 'component', 9, '(21)序列号：出现两次而值不同（第 10 个字符）'],
  ])('%s: %s at %d', (given, reason, at, zh) => {
    expect(gs1.parseElementString(given)).toMatchObject({ ok: false, reason, at, message: { zh } })
  })

  it('rules between elements warn, or refuse when they are to', () => {
    const given = '(01)06901234567892(37)5'
    expect(gs1.parseElementString(given)).toMatchObject({
      ok: true,
      warnings: [
        { ai: '01', message: { en: '(01) GTIN: cannot stand beside (37) (character 5)' } },
        {
          ai: '37',
          message: { zh: '(37)物流单元内贸易项目的数量：须同时有 (00)+(02) 或 (00)+(8026)（第 23 个字符）' },
        },
      ],
    })
    expect(gs1.parseElementString(given, { strict: true })).toMatchObject({ ok: false, reason: 'component' })
    expect(gs1.parseElementString('(8004)9520614141', { prefixes: () => 'unknown' })).toMatchObject({
      ok: false,
      at: 6,
    })
  })

  it('writes those of predefined length first', () => {
    const list = [
      { ai: '10', value: 'A213B1' },
      { ai: '01', value: '06901234567892' },
      { ai: '21', value: '1(2)' },
      { ai: '17', value: '150707' },
    ]
    expect(gs1.writeElementString(list)).toEqual({ ok: true, text: '(01)06901234567892(17)150707(10)A213B1(21)1\\(2)' })
    expect(text(gs1.writeElementString(list, { form: 'fnc1', separator: '^' }))).toBe(
      '^01069012345678921715070710A213B1^211(2)',
    )
    expect(gs1.writeElementString([{ ai: '01', value: '1' }])).toMatchObject({ ok: false, reason: 'length', ai: '01' })
  })
})

describe('compressed links', () => {
  // made by other implementations of the standard, which use no optimisation codes here
  it.each([
    ['00/998440410914660971', 'AN2yxDhfaiaw'],
    ['01/05412345000013/10/ABC123/21/72292641703', 'AQnYUc1gmiCNV4JGQhcNT6K6c'],
    ['01/05412345000013/22/AJY3095721P49/10/ABC123', 'AQnYUc1gmiCNV4JGRNoBLG-nvPe2p_Ho'],
    ['01/05412345000013/235/8TFV883a904GH%263', 'AQnYUc1gmkax7ipGrOHDPC5YNI8hMz'],
    ['253/3060077601309', 'JTLIetaiHYA'],
    ['255/5678409730535', 'JVUqG5hJ5wA'],
    ['401/0541234537290A41%26GHpp33', 'QBl2DVoxZM2jVm3ZOWEFoxTR5HDgzZg'],
    ['402/21173492661712079', 'QCJZyW9mC6Z4'],
    ['414/5060917510004/254/RP56J920471', 'JUa0T-eifdtOO9UFEmlYwv3Q'],
    ['417/5060917510004/7040/5KFX', 'QXSaVjC_dHBAVlCrg'],
    ['8003/04965031954585', 'gAMJCAXukTMA'],
    ['8004/0541234537290A41%26GHpp33/7040/7BVR', 'cEB2CqjAAkuwatGLJm0as27JywgtGKaPI4cGbM'],
    ['8010/0541234537290A41%23GH33/8011/6639047221', 'gBCVYNWjFkzaNWbdk5YQWjFHHkM2cAI0xdvpGo'],
    ['8013/5060917511473062B98T', 'gBN05060917511473062B98T'],
    ['8017/817019610850151481/8019/4003812', 'gBe1ajAd9ATDmAGXPRfk'],
  ])('%s ⇄ %s', (path, segment) => {
    const uri = `https://id.gs1.org/${path}`
    expect(gs1.compressLink(uri, { optimise: false })).toEqual({ ok: true, text: `https://id.gs1.org/${segment}` })
    expect(gs1.decompressLink(`https://id.gs1.org/${segment}`)).toEqual({ ok: true, text: uri })
  })

  it('of a pair, with the key kept readable', () => {
    const uri = 'https://id.gs1.org/01/05412345000013/10/ABC123/21/72292641703?17=290331&lang=zh#a'
    const short = 'https://id.gs1.org/01/05412345000013/10/ABC123/21/72292641703'
    expect(text(gs1.compressLink(short, { keepKey: true, optimise: false }))).toBe(
      'https://id.gs1.org/01/05412345000013/EEarwSMhC4an0V04',
    )
    for (const keepKey of [false, true]) {
      const compressed = text(gs1.compressLink(uri, { keepKey }))
      expect(compressed).toMatch(/\?lang=zh#a$/)
      expect(gs1.decompressLink(compressed)).toEqual({ ok: true, text: uri })
    }
  })

  it('ITIPs whose piece is beyond the total are cut as others cut them, and refused as values', () => {
    expect(decompress('gAYMBI_bNGwJk')).toEqual({ elements: [{ ai: '8006', value: '054123450000130201' }], extra: [] })
    expect(compress([{ ai: '8006', value: '054123450000130201' }], false)).toBe('gAYMBI_bNGwJk')
    expect(gs1.decompressLink('https://id.gs1.org/gAYMBI_bNGwJk')).toMatchObject({ ok: false, ai: '8006' })
  })

  it.each(['https://example.com/about', 'https://example.com/', 'https://a/AAAA', 'https://a/AQnYUc1gm', 'urn:x:y'])(
    '%s is none',
    uri => expect(gs1.decompressLink(uri)).toMatchObject({ ok: false }),
  )
})

describe('EPC URNs and links', () => {
  const codes = testCodes()
  it('both ways, where the length of the prefix is known', () => {
    const link = 'https://id.gs1.org/01/06901234567892/21/7'
    const urn = 'urn:epc:id:sgtin:6901234.056789.7'
    expect(gs1.linkToUrn(codes, link)).toEqual({ ok: true, text: urn })
    expect(gs1.urnToLink(codes, urn)).toEqual({ ok: true, text: link })
    const learned = gs1.prefixLengths([gs1.prefixOfUrn('urn:epc:id:sgtin:9521321.012345.1')!])
    expect(gs1.linkToUrn(codes, 'https://id.gs1.org/414/9521321000018', learned)).toEqual({
      ok: true,
      text: 'urn:epc:id:sgln:9521321.00001.0',
    })
  })

  it.each([
    ['https://id.gs1.org/01/06901234567893/21/7', 'checksum'],
    ['https://id.gs1.org/01/09521321000018/21/7', 'component'],
    ['https://example.com/', 'component'],
  ])('%s has no URN: %s', (link, reason) => {
    expect(gs1.linkToUrn(codes, link)).toMatchObject({ ok: false, reason })
  })

  it.each([
    ['urn:epc:id:sgtin:1.2', 'length'],
    ['urn:epc:id:gid:95100000.12345.400', 'component'],
  ])('%s has no link: %s', (urn, reason) => {
    expect(gs1.urnToLink(codes, urn)).toMatchObject({ ok: false, reason })
  })
})
