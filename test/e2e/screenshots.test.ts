import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { startDemoPlatform } from '../support/demo-platform.ts'
import type { Platform } from '../support/platform.ts'

const FOLDER = join(process.cwd(), 'docs/guide/images')
const OIL = '/01/09521021000028/10/Y260918A'
const SHOTS = [
  ['home-zh-phone', '/?lang=zh', 390, 844, false],
  ['home-en-desktop', '/?lang=en', 1280, 800, false],
  ['product-zh-phone', `${OIL}?lang=zh`, 390, 844, false],
  ['product-en-phone', `${OIL}?lang=en`, 390, 844, false],
  ['product-zh-desktop', `${OIL}?lang=zh`, 1280, 900, false],
  ['product-en-desktop', `${OIL}?lang=en`, 1280, 900, false],
  ['product-zh-elder', `${OIL}?lang=zh&size=large`, 390, 844, false],
  ['journey-zh-phone', '/01/09521015000010/10/V261018?lang=zh', 390, 844, true],
  ['gap-zh-phone', '/01/09521015000010/10/V261018B?lang=zh', 390, 844, true],
  ['expired-zh-phone', '/01/09521043000013/10/R260908?lang=zh', 390, 844, false],
  ['unknown-zh-phone', '/01/09521043999997?lang=zh', 390, 844, false],
  ['malformed-en-phone', '/t/09521043000014?lang=en', 390, 844, false],
] as const

/** Takes the pictures of docs/guide anew: `SCREENSHOTS=1 npm run test:e2e`. */
describe.skipIf(!process.env.SCREENSHOTS)('screenshots for docs/guide', () => {
  let platform: Platform
  let browser: Browser
  beforeAll(async () => {
    platform = await startDemoPlatform()
    browser = await launchBrowser()
    mkdirSync(FOLDER, { recursive: true })
  })
  afterAll(async () => {
    await browser?.close()
    await platform?.stop()
  })

  it.each(SHOTS)('%s', async (name, path, width, height, fullPage) => {
    const page = await browser.newPage({ viewport: { width, height } })
    await page.goto(platform.url + path)
    await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage })
    await page.close()
  })
})
