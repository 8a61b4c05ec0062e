import { createWriteStream, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { noteVerifier, openNote, parseVerifierKey } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { restoreBackup } from '../backup/backup.ts'
import { createPlaces, ENGINE, migrations, openPlace } from '../backup/databases.fixture.ts'
import { writeBackup } from '../backup/write.ts'
import { readConfig } from '../lib/config.ts'
import { sql } from '../lib/db/sql.ts'
import { start } from '../start.ts'
import { retireInstallation, verifyInstallation } from './command.ts'
import { openGround } from './log.ts'
import type { Run } from './readers.ts'
import { auditOf, crypto, logged } from './reading.fixture.ts'
import { LOG_TABLES } from './retired-store.ts'
import { logKeyFolder } from './signing.fixture.ts'

const places = createPlaces()
const keys = logKeyFolder('trace.example.org/log', crypto)
const old = places.file('old')
let p: Platform

beforeAll(async () => {
  p = await startPlatform({ ...keys.env, LOG: 'sha256-ed25519,sm3-sm2', CHECKPOINT_STORE: places.file('outside') })
})
afterAll(async () => {
  await p.stop().catch(() => {})
  keys.remove()
  await places.remove()
})

const config = (env: Record<string, string> = p.env) => readConfig(env)
const capture = (events: unknown[]) => p.capture(documentOf(events))
const many = (n: number) => Array.from({ length: n }, () => objectEvent())
const deletion = { method: 'DELETE', body: JSON.stringify({ reason: 'personal-data', ground: 'asked for' }) }

/** Starts the platform, which is stopped, on another database under the same files outside of it. */
async function startOn(env: Record<string, string> = {}): Promise<void> {
  Object.assign(p.env, env)
  p.running = await start(readConfig(p.env))
  p.url = `http://127.0.0.1:${p.running.port}`
}

const restore = (env: Record<string, string>, path: string) =>
  restoreBackup({ path, open: () => openPlace(env), config: config({ ...p.env, ...env }), migrations })

async function expectEmpty(env: Record<string, string>): Promise<void> {
  const db = await openPlace(env)
  expect(await db.rows(sql`select tablename from pg_tables where schemaname = 'public'`)).toEqual([])
  await db.close()
}

// Embedded databases are opened one after the other.
const slow = { timeout: 300_000 }

describe('a restore that would take back what was published', () => {
  it('is refused with the checkpoint, and nothing is made', slow, async () => {
    const first = many(20)
    await capture(first)
    expect(await logged(p)).toBe(20)
    const { status } = await p.call(`/api/events/${encodeURIComponent(String(first[4]?.eventID))}/content`, deletion)
    expect(status).toBe(200)
    expect(await logged(p)).toBe(21)
    await writeBackup(p.running.parts.db, createWriteStream(old))
    await capture(many(10))
    expect(await logged(p)).toBe(31)
    await p.running.stop()

    const env = await places.empty(ENGINE)
    const reason = await restore(env, old).catch((e: Error) => e.message)
    expect(reason).toContain(
      'remembers a published checkpoint of 31 entries of the log "trace.example.org/log"; the backup has 21',
    )
    expect(reason).toContain('yuanliu log retire --new-origin')
    await expectEmpty(env)
  })

  it('is refused where the first entries are others, though the log is long enough', slow, async () => {
    const elsewhere = await startPlatform({ ...keys.env, LOG: 'sha256-ed25519,sm3-sm2' })
    try {
      await elsewhere.capture(documentOf(many(40)))
      expect(await logged(elsewhere)).toBe(40)
      await writeBackup(elsewhere.running.parts.db, createWriteStream(places.file('forked')))
    } finally {
      await elsewhere.stop()
    }
    const env = await places.empty(ENGINE)
    await expect(restore(env, places.file('forked'))).rejects.toThrow('another content of the first 31 entries')
    await expectEmpty(env)
  })
})

describe('ending a log', () => {
  it('wants a new name and a reason', async () => {
    const retire = (newOrigin: string, reason = 'x') => retireInstallation(config(), { newOrigin, reason })
    await expect(retire('trace.example.org/log')).rejects.toThrow('a log had this name already')
    await expect(retire('https://a b')).rejects.toThrow('--new-origin')
    await expect(retire('trace.example.org/log2', 'two\nlines')).rejects.toThrow('--reason')
    expect(readdirSync(places.file('outside')).sort()).toEqual([
      'log-checkpoint.sha256-ed25519',
      'log-checkpoint.sm3-sm2',
    ])
  })

  it(
    'before an older backup is restored: the statement is signed by both keys, the restore begins another log',
    slow,
    async () => {
      // The database is lost; what lies outside of it is not.
      const env = await places.empty(ENGINE)
      const moved = { ...p.env, ...env }
      const { retired } = await retireInstallation(config(moved), {
        newOrigin: 'trace.example.org/log2',
        reason: 'the disk was lost',
      })
      expect(retired.map(r => [r.origin, r.size, r.newOrigin, r.signedByOldKey])).toEqual([
        ['trace.example.org/log', 31, 'trace.example.org/log2', true],
        ['trace.example.org/log/sm', 31, 'trace.example.org/log2/sm', true],
      ])
      const { db, retired: ended } = await restore(env, old)
      expect(ended).toEqual(['trace.example.org/log', 'trace.example.org/log/sm'])
      await db.close()

      await startOn(env)
      expect(await logged(p, 19)).toBe(19)
      await capture(many(3))
      expect(await logged(p, 22)).toBe(22)
      for (const suite of ['sha256-ed25519', 'sm3-sm2'] as const) expect((await auditOf(p, suite)).findings).toEqual([])
      const positions = await p.running.parts.db.rows<{ position: number }>(
        sql`select position from event where position > 21 order by 1`,
      )
      // No position that the lost events had is given out again.
      expect(Math.min(...positions.map(r => r.position))).toBeGreaterThan(31)
      expect(await p.running.parts.db.rows(sql`select origin, target from log_retired_tombstone`)).toEqual([
        { origin: 'trace.example.org/log', target: 4 },
      ])
    },
  )

  it('is shown to everybody', async () => {
    const answer = await p.call('/log/retired', { key: null })
    expect(answer.status).toBe(200)
    const { retired } = await answer.json()
    expect(retired).toHaveLength(2)
    for (const one of retired) {
      const opened = await openNote(Buffer.from(one.statement), [
        noteVerifier(parseVerifierKey(one.key), crypto.checks),
        noteVerifier(parseVerifierKey(one.newKey), crypto.checks),
      ])
      expect(opened.verified).toHaveLength(2)
      expect(opened.text).toMatch(/^yuanliu log retired v1\norigin trace\.example\.org\/log/)
      expect(opened.text).toContain('checkpoint 31 ')
      expect(opened.text).toContain('reason the disk was lost\n')
      expect(one.checkpoint).toContain(`${one.origin}\n31\n`)
    }
  })

  /** Whether a process may start that remembers the last checkpoint of the log before, in a folder of its own. */
  async function mayStart(before: string): Promise<string | null> {
    const outside = places.file(`of-another-process-${before.replaceAll('/', '-')}`)
    mkdirSync(outside)
    const { retired } = await (await p.call('/log/retired', { key: null })).json()
    const { checkpoint } = retired.find((r: { origin: string }) => r.origin === before)
    writeFileSync(join(outside, 'log-checkpoint.sha256-ed25519'), checkpoint)
    const settings = { ...p.env, CHECKPOINT_STORE: outside }
    return openGround(p.running.parts.db, config(settings)).then(
      async ground => {
        await ground?.store.close()
        return null
      },
      (error: Error) => error.message,
    )
  }

  it('is known to other processes by the statement, where the key of the log signed it', async () => {
    expect(await mayStart('trace.example.org/log')).toBe(null)
  })

  it(
    'of a whole installation: all its events stand in the new log, followers go on where they were',
    slow,
    async () => {
      const taken: string[] = []
      const follower = {
        name: 'test-follower',
        when: 'asked' as const,
        async take(run: Run) {
          for (const item of await run.items()) taken.push(item.kind === 'event' ? item.event.id : item.kind)
        },
      }
      const following = p.running.rooms.log.readers.follow(follower)
      await following.catchUp()
      expect(taken).toHaveLength(22)
      const events = many(2)
      await p.call(`/api/events/${encodeURIComponent(taken[7] ?? '')}/content`, deletion)
      expect(await logged(p, 23)).toBe(23)
      await following.catchUp()
      await following.stop()
      expect(taken.splice(0)).toContain('tombstone')
      await capture(events)
      expect(await logged(p, 25)).toBe(25)
      if (ENGINE === 'postgresql')
        await expect(
          retireInstallation(config(), { newOrigin: 'trace.example.org/log3', reason: 'x' }),
        ).rejects.toThrow('A platform is running')
      await p.running.stop()

      rmSync(keys.env.LOG_KEY_FILE)
      const done = await retireInstallation(config(), {
        newOrigin: 'trace.example.org/log3',
        reason: 'the key was lost',
      })
      expect(done.restorePoint).toMatch(/before-retire\.yuanliu$/)
      expect(done.retired.map(r => r.signedByOldKey)).toEqual([false, true])
      // Again it changes nothing.
      const again = await retireInstallation(config(), { newOrigin: 'trace.example.org/log3', reason: 'again' })
      expect(again.retired.map(r => r.statement)).toEqual(done.retired.map(r => r.statement))

      await startOn()
      expect(await logged(p, 23)).toBe(23)
      const next = p.running.rooms.log.readers.follow(follower)
      await next.catchUp()
      expect(taken).toEqual(events.map(e => e.eventID))
      await next.stop()
      const rows = await p.running.parts.db.rows<{ origin: string }>(
        sql`select origin from log_retired_tombstone order by position`,
      )
      expect(rows.map(r => r.origin)).toEqual(['trace.example.org/log', 'trace.example.org/log2'])
      await p.running.stop()
      expect(await verifyInstallation(config())).toMatchObject({ findings: [], opened: 23, deleted: 0 })
      expect((await retireFolder()).filter(n => n.includes('.retired-'))).toHaveLength(4)
      await startOn()
      expect(await mayStart('trace.example.org/log2')).toContain(
        'remembers a checkpoint of 25 entries of the log "trace.example.org/log2"',
      )
    },
  )

  it('is final: a start refuses a database whose log has ended', slow, async () => {
    const env = await places.empty(ENGINE)
    const db = (await restoreBackup({ path: old, open: () => openPlace(env), config: null, migrations })).db
    await db.close()
    await expect(start(readConfig({ ...p.env, ...env }))).rejects.toThrow(
      'The log "trace.example.org/log" of this database was ended',
    )
  })
})

describe('the tables of the log', () => {
  it('each say what becomes of them when the log ends', slow, async () => {
    const env = await places.empty(ENGINE)
    const { db } = await restoreBackup({ path: old, open: () => openPlace(env), config: null, migrations })
    const tables = await db.rows<{ name: string }>(
      sql`select tablename as name from pg_tables where schemaname = 'public' and tablename like 'log\_%' order by 1`,
    )
    expect(Object.keys(LOG_TABLES).sort()).toEqual(tables.map(t => t.name))
    await db.close()
  })
})

async function retireFolder(): Promise<string[]> {
  return readdirSync(places.file('outside')).filter(name => readFileSync(join(places.file('outside'), name)).length > 0)
}
