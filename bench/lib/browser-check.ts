import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProofBundle } from '@yuanliu/core'
import { ROOT } from '../../packages/server/src/lib/paths.ts'

/** The parts of a check page that its script needs. */
const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><body><div id="check" data-bundle="/bundle" data-words='{"states":{},"memories":{}}'>
<div data-state="ok" hidden></div><div data-state="bad" hidden><p data-why></p></div><div data-state="failed" hidden><p data-why></p></div>
<i data-of="origin"></i><i data-of="size"></i><i data-of="root"></i><i data-of="witnesses"></i><i data-of="memory"></i>
</div><script src="/check.js"></script></body></html>`

/** Milliseconds, one for each page. */
export interface BrowserTimes {
  /** signature and all proofs */
  checks: number[]
  /** known answers before that, while the bundle is on its way */
  selfTests: number[]
}

/**
 * Verifies a bundle with the script of the check page in headless Chromium, so many times. Each time is a page of its own,
 * so nothing is remembered and nothing compiled but what the browser keeps.
 * @returns null where there is no Chromium, or the script was not built
 */
export async function verifyInBrowser(bundle: ProofBundle, times: number): Promise<BrowserTimes | null> {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  const script = join(ROOT, 'packages/server/dist/browser/check.js')
  if (!existsSync(executablePath) || !existsSync(script)) return null
  const { chromium } = await import('playwright-core')
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
  try {
    const context = await browser.newContext()
    const body = readFileSync(script, 'utf8')
    await context.route('**/*', route => {
      const { pathname } = new URL(route.request().url())
      if (pathname === '/check.js') return route.fulfill({ contentType: 'text/javascript; charset=utf-8', body })
      if (pathname === '/bundle') return route.fulfill({ json: bundle })
      return route.fulfill({ contentType: 'text/html', body: PAGE })
    })
    const taken: BrowserTimes = { checks: [], selfTests: [] }
    for (let i = 0; i < times; i++) {
      const page = await context.newPage()
      // WebCrypto is there on pages of this machine only.
      await page.goto('http://localhost/check')
      await page.waitForSelector('#check[data-result]')
      const ended = await page.getAttribute('#check', 'data-result')
      if (ended !== 'ok') throw new Error(`browser: ${ended} ${await page.textContent(`[data-state=${ended}]`)}`)
      const lasted = (name: string) =>
        page.evaluate(name => performance.getEntriesByName(name)[0]?.duration ?? Number.NaN, name)
      taken.checks.push(await lasted('check'))
      taken.selfTests.push(await lasted('self-test'))
      await page.evaluate(() => localStorage.clear())
      await page.close()
    }
    return taken
  } finally {
    await browser.close()
  }
}
