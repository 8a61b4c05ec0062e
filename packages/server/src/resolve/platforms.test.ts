import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPlatform } from '../../../../test/support/platform.ts'
import { words } from '../portal/asking.fixture.ts'
import { LOT, linkOf, PRODUCT, type Stage, stageOf } from './resolve.fixture.ts'

let stage: Stage
let asked = 0
const home = createServer((_request, response) => {
  asked++
  response.end()
})
let address = ''
beforeAll(async () => {
  stage = await stageOf(await startPlatform({ PAGE_GRACE_MS: '0' }))
  await new Promise<void>(resolve => home.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(home.address() as AddressInfo).port}`
})
afterAll(async () => {
  home.close()
  await stage.platform.stop()
})

const resolve = async (code: string) => {
  const answer = await stage.platform.call(`/api/resolve?code=${encodeURIComponent(code)}`, { key: null })
  return { status: answer.status, body: await answer.json() }
}
const name = (zh: string, en: string) => ({ zh, en })

describe('R-INT-08: any registered identifier resolves to its object, its home and an address', () => {
  it('here: what this platform knows, for a lot, a product, a box and a place', async () => {
    const { status, body } = await resolve('(01)09521321000605(10)L1')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      state: 'here',
      code: linkOf(LOT),
      type: 'lot',
      home: { self: true, state: 'active', address: 'https://trace.example.org' },
      address: `https://trace.example.org/${LOT}`,
      links: [],
      formerly: [],
    })
    expect((await resolve(PRODUCT)).body).toMatchObject({ state: 'here', type: 'class' })
    expect((await resolve(`${PRODUCT}/10/UNHEARD`)).body).toMatchObject({ state: 'here', type: 'lot' })
  })

  it('elsewhere: by company prefix, scheme and URI, the most special first, and nobody is asked', async () => {
    const admin = await stage.platform.key('platform', ['admin', 'read'])
    const platforms = [
      { match: 'company-prefix', prefix: '9521322', name: name('甲市平台', 'City A'), home: `${address}/a` },
      {
        match: 'company-prefix',
        prefix: '95213221',
        name: name('乙市平台', 'City B'),
        home: `${address}/b`,
        query: `${address}/b/ask?c={code}`,
        state: 'paused',
      },
      { match: 'scheme', prefix: 'grai', name: name('周转箱平台', 'Crates'), home: `${address}/c` },
      { match: 'uri', prefix: 'https://codes.example/', name: name('某企业', 'A company'), home: `${address}/d` },
    ]
    for (const platform of platforms) await stage.register('/api/platforms', platform, admin)
    const cases: [string, string, string, string][] = [
      ['01/09521322000000/10/X', '甲市平台', `${address}/a`, 'lot'],
      ['00/195213220000000014', '甲市平台', `${address}/a`, 'logistic'],
      ['414/9521322000000', '甲市平台', `${address}/a`, 'place'],
      ['01/19521322100004/21/7', '乙市平台', '', 'item'],
      ['8003/095213230000091', '周转箱平台', `${address}/c`, 'asset'],
      ['https://codes.example/a/b', '某企业', `${address}/d`, 'other'],
    ]
    for (const [code, zh, where, type] of cases) {
      const { status, body } = await resolve(code)
      expect(status, `${code} ${JSON.stringify(body)}`).toBe(200)
      expect(body, code).toMatchObject({ state: 'elsewhere', type, home: { name: { zh }, self: false } })
      const canonical = encodeURIComponent(body.code)
      expect(body.address).toBe(where || `${address}/b/ask?c=${canonical}`)
    }
    expect((await resolve('01/19521322100004/21/7')).body.home.state).toBe('paused')
    expect((await resolve('https://codes.examples/a')).status).toBe(404)
    expect(asked).toBe(0)
  })

  it('the page says where to look, in words and with a link, while that platform is down', async () => {
    await new Promise<void>(done => home.close(() => done()))
    const path = '/01/19521322100004/21/7'
    for (const lang of ['zh', 'en']) {
      const page = await stage.ask(`${path}?lang=${lang}`)
      expect(page.status).toBe(200)
      expect(words(page.text)).toContain(lang === 'zh' ? '请到“乙市平台”查询' : 'Ask “City B”')
      expect(words(page.text)).toContain(lang === 'zh' ? '该平台暂停服务' : 'out of service')
      expect(page.text).toContain(`href="${address}/b/ask?c=`)
    }
    const json = JSON.parse((await stage.ask(path, { accept: 'application/json' })).text)
    expect(json).toMatchObject({ verdict: { kind: 'elsewhere' }, elsewhere: { state: 'paused', home: `${address}/b` } })
  })

  it('an unknown prefix gives a clear answer', async () => {
    const { status, body } = await resolve('01/09521399000002/10/X')
    expect(status).toBe(404)
    expect(body.detail).toContain('no platform is registered for its prefix')
    expect((await resolve('hello')).status).toBe(400)
    expect((await resolve('hello')).body.schemes).toContain('gtin')
    expect((await resolve('9521321000606')).body.detail).toMatch(/校验位/)
  })

  it('is managed by administrators, and checked', async () => {
    const draft = { match: 'company-prefix', prefix: '952', name: name('x', 'x'), home: 'https://x.example/' }
    const post = (body: unknown, key?: string) =>
      stage.platform.call('/api/platforms', { method: 'POST', body: JSON.stringify(body), ...(key && { key }) })
    expect((await post(draft, stage.brand)).status).toBe(403)
    for (const change of [
      { prefix: '12' },
      { prefix: 'abc' },
      { match: 'scheme' },
      { match: 'uri' },
      { home: 'ftp://x' },
      { query: 'x' },
    ])
      expect((await post({ ...draft, ...change })).status, JSON.stringify(change)).toBe(400)
    const list = async () => (await (await stage.platform.call('/api/platforms')).json()).platforms as { id: string }[]
    for (const { id } of await list())
      expect((await stage.platform.call(`/api/platforms/${id}`, { method: 'DELETE' })).status).toBe(200)
    expect(await list()).toEqual([])
    expect((await stage.ask('/01/19521322100004/21/7')).status).toBe(404)
  })
})

describe('GET /api/codes/parse', () => {
  const parse = async (text: string) => {
    const answer = await stage.platform.call(`/api/codes/parse?text=${encodeURIComponent(text)}`, { key: null })
    return { status: answer.status, body: await answer.json() }
  }
  it('R-COD-01: parts, canonical form and forms; the wrong digit; the schemes known where nothing fits', async () => {
    const good = (await parse('(01)09521321000605(10)L1')).body.readings[0]
    expect(good).toMatchObject({ ok: true, canonical: linkOf(LOT), parts: { lot: 'L1' } })
    expect(good.forms.digitalLink).toBe(linkOf(LOT))
    const bad = (await parse('9521321000606')).body.readings.find((r: { ok: boolean }) => !r.ok)
    expect(bad).toMatchObject({ ok: false, reason: 'checksum', at: 12 })
    const none = (await parse('hello world, nobody')).body
    expect(none.readings).toEqual([])
    expect(none.schemes.length).toBeGreaterThan(10)
    expect(none.schemes.map((s: { title: { zh: string } }) => s.title.zh)).toContain('统一社会信用代码')
    expect((await parse('x'.repeat(4097))).status).toBe(400)
    expect((await parse('')).status).toBe(400)
  })
  it('is limited like other public requests', async () => {
    const strict = await startPlatform({ PUBLIC_RATE: '2' })
    const ask = () => strict.call('/api/codes/parse?text=1', { key: null })
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([200, 200, 429])
    expect((await strict.call('/api/resolve?code=1', { key: null })).status).toBe(429)
    await strict.stop()
  })
})
