import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { Problem } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import type { Db } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import { crypto } from '../log/reading.fixture.ts'
import { logKeyFolder } from '../log/signing.fixture.ts'
import { verifyDatabase } from '../log/verify.ts'
import { createBackups } from './backup.ts'
import {
  backupOf,
  backupTo,
  contentOf,
  createPlaces,
  ENGINE,
  openPlace,
  restoreInto,
  SERVER,
} from './databases.fixture.ts'
import { verifyBackup } from './read.ts'

const places = createPlaces()
const keys = logKeyFolder('trace.example.org/log', crypto)
let p: Platform
const whole = places.file('whole')

beforeAll(async () => {
  p = await startPlatform({ ...keys.env })
  await p.key('农场 "一"\\')
  const events = Array.from({ length: 300 }, () => objectEvent())
  await p.capture(documentOf(events))
  await p.capture(documentOf([objectEvent({ 'ext:note': 'tab \t, quote ", line \n and 源流 \u{20000}' })]))
  await p.running.rooms.log.covered(301, 10_000)
  const deleted = await p.call(`/api/events/${encodeURIComponent(String(events[3]?.eventID))}/content`, {
    method: 'DELETE',
    body: JSON.stringify({ reason: 'retention-ended', ground: 'five years are over' }),
  })
  expect(deleted.status, await deleted.clone().text()).toBe(200)
  await p.running.rooms.log.covered(302, 10_000)
  await backupTo(p.running.parts.db, whole)
})
afterAll(async () => {
  await p.stop()
  keys.remove()
  await places.remove()
})

const verify = (db: Db) => verifyDatabase(db, { key: () => null, known: async () => [] })
const eventIds = async (db: Db) =>
  new Set((await db.rows<{ id: string }>(sql`select id from event where part = 0`)).map(r => r.id))

/** Everything that the catalogue says of tables, indexes, constraints and sequences. */
function shape(db: Db) {
  return db.rows(
    sql`select 'index' as kind, indexname as name, indexdef as definition from pg_indexes where schemaname = 'public'
        union all select 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace
        union all select 'column', table_name || '.' || column_name, data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') || is_identity
          from information_schema.columns where table_schema = 'public'
        order by 1, 2`,
  )
}

// Embedded databases are opened one after the other.
const slow = { timeout: 300_000 }

describe('a backup', () => {
  it('that nobody reads on is broken off when the platform stops, and not written to the log as a fault', async () => {
    const faults: unknown[] = []
    const backups = createBackups(p.running.parts.db, error => faults.push(error))
    const out = backups.stream()
    await once(out, 'readable')
    expect(() => backups.stream()).toThrow(Problem)
    await backups.stop()
    expect(out.destroyed).toBe(true)
    expect(out.readableEnded).toBe(false)
    expect(faults).toEqual([])
  })

  it('holds every table and every sequence that the catalogue knows', async () => {
    const { header, lines } = contentOf(readFileSync(whole))
    const { db } = p.running.parts
    const tables = await db.rows<{ name: string }>(
      sql`select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
    )
    expect([...header.tables].sort()).toEqual(tables.map(t => t.name).sort())
    const sequences = await db.rows<{ name: string }>(
      sql`select sequencename as name from pg_sequences where schemaname = 'public'`,
    )
    const said = JSON.parse(lines.at(-2) ?? '').sequences as { name: string }[]
    expect(said.map(s => s.name).sort()).toEqual(sequences.map(s => s.name).sort())
    expect(header).toMatchObject({
      position: 302,
      engine: { kind: ENGINE },
      log: [{ origin: 'trace.example.org/log', size: 302 }],
    })
  })

  it('is restored into an empty database: the same rows, the same tables, a log that verifies', slow, async () => {
    const env = await places.empty(ENGINE)
    const { db, rows, migrated } = await restoreInto(env, whole)
    try {
      expect(migrated).toBe(0)
      expect(rows).toBe((await verifyBackup(whole)).rows)
      await backupTo(db, places.file('again'))
      const [before, after] = [whole, places.file('again')].map(f => contentOf(readFileSync(f)))
      expect(after?.ends).toEqual(before?.ends)
      expect(after?.lines.at(-2)).toBe(before?.lines.at(-2))
      expect(await shape(db)).toEqual(await shape(p.running.parts.db))
      expect(await verify(db)).toMatchObject({ findings: [], opened: 300, deleted: 1, waiting: 0 })
    } finally {
      await db.close()
    }
  })

  it.runIf(SERVER)('goes from one engine to the other and back', slow, async () => {
    const { db: embedded } = await restoreInto(await places.empty('embedded'), whole)
    await backupTo(embedded, places.file('embedded'))
    expect(await verify(embedded)).toMatchObject({ findings: [], opened: 300 })
    await embedded.close()
    const { db: server } = await restoreInto(await places.empty('postgresql'), places.file('embedded'))
    await backupTo(server, places.file('server'))
    expect(await shape(server)).toEqual(await shape(p.running.parts.db))
    expect(await verify(server)).toMatchObject({ findings: [], opened: 300 })
    await server.close()
    const [first, second, third] = ['whole', 'embedded', 'server'].map(f => contentOf(readFileSync(places.file(f))))
    expect(second?.header.engine.kind).toBe('embedded')
    expect(second?.ends).toEqual(first?.ends)
    expect(third?.ends).toEqual(first?.ends)
  })

  it('is of one moment while captures go on: whole documents, all that were acknowledged before it', slow, async () => {
    const acknowledged: string[][] = []
    let capturing = true
    const loops = Array.from({ length: 3 }, async () => {
      while (capturing) {
        const events = Array.from({ length: 40 }, () => objectEvent())
        await p.capture(documentOf(events))
        acknowledged.push(events.map(e => String(e.eventID)))
      }
    })
    while (acknowledged.length < 5) await p.running.rooms.log.grown(50)
    const before = [...acknowledged]
    const answer = await p.call('/api/backup')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/gzip'])
    writeFileSync(places.file('during'), Buffer.from(await answer.arrayBuffer()))
    const during = acknowledged.length
    while (acknowledged.length < during + 2) await p.running.rooms.log.grown(50)
    capturing = false
    await Promise.all(loops)

    const { db, header } = await restoreInto(await places.empty(ENGINE), places.file('during'))
    try {
      const there = await eventIds(db)
      expect(before.flat().filter(id => !there.has(id))).toEqual([])
      for (const ids of acknowledged) expect([0, 40]).toContain(ids.filter(id => there.has(id)).length)
      expect(there.size).toBeLessThan(300 + 40 * acknowledged.length)
      const row = await db.row(sql`select max(position) as last, count(*)::int as n from event`)
      expect(row).toMatchObject({ last: header.position })
      const { findings, opened, waiting } = await verify(db)
      expect(findings).toEqual([])
      expect(opened).toBe((row as { n: number }).n)
      expect(waiting).toBeGreaterThanOrEqual(0)
    } finally {
      await db.close()
    }
  })

  it('is for administrators, and one at a time', async () => {
    expect((await p.call('/api/backup', { key: null })).status).toBe(401)
    expect((await p.call('/api/backup', { key: await p.key('reader', ['read']) })).status).toBe(403)
    const [first, second] = await Promise.all([p.call('/api/backup'), p.call('/api/backup')])
    expect([first.status, second.status].sort()).toEqual([200, 503])
    await Promise.all([first.arrayBuffer(), second.arrayBuffer()])
    // The one before has ended when its last byte is there, or a moment later.
    await expect.poll(async () => (await p.call('/api/backup')).status).toBe(200)
  })
})

describe('a restore is refused before anything is touched', () => {
  const bytes = () => readFileSync(whole)
  async function refused(name: string, content: Buffer): Promise<string> {
    const path = places.file(name)
    writeFileSync(path, content)
    let opened = false
    const { restoreBackup } = await import('./restore.ts')
    const { migrations } = await import('./databases.fixture.ts')
    const open = async () => {
      opened = true
      throw new Error('opened')
    }
    const reason = await restoreBackup({ path, open, config: null, migrations }).catch((e: Error) => e.message)
    expect(opened).toBe(false)
    return String(reason)
  }

  it('where a byte is flipped, anywhere in the content', async () => {
    for (let i = 1; i < 12; i++) {
      const flipped = bytes()
      const at = 12 + Math.floor(((flipped.length - 20) * i) / 12)
      flipped[at] = (flipped[at] ?? 0) ^ 0x10
      expect(await refused(`flipped-${i}`, flipped)).toContain('damaged')
    }
  })

  it('where it is cut off, or something is missing, moved, altered or added', async () => {
    expect(await refused('cut', bytes().subarray(0, bytes().length / 2))).toContain('damaged')
    expect(await refused('none', Buffer.from('hello'))).toContain('damaged')
    const { lines } = contentOf(bytes())
    const row = lines.findIndex(l => l.startsWith('["'))
    const without = lines.filter((_, i) => i !== row)
    expect(await refused('row', backupOf(without))).toMatch(/has \d+ rows, not/)
    const altered = lines.map((l, i) => (i === row ? l.replace('["', '["1') : l))
    expect(await refused('altered', backupOf(altered))).toContain('the checksum of table')
    expect(await refused('end', backupOf(lines.slice(0, -1)))).toContain('its end is missing')
    expect(await refused('behind', backupOf([...lines, '[]']))).toContain('behind its end')
    const header = lines.map((l, i) => (i === 0 ? l.replace(/"position":\d+/, '"position":1') : l))
    expect(await refused('header', backupOf(header))).toContain('its checksum differs')
    const other = lines.map((l, i) => (i === 0 ? l.replace('"yuanliu":"backup"', '"a":1') : l))
    expect(await refused('other', backupOf(other))).toContain('no backup of Yuanliu')
    expect(await refused('bare', backupOf(['{"yuanliu":"backup","format":1}']))).toContain('its header lacks tables')
    const columns = lines.map(l => (l.startsWith('{"table":') ? l.replace('"columns":', '"c":') : l))
    expect(await refused('columns', backupOf(columns))).toContain('a table has no columns')
  })

  /** A backup whose header was changed, with a right checksum. */
  async function withHeader(change: (header: Record<string, unknown>) => void): Promise<Buffer> {
    const { createHash } = await import('node:crypto')
    const { lines } = contentOf(bytes())
    const header = JSON.parse(lines[0] ?? '')
    change(header)
    const rest = [JSON.stringify(header), ...lines.slice(1, -1)]
    const trailer = JSON.parse(lines.at(-1) ?? '')
    trailer.sha256 = createHash('sha256')
      .update(`${rest.join('\n')}\n`)
      .digest('hex')
    return backupOf([...rest, JSON.stringify(trailer)])
  }

  it('where the program is older than the backup, or has other migrations', async () => {
    const newer = await withHeader(h => {
      h.migrations = [...(h.migrations as object[]), { id: 9999, name: 'later', sha256: '' }]
    })
    expect(await refused('newer', newer)).toContain('the backup is newer than this program: it has migration 9999')
    const format = await withHeader(h => {
      h.format = 2
    })
    expect(await refused('format', format)).toContain('this program (format 1) is older')
    const other = await withHeader(h => {
      const [first, ...rest] = h.migrations as { sha256: string }[]
      h.migrations = [{ ...first, sha256: 'another' }, ...rest]
    })
    expect(await refused('edited', other)).toContain('is not the one in migrations/')
  })

  it('where the database is not empty, which stays as it is', slow, async () => {
    const env = await places.empty(ENGINE)
    const db = await openPlace(env)
    await db.script('create table somebody (n int); insert into somebody values (7)')
    await db.close()
    await expect(restoreInto(env, whole)).rejects.toThrow('The database is not empty (somebody')
    const after = await openPlace(env)
    expect(await after.rows(sql`select n from somebody`)).toEqual([{ n: 7 }])
    await after.close()
  })

  it('where the tables are not those of its migrations: all of it is taken back', slow, async () => {
    const { lines } = contentOf(bytes())
    const at = lines.findIndex(l => l.startsWith('{"table":"api_key"'))
    const changed = lines.map((l, i) => (i === at ? l.replace('"label"', '"labels"') : l))
    const { createHash } = await import('node:crypto')
    const trailer = JSON.parse(changed.at(-1) ?? '')
    trailer.sha256 = createHash('sha256')
      .update(`${changed.slice(0, -1).join('\n')}\n`)
      .digest('hex')
    writeFileSync(places.file('columns'), backupOf([...changed.slice(0, -1), JSON.stringify(trailer)]))
    const env = await places.empty(ENGINE)
    await expect(restoreInto(env, places.file('columns'))).rejects.toThrow('table api_key is not what the migrations')
    const db = await openPlace(env)
    expect(await db.rows(sql`select tablename from pg_tables where schemaname = 'public'`)).toEqual([])
    await db.close()
  })
})
