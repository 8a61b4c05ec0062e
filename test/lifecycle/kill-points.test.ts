import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type Checkpoint, parseCheckpoint, parseNote, type SuiteId, textOf } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backupInstallation, writeWhole } from '../../packages/server/src/backup/command.ts'
import { createPlaces, ENGINE } from '../../packages/server/src/backup/databases.fixture.ts'
import { readConfig } from '../../packages/server/src/lib/config.ts'
import { sql } from '../../packages/server/src/lib/db/sql.ts'
import { ROOT } from '../../packages/server/src/lib/paths.ts'
import { makeLogKey } from '../../packages/server/src/log/command.ts'
import { auditOf, logged } from '../../packages/server/src/log/reading.fixture.ts'
import { verifyDatabase } from '../../packages/server/src/log/verify.ts'
import { subjectsOf } from '../../packages/server/src/signing/signing.fixture.ts'
import { start } from '../../packages/server/src/start.ts'
import { documentOf, objectEvent } from '../support/events.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { freePort, type ServerProcess, startProcess } from '../support/server-process.ts'

/** A process that is killed at each point at which a log could be left half done (lib/kill-at.ts), and what comes after. */

/** More than catching up takes in one step, and many chunks of what was captured before there was a log. */
const EARLIER = 4_300
const PREFIX: Record<SuiteId, string> = { 'sha256-ed25519': '/log', 'sm3-sm2': '/log/sm' }
const SUITES = Object.keys(PREFIX) as SuiteId[]

const places = createPlaces()
const outside = places.file('')
let p: Platform
beforeAll(async () => {
  p = await startPlatform({ LOG: 'off', CHECKPOINT_STORE: outside })
  for (const suite of SUITES) {
    const origin = `trace.example.org${PREFIX[suite]}`
    for (const name of ['key', 'next']) await makeLogKey(places.file(`${suite}-${name}`), origin, suite)
  }
  const subjects = await subjectsOf(p)
  const farm = await subjects.subject('farm', 'enterprise')
  const signed = documentOf(newEvents(20))
  expect((await subjects.send(signed, [await subjects.note(farm, signed)])).status).toBe(202)
  for (let n = 20; n < EARLIER; n += 856) await p.capture(documentOf(newEvents(856)))
  expect(acknowledged.length).toBe(EARLIER)
  subjects.remove()
  await p.running.stop()
})
afterAll(async () => {
  await p?.stop()
  await places.remove()
})

const acknowledged: string[] = []
/** Events that are taken to be acknowledged. */
function newEvents(count: number): Record<string, unknown>[] {
  const events = Array.from({ length: count }, () => objectEvent({ eventID: `urn:uuid:${randomUUID()}` }))
  acknowledged.push(...events.map(e => String(e.eventID)))
  return events
}

/** Checkpoints that outsiders were shown. */
const shown: ({ suite: SuiteId } & Checkpoint)[] = []
async function look(server: Pick<ServerProcess, 'call'>): Promise<void> {
  for (const suite of SUITES) {
    const answer = await server.call(`${PREFIX[suite]}/checkpoint`, { key: null })
    const note = new Uint8Array(await answer.arrayBuffer())
    if (answer.status === 200) shown.push({ suite, ...parseCheckpoint(textOf(parseNote(note).text)) })
  }
}

/** Captures small documents, and looks at the log as outsiders do, until the server is gone. */
async function load(server: ServerProcess): Promise<void> {
  const untilGone = async (step: () => Promise<void>) => {
    for (;;) {
      try {
        await step()
      } catch (error) {
        if (error instanceof TypeError) return // fetch: the connection broke
        throw error
      }
    }
  }
  const capture = async () => {
    const ids = Array.from({ length: 7 }, () => `urn:uuid:${randomUUID()}`)
    const body = JSON.stringify(documentOf(ids.map(eventID => objectEvent({ eventID }))))
    const { status } = await server.call('/epcis/capture', { method: 'POST', body })
    expect(status).toBe(202)
    acknowledged.push(...ids)
  }
  await Promise.all([untilGone(capture), untilGone(capture), untilGone(() => look(server))])
}

const LATE = 60_000
/** Rejects where a process does not come to its point. */
async function killed(point: string, ended: Promise<number | string>, output: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>(resolve => {
    timer = setTimeout(() => resolve(`${point} was not reached`), LATE)
  })
  expect(await Promise.race([ended, late]), output()).toBe('SIGKILL')
  clearTimeout(timer)
}

/** A server on the platform's data that ends at a point: at its start, or under load. */
async function serverDies(point: string, underLoad = false): Promise<void> {
  const env = { ...p.env, PORT: String(await freePort()), YUANLIU_KILL_AT: point }
  const server = await startProcess(env, { early: !underLoad })
  try {
    const loading = underLoad ? load(server) : Promise.resolve()
    await killed(point, server.ended, server.output)
    await loading
  } finally {
    await server.kill()
  }
}

/** The command line; gives its exit code or signal, and what it wrote. @param point where it ends, if anywhere */
async function yuanliu(point: string, ...args: string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'packages/cli/bin/yuanliu.js'), '--lang', 'en', ...args], {
    env: { PATH: process.env.PATH ?? '', ...p.env, YUANLIU_KILL_AT: point },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (output += String(data)))
  const how = await new Promise<number | string>(resolve => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'))
  })
  return { how, output }
}

/**
 * Starts again and looks at everything: what was acknowledged is there and in the log, the whole log holds in the database
 * and over HTTP, and it continues every checkpoint that an outsider was shown.
 */
async function expectWhole(more: () => Promise<void> = async () => {}): Promise<void> {
  p.running = await start(readConfig(p.env))
  p.url = `http://127.0.0.1:${p.running.port}`
  try {
    await logged(p, acknowledged.length)
    await look(p)
    const on = p.running.rooms.log.suites.map(s => s.id)
    expect(on).toEqual(p.env.LOG?.split(','))
    for (const suite of on) expect((await auditOf(p, suite)).findings).toEqual([])
    const { db } = p.running.parts
    const origins = on.map(suite => p.running.rooms.log.published(suite)?.origin)
    const known = async (of: SuiteId) =>
      shown.filter(c => c.suite === of && origins.includes(c.origin)).sort((a, b) => Number(a.size - b.size))
    const { findings, logs, opened, waiting, signatures } = await verifyDatabase(db, { key: () => null, known })
    expect(findings).toEqual([])
    expect(logs.map(log => log.suite)).toEqual(on)
    const there = new Set((await db.rows<{ id: string }>(sql`select id from event`)).map(r => r.id))
    expect(acknowledged.filter(id => !there.has(id))).toEqual([])
    expect([opened, waiting, signatures]).toEqual([there.size, 0, 1])
    await more()
  } finally {
    await p.running.stop()
  }
}

describe('killed', { timeout: 300_000 }, () => {
  it('when a log begins: begun, some events handed over, what subjects signed stated', async () => {
    p.env.LOG = 'sha256-ed25519'
    p.env.LOG_KEY_FILE = places.file('sha256-ed25519-key')
    await serverDies('log:begun')
    await serverDies('log:handed-over#2')
    await serverDies('log:stated')
    await expectWhole()
  })

  it('when a second suite begins, and has caught up in part', async () => {
    p.env.LOG = SUITES.join(',')
    p.env.LOG_SM_KEY_FILE = places.file('sm3-sm2-key')
    await serverDies('log:begun')
    await serverDies('log:caught-up')
    await expectWhole()
  })

  // At its start a process remembers both heads that it finds; then those of each step.
  it.each(['log:committed#2', 'log:remembered#4'])(
    'under load, with a checkpoint that is in the database and not yet shown: %s',
    async point => {
      const before = shown.length
      await serverDies(point, true)
      expect(shown.length).toBeGreaterThan(before)
      await expectWhole()
    },
  )

  it('when the keys of a log change: before and between the two suites, both ways', async () => {
    p.env.LOG_NEXT_KEY_FILE = places.file('sha256-ed25519-next')
    p.env.LOG_SM_NEXT_KEY_FILE = places.file('sm3-sm2-next')
    await serverDies('log:rotating')
    await serverDies('log:rotated')
    await expectWhole()
    p.env.LOG_KEY_FILE = p.env.LOG_NEXT_KEY_FILE
    p.env.LOG_SM_KEY_FILE = p.env.LOG_SM_NEXT_KEY_FILE
    delete p.env.LOG_NEXT_KEY_FILE
    delete p.env.LOG_SM_NEXT_KEY_FILE
    await serverDies('log:rotated')
    await expectWhole()
  })

  it('in a restore: nothing is there, or all of it', async () => {
    const backup = places.file('backup')
    await writeWhole(backup, out => backupInstallation(readConfig(p.env), out, () => {}))
    const env = await places.empty(ENGINE)
    Object.assign(p.env, env)
    const args = env.DATABASE_URL ? ['--database', env.DATABASE_URL] : []
    const restore = (point: string) => yuanliu(point, 'restore', backup, ...args, '--data-dir', env.DATA_DIR ?? '')
    for (const point of ['restore:loaded', 'restore:committed']) {
      const { how, output } = await restore(point)
      expect(how, output).toBe('SIGKILL')
    }
    await expectWhole()
  })

  it('when a log is ended: what was said stands, and the same command completes it', async () => {
    const retire = (point: string) =>
      yuanliu(point, 'log', 'retire', '--new-origin', 'trace.example.org/log2', '--reason', 'moved')
    expect((await retire('retire:said')).how).toBe('SIGKILL')
    // The old log does not go on any more.
    await expect(start(readConfig(p.env))).rejects.toThrow(
      'Run "yuanliu log retire --new-origin trace.example.org/log2"',
    )
    for (const point of ['retire:key-aside', 'retire:checkpoint-aside', 'retire:emptied']) {
      const { how, output } = await retire(point)
      expect(how, `${point}: ${output}`).toBe('SIGKILL')
    }
    expect((await retire('')).how).toBe(0)
    const before = [...shown]
    await expectWhole(async () => {
      const now = shown.slice(before.length).map(c => c.origin)
      expect(now).toEqual(['trace.example.org/log2', 'trace.example.org/log2/sm'])
      const retired = await p.running.rooms.log.retired()
      for (const { suite, origin, size } of before) {
        const said = retired.find(r => r.suite === suite && r.origin === origin)
        expect(said?.size).toBeGreaterThanOrEqual(Number(size))
      }
    })
  })
})
