import { createWriteStream, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ADMIN_KEY } from '../../../../test/support/platform.ts'
import { readConfig } from '../lib/config.ts'
import { sql } from '../lib/db/sql.ts'
import { migrate } from '../lib/migrate.ts'
import { start } from '../start.ts'
import { contentOf, createPlaces, ENGINE, migrations, openPlace, restoreInto } from './databases.fixture.ts'
import { verifyBackup } from './read.ts'
import { writeRestorePoint } from './restore-point.ts'
import { writeBackup } from './write.ts'

const places = createPlaces()
afterAll(places.remove)

// Several embedded databases are opened one after the other.
const slow = { timeout: 300_000 }

const OLD = migrations.filter(m => m.id <= 8)

/** A place whose database was made by an earlier program. */
async function earlier(): Promise<Record<string, string>> {
  const env = await places.empty(ENGINE)
  const db = await openPlace(env)
  await migrate(db, OLD)
  await db.run(sql`insert into organisation (code, name, created) values ('farm', 'from before', 1)`)
  await db.close()
  return env
}

async function started(env: Record<string, string>) {
  const running = await start(
    readConfig({
      PORT: '0',
      PUBLIC_URL: 'https://trace.example.org',
      YUANLIU_BOOTSTRAP_KEY: ADMIN_KEY,
      LOG_LEVEL: 'error',
      ...env,
    }),
  )
  const { restorePoint } = running
  await running.stop()
  return restorePoint
}

describe('an upgrade', () => {
  it('makes a restore point before it migrates, from which the database of before comes back', slow, async () => {
    const env = await earlier()
    const path = (await started(env)) ?? ''
    expect(path).toMatch(/restore-points\/\d{8}T\d{6}Z-before-0008-upgrade\.yuanliu$/)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const { header } = await verifyBackup(path)
    expect(header.migrations.map(m => m.id)).toEqual(OLD.map(m => m.id))
    expect(header.tables).not.toContain('log_retired')
    expect(await started(env), 'nothing is due any more').toBe(null)

    const { db, migrated } = await restoreInto(await places.empty(ENGINE), path)
    expect(migrated).toBe(migrations.length - OLD.length)
    expect(await db.rows(sql`select name from organisation`)).toEqual([{ name: 'from before' }])
    expect((await db.rows(sql`select id from migration`)).length).toBe(migrations.length)
    await db.close()
  })

  it('goes on without one where the settings say so, and not at all where it cannot be written', slow, async () => {
    const env = await earlier()
    const file = places.file('no-folder')
    writeFileSync(file, '')
    await expect(started({ ...env, RESTORE_POINTS: join(file, 'x') })).rejects.toThrow('The restore point')
    const db = await openPlace(env)
    expect((await db.rows(sql`select id from migration`)).length).toBe(OLD.length)
    await db.close()
    expect(await started({ ...env, RESTORE_POINTS: 'off' })).toBe(null)
    expect(readdirSync(env.DATA_DIR ?? '')).not.toContain('restore-points')
  })

  it('makes none for a new database, and keeps the last two', slow, async () => {
    const env = await places.empty(ENGINE)
    expect(await started(env)).toBe(null)
    const db = await openPlace(env)
    const folder = places.file('points')
    await writeRestorePoint(db, folder, 'a')
    writeFileSync(join(folder, 'mine.yuanliu'), '')
    for (const word of ['b', 'c', 'd']) await writeRestorePoint(db, folder, word)
    expect(readdirSync(folder).map(n => n.replace(/^.*Z-/, ''))).toEqual(['c.yuanliu', 'd.yuanliu', 'mine.yuanliu'])
    await db.close()
  })
})

describe('a table that nobody wrote down', () => {
  it('is in the backup with any type of column, its rows restored as they were', slow, async () => {
    const text = `create table zz_odd ("Odd ""name" int generated always as identity primary key, t timestamptz, n numeric(9,3), a text[], b bytea,
        j jsonb, u uuid, d date, bool boolean, dbl float8, gone int, made int generated always as (1 + 1) stored, parent int references zz_odd);
      alter table zz_odd drop column gone; create index zz_odd_half on zz_odd (lower(a[1])) where bool;`
    const values = `insert into zz_odd (t, n, a, b, j, u, d, bool, dbl) values
      ('2026-01-02 03:04:05.678901+08', 1.250, array['a,"b"', null, ''], '\\x00ff', '{"a": [1, null]}', '0b5e2f7e-5d3c-4c0a-9f52-2a6a5b1c7d10', '0044-03-15 BC', true, 0.1::float8 + 0.2),
      (null, null, null, '\\x', 'null', null, 'infinity', false, 'NaN')`
    const odd = { id: 9_001, name: 'odd', sha256: 'odd', text }
    const { restoreBackup } = await import('./restore.ts')
    const known = [...migrations, odd]
    const open = async (env: Record<string, string>) => openPlace(env)
    const from = await open(await places.empty(ENGINE))
    await migrate(from, known)
    await from.script(values)
    const seen = await from.rows(sql`select zz_odd::text as row from zz_odd`)
    const path = places.file('odd')
    await writeBackup(from, createWriteStream(path))
    await from.close()
    expect(contentOf(readFileSync(path)).header.tables).toContain('zz_odd')
    const env = await places.empty(ENGINE)
    const { db } = await restoreBackup({ path, open: () => open(env), config: null, migrations: known })
    expect(await db.rows(sql`select zz_odd::text as row from zz_odd`)).toEqual(seen)
    expect(await db.rows(sql`insert into zz_odd default values returning "Odd ""name" as id`)).toEqual([{ id: 3 }])
    await db.close()
  })
})
