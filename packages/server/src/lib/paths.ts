import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's root: the folder above this file that holds `data/` and `migrations/`, from source or from build. */
export const ROOT = findRoot(dirname(fileURLToPath(import.meta.url)))
export const DATA = join(ROOT, 'data')
export const MIGRATIONS = join(ROOT, 'migrations')

/** Version of the program, from package.json. */
export const VERSION = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version

function findRoot(from: string): string {
  if (existsSync(join(from, 'data', 'schemes')) && existsSync(join(from, 'migrations'))) return from
  const up = dirname(from)
  if (up === from) throw new Error('The folders data/ and migrations/ are missing beside the program')
  return findRoot(up)
}
