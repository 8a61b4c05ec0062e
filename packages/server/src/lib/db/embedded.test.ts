import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase } from '../../../../../test/support/platform.ts'
import type { Db } from './db.ts'
import { openEmbedded } from './embedded.ts'
import { lockFolder } from './lock-file.ts'
import { sql } from './sql.ts'
import { DatabaseUnavailable } from './unavailable.ts'

const MIB = 1024 * 1024
const folders: string[] = []
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'yuanliu-embedded-'))
  folders.push(folder)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

describe('lock', () => {
  it('refuses a folder that a living process holds, with words', () => {
    const folder = newFolder()
    const unlock = lockFolder(folder)
    expect(() => lockFolder(folder)).toThrow(/in use by another process \(process \d+\).*数据目录正被另一进程使用/)
    unlock()
    lockFolder(folder)()
    expect(readdirSync(folder)).toEqual([])
  })
  it.each([
    ['of a process that is gone', `999999 123@boot ${hostname()} x\n`],
    ['of a process whose number another one has now', `${process.pid} 1@another-boot ${hostname()} x\n`],
    ['cut short by a power cut', ''],
  ])('takes over a lock %s', (_what, content) => {
    const folder = newFolder()
    writeFileSync(join(folder, 'lock'), content)
    lockFolder(folder)()
    expect(readdirSync(folder)).toEqual([])
  })
  it('does not judge a process of another machine', () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'lock'), '1 1@b elsewhere x\n')
    expect(() => lockFolder(folder)).toThrow('on elsewhere')
  })
})

describe.skipIf(process.env.DATABASE_URL)('embedded database', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>
  let folder = ''
  let db: Db | undefined
  beforeAll(async () => {
    database = await freshDatabase()
    folder = database.env.DATA_DIR ?? ''
  })
  afterEach(async () => {
    await db?.close()
    db = undefined
  })
  afterAll(() => database.remove())

  it('is opened by one process; a folder that cannot be written is said to be one', async () => {
    db = await openEmbedded(folder)
    await expect(openEmbedded(folder)).rejects.toThrow('in use by another process')
    const file = join(newFolder(), 'file')
    writeFileSync(file, '')
    await expect(openEmbedded(join(file, 'below'))).rejects.toThrow(/DATA_DIR=.*cannot be written \(ENOTDIR\)/)
  })

  it('checkpoints after 256 MB of log, and keeps the log small', async () => {
    db = await openEmbedded(folder)
    const before = await lastCheckpoint(db)
    await db.script('create table bulk (n int, body text); alter table bulk alter column body set storage external')
    for (let i = 0; i < 60; i++) {
      await db.run(sql`insert into bulk select n, repeat(md5(n::text), 256) from generate_series(1, 600) n`) // ~5 MB
    }
    expect(await lastCheckpoint(db)).not.toBe(before)
    const bytes = logBytes(folder)
    expect(bytes).toBeLessThanOrEqual(336 * MIB)
    await db.script('drop table bulk')
  })

  it('fails every question once its thread is gone, tells so, and opens again with all that was committed', async () => {
    let told: Error | undefined
    const broken = await openEmbedded(folder, error => {
      told = error
    })
    await broken.script('create table kept (n int); insert into kept values (42)')
    // The log's folder disappears: the next segment cannot be made, and PostgreSQL panics.
    const log = join(folder, 'db', 'pg_wal')
    renameSync(log, `${log}.away`)
    const flood = async () => {
      for (let i = 0; i < 40; i++) {
        await broken.run(sql`insert into kept select 1 from generate_series(1, 20000)`)
      }
    }
    await expect(flood()).rejects.toThrow(DatabaseUnavailable)
    await expect(broken.row(sql`select 1`)).rejects.toThrow(DatabaseUnavailable)
    await expect(broken.tx(tx => tx.row(sql`select 1`))).rejects.toThrow(DatabaseUnavailable)
    await expect.poll(() => told?.message).toContain('内嵌数据库线程已终止')
    await broken.close()
    rmSync(log, { recursive: true, force: true })
    renameSync(`${log}.away`, log)
    db = await openEmbedded(folder)
    expect(await db.row(sql`select n from kept order by n desc limit 1`)).toEqual({ n: 42 })
  })

  it('a creation that was killed half-way is begun anew', async () => {
    const half = newFolder()
    renameSync(newFolder(), join(half, 'db.new'))
    writeFileSync(join(half, 'db.new', 'PG_VERSION'), '18')
    db = await openEmbedded(half)
    expect(await db.row(sql`select 1 as one`)).toEqual({ one: 1 })
    expect(existsSync(join(half, 'db.new'))).toBe(false)
  })
})

async function lastCheckpoint(db: Db): Promise<string> {
  return (await db.row<{ at: string }>(sql`select checkpoint_lsn::text as at from pg_control_checkpoint()`))?.at ?? ''
}

function logBytes(folder: string): number {
  const log = join(folder, 'db', 'pg_wal')
  return readdirSync(log).reduce((sum, name) => sum + statSync(join(log, name)).size, 0)
}
