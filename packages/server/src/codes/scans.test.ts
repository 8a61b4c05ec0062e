import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { sql } from '../lib/db/sql.ts'
import { get, words } from '../portal/asking.fixture.ts'
import { issuingApi } from './issuing.fixture.ts'

let platform: Platform
let farm: ReturnType<typeof issuingApi>
let keys: Record<'farm' | 'reporter' | 'stranger' | 'regulator', string>
beforeAll(async () => {
  platform = await startPlatform({ REGION_HEADER: 'X-Region' })
  farm = issuingApi(platform, await platform.key('farm', ['code:issue']))
  keys = {
    farm: await platform.key('farm', ['signal:read']),
    reporter: await platform.key('shop', ['signal:read', 'capture']),
    stranger: await platform.key('stranger', ['signal:read']),
    regulator: await platform.key('bureau', ['signal:read', 'oversight']),
  }
})
afterAll(() => platform.stop())

interface Count {
  counted: boolean
  times: number | null
  since: string | null
  text: string
  places?: { region: string; title: string }[]
}
async function scan(code: string, more: { region?: string; headers?: Record<string, string>; method?: string } = {}) {
  const query = new URLSearchParams({ code, lang: 'zh', ...(more.region && { region: more.region }) })
  const { method = 'POST', headers = {} } = more
  const answer = await platform.call(`/scan?${query}`, {
    key: null,
    method,
    headers: { 'user-agent': 'Mozilla/5.0', ...headers },
  })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Count }
}
async function activeCode(): Promise<string> {
  const { body } = await farm.issue({ scheme: 'trace-code', count: 1 })
  await farm.set({ state: 'active', range: body.id })
  return body.first
}
const flushed = () => platform.running.rooms.scans.flush()

describe('scans of an item', () => {
  it('are first, then so many since the first, and the page asks for them', async () => {
    const code = await activeCode()
    const first = await scan(code, { region: '370203' })
    expect(first).toMatchObject({
      status: 200,
      body: { counted: true, times: 1, text: expect.stringContaining('首次验证') },
    })
    expect(first.headers.get('cache-control')).toBe('no-store')
    expect(first.body.since).toMatch(/:00:00\.000Z$/)
    await flushed()
    const second = await scan(code)
    expect(second.body).toMatchObject({
      times: 2,
      text: expect.stringMatching(/已验证 2 次，首次在 \d{4}-\d\d-\d\d \d\d:00/),
    })
    expect(second.body.places).toContainEqual({ region: '370000', title: '山东' })
    expect((await scan(code, { method: 'GET' })).body).toMatchObject({ times: 2, counted: false })
    const { status, text } = await get(platform.url, `/t/${code.split(':').at(-1)}`)
    expect([status, text]).toEqual([200, expect.stringContaining('id="scans"')])
    const action = /<form action="([^"]+)" method="post" id="scans">/.exec(text)?.[1]?.replaceAll('&amp;', '&')
    const pressed = await get(platform.url, action ?? '', { 'user-agent': 'Mozilla/5.0' }, 'POST')
    expect([pressed.status, words(pressed.text)]).toEqual([200, expect.stringContaining('已验证 3 次')])
  })

  it('keep hour, city and number, nothing else', async () => {
    const code = await activeCode()
    await scan(code, { region: '370203', headers: { cookie: 'a=b', 'x-forwarded-for': '203.0.113.9' } })
    await scan(code, { headers: { 'x-region': '440106' } })
    await scan(code, { headers: { 'x-region': 'Guangzhou' } })
    await scan(code, { region: '990101' })
    await flushed()
    const rows = await platform.running.parts.db.rows<Record<string, unknown>>(
      sql`select * from code_scan where unit = ${code} order by place`,
    )
    const hour = expect.any(Number)
    expect(rows).toEqual([
      { unit: code, hour, place: '', n: 2 },
      { unit: code, hour, place: '370200', n: 1 },
      { unit: code, hour, place: '440100', n: 1 },
    ])
  })

  it('are not those of robots, of HEAD, of lots, of what nobody knows or issued', async () => {
    const code = await activeCode()
    for (const agent of ['Googlebot/2.1', 'curl/8.5', 'WeChat-Preview'])
      expect((await scan(code, { headers: { 'user-agent': agent } })).body).toMatchObject({ counted: false, times: 0 })
    await platform.call(`/t/${code.split(':').at(-1)}`, { key: null, method: 'HEAD' })
    const unknown = ['(01)06901234567892(10)L1', '(01)06901234567892(21)7', 'https://example.org/x']
    for (const text of unknown) expect((await scan(text)).body).toMatchObject({ counted: false, times: null })
    await flushed()
    expect((await scan(code, { method: 'GET' })).body).toMatchObject({ times: 0, text: '还没有人验证过这个码。' })
    expect((await scan('6901234567893')).status).toBe(400)
    expect((await scan(code, { region: '37' })).status).toBe(400)
  })

  it('in parallel are all counted', async () => {
    const code = await activeCode()
    await Promise.all(Array.from({ length: 40 }, () => scan(code)))
    await flushed()
    expect((await scan(code, { method: 'GET' })).body.times).toBe(40)
  })
})

describe('signals', () => {
  const list = async (key: string, query = '') => {
    const answer = await platform.call(`/api/codes/signals${query}`, { key })
    return { status: answer.status, headers: answer.headers, body: await answer.json() }
  }

  it('50 scans of one item from three provinces in an hour: who issued it, who reported it and the regulator are told', async () => {
    const code = await activeCode()
    await platform.capture(documentOf([objectEvent({ epcList: [code] })]), { key: keys.reporter })
    const regions = ['110105', '370203', '440106']
    for (let i = 0; i < 50; i++) await scan(code, { region: regions[i % 3]! })
    await flushed()
    expect((await scan(code, { region: '110105' })).body.text).toContain('已验证 51 次')
    for (const key of [keys.farm, keys.reporter, keys.regulator]) {
      const { status, body } = await list(key)
      expect(status).toBe(200)
      const mine = body.signals.filter((s: { code: string }) => s.code === code)
      expect(mine.map((s: { rule: string }) => s.rule).sort()).toEqual(['impossible-journey', 'suspected-clone'])
      expect(mine.find((s: { rule: string }) => s.rule === 'suspected-clone')).toMatchObject({
        title: { zh: expect.stringContaining('疑似复制码') },
        organisations: expect.arrayContaining(['farm', 'shop']),
        detail: { scans: 50, provinces: ['110000', '370000', '440000'] },
      })
    }
    expect((await list(keys.stranger)).body).toEqual({ signals: [] })
    expect((await list(await platform.key('farm', ['read']))).status).toBe(403)
  })

  it('49 scans, or two provinces near by, are none', async () => {
    const code = await activeCode()
    for (let i = 0; i < 49; i++) await scan(code, { region: i % 2 ? '110105' : '120101' })
    await flushed()
    const { body } = await list(keys.regulator)
    expect(body.signals.filter((s: { code: string }) => s.code === code)).toEqual([])
  })

  it('come page by page, since a time', async () => {
    const one = await list(keys.regulator, '?limit=1')
    expect(one.body.signals.length).toBe(1)
    const next = /<https:\/\/trace\.example\.org\/api\/codes\/signals([^>]+)>/.exec(one.headers.get('link') ?? '')?.[1]
    const two = await list(keys.regulator, next)
    expect(two.body.signals.length).toBe(1)
    expect(two.body.signals[0].rule).not.toBe(one.body.signals[0].rule)
    expect((await list(keys.regulator, '?since=2999-01-01T00:00:00Z')).body.signals).toEqual([])
    expect((await list(keys.regulator, '?since=yesterday')).status).toBe(400)
    expect((await list(keys.regulator, '?nextPageToken=zzz')).status).toBe(400)
  })
})
