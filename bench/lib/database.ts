import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { DatabaseKind, Db } from '../../packages/server/src/lib/db/db.ts'
import { openEmbedded } from '../../packages/server/src/lib/db/embedded.ts'
import { openPostgres } from '../../packages/server/src/lib/db/postgres.ts'
import type { Options } from './options.ts'

/** A database of the benchmark's own: a folder, and on PostgreSQL a database `yuanliu_bench_*` besides. */
export interface Database {
  kind: DatabaseKind
  folder: string
  /** settings under which a server works on it */
  env: Record<string, string>
  /** true where an earlier run has filled it (`--keep`) */
  isBuilt: boolean
  markBuilt(): void
  /** opens it without the platform (the embedded one only while no server has it, and with its one connection) */
  open(connections?: number): Promise<Db>
  /** removes it, unless it is to be kept */
  remove(): Promise<void>
}

const NAME = 'yuanliu_bench'
const made = new Set<Database>()

/**
 * Makes an empty database, or gives the one that an earlier run kept under this name.
 * @param name letters, digits and `_`; @param keep where it may be kept between runs
 */
export async function makeDatabase(
  kind: DatabaseKind,
  name: string,
  options: Options,
  keep: string | null = null,
): Promise<Database> {
  const folder = keep ? join(keep, `${kind}_${name}`) : mkdtempSync(join(tmpdir(), `${NAME}_${name}_`))
  const mark = join(folder, 'built')
  const isBuilt = existsSync(mark)
  if (!isBuilt) rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const database: Database = {
    kind,
    folder,
    env: { DATA_DIR: folder },
    isBuilt,
    markBuilt: () => writeFileSync(mark, ''),
    open: () => openEmbedded(folder),
    async remove() {
      made.delete(database)
      if (!existsSync(mark) || !keep) rmSync(folder, { recursive: true, force: true })
    },
  }
  if (kind === 'postgresql') {
    const admin = options.databaseUrl ?? ''
    const own = keep ? `${NAME}_${name}` : `${NAME}_${name}_${process.pid}`
    const drop = `drop database if exists ${own} with (force)`
    const url = new URL(admin)
    url.pathname = `/${own}`
    if (!isBuilt) {
      await command(admin, drop)
      await command(admin, `create database ${own}`)
    }
    database.env.DATABASE_URL = url.href
    database.open = (connections = 4) => openPostgres(url.href, connections)
    const removeFolder = database.remove
    database.remove = async () => {
      if (!existsSync(mark) || !keep) await command(admin, drop)
      await removeFolder()
    }
  }
  made.add(database)
  return database
}

/** Removes what is left, also after an error or an interrupt. */
export async function removeDatabases(): Promise<void> {
  for (const database of made) await database.remove().catch(error => process.stderr.write(`${error}\n`))
}

/** Brings a filled database to rest: statistics and visibility as after the nightly care, and a checkpoint. */
export async function settleDatabase(database: Database): Promise<void> {
  const db = await database.open()
  await db.script('vacuum (analyze)')
  // Only an administrator of PostgreSQL may ask for one; without it the measurement is noisier, not wrong.
  await db.script('checkpoint').catch(() => {})
  await db.close()
}

async function command(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
