import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, ConsoleMessage, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodePng, readPicture } from '../../packages/server/src/labels/reader.fixture.ts'
import { launchBrowser } from '../support/browser.ts'
import { startDemoPlatform } from '../support/demo-platform.ts'
import { ADMIN_KEY, type Platform } from '../support/platform.ts'

const LOT = '(01)09521004000014(10)P260902'
const SERIAL = '(01)09521004000014(10)P260902(21)ABCDEF0123456789XYZ9'
const SAUSAGES = '(01)09521009000019(10)P260922'
const LONG = '有机认证高山生态散养黑毛土猪冷鲜带皮五花肉（真空包装礼盒装・含冰袋）2.5千克'
const LONG_EN = 'Organic free-range mountain black pork belly with skin, chilled, in a vacuum gift box, 2.5 kg'
const MM = 96 / 25.4

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

/** A page as large as a sheet, in a context of its own, `scale` dots to the pixel of a screen. */
async function paper(mm: [number, number], scale: number): Promise<Page> {
  const context = await browser.newContext({
    extraHTTPHeaders: { authorization: `Bearer ${ADMIN_KEY}` },
    deviceScaleFactor: scale,
    viewport: { width: Math.ceil(mm[0] * MM), height: Math.ceil(mm[1] * MM) },
  })
  const page = await context.newPage()
  await page.emulateMedia({ media: 'print' })
  return page
}

type Values = Record<string, string | readonly string[]>

/** Opens a sheet in a page as it is printed. */
async function print(page: Page, values: Values): Promise<void> {
  const troubles: string[] = []
  const note = (message: ConsoleMessage) => message.type() === 'error' && troubles.push(message.text())
  page.on('console', note)
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(values))
    for (const one of [value].flat()) search.append(name, one as string)
  const answer = await page.goto(`${platform.url}/api/labels/sheet?${search}`)
  expect(answer?.status(), await answer?.text()).toBe(200)
  page.off('console', note)
  expect(troubles).toEqual([])
}

/** Opens a sheet as it is printed, in a context of its own. */
async function printed(values: Values, mm: [number, number], scale: number): Promise<Page> {
  const page = await paper(mm, scale)
  await print(page, values)
  return page
}

/** Words cut off, or carriers beyond the edge of their label. */
function overflows(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('.label')].flatMap(label => {
      const box = label.getBoundingClientRect()
      const out: string[] = []
      const text = label.querySelector('.text') as HTMLElement
      if (text.scrollHeight > text.clientHeight + 1 || text.scrollWidth > text.clientWidth + 1)
        out.push(`text cut: ${text.textContent}`)
      const carrier = label.querySelector('svg')?.getBoundingClientRect()
      if (!carrier || carrier.top < box.top || carrier.bottom > box.bottom + 0.5) out.push('carrier outside')
      if (!carrier || carrier.left < box.left - 0.5 || carrier.right > box.right + 0.5) out.push('carrier outside')
      const words = text.getBoundingClientRect()
      const apart = carrier && (words.bottom <= carrier.top + 0.5 || words.left >= carrier.right - 0.5)
      if (!apart) out.push('text over the carrier')
      return out
    }),
  )
}

async function scanned(page: Page): Promise<string[]> {
  const carrier = await page.locator('.carrier').first().screenshot()
  return (await readPicture(decodePng(carrier))).map(result => result.text)
}

describe('sheets of labels in a browser', () => {
  const address = (path: string) => `${platform.url}${path}`

  it.each([
    ['qr', SERIAL, '/01/09521004000014/10/P260902/21/ABCDEF0123456789XYZ9'],
    ['gs1-datamatrix', LOT, null],
    ['gs1-128', LOT, null],
    ['ean-13', '9521004000014', null],
    ['itf-14', '9521004000014', null],
  ])('%s as the browser prints it is read by a scanner', async (carrier, code, path) => {
    const paper = { qr: 'roll-40x30', 'itf-14': 'roll-100x150' }[carrier] ?? 'roll-60x40'
    const page = await printed({ code, carrier, sheet: paper }, [100, 150], 203 / 96)
    const expected = { 'ean-13': '9521004000014', 'itf-14': '09521004000014' }[carrier] ?? '010952100400001410P260902'
    expect(await scanned(page)).toEqual([path === null ? expected : address(path)])
    await page.context().close()
  })

  it('a sheet is exactly as large as its paper', async () => {
    const page = await printed({ code: LOT, copies: '48', limit: '48' }, [210, 297], 1)
    const boxes = await page.evaluate(() =>
      [...document.querySelectorAll('.page')].map(p => [
        p.getBoundingClientRect().width,
        p.getBoundingClientRect().height,
      ]),
    )
    expect(boxes).toHaveLength(2)
    for (const [width, height] of boxes) {
      expect(width).toBeCloseTo(210 * MM, 0)
      expect(height).toBeCloseTo(297 * MM, 0)
    }
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
    expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(2)
    await page.context().close()
  })

  it('nothing is cut or covered: short and long names, all carriers, both languages, every paper', async () => {
    const { carriers, sheets } = await (await platform.call('/api/labels/forms')).json()
    expect(sheets.length).toBeGreaterThan(5)
    const page = await paper([210, 297], 1)
    for (const { id: sheet } of sheets) {
      for (const [name, lang] of [
        ['大米', 'zh'],
        [LONG, 'zh'],
        [LONG_EN, 'en'],
      ] as const) {
        const values = { code: [LOT, SERIAL, SAUSAGES], sheet, name, lang, made: '2026-10-01', expires: '2027-09-30' }
        await print(page, values)
        expect(await overflows(page), `${sheet} ${name}`).toEqual([])
      }
    }
    await page.context().close()
    const roll = await paper([60, 40], 1)
    for (const { id: carrier } of carriers) {
      const code = ['itf-14', 'ean-13'].includes(carrier) ? '9521004000014' : 'https://example.com/x'
      const fits = /^gs1/.test(carrier) ? '(01)09521004000014' : code
      const content = carrier === 'code-128' ? { code: '9521004000014' } : { code: fits }
      await print(roll, { ...content, carrier, sheet: 'roll-60x40', name: LONG })
      expect(await overflows(roll), carrier).toEqual([])
    }
    await roll.context().close()
  })

  it('the page on the screen can be used by everybody', async () => {
    const page = await printed({ code: LOT, copies: '100', lang: 'zh' }, [260, 200], 1)
    await page.emulateMedia({ media: 'screen' })
    expect(await page.locator('header').textContent()).toContain('缩放 100%')
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(v => `${v.id}: ${v.nodes[0]?.html}`)).toEqual([])
    await page.locator('header a').click()
    expect(await page.locator('header').textContent()).toContain('第 25–48 个，共 100 个')
    await page.context().close()
  })

  it.skipIf(!process.env.SCREENSHOTS)('pictures for docs/guide', async () => {
    const folder = join(process.cwd(), 'docs/guide/images')
    mkdirSync(folder, { recursive: true })
    const shots: [string, Record<string, string | string[]>, [number, number], number][] = [
      ['labels-a4', { code: [LOT, SERIAL, SAUSAGES], copies: '8', lang: 'zh' }, [210, 297], 1],
      ['labels-roll-40x30', { code: SERIAL, sheet: 'roll-40x30', lang: 'zh', expires: '2026-12-31' }, [40, 30], 3],
      ['labels-roll-60x40', { code: LOT, sheet: 'roll-60x40', lang: 'en', carrier: 'gs1-128' }, [60, 40], 2],
    ]
    for (const [name, values, mm, scale] of shots) {
      const page = await printed(values, mm, scale)
      await page.screenshot({ path: join(folder, `${name}.png`) })
      await page.context().close()
    }
  })
})
