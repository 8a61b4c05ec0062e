import type { ProofBundle } from '@yuanliu/core'
import { parsePolicy, verifyProofBundle } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { nodeCrypto } from '../lib/signing/node-crypto.ts'
import { logKeyFolder } from '../log/signing.fixture.ts'
import { acting, get as getFrom, words } from './asking.fixture.ts'
import { ASSETS, CURVES } from './assets.ts'
import { LOT, SECRET, story } from './portal.fixture.ts'

let platform: Platform
const crypto = await nodeCrypto()
// On PostgreSQL a process without a key does not lead.
const keys = logKeyFolder('trace.example.org/log', crypto)
beforeAll(async () => {
  platform = await startPlatform({ PUBLIC_URL: 'https://trace.example.org', ...keys.env })
  await platform.capture(story())
})
afterAll(async () => {
  await platform.stop()
  keys.remove()
})

const get = (path: string) => getFrom(platform.url, path)
const code = encodeURIComponent(`https://id.gs1.org/${LOT}`)
async function bundleOf(query = `code=${code}`, key: string | null = null): Promise<ProofBundle> {
  const answer = await platform.call(`/api/log/bundle?${query}`, { key })
  const text = await answer.text()
  expect(answer.status, text).toBe(200)
  return JSON.parse(text)
}
const verify = (bundle: ProofBundle) => verifyProofBundle(bundle, parsePolicy(bundle.policy), crypto)

describe('the bundle of a page', () => {
  it('proves every step that the page shows, and says nothing that the page does not', async () => {
    const shown = JSON.parse((await getFrom(platform.url, `/${LOT}`, { accept: 'application/json' })).text)
    const bundle = await bundleOf()
    expect(bundle.records.map(r => r.step)).toEqual(shown.steps.map((_: unknown, i: number) => i))
    expect(bundle.records.map(r => r.about.recorded)).toEqual(shown.steps.map((s: { recorded: string }) => s.recorded))
    expect(bundle.unlogged).toEqual([])
    const found = await verify(bundle)
    expect(found.records.map(r => r.refusal)).toEqual(bundle.records.map(() => null))
    expect(found.records.map(r => r.opened)).toEqual(bundle.records.map(() => []))
    expect(Number(found.checkpoint.size)).toBeGreaterThanOrEqual(bundle.records.length)
    const text = JSON.stringify(bundle)
    expect(text).not.toContain(SECRET)
    expect(text).not.toMatch(/urn:uuid|ni:\/\/\//)
    expect(bundle.records.every(r => r.opening === undefined)).toBe(true)
    expect(Date.parse(bundle.shownSince)).toBeLessThanOrEqual(Date.now())
  })

  it('has content and salts for a key that may read: they open the entries', async () => {
    const reader = await platform.key('auditor', ['read'])
    const bundle = await bundleOf(`code=${code}`, reader)
    const found = await verify(bundle)
    expect(found.records.map(r => [r.opened, r.refusal])).toEqual(bundle.records.map(() => [['sha256'], null]))
    const events = bundle.records.map(r => JSON.parse(Buffer.from(r.opening?.bytes ?? '', 'base64').toString()))
    for (const [i, { about, opening }] of bundle.records.entries()) {
      expect(Date.parse(events[i].eventTime)).toBe(Date.parse(about.time))
      expect(Math.floor(Number(opening?.receivedAt) / 1000)).toBe(Date.parse(about.recorded))
    }
    const one = structuredClone(bundle)
    const opening = one.records[1]?.opening as { bytes: string }
    opening.bytes = Buffer.from(`${Buffer.from(opening.bytes, 'base64')} `).toString('base64')
    expect((await verify(one)).records[1]?.refusal).toMatchObject({ kind: 'commitment-wrong' })
  })

  it('is refused to keys that may not read or are none, and for codes without records', async () => {
    const status = async (query: string, key: string | null) => {
      const answer = await platform.call(`/api/log/bundle?${query}`, { key })
      return [answer.status, (await answer.json()).type.split('/').at(-1)]
    }
    const writer = await platform.key('writer', ['capture'])
    expect(await status(`code=${code}`, writer)).toEqual([403, 'permission-missing'])
    expect(await status(`code=${code}`, 'nonsense')).toEqual([401, 'key-invalid'])
    expect(await status(`code=${encodeURIComponent('(01)09521321999992')}`, null)).toEqual([404, 'code-unknown'])
    expect(await status('code=09521321000101', null)).toEqual([400, 'malformed-code'])
    expect(await status('', null)).toEqual([400, 'invalid-query'])
    expect(await status(`code=${code}&suite=sm3-sm2`, null)).toEqual([404, 'log-off'])
    expect(await status(`code=${code}&suite=md5`, null)).toEqual([400, 'invalid-query'])
  })
})

describe('the check page', () => {
  it('is linked from the product page, and holds what a reader without scripts needs', async () => {
    const product = await get(`/${LOT}?lang=zh`)
    expect(product.text).toContain(`href="/check/${LOT}?lang=zh"`)
    const page = await get(`/check/${LOT}?lang=zh`)
    expect(page.status).toBe(200)
    const text = words(page.text)
    const bundle = await bundleOf()
    for (const needed of ['验算', '尚无独立见证人', '不证明']) expect(text).toContain(needed)
    for (const { index } of bundle.records) expect(text).toContain(`日志条目 ${index}`)
    const [origin, size, root] = bundle.checkpoint.split('\n') as [string, string, string]
    for (const part of [origin, size, root.slice(0, 20)]) expect(text).toContain(part)
    expect(page.text).toContain('download="proof-bundle.json"')
    expect(page.text).not.toContain(SECRET)
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.headers['content-security-policy']).toContain("script-src 'self'")
    expect(acting(page.text).filter(tag => !tag.startsWith('<body'))).toEqual([])
    expect((await get(`/check/${LOT}?lang=en`)).text).toContain('Verify it yourself')
    expect((await get(`/check/t/${encodeURIComponent(`https://id.gs1.org/${LOT}`)}`)).status).toBe(200)
  })

  it('leads to the page of the code where there is nothing to check', async () => {
    for (const [path, location] of [
      ['/check/01/09521321999992', '/01/09521321999992'],
      ['/check/t/xyz%20', '/t/xyz%20'],
      ['/check/01/123', '/t/%2F01%2F123'],
    ] as const) {
      const { status, headers } = await get(path)
      expect([status, headers.location], path).toEqual([307, location])
    }
  })

  it('has scripts of bounded size, and none of them is needed by the product page', async () => {
    expect(ASSETS.check?.body.length).toBeLessThan(40_000)
    expect(CURVES?.body.length).toBeLessThan(100_000)
    expect((await get(`/${LOT}`)).text).not.toContain(ASSETS.check?.path)
    for (const path of [ASSETS.check?.path, CURVES?.path]) {
      const { status, headers } = await get(path as string)
      expect([status, headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8'])
    }
  })
})

describe('without a log', () => {
  it('nothing is linked, and what is asked for says so', async () => {
    const bare = await startPlatform({ PUBLIC_URL: 'https://trace.example.org', LOG: 'off' })
    try {
      await bare.capture(story())
      expect((await getFrom(bare.url, `/${LOT}`)).text).not.toContain('/check/')
      const { status, headers } = await getFrom(bare.url, `/check/${LOT}`)
      expect([status, headers.location]).toEqual([307, `/${LOT}`])
      expect((await bare.call(`/api/log/bundle?code=${code}`, { key: null })).status).toBe(404)
    } finally {
      await bare.stop()
    }
  })
})
