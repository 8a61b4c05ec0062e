import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { believeCheckpoint, parsePolicy } from '@yuanliu/core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeLogKey } from '../../packages/server/src/log/command.ts'
import { crypto, logged } from '../../packages/server/src/log/reading.fixture.ts'
import { launchBrowser } from '../support/browser.ts'
import { startDemoPlatform } from '../support/demo-platform.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

/** What people see of a log that another platform witnesses. */

const OIL = '/01/09521021000028/10/Y260918A'
const NAME = 'witness.example.org'
const SUITE = 'sha256-ed25519'
const folder = mkdtempSync(join(tmpdir(), 'yuanliu-witnessed-'))
const at = (name: string) => join(folder, name)

let witness: Platform
let platform: Platform
let browser: Browser
/** when the witness cosigned, in milliseconds */
let cosigned = 0
let size = 0
beforeAll(async () => {
  const key = await makeLogKey(at('log'), 'city.example.org/log', SUITE)
  const vouching = await makeLogKey(at('witness'), NAME, SUITE, '', 'witness')
  writeFileSync(at('logs'), `log ${key}\n`)
  witness = await startPlatform({ LOG: 'off', WITNESS_KEY_FILE: at('witness'), WITNESS_LOGS: at('logs') })
  writeFileSync(at('policy'), `witness w ${vouching} ${witness.url}/witness\nquorum w\n`)
  platform = await startDemoPlatform({
    LOG: SUITE,
    LOG_ORIGIN: 'city.example.org/log',
    LOG_KEY_FILE: at('log'),
    LOG_POLICY: at('policy'),
    LOG_COSIGN_MS: '3600000',
  })
  size = await logged(platform)
  await platform.running.parts.db.script('update log_witness set next_ms = 0')
  await platform.running.rooms.log.cosigning.round(SUITE)
  const text = async (path: string) => (await platform.call(path, { key: null })).text()
  const note = new TextEncoder().encode(await text('/log/checkpoint/cosigned'))
  const { checkpoint, cosigners } = await believeCheckpoint(note, parsePolicy(await text('/log/policy')), crypto)
  expect([Number(checkpoint.size), cosigners.map(w => w.name)]).toEqual([size, [NAME]])
  cosigned = Number(cosigners[0]?.time) * 1000
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await platform?.stop()
  await witness?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function open(path: string, options: BrowserContextOptions = {}): Promise<{ page: Page; troubles: string[] }> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    timezoneId: 'Asia/Shanghai',
    ...options,
  })
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('pageerror', error => troubles.push(String(error)))
  page.on('console', message => {
    if (message.type() === 'error') troubles.push(message.text())
  })
  await page.goto(platform.url + path)
  return { page, troubles }
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(v => `${v.id}: ${v.nodes.map(n => n.html).join(' ')}`)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
}

/** Hours, minutes and seconds in Beijing, of 24 hours or of 12. */
function clock(ms: number, lang: 'zh' | 'en'): string {
  const [hours = '', ...rest] = new Date(ms + 8 * 3_600_000).toISOString().slice(11, 19).split(':')
  return [lang === 'zh' ? hours : String(Number(hours) % 12 || 12), ...rest].join(':')
}

describe('a witnessed log', () => {
  it.each([
    ['zh', 'light', '尚无独立见证人'],
    ['zh', 'dark', '尚无独立见证人'],
    ['en', 'light', 'No independent witness'],
    ['en', 'dark', 'No independent witness'],
  ] as const)(
    'is shown with the name of the witness and its time on the page of a check: %s, %s',
    async (lang, colorScheme, nobody) => {
      const { page, troubles } = await open(`/check${OIL}?lang=${lang}`, { colorScheme })
      await page.waitForSelector('#check[data-result]')
      expect(await page.getAttribute('#check', 'data-result')).toBe('ok')
      const seen = (await page.textContent('[data-of=witnesses]')) ?? ''
      expect(seen).toContain(NAME)
      expect(seen).toContain(clock(cosigned, lang))
      expect(seen).not.toContain(nobody)
      expect(await page.isVisible('[data-of=witnesses]')).toBe(true)
      await expectAccessible(page)
      expect(troubles).toEqual([])
      await page.context().close()
    },
  )

  it('says nothing of a witness whose cosignature is altered', async () => {
    const { page } = await open('/')
    await page.route('**/api/log/bundle?*', async route => {
      const bundle = await (await fetch(route.request().url())).json()
      const change = (_: string, head: string, last: string) => `${head}${last === 'A' ? 'B' : 'A'}`
      const checkpoint = bundle.checkpoint.replace(/(— witness\.example\.org \S{20})(\S)/, change)
      expect(checkpoint).not.toBe(bundle.checkpoint)
      await route.fulfill({ json: { ...bundle, checkpoint } })
    })
    await page.goto(`${platform.url}/check${OIL}?lang=en`)
    await page.waitForSelector('#check[data-result]')
    expect(await page.getAttribute('#check', 'data-result')).toBe('bad')
    expect(await page.textContent('[data-of=witnesses]')).not.toContain(NAME)
  })

  it.each([
    [390, 'light'],
    [1280, 'dark'],
  ] as const)('is shown in both languages on the page of the log: %s px, %s', async (width, colorScheme) => {
    const { page, troubles } = await open('/log', { viewport: { width, height: 844 }, colorScheme })
    const section = page.locator('section[aria-label="city.example.org/log"]')
    const told = (await section.textContent()) ?? ''
    for (const words of ['联署已满足策略', 'Cosigned as the policy asks', '正常', 'in order', NAME])
      expect(told).toContain(words)
    const row = section.locator('tr', { hasText: NAME })
    expect(await row.locator('td').nth(1).textContent()).toBe(String(size))
    const shown = Date.parse((await row.locator('td').nth(2).textContent()) ?? '')
    expect(Math.abs(shown - cosigned)).toBeLessThan(2_000)
    expect(told).not.toContain('未请见证人')
    expect(told).toContain(`${size} · `)
    await expectAccessible(page)
    expect(troubles).toEqual([])
    await page.context().close()
  })
})
