import { AxeBuilder } from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let browser: Browser
beforeAll(async () => {
  platform = await startPlatform({ PUBLIC_URL: 'http://localhost' })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await platform?.stop()
})

/** The path of the page of a code that has been issued and put to use. */
async function activeCode(): Promise<string> {
  const post = async (path: string, body: unknown) =>
    (await platform.call(path, { method: 'POST', body: JSON.stringify(body) })).json()
  const range = await post('/api/codes/ranges', { scheme: 'trace-code', count: 1 })
  await post('/api/codes/states', { state: 'active', range: range.id })
  return `/t/${range.first.split(':').at(-1)}`
}
const PHONE = { viewport: { width: 390, height: 844 }, userAgent: 'Mozilla/5.0 (Linux; Android 14) Mobile' }

it('the page of an item counts once in a tab, says so, and asks for a province without insisting', async () => {
  const path = await activeCode()
  const context = await browser.newContext(PHONE)
  const page = await context.newPage()
  await page.goto(`${platform.url}${path}?lang=zh`)
  const status = page.locator('#scans [role=status]')
  await status.waitFor()
  expect(await status.textContent()).toContain('首次验证')
  await page.reload()
  await status.waitFor()
  expect(await status.textContent()).toContain('已验证 1 次')
  await page.selectOption('#scans select', { label: '山东' })
  const other = await browser.newContext(PHONE)
  const second = await other.newPage()
  await second.goto(`${platform.url}${path}?lang=en`)
  await second.locator('#scans [role=status]').waitFor()
  expect(await second.textContent('#scans')).toContain('Already verified 2 times')
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(v => `${v.id}: ${v.nodes[0]?.html}`)).toEqual([])
  if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT, fullPage: true })
})

it('works without scripts, by its button', async () => {
  const path = await activeCode()
  const context = await browser.newContext({ ...PHONE, javaScriptEnabled: false })
  const page = await context.newPage()
  const answer = await page.goto(`${platform.url}${path}?lang=en`)
  expect([answer?.status(), await page.textContent('h1')]).toEqual([200, expect.any(String)])
  await page.click('#scans button')
  expect(await page.textContent('main')).toContain('First verified')
})
