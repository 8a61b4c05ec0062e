import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { issuingApi } from '../codes/issuing.fixture.ts'

const GTIN = '6901234567892'

let platform: Platform
let key: string
let farm: ReturnType<typeof issuingApi>
beforeAll(async () => {
  platform = await startPlatform()
  key = await platform.key('farm', ['code:issue'])
  farm = issuingApi(platform, key)
})
afterAll(() => platform.stop())

const sheet = (range: number | string, query = '', as: string = key) =>
  platform.call(`/api/labels/sheet?range=${range}${query}`, { key: as })
/** The code of each label in words, as people read it. */
const words = (page: string) =>
  [...page.matchAll(/<p class="code">(.*?)<\/p>/g)].map(m => String(m[1]).replace(/<[^>]+>/g, ''))

describe('GET /api/labels/sheet?range=', () => {
  it('prints the codes of a range as they are listed, at any place, and leads on without a gap', async () => {
    const { body: range } = await farm.issue({ scheme: 'trace-code', count: 60 })
    const listed = (await farm.codes(range.id)).map(code => code.text)
    const printed: string[] = []
    for (let query: string | null = '&limit=24'; query !== null; ) {
      const answer: Response = await sheet(range.id, query)
      expect(answer.status).toBe(200)
      printed.push(...words(await answer.text()))
      const link = /<(.+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
      query = link ? `&${new URL(link).searchParams}` : null
      if (query) query = query.replace(/range=\d+&?/, '')
    }
    expect(printed).toEqual(listed)
    expect(printed[0]).toMatch(/^Y\w{3}-\w{4}-\w{4}-\w{4}$/)
    expect(words(await (await sheet(range.id, '&from=58')).text())).toEqual(listed.slice(58))
    const twice = await (await sheet(range.id, '&copies=2&from=3&limit=2')).text()
    expect(words(twice)).toEqual([listed[1], listed[2]])
  })

  it('a trace code is the address of its page; a product with a serial number is a Digital Link, or a DataMatrix', async () => {
    const { body: plain } = await farm.issue({ scheme: 'trace-code', count: 3, style: 'sequential' })
    const { body: items } = await farm.issue({ scheme: 'gtin', of: GTIN, count: 3, style: 'sequential', from: 7 })
    const { url, code } = (await farm.codes(plain.id))[0]!
    const bare = code.split(':').at(-1)
    expect(url).toBe(`https://trace.example.org/t/${bare}`)
    // The same modules as a carrier that holds exactly this text; read-back.test.ts reads such carriers.
    for (const [id, carrier, content, same] of [
      [plain.id, 'qr', 'link', url],
      [plain.id, 'qr', 'text', bare],
      [plain.id, 'code-128', 'text', bare],
      [items.id, 'gs1-qr', 'digital-link', `https://trace.example.org/01/0${GTIN}/21/00000007`],
      [items.id, 'gs1-datamatrix', 'element', `(01)0${GTIN}(21)00000007`],
    ] as const) {
      const drawn = async (query: string) => {
        const answer = await platform.call(`/api/labels/sheet?${query}&limit=1&sheet=roll-60x40`)
        const text = await answer.text()
        expect(answer.status, text).toBe(200)
        return /<svg.*?<\/svg>/s.exec(text)?.[0]
      }
      const expected = await drawn(
        `code=${encodeURIComponent(same!)}&carrier=${carrier}&content=${carrier === 'qr' ? 'text' : content}`,
      )
      expect(await drawn(`range=${id}&carrier=${carrier}&content=${content}`), `${carrier} ${content}`).toBe(expected)
    }
    const refused = await sheet(plain.id, '&carrier=gs1-datamatrix')
    expect(refused.status).toBe(422)
    expect((await refused.json()).errors[0]).toMatchObject({ pointer: '/query/range' })
  })

  it('changes no state, says how to, and that request does what it says', async () => {
    const { body: range } = await farm.issue({ scheme: 'trace-code', count: 30 })
    const dead = (await farm.codes(range.id))[4]!
    const page = await (await sheet(range.id, '&lang=zh')).text()
    expect(await states(range.id)).toEqual({ issued: 30 })
    expect(page).toContain('设为“已印制”')
    expect(page).not.toContain('已作废')
    const [, path = '', body = ''] = /<pre>POST (\S+)\n(.+)<\/pre>/.exec(page) ?? []
    const request = JSON.parse(body.replaceAll('&quot;', '"'))
    expect(request).toMatchObject({ range: range.id, first: 0, last: 23 })
    for (let again = 0; again < 2; again++) expect((await farm.call(path, request)).status).toBe(200)
    expect(await states(range.id)).toEqual({ printed: 24, issued: 6 })
    await farm.set({ state: 'void', codes: [dead.code] })
    const warned = await (await sheet(range.id, '&lang=en')).text()
    expect(warned).toContain('1 of these codes are void or retired, do not use their labels: numbers 4.')
    expect((await farm.call(path, request)).status).toBe(200)
  })

  it('names the product of items that are not in circulation yet, and says what is recorded of the others', async () => {
    const { body: range } = await farm.issue({ scheme: 'gtin', of: GTIN, count: 2 })
    const item = (await farm.codes(range.id))[0]!.code
    const vocabularyElementList = [
      {
        id: `https://id.gs1.org/01/0${GTIN}`,
        attributes: [{ id: 'urn:epcglobal:cbv:mda#descriptionShort', attribute: '橄榄油' }],
      },
    ]
    const vocabularyList = [{ type: 'urn:epcglobal:epcis:vtype:EPCClass', vocabularyElementList }]
    const made = objectEvent({ action: 'ADD', epcList: [item], ilmd: { 'gs1:productionDate': '2026-10-01' } })
    await platform.capture(documentOf([made], { epcisHeader: { epcisMasterData: { vocabularyList } } }))
    const fresh = await (await sheet(range.id)).text()
    expect(fresh.match(/橄榄油/g)).toHaveLength(2)
    expect(fresh).not.toContain('2026-10-01')
    await farm.set({ state: 'active', range: range.id })
    const active = await (await sheet(range.id)).text()
    expect(active.match(/2026-10-01/g)).toHaveLength(1)
  })

  it('is for the organisation that took the range; codes by name are for keys that read', async () => {
    const { body: range } = await farm.issue({ scheme: 'trace-code', count: 1 })
    const shop = await platform.key('shop', ['code:issue'])
    const reader = await platform.key('farm', ['read'])
    expect((await sheet(range.id, '', shop)).status).toBe(404)
    expect((await sheet(999_999, '')).status).toBe(404)
    const forbidden = await sheet(range.id, '', reader)
    expect([forbidden.status, (await forbidden.json()).permission]).toEqual([403, 'code:issue'])
    const listed = await platform.call(`/api/labels/sheet?code=${GTIN}`, { key })
    expect([listed.status, (await listed.json()).permission]).toEqual([403, 'read'])
    expect((await platform.call(`/api/labels/sheet?code=${GTIN}`, { key: reader })).status).toBe(200)
    expect((await platform.call(`/api/labels/sheet?range=${range.id}`)).status).toBe(200)
  })

  it('says what is wrong with the request', async () => {
    const { body: range } = await farm.issue({ scheme: 'trace-code', count: 5 })
    for (const [query, pointer, message] of [
      [`range=${range.id}&code=${GTIN}`, '/query/code', /either code, or range/],
      ['sheet=a4-3x8', '/query/code', /either code, or range/],
      [`range=${range.id}&from=5`, '/query/from', /there are 5 labels/],
      ['range=0', '/query/range', />= 1/],
      ['range=abc', '/query/range', /integer/],
    ] as const) {
      const answer = await platform.call(`/api/labels/sheet?${query}`)
      const { errors } = await answer.json()
      expect([answer.status, errors[0].pointer], query).toEqual([400, pointer])
      expect(errors[0].message, query).toMatch(message)
    }
  })

  it('the whole of the largest range is one job', async () => {
    const { body: range } = await farm.issue({ scheme: 'trace-code', count: 1_000_000_000, style: 'sequential' })
    const answer = await sheet(range.id, '&from=999999990')
    expect(answer.status, await answer.clone().text()).toBe(200)
    expect(words(await answer.text())).toHaveLength(10)
    expect((await sheet(range.id, '&copies=2')).status).toBe(400)
  })
})

async function states(id: number): Promise<Record<string, number>> {
  return (await farm.call<{ states: Record<string, number> }>(`/api/codes/ranges/${id}`)).body.states
}
