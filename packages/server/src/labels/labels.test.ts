import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { decodePng, enlarged, readPicture } from './reader.fixture.ts'

const LOT = '(01)09521321000100(10)L1'
const PRODUCT = 'https://id.gs1.org/01/09521321000100'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
  await platform.capture({
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld', { gs1: 'https://gs1.org/voc/' }],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-10-01T00:00:00Z',
    epcisHeader: {
      epcisMasterData: {
        vocabularyList: [
          {
            type: 'urn:epcglobal:epcis:vtype:EPCClass',
            vocabularyElementList: [
              {
                id: PRODUCT,
                attributes: [
                  { id: 'urn:epcglobal:cbv:mda#descriptionShort', attribute: '五花肉 <礼盒>' },
                  { id: 'yuanliu:nameEn', attribute: 'Pork belly' },
                ],
              },
            ],
          },
        ],
      },
    },
    epcisBody: {
      eventList: [
        {
          type: 'ObjectEvent',
          action: 'ADD',
          bizStep: 'commissioning',
          eventTime: '2026-10-01T08:00:00+08:00',
          eventTimeZoneOffset: '+08:00',
          readPoint: { id: 'https://id.gs1.org/414/9521321000003' },
          epcList: [`${PRODUCT}/21/S1`],
          quantityList: [{ epcClass: `${PRODUCT}/10/L1`, quantity: 5 }],
          ilmd: { 'gs1:productionDate': '2026-10-01', 'gs1:bestBeforeDate': '2027-03-31', 'gs1:price': 'secret' },
        },
      ],
    },
  })
})
afterAll(() => platform.stop())

const query = (values: Record<string, string | number | readonly string[]>) => {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(values))
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one))
  return search
}
const carrier = (values: Record<string, string | number>) => platform.call(`/api/labels/carrier?${query(values)}`)
const sheet = (values: Record<string, string | number | readonly string[]>, headers: Record<string, string> = {}) =>
  platform.call(`/api/labels/sheet?${query(values)}`, { headers })

async function read(values: Record<string, string | number>): Promise<string[]> {
  const answer = await carrier({ ...values, format: 'png' })
  expect(answer.headers.get('content-type')).toBe('image/png')
  const picture = decodePng(new Uint8Array(await answer.arrayBuffer()))
  return (await readPicture(enlarged(picture, 2))).map(result => result.text)
}

describe('GET /api/labels/carrier', () => {
  it('the same unit in every carrier: each leads to it', async () => {
    const link = 'https://trace.example.org/01/09521321000100/10/L1'
    const element = '010952132100010010L1'
    for (const [id, text] of [
      ['qr', link],
      ['gs1-qr', link],
      ['datamatrix', link],
      ['gs1-datamatrix', element],
      ['gs1-128', element],
    ] as const) {
      expect(await read({ code: LOT, carrier: id }), id).toEqual([text])
      const answer = await platform.call(`/api/codes/parse?${query({ text })}`)
      expect((await answer.json()).readings[0].key, id).toBe('01/09521321000100/10/L1')
    }
    expect(await read({ code: '9521321000100', carrier: 'itf-14' })).toEqual(['09521321000100'])
    expect(await read({ code: '9521321000100', carrier: 'ean-13' })).toEqual(['9521321000100'])
  })

  it('keeps lot and serial of any notation, and leads other addresses to their page', async () => {
    expect(await read({ code: '(01)09521321000100(21)S/1(10)L 1' })).toEqual([
      'https://trace.example.org/01/09521321000100/10/L%201/21/S%2F1',
    ])
    expect(await read({ code: 'https://example.com/x?y=1' })).toEqual([
      `https://trace.example.org/t/${encodeURIComponent('https://example.com/x?y=1')}`,
    ])
    expect(await read({ code: 'https://example.com/x?y=1', content: 'text' })).toEqual(['https://example.com/x?y=1'])
  })

  it('the four lines of a seed label as they have to stand in its code, in Chinese', async () => {
    const lines = ['登海605', '山东登海种业股份有限公司', '37068300100000012345', 'https://seed.example.cn/t/1']
    const code = ` ${lines.join(' \r\n')}\r\n`
    expect(await read({ code, content: 'text' })).toEqual([lines.join('\n')])
    const answer = await carrier({ code, content: 'text', carrier: 'datamatrix' })
    expect([answer.status, (await answer.json()).detail]).toEqual([422, expect.stringContaining('outside ASCII')])
    const far = await carrier({ code: code.replace('/t/1', `/${'1'.repeat(440)}`), content: 'text' })
    expect([far.status, (await far.json()).detail]).toEqual([422, expect.stringContaining('holds 512')])
  })

  it('codes of other schemes are printed as people write them, where that is read as the same again', async () => {
    const asked = new URLSearchParams({ lang: 'zh', carrier: 'qr' })
    const written = [
      '83857930000879766660',
      'urn:yuanliu:piats:81234567890123456789',
      '登海605\n某某种业\nA1\nhttps://x.cn',
    ]
    for (const code of written) asked.append('code', code)
    const page = await (await platform.call(`/api/labels/sheet?${asked}`)).text()
    const printed = page.match(/<p class="code">.*?<\/p>/g)?.map(p => p.replace(/<[^>]+>/g, ''))
    expect(printed?.[0]).toBe('83857930000879766660')
    expect(printed?.[2]).toBe('登海605 某某种业 A1 https://x.cn')
    for (const [i, text] of (printed ?? []).entries()) {
      const read = async (code: string) =>
        (await (await platform.call(`/api/codes/parse?${query({ text: code })}`)).json()).readings[0].key
      expect(await read(text)).toBe(await read(written[i] ?? ''))
    }
  })

  it('SVG in millimetres by default, and with modules as asked for', async () => {
    const answer = await carrier({ code: LOT, module: 0.5 })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8')
    expect(answer.headers.get('content-security-policy')).toContain('sandbox')
    const [, mm, modules] = /width="([\d.]+)mm".*?viewBox="0 0 (\d+)/.exec(await answer.text()) ?? []
    expect(Number(mm)).toBe(Number(modules) * 0.5)
  })

  it('says which parameter is wrong and what to do', async () => {
    const cases: [Record<string, string | number>, number, string, RegExp][] = [
      [{ code: 'hello' }, 400, '/query/code', /check it/],
      [{ code: '09521321000101', carrier: 'qr' }, 400, '/query/code', /check digit/],
      [{ code: LOT, carrier: 'aztec' }, 400, '/query/carrier', /gs1-datamatrix, datamatrix, hanxin/],
      [{ code: LOT, carrier: 'gs1-qr', content: 'text' }, 400, '/query/content', /holds digital-link/],
      [{ code: LOT, carrier: 'itf-14' }, 422, '/query/code', /use gs1-128 or gs1-datamatrix/],
      [{ code: '19521321000107', carrier: 'ean-13' }, 422, '/query/code', /needs itf-14/],
      [{ code: '02345673', carrier: 'ean-13' }, 422, '/query/code', /GTIN-8/],
      [{ code: 'https://example.com/x', carrier: 'gs1-128' }, 422, '/query/code', /needs GS1 element strings/],
      [{ code: 'https://example.com/x', carrier: 'gs1-qr' }, 422, '/query/code', /use carrier=qr/],
      [
        { code: `(01)09521321000100(10)${'L'.repeat(20)}(21)${'S'.repeat(20)}`, carrier: 'gs1-128' },
        422,
        '/query/code',
        /needs 61 characters and holds 48/,
      ],
      [
        { code: `(01)09521321000100(10)${'L'.repeat(20)}`, carrier: 'gs1-128', module: 1 },
        422,
        '/query/code',
        /make the module smaller/,
      ],
      [{ code: `https://example.com/${'x'.repeat(600)}` }, 422, '/query/code', /holds 512/],
      [{ code: 'https://例子.example/中', carrier: 'code-128' }, 422, '/query/code', /outside ASCII/],
      [{ code: LOT, module: 3 }, 400, '/query/module', /0.25 to 0.99 mm/],
      [{ code: LOT, dpi: 9 }, 400, '/query/dpi', /72/],
      [{ code: LOT, colour: 'red' }, 400, '/query', /additional/],
      [{ carrier: 'qr' }, 400, '/query', /code/],
    ]
    for (const [values, status, pointer, words] of cases) {
      const answer = await carrier(values)
      const problem = await answer.json()
      expect([answer.status, problem.errors?.[0]?.pointer], JSON.stringify(values)).toEqual([status, pointer])
      expect(problem.errors[0].message, JSON.stringify(values)).toMatch(words)
      if (status === 422) expect(problem.errors[0].message).toMatch(/\p{Script=Han}/u)
    }
  })

  it('needs a key that may read', async () => {
    expect((await platform.call('/api/labels/carrier?code=x', { key: null })).status).toBe(401)
    const key = await platform.key('printer', ['capture'])
    expect((await platform.call('/api/labels/sheet?code=x', { key })).status).toBe(403)
  })

  it('answers every hostile code with a reason', async () => {
    const codes = [
      '(01)',
      '\u0001',
      '(01)09521321000100(10)^FNC1',
      '^NUL',
      '%00',
      ']d2',
      "'<svg onload=x>",
      '𠮷',
      `(99)${'a'.repeat(90)}`,
    ]
    const { carriers } = await (await platform.call('/api/labels/forms')).json()
    expect(carriers.length).toBeGreaterThan(8)
    for (const { id } of carriers)
      for (const code of codes) expect((await carrier({ code, carrier: id })).status, `${id} ${code}`).toBeLessThan(500)
  })
})

describe('GET and POST /api/labels/sheet', () => {
  it('name, lot and dates as the public knows them, in both languages', async () => {
    const zh = await (await sheet({ code: LOT })).text()
    for (const words of [
      '五花肉 &lt;礼盒&gt;',
      '批号',
      'L1',
      '生产日期',
      '2026-10-01',
      '2027-03-31',
      '<span>(10)L1</span>',
    ])
      expect(zh).toContain(words)
    expect(zh).not.toContain('secret')
    const en = await (await sheet({ code: `${PRODUCT}/21/S1`, lang: 'en' })).text()
    for (const words of ['Pork belly', 'Made', '2026-10-01', '<span>(21)S1</span>']) expect(en).toContain(words)
    expect(en).toMatch(/^<!doctype html><html lang="en">/)
  })

  it('what is given goes first, then what the code says', async () => {
    const code = '(01)09521321000100(11)261005(17)271100(10)L2'
    const page = await (await sheet({ code })).text()
    expect(page).toContain('2026-10-05')
    expect(page).toContain('<b>2027-11</b>')
    const given = await (await sheet({ code, name: '大米', lot: 'X9', made: '今天', expires: '明年' })).text()
    for (const words of ['大米', 'X9', '今天', '明年']) expect(given).toContain(words)
    expect(given).not.toContain('2026-10-05')
  })

  it('allows its own style and nothing else', async () => {
    const answer = await sheet({ code: LOT })
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-/)
    const text = await answer.text()
    expect(text.match(/<style>/g)).toHaveLength(1)
    expect(text).not.toMatch(/ style=|<script/)
  })

  it('a million labels come in bounded pages that join without a gap', async () => {
    const first = await sheet({ code: [LOT, `${LOT}(21)7`], copies: 500_000 })
    expect(first.status).toBe(200)
    expect(labelsIn(await first.text())).toHaveLength(24)
    const next = new URL(/<(.+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '')
    expect(next.searchParams.get('from')).toBe('24')
    const around = await sheet({ code: [LOT, `${LOT}(21)7`], copies: 500_000, from: 499_990, limit: 24 })
    const labels = labelsIn(await around.text())
    expect(labels.map(label => label.includes('(21)7'))).toEqual([...Array(10).fill(false), ...Array(14).fill(true)])
    const last = await sheet({ code: [LOT, `${LOT}(21)7`], copies: 500_000, from: 999_990 })
    expect(labelsIn(await last.text())).toHaveLength(10)
    expect(last.headers.get('link')).toBeNull()
  })

  it('a list is posted, and its pages are followed by posting it again', async () => {
    const codes = Array.from({ length: 130 }, (_, i) => `(01)09521321000100(21)N${i}`)
    const seen: string[] = []
    for (let path: string | null = '/api/labels/sheet?limit=50&sheet=roll-40x30&skip=0'; path !== null; ) {
      const answer: Response = await platform.call(path, { method: 'POST', body: JSON.stringify({ codes }) })
      expect(answer.status).toBe(200)
      seen.push(...labelsIn(await answer.text()).flatMap(label => /\(21\)(N\d+)/.exec(label)?.[1] ?? []))
      const link = /<(.+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
      path = link ? `/api/labels/sheet${new URL(link).search}` : null
    }
    expect(seen).toEqual(codes.map((_, i) => `N${i}`))
    const bad = await platform.call('/api/labels/sheet', {
      method: 'POST',
      body: JSON.stringify({ codes: [codes[0], '09521321000101'] }),
    })
    expect(bad.status).toBe(400)
    expect((await bad.json()).errors[0].pointer).toBe('/codes/1')
  })

  it('leaves used places empty', async () => {
    const page = await (await sheet({ code: LOT, skip: 5 })).text()
    expect(page).toContain(`<section class="page">${'<div></div>'.repeat(5)}<div class="label">`)
  })

  it('says what does not fit and what is below the standard', async () => {
    const narrow = await sheet({ code: `${LOT}(21)12345`, sheet: 'roll-40x30', carrier: 'gs1-128' })
    expect(narrow.status).toBe(422)
    expect((await narrow.json()).detail).toMatch(
      /must be at least [\d.]+ mm wide and the label has 38 mm.*larger paper/,
    )
    const small = await (await sheet({ code: LOT, sheet: 'roll-60x40', carrier: 'gs1-128', lang: 'en' })).text()
    expect(small).toMatch(/Modules are 0\.25 mm wide, below the 0\.495 mm/)
    expect(small).toMatch(/Bars are [\d.]+ mm high, below the 31\.75 mm/)
    for (const [values, parameter] of [
      [{ from: 5 }, 'from'],
      [{ skip: 24 }, 'skip'],
      [{ sheet: 'a5' }, 'sheet'],
    ] as const) {
      const answer = await sheet({ code: LOT, ...values })
      expect(answer.status).toBe(400)
      expect((await answer.json()).errors[0].pointer).toBe(`/query/${parameter}`)
    }
  })
})

function labelsIn(page: string): string[] {
  return page.split('<div class="label">').slice(1)
}
