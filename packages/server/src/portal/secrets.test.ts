import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { acting, type Got, get as getFrom, words } from './asking.fixture.ts'
import {
  CUSTOMER,
  hostileStory,
  LOT,
  OTHER_LOT,
  PALLET,
  QUANTITIES,
  RAW,
  SECRET,
  STORE,
  story,
} from './portal.fixture.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform({ PUBLIC_URL: 'https://trace.example.org' })
  await platform.capture(story())
})
afterAll(() => platform.stop())

const get = (path: string, headers?: Record<string, string>, method?: string): Promise<Got> =>
  getFrom(platform.url, path, headers, method)

describe('secrets', () => {
  const forms: [string, Record<string, string>][] = [
    ['?lang=zh', {}],
    ['?lang=en&size=large', {}],
    ['', { accept: 'application/json' }],
    ['?lang=en', { accept: 'application/linkset+json' }],
    ['?linkType=all', {}],
  ]
  for (const [query, headers] of forms) {
    it(`are in no public answer (${query} ${headers.accept ?? 'html'})`, async () => {
      for (const unit of [LOT, '01/09521321000100', `${LOT}/21/S1`]) {
        const { status, text, headers: answered } = await get(`/${unit}${query}`, headers)
        if (status === 404) continue
        expect(status).toBe(200)
        const all = `${JSON.stringify(answered)} ${text}`
        expect(all).not.toContain(SECRET)
        expect(all).not.toContain(encodeURIComponent('别处'))
        expect(all).not.toContain('OTHER-7')
        expect(all).not.toContain(OTHER_LOT.slice(3, 17))
        expect(all).not.toContain(CUSTOMER.slice(4))
        const said = answered['content-type']?.includes('html') ? words(text) : text
        for (const quantity of QUANTITIES) expect(said).not.toMatch(new RegExp(`\\b${quantity}\\b`))
      }
    })
  }

  it('nothing forward of the unit: a raw lot does not tell what was made of it, or who got that', async () => {
    for (const accept of ['text/html', 'application/json']) {
      const { status, text } = await get(`/${RAW}`, { accept })
      expect(status).toBe(200)
      for (const ahead of [
        LOT.slice(3, 17),
        '测试调和油',
        CUSTOMER.slice(4),
        STORE.slice(4),
        '测试商店',
        `${SECRET} 3.20`,
        `${SECRET} street`,
      ]) {
        expect(text).not.toContain(ahead)
      }
    }
  })

  it('while the trace itself has them, and percent and receivers that show themselves are public', async () => {
    const trace = await (await platform.call(`/api/trace?code=https://id.gs1.org/${LOT}`)).text()
    expect(trace).toContain(CUSTOMER)
    expect(trace).toContain('8731')
    const open = JSON.parse((await get(`/${LOT}`, { accept: 'application/json' })).text)
    expect(open.steps.map((s: { percent: string | null }) => s.percent)).toContain('34%')
    const shipped = open.steps.filter((s: { step: string }) => s.step === 'shipping')
    expect(shipped.map((s: { to: { code: string } | null }) => s.to?.code ?? null).sort()).toEqual([
      `https://id.gs1.org/${STORE}`,
      null,
    ])
    expect(Object.keys(open).sort()).toEqual([
      'code',
      'codeState',
      'coverage',
      'demonstration',
      'documents',
      'elsewhere',
      'formerly',
      'gaps',
      'insteadOf',
      'level',
      'links',
      'page',
      'steps',
      'units',
      'verdict',
    ])
  })
})

describe('safety', () => {
  it('a policy on every page whose hash is that of the one style sheet', async () => {
    for (const path of [
      '/',
      `/${LOT}`,
      '/01/09521321000506/10/X',
      '/t/hello',
      '/nothing',
      '/problems/internal',
      `/t/${PALLET.slice(3)}`,
    ]) {
      const { text, headers } = await get(path)
      const policy = String(headers['content-security-policy'])
      expect(policy, path).toContain("default-src 'none'")
      for (const part of ["script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"])
        expect(policy).toContain(part)
      const style = /<style>(.*?)<\/style>/s.exec(text)?.[1] ?? ''
      expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`)
      expect(text).not.toMatch(/\sstyle=|\son[a-z]+=/)
      expect(text.match(/<style/g)).toHaveLength(1)
    }
  })

  it('no foreign origin, and scripts that exist', async () => {
    const { text } = await get(`/${LOT}`)
    for (const [, url] of text.matchAll(/(?:src|action)="([^"]*)"/g)) {
      expect(url).toMatch(/^\/(?!\/)/)
      if (url?.startsWith('/assets')) expect((await get(url)).headers['content-type']).toContain('javascript')
    }
    expect(text).toContain('href="https://certs.example.org/a?b=1&amp;c=2" rel="noopener nofollow"')
    expect(text).not.toContain('javascript:')
  })

  it('builds addresses from the setting, whatever Host says', async () => {
    const { text, headers } = await get(`/${LOT}`, { host: 'evil.example.org' })
    expect(text + JSON.stringify(headers)).not.toContain('evil.example.org')
    expect(text).toContain(`https://trace.example.org/${LOT}`)
  })

  it('markup from events, master data and addresses stays text', async () => {
    const lot = '<svg/onload=alert(9)>'
    await platform.capture(hostileStory(lot))
    const path = `/01/09521321000407/10/${encodeURIComponent(lot)}`
    for (const query of ['?lang=zh', '?lang=en']) {
      const { status, text } = await get(path + query)
      expect(status).toBe(200)
      expect(acting(text)).toEqual([])
      expect(text).toContain('&lt;script&gt;alert(1)')
    }
    for (const hostile of ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '../../<b>']) {
      for (const at of [
        `/t/${encodeURIComponent(hostile)}`,
        `/01/09521321000407/10/${encodeURIComponent(hostile)}`,
        `/${encodeURIComponent(hostile)}`,
        `/01/x${encodeURIComponent(hostile)}`,
        `/?lang=${encodeURIComponent(hostile)}&size=${encodeURIComponent(hostile)}`,
      ]) {
        const { status, text } = await get(at)
        expect(status).toBeLessThan(500)
        expect(acting(text), at).toEqual([])
      }
    }
  })

  it('damaged addresses are refused, not answered with 5xx', async () => {
    for (const path of ['/t/%', '/01/%zz', '/t/%ff', '/01/09521321000100/10/%E4%B8', '//[', `/t/${'9'.repeat(5000)}`]) {
      const { status } = await get(path)
      expect(status, path).toBeGreaterThanOrEqual(400)
      expect(status, path).toBeLessThan(500)
    }
  })
})
