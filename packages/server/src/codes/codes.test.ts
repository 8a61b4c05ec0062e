import { parseTraceCode } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { issuingApi } from './issuing.fixture.ts'

let platform: Platform
let farm: ReturnType<typeof issuingApi>
let shop: ReturnType<typeof issuingApi>
let reader: string
beforeAll(async () => {
  platform = await startPlatform()
  farm = issuingApi(platform, await platform.key('farm', ['code:issue']))
  shop = issuingApi(platform, await platform.key('shop', ['code:issue']))
  reader = await platform.key('farm', ['read'])
})
afterAll(() => platform.stop())

const GTIN = '6901234567892'

describe('ranges of codes', () => {
  it('do not overlap when they are asked for in parallel', async () => {
    const asked = Array.from({ length: 12 }, (_, i) =>
      (i % 3 === 0 ? shop : farm).issue({ scheme: 'trace-code', count: 1000, style: i % 2 ? 'random' : 'sequential' }),
    )
    const ranges = await Promise.all(asked)
    expect(ranges.map(r => r.status)).toEqual(ranges.map(() => 201))
    const seen = new Set<string>()
    for (const [i, { body }] of ranges.entries()) {
      const codes = await (i % 3 === 0 ? shop : farm).codes(body.id)
      expect(codes.length).toBe(1000)
      expect([codes[0]?.code, codes[999]?.code]).toEqual([body.first, body.last])
      for (const { code } of codes) {
        expect(parseTraceCode(code)).toHaveProperty('serial')
        seen.add(code)
      }
    }
    expect(seen.size).toBe(12_000)
  })

  it('of the same product do not overlap either, in one style or two', async () => {
    const draft = { scheme: 'gtin', of: GTIN, count: 1000 }
    const ranges = await Promise.all([
      farm.issue({ ...draft, style: 'sequential' }),
      farm.issue({ ...draft, style: 'sequential' }),
      farm.issue(draft),
      farm.issue(draft),
    ])
    expect(ranges.map(r => r.status)).toEqual([201, 201, 201, 201])
    expect(ranges.map(r => r.body.style)).toEqual(['sequential', 'sequential', 'random', 'random'])
    const all = (await Promise.all(ranges.map(r => farm.codes(r.body.id)))).flat()
    expect(new Set(all.map(c => c.code)).size).toBe(4000)
    const first = all.find(c => c.code.endsWith('/21/00000000'))
    expect(first).toEqual({
      n: 0,
      code: `https://id.gs1.org/01/0${GTIN}/21/00000000`,
      text: `(01)0${GTIN}(21)00000000`,
      url: `https://trace.example.org/01/0${GTIN}/21/00000000`,
      state: 'issued',
    })
  })

  it('are handed out once for an Idempotency-Key, in parallel too', async () => {
    const draft = { scheme: 'trace-code', count: 10, label: 'once' }
    const header = { 'idempotency-key': 'job-7' }
    const answers = await Promise.all([1, 2, 3, 4].map(() => farm.issue(draft, header)))
    expect(answers.map(a => a.status).sort()).toEqual([200, 200, 200, 201])
    expect(new Set(answers.map(a => a.body.id)).size).toBe(1)
    const other = await farm.issue({ ...draft, count: 11 }, header)
    expect(other).toMatchObject({ status: 409, body: { type: expect.stringContaining('request-reused') } })
    expect((await shop.issue(draft, header)).status).toBe(201)
    const bad = await farm.issue(draft, { 'idempotency-key': 'a b' })
    expect(bad).toMatchObject({ status: 400, body: { errors: [{ pointer: '/headers/idempotency-key' }] } })
  })

  it('of boxes have the check digit of GS1, go on with the next extension digit, and keep to their company prefix', async () => {
    const draft = { scheme: 'sscc', of: '690123456789', count: 6000 }
    const one = await farm.issue(draft)
    expect(one.body).toMatchObject({ style: 'sequential', of: '690123456789', check: true, guess: 1 })
    expect(one.body.first).toBe('https://id.gs1.org/00/069012345678900002')
    const two = await farm.issue(draft)
    expect(two.body.first).toBe('https://id.gs1.org/00/169012345678900009')
    expect(await farm.issue({ ...draft, count: 10_001 })).toMatchObject({
      status: 409,
      body: { type: expect.stringContaining('code-range-full') },
    })
    for (const of of ['690123456789', '69012345'])
      expect(await shop.issue({ ...draft, of })).toMatchObject({
        status: 409,
        body: { type: expect.stringContaining('code-range-taken') },
      })
    // a longer or shorter prefix of its own would give the same numbers twice
    expect((await farm.issue({ ...draft, of: '69012345' })).status).toBe(409)
  })

  it('of a product belong to who takes them first, and keep the form they began with', async () => {
    const draft = { scheme: 'gtin', of: '(01)06901234567908', count: 5, style: 'sequential' as const, length: 6 }
    expect((await farm.issue(draft)).status).toBe(201)
    expect((await shop.issue({ ...draft, length: 5 })).body.type).toContain('code-range-taken')
    const other = await farm.issue({ ...draft, length: 5, check: true })
    expect(other).toMatchObject({ status: 409, body: { type: expect.stringContaining('code-range-taken') } })
    const later = await farm.issue({ ...draft, from: 900 })
    expect(later.body.first).toMatch(/\/21\/000900$/)
    expect((await farm.issue(draft)).body.first).toMatch(/\/21\/000905$/)
    expect((await farm.issue({ ...draft, count: 1_000_000 })).body.type).toContain('code-range-full')
  })

  it('say in words what a request lacks, at its place', async () => {
    const cases: [Record<string, unknown>, string, RegExp][] = [
      [{ scheme: 'nothing', count: 1 }, '/scheme', /gtin, sscc, trace-code/],
      [{ scheme: 'gtin', count: 1 }, '/of', /GTIN/],
      [{ scheme: 'gtin', of: '6901234567893', count: 1 }, '/of', /校验位|check/],
      [{ scheme: 'gtin', of: `(01)0${GTIN}(10)L1`, count: 1 }, '/of', /GTIN/],
      [{ scheme: 'gtin', of: '很好', count: 1 }, '/of', /GTIN/],
      [{ scheme: 'sscc', of: '69', count: 1 }, '/of', /company prefix/],
      [{ scheme: 'sscc', of: '6901234', count: 1, style: 'random' }, '/style', /sequential/],
      [{ scheme: 'trace-code', of: GTIN, count: 1 }, '/of', /leave this out/],
      [{ scheme: 'trace-code', count: 1, check: false }, '/check', /always/],
      [{ scheme: 'trace-code', count: 1, length: 5 }, '/length', /fixed/],
      [{ scheme: 'gtin', of: GTIN, count: 1, style: 'sequential', length: 9 }, '/length', /4, 5, 6, 7, 8/],
      [{ scheme: 'trace-code', count: 1, from: 5 }, '/from', /sequential/],
      [{ scheme: 'trace-code', count: 0 }, '/count', /./],
      [{ scheme: 'trace-code', count: 1, colour: 'red' }, '', /./],
    ]
    for (const [draft, pointer, words] of cases) {
      const { status, body } = await farm.call<{ errors: { pointer: string; message: string }[] }>(
        '/api/codes/ranges',
        draft,
      )
      expect(status, JSON.stringify(draft)).toBe(400)
      expect(body.errors[0]?.pointer, JSON.stringify(draft)).toBe(pointer)
      expect(body.errors[0]?.message).toMatch(words)
    }
  })

  it('are seen by their organisation and the administrator alone, secrets by nobody', async () => {
    const { body: range } = await farm.issue({ scheme: 'trace-code', count: 3, label: 'mine' })
    for (const path of [`/api/codes/ranges/${range.id}`, `/api/codes/ranges/${range.id}/codes`]) {
      expect((await shop.call(path)).status).toBe(404)
      expect((await platform.call(path)).status).toBe(200)
      expect((await platform.call(path, { key: reader })).status).toBe(403)
      expect((await platform.call(path, { key: null })).status).toBe(401)
    }
    const { ranges } = (await shop.call<{ ranges: { organisation: string }[] }>('/api/codes/ranges')).body
    expect(new Set(ranges.map(r => r.organisation))).toEqual(new Set(['shop']))
    const shown = JSON.stringify((await farm.call(`/api/codes/ranges/${range.id}`)).body)
    expect(shown).not.toMatch(/secret|start|size/)
    expect((await farm.call('/api/codes/ranges/999999999')).status).toBe(404)
    expect((await farm.call('/api/codes/ranges/abc')).status).toBe(400)
  })

  it('are listed page by page', async () => {
    const ids: number[] = []
    let path = '/api/codes/ranges?limit=3'
    for (let pages = 0; pages < 50 && path; pages++) {
      const { body, headers } = await farm.call<{ ranges: { id: number }[] }>(path)
      ids.push(...body.ranges.map(r => r.id))
      path = /<https:\/\/trace\.example\.org([^>]+)>/.exec(headers.get('link') ?? '')?.[1] ?? ''
    }
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a))
    expect(ids.length).toBeGreaterThan(10)
    expect((await farm.call('/api/codes/ranges?nextPageToken=x')).status).toBe(400)
  })
})

describe('the list of a range', () => {
  it('gives a page of a million at any place, as NDJSON, CSV or text, and leads on', async () => {
    const { body: range } = await farm.issue({ scheme: 'trace-code', count: 1_000_000 })
    expect(range.guess).toBeLessThanOrEqual(2 ** -20)
    const path = `/api/codes/ranges/${range.id}/codes`
    const get = (query: string, accept?: string) =>
      platform.call(path + query, { ...(accept && { headers: { accept } }) })
    const first = await get('?limit=2')
    expect(first.headers.get('content-type')).toContain('application/x-ndjson')
    expect(first.headers.get('link')).toBe(`<https://trace.example.org${path}?limit=2&from=2>; rel="next"`)
    const csv = (await (await get('?from=999998', 'text/csv')).text()).split('\r\n')
    expect(csv[0]).toBe('n,code,text,url,state')
    expect(csv.length).toBe(4)
    expect(csv[2]).toMatch(
      /^999999,urn:yuanliu:trace-code:Y\w{15},Y\w{3}-\w{4}-\w{4}-\w{4},https:\/\/trace\.example\.org\/t\/Y\w{15},issued$/,
    )
    const text = await get('?from=500000&limit=2500&format=text')
    expect((await text.text()).split('\n').length).toBe(2501)
    expect(await (await get('?from=1000000')).text()).toBe('')
    expect((await get('?limit=100001')).status).toBe(400)
  })

  it('starts a million at once', async () => {
    const { body: range } = await farm.issue({ scheme: 'trace-code', count: 1_000_000, style: 'sequential' })
    const { body } = await farm.call<{ states: Record<string, number> }>(`/api/codes/ranges/${range.id}`)
    expect(body.states).toEqual({ issued: 1_000_000 })
  })
})
