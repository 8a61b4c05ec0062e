import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../lib/paths.ts'

export interface Asset {
  /** address, with the file's hash: it may be kept for ever */
  path: string
  body: Buffer
}

/** Scripts that pages may do without. Served from the sources: they are what the browser runs. */
export const ASSETS = { page: asset('page.js'), scan: asset('scan.js') }

function asset(name: string): Asset {
  const body = readFileSync(join(ROOT, 'packages', 'server', 'src', 'portal', 'assets', name))
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12)
  return { path: `/assets/${name.replace('.', `.${hash}.`)}`, body }
}
