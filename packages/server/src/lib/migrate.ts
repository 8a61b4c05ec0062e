import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Db, Queryable } from './db/db.ts'
import { sql } from './db/sql.ts'

export interface Migration {
  id: number
  name: string
  sha256: string
  text: string
}

/** The migrations of a folder, in order. A number may be left out; throws when one stands twice. */
export function readMigrations(folder: string): Migration[] {
  const files = readdirSync(folder).filter(name => name.endsWith('.sql'))
  const migrations = files.sort().map(file => {
    const match = /^(\d{4})_([a-z0-9_]+)\.sql$/.exec(file)
    if (!match) throw new Error(`migrations/${file}: a migration is named 0001_words.sql`)
    const text = readFileSync(join(folder, file), 'utf8')
    return { id: Number(match[1]), name: match[2] ?? '', sha256: createHash('sha256').update(text).digest('hex'), text }
  })
  migrations.forEach((m, i) => {
    if (m.id === migrations[i - 1]?.id) throw new Error(`migrations: number ${m.id} stands twice (${m.name})`)
  })
  return migrations
}

// "yuanliu" in ASCII, as a number: the advisory lock under which one process migrates and the others wait.
const LOCK = 0x7975616e6c

/**
 * Brings the database up to the newest migration, forward only, each in a transaction of its own.
 * Refuses, in words, a database that is newer than the program or whose applied migrations differ from its files.
 */
export async function migrate(db: Db, migrations: readonly Migration[]): Promise<number> {
  await db.tx(async tx => {
    await lock(db, tx)
    await tx.script(
      'create table if not exists migration (id int primary key, name text not null, sha256 text not null, at timestamptz not null default now())',
    )
  })
  let applied = 0
  for (const migration of migrations) {
    applied += await db.tx(async tx => {
      await lock(db, tx)
      const done = await tx.rows<{ id: number; name: string; sha256: string }>(
        sql`select id, name, sha256 from migration order by id`,
      )
      refuseStranger(done, migrations)
      if (done.some(d => d.id === migration.id)) return 0
      await tx.script(migration.text)
      await tx.run(
        sql`insert into migration (id, name, sha256) values (${migration.id}, ${migration.name}, ${migration.sha256})`,
      )
      return 1
    })
  }
  return applied
}

/** What tells this database from every other: the moment at which it was set up, in microseconds. */
export async function databaseIdentity(db: Queryable): Promise<string> {
  const row = await db.row<{ id: string }>(
    sql`select to_char(at at time zone 'utc', 'YYYYMMDD"T"HH24MISS.US') as id from migration where id = 1`,
  )
  return row?.id ?? ''
}

async function lock(db: Db, tx: Queryable): Promise<void> {
  if (db.kind === 'postgresql') await tx.rows(sql`select pg_advisory_xact_lock(${LOCK})`)
}

function refuseStranger(done: readonly { id: number; name: string; sha256: string }[], known: readonly Migration[]) {
  for (const row of done) {
    const file = known.find(m => m.id === row.id)
    if (!file) {
      throw new Error(
        `The database is newer than this program: it has migration ${row.id} (${row.name}), the program knows up to ${known.at(-1)?.id}. ` +
          'Start the newer program, or restore the backup made before the upgrade. 数据库版本比程序新。',
      )
    }
    if (file.sha256 !== row.sha256) {
      throw new Error(
        `Migration ${row.id} (${row.name}) was applied in another form than migrations/ holds. ` +
          'A released migration is never edited: get the files of this release back, or restore the database. 迁移文件被改动。',
      )
    }
  }
}
