import { randomBytes } from 'node:crypto'
import { cpSync, createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { inject } from 'vitest'
import { command, withDatabase } from '../../../../test/support/global-setup.ts'
import type { Db } from '../lib/db/db.ts'
import { openEmbedded } from '../lib/db/embedded.ts'
import { openPostgres } from '../lib/db/postgres.ts'
import { readMigrations } from '../lib/migrate.ts'
import { MIGRATIONS } from '../lib/paths.ts'
import type { Header, TableEnd } from './format.ts'
import { restoreBackup } from './restore.ts'
import { writeBackup } from './write.ts'

export const SERVER = process.env.DATABASE_URL
export const migrations = readMigrations(MIGRATIONS)

/** Folders and databases that a test file makes, removed together. */
export function createPlaces() {
  const folder = mkdtempSync(join(tmpdir(), 'yuanliu-backup-'))
  const files = join(folder, 'files')
  mkdirSync(files)
  const removals: (() => Promise<void>)[] = []
  let n = 0
  let bare: Promise<string> | null = null
  return {
    folder,
    /** path of a file; files have a folder of their own, so that none takes the name of a database's */
    file: (name: string) => join(files, name),
    /** environment of an empty place of an engine: a new folder, and for a server a database without any table */
    async empty(engine: 'embedded' | 'postgresql'): Promise<Record<string, string>> {
      const DATA_DIR = join(folder, `data-${++n}`)
      if (engine === 'embedded') {
        // Making an embedded database takes long: one is made, the others are copies.
        bare ??= makeBare(join(folder, 'bare'))
        cpSync(join(await bare, 'db'), join(DATA_DIR, 'db'), { recursive: true })
        return { DATA_DIR }
      }
      if (!SERVER) throw new Error('DATABASE_URL is not set')
      const name = `yuanliu_test_${randomBytes(6).toString('hex')}`
      await command(SERVER, `create database ${name}`)
      removals.push(() => command(SERVER, `drop database if exists ${name} with (force)`))
      return { DATA_DIR, DATABASE_URL: withDatabase(SERVER, name) }
    },
    async remove() {
      for (const remove of removals) await remove()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** An embedded database without any table: that of the tests, emptied, where there is one. */
async function makeBare(folder: string): Promise<string> {
  const template = inject('template')
  if ('folder' in template) cpSync(join(template.folder, 'db'), join(folder, 'db'), { recursive: true })
  const db = await openEmbedded(folder)
  await db.script('drop schema public cascade; create schema public')
  await db.close()
  return folder
}

/** The engine of this run of the tests, and the other one where it is there. */
export const ENGINE = SERVER ? 'postgresql' : 'embedded'

export function openPlace(env: Record<string, string>): Promise<Db> {
  return env.DATABASE_URL ? openPostgres(env.DATABASE_URL, 2) : openEmbedded(env.DATA_DIR ?? '')
}

export function backupTo(db: Db, path: string) {
  return writeBackup(db, createWriteStream(path))
}

/** Restores into a place without looking at what was published. */
export async function restoreInto(env: Record<string, string>, path: string) {
  return restoreBackup({ path, open: () => openPlace(env), config: null, migrations })
}

/** Header, and what the end of each table says. */
export function contentOf(backup: Buffer): { header: Header; ends: TableEnd[]; lines: string[] } {
  const lines = gunzipSync(backup).toString('utf8').trimEnd().split('\n')
  const ends = lines.filter(l => l.startsWith('{"end"')).map(l => JSON.parse(l) as TableEnd)
  return { header: JSON.parse(lines[0] ?? ''), ends, lines }
}

/** A backup of these lines. */
export function backupOf(lines: readonly string[]): Buffer {
  return gzipSync(`${lines.join('\n')}\n`)
}
