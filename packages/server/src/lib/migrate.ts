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

const TABLE =
  'create table if not exists migration (id int primary key, name text not null, sha256 text not null, at timestamptz not null default now())'

/**
 * Brings the database up to the newest migration, forward only, each in a transaction of its own.
 * Refuses, in words, a database that is newer than the program or whose applied migrations differ from its files.
 */
export async function migrate(db: Db, migrations: readonly Migration[]): Promise<number> {
  await db.tx(async tx => {
    await lock(db, tx)
    await tx.script(TABLE)
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

/**
 * The migrations that a backup names, in its order.
 * @throws in words where the program does not know one, or knows another under its number
 */
export function migrationsOf(
  backup: { program: string; migrations: readonly { id: number; name: string; sha256: string }[] },
  path: string,
  known: readonly Migration[],
): Migration[] {
  return backup.migrations.map(({ id, name, sha256 }) => {
    const migration = known.find(m => m.id === id)
    if (!migration)
      throw new Error(
        `${path}: the backup is newer than this program: it has migration ${id} (${name}), the program knows up to ${known.at(-1)?.id}. ` +
          `Restore it with the program that wrote it (${backup.program}), or a newer one. 备份由更新的程序写成，请用同版或更新的程序恢复。`,
      )
    if (migration.sha256 !== sha256)
      throw new Error(
        `${path}: migration ${id} (${name}) of the backup is not the one in migrations/: the files of a release are never edited. ` +
          'Get them back, or use the program that wrote the backup. 备份所用的迁移文件与本程序不同。',
      )
    return migration
  })
}

/** Makes the tables of these migrations in an empty database, in the caller's transaction; notes none of them as applied. */
export async function applyMigrations(tx: Queryable, migrations: readonly Migration[]): Promise<void> {
  await tx.script(TABLE)
  for (const { text } of migrations) await tx.script(text)
}

/** How many migrations the database has, and which of the program's it has not. */
export async function migrationsDue(
  db: Queryable,
  known: readonly Migration[],
): Promise<{ applied: number; due: Migration[] }> {
  const there = await db.row<{ there: boolean }>(sql`select to_regclass('public.migration') is not null as there`)
  if (!there?.there) return { applied: 0, due: [...known] }
  const done = await db.rows<{ id: number; name: string; sha256: string }>(
    sql`select id, name, sha256 from migration order by id`,
  )
  refuseStranger(done, known)
  return { applied: done.length, due: known.filter(m => !done.some(d => d.id === m.id)) }
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
