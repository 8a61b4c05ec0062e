import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { startDemoPlatform } from '../support/demo-platform.ts'
import type { Platform } from '../support/platform.ts'

const OIL = '/01/09521021000028/10/Y260918A'
const EXPIRED = '/01/09521043000013/10/R260908'
const GAP = '/01/09521015000010/10/V261018B'
const UNKNOWN = '/01/09521043999997'
const MALFORMED = '/t/09521043000014'
const PHONE = { viewport: { width: 390, height: 844 } }
const DESKTOP = { viewport: { width: 1280, height: 900 } }

let platform: Platform
let browser: Browser
beforeAll(async () => {
  platform = await startDemoPlatform()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await platform?.stop()
})

/** A page in a context of its own, with what went wrong in it. */
async function open(path: string, options: BrowserContextOptions = PHONE): Promise<{ page: Page; troubles: string[] }> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('pageerror', error => troubles.push(String(error)))
  page.on('console', message => {
    if (message.type() === 'error' && !/status of (400|404|300)/.test(message.text())) troubles.push(message.text())
  })
  page.on('request', request => {
    const url = new URL(request.url())
    if (url.protocol !== 'data:' && url.origin !== platform.url) troubles.push(`foreign origin: ${request.url()}`)
  })
  await page.goto(platform.url + path)
  return { page, troubles }
}

describe('the way from a code to its chain', () => {
  it('a person types a code with the keyboard alone and reads the verdict', async () => {
    const { page, troubles } = await open('/?lang=zh')
    await page.keyboard.press('Tab') // skip link
    expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe('#main')
    await page.focus('#code')
    await page.keyboard.type('（０１）０９５２１０２１００００２８（１０）Ｙ２６０９１８Ａ')
    await page.keyboard.press('Enter')
    await page.waitForURL(`**${OIL}*`)
    expect(await page.textContent('#verdict')).toContain('有追溯记录')
    expect(await page.textContent('main')).toContain('演示食用调和油')
    expect(await page.textContent('body')).toContain('演示数据')
    expect(troubles).toEqual([])
  })

  it('a label of several lines keeps them when it is pasted, and without scripts its words are read', async () => {
    const label = ['登海605', '山东登海种业股份有限公司', '37068300100000012345', 'https://seed.example.cn/t/1'].join(
      '\n',
    )
    const paste = async (page: Page) => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      await page.focus('#code')
      await page.evaluate(text => navigator.clipboard.writeText(text), label)
      await page.keyboard.press('Control+V')
      const value = await page.inputValue('#code')
      await page.click('#ask .p')
      await page.waitForURL('**/t/urn%3Ayuanliu%3Aseed-label%3A**')
      expect(await page.textContent('main')).toContain('37068300100000012345')
      return value
    }
    const scripted = await open('/?lang=zh')
    expect(await paste(scripted.page)).toBe(label)
    expect(scripted.troubles).toEqual([])
    const bare = await open('/?lang=zh', PHONE)
    await bare.page.route('**/*.js', route => route.abort())
    await bare.page.reload()
    expect(await paste(bare.page)).toBe(label.replaceAll('\n', ' '))
  })

  it('the blended oil leads back to three lots, each a link to its own page', async () => {
    const { page } = await open(`${OIL}?lang=zh`, DESKTOP)
    for (const lot of ['Y260918R1', 'Y260918R2', 'Y260918R3']) expect(await page.textContent('main')).toContain(lot)
  })

  it('language and type size are links that keep the page', async () => {
    const { page } = await open(`${OIL}?lang=zh`)
    await page.click('text=English')
    expect(new URL(page.url()).pathname).toBe(OIL)
    expect(await page.textContent('#verdict')).toContain('Records found')
    const before = await page.evaluate(() => getComputedStyle(document.body).fontSize)
    await page.click('text=Large text')
    const after = await page.evaluate(() => getComputedStyle(document.body).fontSize)
    expect(Number.parseFloat(after)).toBeGreaterThan(Number.parseFloat(before))
    expect(Number.parseFloat(after)).toBeGreaterThanOrEqual(18)
    expect(await page.textContent('#verdict')).toContain('Records found')
  })

  it('a missing step says who did not provide it', async () => {
    const { page } = await open(`${GAP}?lang=zh`)
    const text = (await page.textContent('main')) ?? ''
    expect(text).toContain('未提供')
    expect(text).toContain('配送')
    expect(text).not.toMatch(/(^|\s)\/(\s|$)/)
  })

  it('an expired product says so first', async () => {
    const { page } = await open(`${EXPIRED}?lang=en`)
    expect(await page.textContent('#verdict')).toContain('Past its expiry date')
  })

  it('an unknown code is not called fake, a malformed one says where the fault is', async () => {
    const unknown = await open(`${UNKNOWN}?lang=zh`)
    const text = (await unknown.page.textContent('main')) ?? ''
    expect(text).toContain('没有')
    expect(text).toMatch(/不代表|不等于|不说明/)
    const malformed = await open(`${MALFORMED}?lang=en`)
    expect(await malformed.page.textContent('main')).toMatch(/check digit/i)
    expect(unknown.troubles.concat(malformed.troubles)).toEqual([])
  })

  it('works without scripts', async () => {
    const { page } = await open('/?lang=zh', { ...PHONE, javaScriptEnabled: false })
    await page.fill('#code', OIL)
    await page.click('text=查询')
    await page.waitForURL(`**${OIL}*`)
    expect(await page.textContent('#verdict')).toContain('有追溯记录')
  })

  it('prints without navigation', async () => {
    const { page } = await open(`${OIL}?lang=zh`)
    await page.emulateMedia({ media: 'print' })
    expect(await page.isVisible('text=English')).toBe(false)
    expect(await page.isVisible('#verdict')).toBe(true)
  })
})

describe('readable by everybody', () => {
  const pages = [
    ['/?lang=zh', PHONE],
    ['/?lang=en', DESKTOP],
    [`${OIL}?lang=zh`, PHONE],
    [`${OIL}?lang=en`, DESKTOP],
    [`${OIL}?lang=zh&size=large`, PHONE],
    [`${GAP}?lang=zh`, PHONE],
    [`${EXPIRED}?lang=en`, PHONE],
    [`${UNKNOWN}?lang=zh`, PHONE],
    [`${MALFORMED}?lang=en`, PHONE],
    ['/t?code=9521021000021&lang=zh', PHONE],
    ['/problems/invalid-document?lang=zh', PHONE],
  ] as const

  it.each(pages)('%s: axe finds nothing serious', async (path, options) => {
    const { page, troubles } = await open(path, options)
    const { violations } = await new AxeBuilder({ page }).analyze()
    const serious = violations.filter(v => v.impact === 'serious' || v.impact === 'critical')
    expect(serious.map(v => [v.id, v.nodes.map(n => n.target.join(' ')).slice(0, 3)])).toEqual([])
    expect(troubles).toEqual([])
  })

  it.each(pages)('%s: fits 320 pixels, and 200 % text', async path => {
    const { page } = await open(path, { viewport: { width: 320, height: 700 } })
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(await overflow()).toBeLessThanOrEqual(0)
    await page.setViewportSize({ width: 640, height: 700 })
    await page.evaluate(() => {
      document.documentElement.style.fontSize = '200%'
    })
    expect(await overflow()).toBeLessThanOrEqual(0)
  })

  it.each([
    ['', 44],
    ['&size=large', 60],
  ] as const)('targets are big enough (%s: %i px)', async (size, least) => {
    const { page } = await open(`${OIL}?lang=zh${size}`)
    const small = await page.$$eval(
      'header a, button, summary, a.b',
      (elements, min) =>
        elements
          .map(e => ({ text: e.textContent?.trim(), box: e.getBoundingClientRect() }))
          .filter(({ box }) => box.height > 0 && (box.height < min - 0.5 || box.width < min - 0.5))
          .map(({ text, box }) => `${text}: ${box.width}×${box.height}`),
      least,
    )
    expect(small).toEqual([])
  })
})
