import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../packages/server/src/lib/config.ts'
import { sql } from '../../packages/server/src/lib/db/sql.ts'
import { start } from '../../packages/server/src/start.ts'
import { documentOf, objectEvent } from '../support/events.ts'
import { openDatabase } from '../support/open-database.ts'
import { freshDatabase, startPlatform } from '../support/platform.ts'
import { freePort, type ServerProcess, startProcess } from '../support/server-process.ts'

const folders: string[] = []
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'yuanliu-start-'))
  folders.push(folder)
  return folder
}
let database: Awaited<ReturnType<typeof freshDatabase>>
let servers: ServerProcess[] = []
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(async () => {
  for (const server of servers) await server.kill()
  servers = []
  await database.remove()
})
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

async function launch(env: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await startProcess({ ...database.env, ...env })
  servers.push(server)
  return server
}

/** What a process that cannot start says, and that it ends with 1. */
async function refusal(env: Record<string, string>): Promise<string> {
  const server = await startProcess({ ...database.env, ...env }, { early: true })
  expect(await server.ended).toBe(1)
  expect(server.output()).not.toMatch(/^\s+at .*\.ts:/m)
  return server.output()
}

describe('a start that cannot be', () => {
  it('names the settings that are wrong', async () => {
    const words = await refusal({ CAPTURE_MAX_OPEN: 'many', YUANLIU_BOOTSTRAP_KEY: 'short-and-secret' })
    expect(words).toContain('CAPTURE_MAX_OPEN=many')
    expect(words).toContain('YUANLIU_BOOTSTRAP_KEY=…: must have at least 32 characters')
    expect(words).not.toContain('short-and-secret')
  })

  it('says that the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    expect(await refusal({ PORT: String(port) })).toContain(`PORT=${port}: another program listens there`)
    other.close()
    expect(await refusal({ HOST: '203.0.113.1' })).toContain('HOST=203.0.113.1: this machine does not have')
  })

  it('says that the database cannot be reached, without its password', async () => {
    const port = await freePort()
    const words = await refusal({ DATABASE_URL: `postgres://root:hidden-password@localhost:${port}/test` })
    expect(words).toContain(`DATABASE_URL: the database at localhost:${port}/test cannot be used`)
    expect(words).toContain('ECONNREFUSED')
    expect(words).not.toContain('hidden-password')
  })

  it('refuses a database that is newer, and one whose migrations were altered', async () => {
    const db = await openDatabase(database.env)
    await db.script(`insert into migration (id, name, sha256) values (9999, 'from_the_future', 'x')`)
    await db.close()
    expect(await refusal({})).toMatch(/newer than this program: it has migration 9999 \(from_the_future\)/)
    const again = await openDatabase(database.env)
    await again.script(`delete from migration where id = 9999; update migration set sha256 = 'other' where id = 1`)
    await again.close()
    expect(await refusal({})).toMatch(/Migration 1 \(\w+\) was applied in another form/)
  })

  it('stops where the log is shorter than it was', async () => {
    const server = await launch()
    const body = JSON.stringify(documentOf([objectEvent(), objectEvent(), objectEvent()]))
    expect((await server.call('/epcis/capture', { method: 'POST', body })).status).toBe(202)
    expect(await server.kill('SIGTERM')).toBe(0)
    const file = join(database.env.DATA_DIR ?? '', 'last-position')
    expect(Object.values(JSON.parse(readFileSync(file, 'utf8')))).toEqual([3])
    const db = await openDatabase(database.env)
    await db.script('update capture_clock set position = 1')
    await db.close()
    const words = await refusal({})
    expect(words).toMatch(/ends at position 1, but .*last-position remembers 3: 2 events .* are missing/)
    rmSync(file)
    const answer = await (await launch()).call('/health')
    expect((await answer.json()).capturePosition).toBe(1)
  })
})

describe.skipIf(process.env.DATABASE_URL)('the folder of the embedded database', () => {
  it('is refused to a second process, and taken over from one that was killed', async () => {
    const first = await launch()
    expect(await refusal({})).toContain('in use by another process')
    expect((await first.call('/health')).status).toBe(200)
    await first.kill()
    expect(existsSync(join(database.env.DATA_DIR ?? '', 'lock'))).toBe(true)
    expect((await (await launch()).call('/health')).status).toBe(200)
  })

  it('survives a kill while it is being created', async () => {
    const folder = newFolder()
    for (const wait of [300, 1_500, 2_500]) {
      const server = await startProcess({ DATA_DIR: folder }, { early: true })
      await new Promise(resolve => setTimeout(resolve, wait))
      await server.kill()
    }
    const server = await startProcess({ DATA_DIR: folder })
    servers.push(server)
    expect((await server.call('/health')).status).toBe(200)
  })

  it('when the database thread is lost, requests are told so and the process ends for its supervisor', async () => {
    const server = await launch()
    const folder = database.env.DATA_DIR ?? ''
    cpSync(join(folder, 'db', 'pg_wal'), join(folder, 'kept'), { recursive: true })
    rmSync(join(folder, 'db', 'pg_wal'), { recursive: true })
    const statuses = new Set<number>()
    // 16 MB of log have to be written until PostgreSQL misses the folder.
    const events = Array.from({ length: 900 }, () => objectEvent({ 'ext:note': crypto.randomUUID().repeat(20) }))
    for (let i = 0; i < 40; i++) {
      for (const event of events) event.eventID = `urn:uuid:${crypto.randomUUID()}`
      const body = JSON.stringify(documentOf(events))
      const answer = await server.call('/epcis/capture', { method: 'POST', body }).catch(() => null)
      if (!answer) break
      statuses.add(answer.status)
    }
    expect(await server.ended).toBe(1)
    expect(server.output()).toContain('The thread of the embedded database ended')
    expect([...statuses].filter(s => s !== 202 && s !== 503)).toEqual([])
  })
})

describe('bootstrap key', () => {
  it('is written for its owner alone, and only the path is printed', async () => {
    const env = { ...database.env, YUANLIU_BOOTSTRAP_KEY: '' }
    const file = join(database.env.DATA_DIR ?? '', 'bootstrap-key')
    writeFileSync(file, 'what an earlier installation left\n')
    chmodSync(file, 0o666)
    const server = await launch(env)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const key = readFileSync(file, 'utf8').trim()
    expect(key).toMatch(/^ylboot_[A-Za-z0-9_-]{43}$/)
    expect(server.output()).toContain(file)
    expect(server.output()).not.toContain(key)
    expect((await server.call('/api/keys', { key })).status).toBe(200)
    await server.kill('SIGTERM')
    const again = await launch(env)
    expect(readFileSync(file, 'utf8').trim()).toBe(key)
    expect(again.output()).not.toContain(file)
  })
})

describe('health and metrics', () => {
  it('answers 503 with the reason from the first moment, 200 when ready, 503 while stopping', async () => {
    const port = await freePort()
    const config = readConfig({ ...database.env, PORT: String(port), LOG_LEVEL: 'silent' })
    const starting = start(config)
    const url = `http://127.0.0.1:${port}`
    let early: Response | null = null
    for (let i = 0; i < 200 && !early; i++) {
      early = await fetch(`${url}/health`).catch(() => null)
      if (!early) await new Promise(resolve => setTimeout(resolve, 5))
    }
    expect(early?.status).toBe(503)
    expect(await early?.json()).toMatchObject({ status: expect.stringMatching(/starting|migrating|recovering/) })
    const running = await starting
    const ready = await fetch(`${url}/health`)
    expect(ready.status).toBe(200)
    expect(await ready.json()).toMatchObject({
      status: 'ready',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      database: process.env.DATABASE_URL ? 'postgresql' : 'embedded',
      databaseVersion: expect.stringMatching(/^\d+/),
      capturePosition: 0,
    })
    // A request that has begun to arrive keeps its connection while the server stops.
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write('GET /health HTTP/1.1\r\nHost: x\r\n')
    await new Promise(resolve => setTimeout(resolve, 100))
    const stopping = running.stop()
    socket.write('\r\n')
    const answer = await textOf(socket)
    expect(answer).toMatch(/^HTTP\/1\.1 503 /)
    expect(answer).toContain('"status":"stopping"')
    await stopping
    await expect(fetch(`${url}/health`)).rejects.toThrow()
  })

  it('gives metrics in the text form of Prometheus', async () => {
    const platform = await startPlatform()
    await platform.capture(documentOf([objectEvent()]))
    const answer = await platform.call('/metrics', { key: null })
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const series = parseMetrics(await answer.text())
    expect(series.get('yuanliu_capture_position')).toBe(1)
    expect(series.get('yuanliu_http_requests_total{group="/epcis",status="2xx"}')).toBeGreaterThan(0)
    expect(series.get('yuanliu_http_request_seconds_bucket{group="/epcis",le="+Inf"}')).toBe(
      series.get('yuanliu_http_request_seconds_count{group="/epcis"}'),
    )
    await platform.stop()
  })
})

describe('SIGTERM', () => {
  it('lets a slow upload come to its end, takes no new connection, and ends with 0', async () => {
    const server = await launch()
    const body = Buffer.from(JSON.stringify(documentOf([objectEvent(), objectEvent()])))
    const { port } = new URL(server.url)
    const upload = request({
      port,
      host: '127.0.0.1',
      path: '/epcis/capture',
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json', 'content-length': body.length },
    })
    upload.write(body.subarray(0, 100))
    await new Promise(resolve => setTimeout(resolve, 300))
    server.process.kill('SIGTERM')
    await new Promise(resolve => setTimeout(resolve, 300))
    expect(server.process.exitCode).toBeNull()
    await expect(fetch(`${server.url}/health`)).rejects.toThrow()
    upload.write(body.subarray(100, 200))
    await new Promise(resolve => setTimeout(resolve, 300))
    const began = Date.now()
    upload.end(body.subarray(200))
    const [answer] = await once(upload, 'response')
    expect(answer.statusCode).toBe(202)
    expect(answer.headers.connection).toBe('close')
    answer.resume()
    expect(await server.ended).toBe(0)
    expect(Date.now() - began).toBeLessThan(10_000)
    const db = await openDatabase(database.env)
    expect(await db.row(sql`select count(*) as n from event`)).toEqual({ n: 2 })
    await db.close()
  })
})

const ADMIN = 'test-bootstrap-key-of-32-characters-or-more'

function textOf(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', data => {
    text += String(data)
  })
  return new Promise(resolve => socket.once('close', () => resolve(text)))
}

/** Every sample, each checked against the grammar, its HELP and TYPE lines before it. */
function parseMetrics(text: string): Map<string, number> {
  const samples = new Map<string, number>()
  const types = new Map<string, string>()
  const helps = new Set<string>()
  expect(text.endsWith('\n')).toBe(true)
  for (const line of text.trimEnd().split('\n')) {
    const help = /^# HELP ([a-z_]+) \S.*$/.exec(line)
    const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line)
    const sample =
      /^([a-z_]+)(\{[a-z_]+="[^"\\\n]*"(?:,[a-z_]+="[^"\\\n]*")*\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(line)
    if (help?.[1]) helps.add(help[1])
    else if (type?.[1]) types.set(type[1], type[2] ?? '')
    else if (sample?.[1]) {
      const name = sample[1].replace(/_(bucket|sum|count)$/, '')
      expect(types.has(sample[1]) || types.get(name) === 'histogram', line).toBe(true)
      expect(samples.has(sample[1] + (sample[2] ?? '')), line).toBe(false)
      samples.set(sample[1] + (sample[2] ?? ''), Number(sample[3]))
    } else expect.fail(`not a line of the format: ${line}`)
  }
  expect([...types.keys()].every(name => helps.has(name))).toBe(true)
  return samples
}
