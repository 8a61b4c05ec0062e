import { randomUUID } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseCheckpoint, parseNote, textOf } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  backupInstallation,
  restoreInstallation,
  verifyBackup,
  writeWhole,
} from '../../packages/server/src/backup/command.ts'
import { createPlaces, ENGINE } from '../../packages/server/src/backup/databases.fixture.ts'
import { readConfig } from '../../packages/server/src/lib/config.ts'
import { sql } from '../../packages/server/src/lib/db/sql.ts'
import { makeLogKey } from '../../packages/server/src/log/command.ts'
import { verifyDatabase } from '../../packages/server/src/log/verify.ts'
import { documentOf, objectEvent } from '../support/events.ts'
import { openDatabase } from '../support/open-database.ts'
import { freshDatabase } from '../support/platform.ts'
import { type ServerProcess, startProcess } from '../support/server-process.ts'

const places = createPlaces()
let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => {
  database = await freshDatabase()
  await makeLogKey(join(database.env.DATA_DIR ?? '', 'log-key'), 'trace.example.org/log', 'sha256-ed25519')
})
afterAll(async () => {
  await database.remove()
  await places.remove()
})

const acknowledged: string[] = []

/** Captures until the server is gone; `enough` resolves when so many events are acknowledged. */
function load(server: ServerProcess) {
  let told: () => void = () => {}
  let wanted = Number.POSITIVE_INFINITY
  const loops = Array.from({ length: 3 }, async () => {
    for (;;) {
      const ids = Array.from({ length: 60 }, () => `urn:uuid:${randomUUID()}`)
      const body = JSON.stringify(documentOf(ids.map(eventID => objectEvent({ eventID }))))
      const answer = await server.call('/epcis/capture', { method: 'POST', body }).catch(() => null)
      if (answer?.status !== 202) return
      acknowledged.push(...ids)
      if (acknowledged.length >= wanted) told()
    }
  })
  return {
    enough(more: number) {
      wanted = acknowledged.length + more
      return new Promise<void>(resolve => {
        told = resolve
      })
    },
    ended: Promise.all(loops),
  }
}

/** A clean place with what lies outside of the database: the key of the log, and the checkpoint that was published. */
async function clean(): Promise<Record<string, string>> {
  const env = await places.empty(ENGINE)
  mkdirSync(env.DATA_DIR ?? '', { recursive: true })
  for (const name of ['log-key', 'log-checkpoint.sha256-ed25519'])
    cpSync(join(database.env.DATA_DIR ?? '', name), join(env.DATA_DIR ?? '', name))
  return env
}

describe('kill -9 during load, then a restore into a clean place', () => {
  it('loses no acknowledged event: a backup written during load has those before it, one of what the kill left has all', {
    timeout: 300_000,
  }, async () => {
    const server = await startProcess(database.env)
    const loading = load(server)
    await loading.enough(300)
    const before = [...acknowledged]
    const answer = await server.call('/api/backup')
    expect(answer.status).toBe(200)
    const during = places.file('during')
    await writeWhole(during, async out => {
      out.end(Buffer.from(await answer.arrayBuffer()))
      await new Promise((resolve, reject) => out.once('close', resolve).once('error', reject))
    })
    await verifyBackup(during)
    await loading.enough(180)
    expect(await server.kill()).toBe('SIGKILL')
    await loading.ended

    // The backup of before is older than what was published since: the restore says so.
    await expect(restoreInstallation(readConfig(await clean()), during, () => {})).rejects.toThrow(
      'remembers a published checkpoint',
    )
    const without = await places.empty(ENGINE)
    await restoreInstallation(readConfig(without), during, () => {})
    const old = await openDatabase(without)
    const there = new Set((await old.rows<{ id: string }>(sql`select id from event`)).map(r => r.id))
    expect(before.filter(id => !there.has(id))).toEqual([])
    await old.close()

    // What the killed process left: all of it.
    const left = places.file('left')
    await writeWhole(left, out => backupInstallation(readConfig(database.env), out, () => {}))
    const env = await clean()
    await restoreInstallation(readConfig(env), left, () => {})
    const again = await startProcess(env)
    const body = JSON.stringify(documentOf([objectEvent()]))
    expect((await again.call('/epcis/capture', { method: 'POST', body })).status).toBe(202)
    expect(await again.kill('SIGTERM')).toBe(0)
    const db = await openDatabase(env)
    const all = new Set((await db.rows<{ id: string }>(sql`select id from event`)).map(r => r.id))
    expect(acknowledged.filter(id => !all.has(id))).toEqual([])
    const note = readFileSync(join(database.env.DATA_DIR ?? '', 'log-checkpoint.sha256-ed25519'))
    const published = parseCheckpoint(textOf(parseNote(note).text))
    const known = async (s: string) => (s === 'sm3-sm2' ? [] : [published])
    const { findings, opened, waiting } = await verifyDatabase(db, { key: () => null, known })
    expect([findings, opened, waiting]).toEqual([[], all.size, 0])
    await db.close()
  })
})
