import { AxeBuilder } from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { issuingApi } from '../../packages/server/src/codes/issuing.fixture.ts'
import { decodePng, readPicture } from '../../packages/server/src/labels/reader.fixture.ts'
import { launchBrowser } from '../support/browser.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

const PUBLIC_URL = 'https://trace.example.org'
const PHONE = { viewport: { width: 360, height: 800 }, userAgent: 'Mozilla/5.0 (Linux; Android 14) Mobile' }

let platform: Platform
let browser: Browser
beforeAll(async () => {
  platform = await startPlatform({ PUBLIC_URL, PAGE_GRACE_MS: '0' })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await platform?.stop()
})

it('an enterprise takes a range, prints it, and its customers scan a code before and after it is put to use', async () => {
  const key = await platform.key('mill', ['code:issue'])
  const mill = issuingApi(platform, key)
  const { status, body: range } = await mill.issue({ scheme: 'trace-code', count: 30, label: '大米 5 kg' })
  expect(status).toBe(201)

  const office = await browser.newContext({
    extraHTTPHeaders: { authorization: `Bearer ${key}` },
    viewport: { width: 1280, height: 900 },
    deviceScaleFactor: 2,
  })
  const sheet = await office.newPage()
  const answer = await sheet.goto(`${platform.url}/api/labels/sheet?range=${range.id}&name=大米&lang=zh`)
  expect(answer?.status()).toBe(200)
  expect(await sheet.textContent('header')).toContain('第 1–24 个，共 30 个')
  await sheet.setViewportSize(PHONE.viewport)
  expect((await new AxeBuilder({ page: sheet }).analyze()).violations.map(v => v.id)).toEqual([])
  await sheet.setViewportSize({ width: 1280, height: 900 })

  // What a phone reads from the label is the address of the code that stands beside it.
  const label = sheet.locator('.label').nth(7)
  const [text = ''] = (await readPicture(decodePng(await label.locator('.carrier').screenshot()))).map(r => r.text)
  const grouped = (await label.locator('.code').textContent()) ?? ''
  expect(text).toBe(`${PUBLIC_URL}/t/${grouped.replaceAll('-', '')}`)
  const path = text.slice(PUBLIC_URL.length)

  const request = (await sheet.textContent('header pre'))?.split('\n')[1] ?? ''
  expect((await mill.set(JSON.parse(request))).body).toMatchObject({ changed: 24 })
  await sheet.click('header a')
  expect(await sheet.textContent('header')).toContain('第 25–30 个，共 30 个')

  const customer = await browser.newContext(PHONE)
  const page = await customer.newPage()
  const scan = async (lang: string) => {
    await page.goto(`${platform.url}${path}?lang=${lang}`)
    return `${await page.textContent('#verdict')} ${await page.textContent('main')}`
  }
  expect(await scan('zh')).toMatch(/编码尚未启用.*不应在市场上流通/s)
  expect(await scan('en')).toContain('not in circulation')
  expect((await new AxeBuilder({ page }).analyze()).violations.map(v => v.id)).toEqual([])

  expect((await mill.set({ state: 'active', range: range.id, first: 0, last: 23 })).status).toBe(200)
  await expect.poll(() => scan('zh'), { timeout: 5_000 }).toContain('已登记的编码')
  const after = await scan('zh')
  expect(after).not.toContain('尚未启用')
  expect(after).toContain(grouped)

  // the rest of the range is not
  await sheet.waitForSelector('.label')
  const later = ((await sheet.locator('.label .code').first().textContent()) ?? '').replaceAll('-', '')
  await page.goto(`${platform.url}/t/${later}?lang=zh`)
  expect(await page.textContent('#verdict')).toContain('编码尚未启用')
})
