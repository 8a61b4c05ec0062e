import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../lib/paths.ts'

export interface Asset {
  /** address, with the file's hash: it may be kept for ever */
  path: string
  body: Buffer
}

const SOURCES = join(ROOT, 'packages', 'server', 'src', 'portal', 'assets')
/** Where `npm run build` puts what is bundled with code of core (scripts/browser.js). */
const BUILT = join(ROOT, 'packages', 'server', 'dist', 'browser')

/** The part that verifies curves where the browser cannot; fetched by `check` when it is needed. Null: not built. */
export const CURVES = asset(BUILT, 'curves.js')

/** Scripts that pages may do without. Served from the sources where they are what the browser runs; null: not built. */
export const ASSETS = {
  page: asset(SOURCES, 'page.js'),
  scan: asset(SOURCES, 'scan.js'),
  check: CURVES && asset(BUILT, 'check.js'),
}

function asset(folder: string, name: string): Asset | null {
  const file = join(folder, name)
  if (!existsSync(file)) return null
  const body = readFileSync(file)
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12)
  return { path: `/assets/${name.replace('.', `.${hash}.`)}`, body }
}
