import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf } from '../../../../test/support/events.ts'
import { startPlatform } from '../../../../test/support/platform.ts'
import { words } from '../portal/asking.fixture.ts'
import { ABROAD, FOREIGN, LOT, lotEvent, PRODUCT, type Stage, stageOf } from './resolve.fixture.ts'

let stage: Stage
beforeAll(async () => {
  stage = await stageOf(await startPlatform({ PAGE_GRACE_MS: '0' }))
})
afterAll(() => stage.platform.stop())

const draft = { code: PRODUCT, linkType: 'gs1:faqs', href: 'https://brand.example/faq', title: '问与答' }
const post = (path: string, body: unknown, key = stage.brand) =>
  stage.platform.call(path, { method: 'POST', key, body: JSON.stringify(body) })
const remove = (path: string, key = stage.brand) => stage.platform.call(path, { method: 'DELETE', key })

describe('links', () => {
  it('belong to the organisation that described the product first', async () => {
    expect((await post('/api/links', draft, stage.other)).status).toBe(403)
    expect((await post('/api/links', { ...draft, code: '01/09521321000902' })).status).toBe(403)
    const reader = await stage.platform.key('brand', ['read', 'capture'])
    expect((await post('/api/links', draft, reader)).status).toBe(403)
    const { id } = await stage.register('/api/links', draft)
    expect((await remove(`/api/links/${id}`, stage.other)).status).toBe(403)
    expect((await remove(`/api/links/${id}`)).status).toBe(200)
    expect((await remove(`/api/links/${id}`)).status).toBe(404)
    // of a lot, too
    expect((await post('/api/links', { ...draft, code: LOT }, stage.other)).status).toBe(403)
    const lot = await stage.register('/api/links', { ...draft, code: LOT })
    expect(lot.code).toBe(`https://id.gs1.org/${LOT}`)
    await remove(`/api/links/${lot.id}`)
  })

  it('are checked: what is wrong is said with its place', async () => {
    const wrong: [object, string][] = [
      [{ href: 'javascript:alert(1)' }, '/href'],
      [{ href: 'data:text/html,x' }, '/href'],
      [{ href: 'https://user:secret@brand.example/' }, '/href'],
      [{ href: 'not an address' }, '/href'],
      [{ code: '09521321000606' }, '/code'],
      [{ code: 'nonsense' }, '/code'],
      [{ from: 'yesterday' }, '/from'],
      [{ from: '2026-10-02T00:00:00Z', until: '2026-10-01T00:00:00Z' }, '/until'],
      [{ languages: ['Chinese'] }, '/languages/0'],
      [{ mediaType: 'html' }, '/mediaType'],
      [{ default: 'always' }, '/default'],
      [{ surplus: 1 }, ''],
    ]
    for (const [change, pointer] of wrong) {
      const answer = await post('/api/links', { ...draft, ...change })
      const body = await answer.json()
      expect(answer.status, JSON.stringify(change)).toBe(400)
      expect(body.errors.map((e: { pointer: string }) => e.pointer)).toContain(pointer)
    }
    for (const id of ['x', '00000000-0000-0000-0000-00000000000G'])
      expect([400, 404]).toContain((await remove(`/api/links/${id}`)).status)
    // An address of its own, which knows no such method.
    expect((await remove('/api/links/../keys')).status).toBe(405)
  })

  it('registered twice are one, with the newer words; a single default takes over from the one before', async () => {
    const first = await stage.register('/api/links', { ...draft, code: ABROAD, default: 'single' })
    const again = await stage.register('/api/links', { ...draft, code: ABROAD, title: 'FAQ', default: 'single' })
    expect(again).toMatchObject({ id: first.id, title: 'FAQ' })
    await stage.register('/api/links', { ...draft, code: ABROAD, href: 'https://brand.example/2', default: 'single' })
    const { links } = await (await stage.platform.call(`/api/links?code=${ABROAD}`, { key: stage.brand })).json()
    expect(links.map((l: { default: string }) => l.default)).toEqual(['none', 'single'])
    for (const { id } of links) await remove(`/api/links/${id}`)
    expect((await (await stage.platform.call('/api/links', { key: stage.brand })).json()).links).toEqual([])
  })

  it('show on pages at once, and are gone at once', async () => {
    const page = () => stage.ask(`/${LOT}?lang=zh`)
    const before = await page()
    expect(before.text).not.toContain('brand.example')
    const { id } = await stage.register('/api/links', draft)
    const shown = await page()
    expect(words(shown.text)).toMatch(/相关链接 问与答 brand\.example · 由 brand 提供/)
    expect(shown.headers.etag).not.toBe(before.headers.etag)
    // a change elsewhere leaves the page as it is
    const other = await stage.register('/api/links', { ...draft, code: FOREIGN }, stage.other)
    expect((await stage.ask(`/${LOT}?lang=zh`, { 'if-none-match': String(shown.headers.etag) })).status).toBe(304)
    await remove(`/api/links/${other.id}`, stage.other)
    await remove(`/api/links/${id}`)
    expect((await page()).headers.etag).toBe(before.headers.etag)
  })

  it('begin and end when they say', async () => {
    const path = `/${PRODUCT}?linkType=gs1:review`
    const review = { ...draft, linkType: 'gs1:review' }
    const until = new Date(Date.now() + 1_500).toISOString()
    const { id } = await stage.register('/api/links', { ...review, until })
    expect((await stage.ask(path)).status).toBe(307)
    for (const deadline = Date.now() + 20_000; (await stage.ask(path)).status !== 404; )
      expect(Date.now()).toBeLessThan(deadline)
    await remove(`/api/links/${id}`)
    const later = new Date(Date.now() + 3_600_000).toISOString()
    await stage.register('/api/links', { ...review, from: later })
    expect((await stage.ask(path)).status).toBe(404)
  })

  it('text in them stays text, in pages and in headers', async () => {
    const title = '"><script>alert(1)</script>\r\nx: y 完 \ud800'
    const made = await post('/api/links', {
      ...draft,
      linkType: 'gs1:tutorial',
      title,
      href: 'https://brand.example/"><b>',
    })
    expect([201, 400]).toContain(made.status)
    const page = await stage.ask(`/${LOT}`)
    expect(page.text).not.toContain('<script>alert')
    const { status, headers } = await stage.ask(`/${PRODUCT}?linkType=gs1:tutorial`)
    expect([307, 404]).toContain(status)
    expect(headers.x).toBeUndefined()
  })
})

describe('a recall', () => {
  it('expired: the default link of an organisation does not take readers away from the warning', async () => {
    const lot = `${PRODUCT}/10/OLD`
    const ilmd = { 'cbvmda:lotNumber': 'OLD', 'cbvmda:itemExpirationDate': '2020-01-01' }
    await stage.platform.capture(documentOf([lotEvent(lot, { action: 'ADD', bizStep: 'commissioning', ilmd })]), {
      key: stage.brand,
    })
    const link = await stage.register('/api/links', { ...draft, code: lot, default: 'single' })
    const page = await stage.ask(`/${lot}?lang=zh`)
    expect([page.status, words(page.text).includes('已过有效期')]).toEqual([200, true])
    expect((await stage.ask(`/${lot}?linkType=gs1:faqs`)).status).toBe(307)
    await remove(`/api/links/${link.id}`)
  })
})
