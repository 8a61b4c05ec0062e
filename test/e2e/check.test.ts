import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logged } from '../../packages/server/src/log/reading.fixture.ts'
import { launchBrowser } from '../support/browser.ts'
import { startDemoPlatform } from '../support/demo-platform.ts'
import type { Platform } from '../support/platform.ts'

const OIL = '/01/09521021000028/10/Y260918A'
const CHECK = `/check${OIL}?lang=zh`
const PHONE = { viewport: { width: 390, height: 844 } }
/** what a check ends with */
const ENDED = '#check[data-result]'

let platform: Platform
let browser: Browser
beforeAll(async () => {
  platform = await startDemoPlatform({ LOG: 'sha256-ed25519,sm3-sm2' })
  await logged(platform)
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await platform?.stop()
})

const result = (page: Page) => page.getAttribute('#check', 'data-result')

/** A context of its own: nothing is remembered in it. */
async function fresh(
  options: BrowserContextOptions = PHONE,
): Promise<{ context: BrowserContext; page: Page; troubles: string[] }> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('pageerror', error => troubles.push(String(error)))
  page.on('console', message => {
    if (message.type() === 'error') troubles.push(message.text())
  })
  return { context, page, troubles }
}

/** The bundle on its way to the page, altered. */
const altered = (page: Page, change: (bundle: Record<string, unknown>) => unknown) =>
  page.route('**/api/log/bundle?*', async route => {
    await route.fulfill({ json: change(await (await fetch(route.request().url())).json()) })
  })

describe('the check of a record', () => {
  it('a person goes from the product page to a verified record with the keyboard alone', async () => {
    const { page, troubles } = await fresh()
    await page.goto(`${platform.url}${OIL}?lang=zh`)
    await page.focus('text=核对此记录')
    await page.keyboard.press('Enter')
    await page.waitForSelector(ENDED)
    expect(await result(page)).toBe('ok')
    expect(await page.isVisible('#verdict-ok')).toBe(true)
    expect(await page.isVisible('#verdict-pending')).toBe(false)
    expect(await page.textContent('#check')).toContain('第一次在这台设备上核对')
    expect(await page.textContent('[data-of=witnesses]')).toContain('尚无独立见证人')
    const steps = await page.$$eval('[data-step]', all => all.map(e => (e as HTMLElement).dataset.found))
    expect(steps.length).toBeGreaterThan(5)
    expect(new Set(steps)).toEqual(new Set(['ok']))
    expect(troubles).toEqual([])
  })

  it('remembers the checkpoint, and finds that the log has only grown', async () => {
    const { page } = await fresh()
    const memory = async () => {
      await page.goto(`${platform.url}/check${OIL}?lang=en`)
      await page.waitForSelector(ENDED)
      return page.textContent('[data-of=memory]')
    }
    expect(await memory()).toContain('first time')
    expect(await memory()).toContain('The checkpoint is the one remembered')
    const { size } = (await (await platform.call('/api/log')).json()).logs[0]
    await platform.capture({
      '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
      type: 'EPCISDocument',
      schemaVersion: '2.0',
      creationDate: '2026-10-01T08:00:00+08:00',
      epcisBody: {
        eventList: [
          {
            type: 'ObjectEvent',
            eventTime: '2026-10-01T08:00:00+08:00',
            eventTimeZoneOffset: '+08:00',
            action: 'OBSERVE',
            epcList: ['https://id.gs1.org/01/09521021000028/21/E2E'],
          },
        ],
      },
    })
    expect(await logged(platform)).toBe(size + 1)
    expect(await memory()).toContain('it has grown and not changed')
    expect(await result(page)).toBe('ok')
  })

  it('shouts where the log is another one than this device remembers, with both checkpoints', async () => {
    const { page } = await fresh()
    await page.goto(platform.url + CHECK)
    await page.waitForSelector(ENDED)
    await page.evaluate(() => {
      const [name = ''] = Object.keys(localStorage)
      const kept = JSON.parse(localStorage.getItem(name) ?? '{}')
      kept.root[0] ^= 1
      kept.note = 'the note that was shown before'
      kept.size = String(Number(kept.size) - 1)
      localStorage.setItem(name, JSON.stringify(kept))
    })
    for (let look = 0; look < 2; look++) {
      await page.reload()
      await page.waitForSelector(ENDED)
      expect(await result(page), 'it is not forgotten').toBe('fork')
    }
    expect(await page.isVisible('#evidence')).toBe(true)
    expect(await page.textContent('#evidence')).toContain('the note that was shown before')
    expect(await page.textContent('[role=status]')).toContain('与您先前看到的不一致')
  })

  it('refuses what is altered, and says at which step', async () => {
    type Records = { records: { path: string[]; entry: string }[]; checkpoint: string; policy: string }
    const cases: [string, (bundle: Records) => unknown][] = [
      ['proof', b => ({ ...b, records: b.records.map((r, i) => (i === 1 ? { ...r, path: r.path.slice(1) } : r)) })],
      ['entry', b => ({ ...b, records: b.records.map(r => ({ ...r, entry: b.records[0]?.entry })) })],
      ['checkpoint', b => ({ ...b, checkpoint: b.checkpoint.replace(/\n(\d+)\n/, '\n1$1\n') })],
      ['key', b => ({ ...b, policy: b.policy.replace('+', '+0') })],
    ]
    for (const [what, change] of cases) {
      const { context, page } = await fresh()
      await altered(page, bundle => change(bundle as unknown as Records))
      await page.goto(platform.url + CHECK)
      await page.waitForSelector(ENDED)
      expect(await result(page), what).toBe('bad')
      expect(await page.textContent('[data-state=bad]:not([hidden])'), what).toMatch(/原因: ./)
      if (what === 'proof')
        expect(await page.$$eval('[data-step]', all => all.map(e => (e as HTMLElement).dataset.found))).toContain('bad')
      await context.close()
    }
  })

  it('verifies SM2 and, where WebCrypto has no Ed25519, that as well, with code that is fetched then', async () => {
    const { page, troubles } = await fresh()
    const fetched: string[] = []
    page.on('request', request => fetched.push(new URL(request.url()).pathname))
    await page.route('**/api/log/bundle?*', route => route.continue({ url: `${route.request().url()}&suite=sm3-sm2` }))
    await page.goto(platform.url + CHECK)
    await page.waitForSelector(ENDED)
    expect(await result(page)).toBe('ok')
    expect(fetched.filter(path => path.includes('curves'))).toHaveLength(1)

    const old = await fresh()
    await old.page.addInitScript(() => {
      crypto.subtle.importKey = () => Promise.reject(new DOMException('no such algorithm', 'NotSupportedError'))
    })
    await old.page.goto(platform.url + CHECK)
    await old.page.waitForSelector(ENDED)
    expect(await result(old.page)).toBe('ok')
    expect(troubles.concat(old.troubles)).toEqual([])
  })

  it('says that nothing was verified where the bundle cannot be had', async () => {
    const { page } = await fresh()
    await page.route('**/api/log/bundle?*', route => route.fulfill({ status: 503, body: '' }))
    await page.goto(platform.url + CHECK)
    await page.waitForSelector(ENDED)
    expect(await result(page)).toBe('failed')
  })

  it('without scripts says what there is and how to verify it elsewhere', async () => {
    const { page } = await fresh({ ...PHONE, javaScriptEnabled: false })
    await page.goto(platform.url + CHECK)
    expect(await page.isVisible('#verdict-pending')).toBe(true)
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[download]')])
    expect(download.suggestedFilename()).toBe('proof-bundle.json')
  })
})

describe('readable by everybody', () => {
  it.each([
    ['zh', 390],
    ['en', 1280],
    ['zh', 320],
  ])('%s at %s px: no fault of accessibility, no sideways scrolling, dark as well', async (lang, width) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { context, page } = await fresh({ viewport: { width, height: 800 }, colorScheme })
      await page.goto(`${platform.url}/check${OIL}?lang=${lang}${width === 320 ? '&size=large' : ''}`)
      await page.waitForSelector(ENDED)
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(v => `${v.id}: ${v.nodes.map(n => n.html).join(' ')}`)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
      await context.close()
    }
  })

  it('prints the verdict and the checkpoint', async () => {
    const { page } = await fresh()
    await page.goto(platform.url + CHECK)
    await page.waitForSelector(ENDED)
    await page.emulateMedia({ media: 'print' })
    expect(await page.isVisible('#verdict-ok')).toBe(true)
    expect(await page.isVisible('[data-of=root]')).toBe(true)
    expect(await page.isVisible('a[download]')).toBe(false)
  })

  it.skipIf(!process.env.SCREENSHOTS)('pictures for docs/guide', async () => {
    const folder = join(process.cwd(), 'docs/guide/images')
    mkdirSync(folder, { recursive: true })
    for (const lang of ['zh', 'en']) {
      const { page } = await fresh({ viewport: { width: 390, height: 1600 } })
      await page.goto(`${platform.url}/check${OIL}?lang=${lang}`)
      await page.waitForSelector(ENDED)
      await page.screenshot({ path: join(folder, `check-${lang}-phone.png`) })
    }
  })
})
