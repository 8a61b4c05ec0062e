import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { ADMIN_KEY, type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { sql } from '../lib/db/sql.ts'

const ORIGIN = 'https://console.example.cn'
/** Stopped by the last test. */
let p: Platform
beforeAll(async () => {
  p = await startPlatform({ CORS_ORIGINS: ORIGIN })
})

interface Heard {
  socket: WebSocket
  messages: string[]
  ids(): string[]
  closed: Promise<{ code: number; reason: string }>
}
const open: WebSocket[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.terminate()
})

const url = (path: string) => p.url.replace('http', 'ws') + path

/** Opens a socket; rejects with status and problem type where it is refused. */
function listen(path: string, key: string | null = ADMIN_KEY, more: Record<string, string> = {}, protocols?: string[]) {
  const headers = { ...(key && { authorization: `Bearer ${key}` }), ...more }
  const socket = new WebSocket(url(path), protocols ?? [], { headers })
  open.push(socket)
  const messages: string[] = []
  socket.on('message', (data, isBinary) => messages.push(isBinary ? 'binary' : String(data)))
  const heard: Heard = {
    socket,
    messages,
    ids: () =>
      messages.flatMap(m =>
        JSON.parse(m).epcisBody.queryResults.resultsBody.eventList.map((e: { eventID: string }) => e.eventID),
      ),
    closed: new Promise(resolve => socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }))),
  }
  return new Promise<Heard>((resolve, reject) => {
    socket.on('open', () => resolve(heard))
    socket.on('error', reject)
    socket.on('unexpected-response', (_request, response) => {
      let body = ''
      response.on('data', data => (body += String(data)))
      response.on('end', () => reject(new Error(`${response.statusCode} ${JSON.parse(body).type}`)))
    })
  })
}

let counter = 0
async function query(key = ADMIN_KEY): Promise<{ name: string; path: string; step: string }> {
  const step = `https://own.example.org/step/${++counter}`
  const name = `live-${counter}`
  const body = JSON.stringify({ name, query: { EQ_bizStep: [step] } })
  expect((await p.call('/epcis/queries', { method: 'POST', body, key })).status).toBe(201)
  return { name, path: `/epcis/queries/${name}/events`, step }
}

async function captured(step: string, count = 1): Promise<string[]> {
  const events = Array.from({ length: count }, () => objectEvent({ bizStep: step }))
  await p.capture(documentOf([...events, objectEvent({ bizStep: 'receiving' })]))
  return events.map(e => String(e.eventID))
}
const until = (what: () => unknown) => expect.poll(what, { timeout: 30_000, interval: 10 })

describe('a WebSocket', () => {
  it('is told of new events in order, and of nothing else', async () => {
    const { path, step, name } = await query()
    await captured(step)
    const heard = await listen(`${path}?stream=true`)
    const ids = [...(await captured(step, 2)), ...(await captured(step, 130))]
    await until(() => heard.ids().length).toBe(ids.length)
    expect(heard.ids()).toEqual(ids)
    const { queryResults } = JSON.parse(heard.messages[0] ?? '').epcisBody
    expect(queryResults).toMatchObject({ queryName: name, subscriptionID: expect.stringMatching(/^[0-9a-f-]{36}$/) })
    expect(await (await p.call('/metrics')).text()).toContain('yuanliu_sockets 1')
  })

  it('follows a schedule, and says when there is nothing', async () => {
    const { path, step } = await query()
    const heard = await listen(`${path}?second=${encodeURIComponent('[0-59]')}&reportIfEmpty=true`)
    await until(() => heard.messages.length).toBeGreaterThan(0)
    expect(heard.ids()).toEqual([])
    const ids = await captured(step, 3)
    await until(() => heard.ids().length).toBe(3)
    expect(heard.ids()).toEqual(ids)
  })

  it('begins at initialRecordTime', async () => {
    const { path, step } = await query()
    const since = new Date().toISOString()
    const ids = await captured(step, 2)
    const heard = await listen(`${path}?stream=true&initialRecordTime=${since}`)
    await until(() => heard.ids()).toEqual(ids)
  })

  it('takes the key of a page as a protocol, and only from a page that may', async () => {
    const { path, step } = await query()
    const browser = await listen(`${path}?stream=true`, null, { origin: ORIGIN }, ['epcis', `bearer.${ADMIN_KEY}`])
    expect(browser.socket.protocol).toBe('epcis')
    const own = await listen(`${path}?stream=true`, ADMIN_KEY, { origin: 'https://trace.example.org' })
    const ids = await captured(step)
    await until(() => [browser.ids(), own.ids()]).toEqual([ids, ids])
    await expect(listen(`${path}?stream=true`, ADMIN_KEY, { origin: 'https://evil.example' })).rejects.toThrow(
      '403 epcisException:SecurityException',
    )
  })

  it('is refused like any request', async () => {
    const { path } = await query()
    const limited = JSON.stringify({ name: 'limited', query: { maxEventCount: 5 } })
    await p.call('/epcis/queries', { method: 'POST', body: limited })
    const captureOnly = await p.key('capture-only', ['capture'])
    const refusals: [string, string | null, string][] = [
      [`${path}?stream=true`, null, '401 epcisException:SecurityException'],
      [`${path}?stream=true`, 'yl_00000000_nonsense', '401 epcisException:SecurityException'],
      [`${path}?stream=true`, captureOnly, '403 epcisException:SecurityException'],
      [path, ADMIN_KEY, '400 epcisException:SubscriptionControlsException'],
      [`${path}?second=0&reportIfEmpty=xyz`, ADMIN_KEY, '400 epcisException:SubscriptionControlsException'],
      [`${path}?stream=yes`, ADMIN_KEY, '400 epcisException:SubscriptionControlsException'],
      [`${path}?stream=false`, ADMIN_KEY, '400 epcisException:SubscriptionControlsException'],
      [`${path}?stream=true&minute=5`, ADMIN_KEY, '400 epcisException:SubscriptionControlsException'],
      [`${path}?minute=60`, ADMIN_KEY, '400 epcisException:SubscriptionControlsException'],
      [`${path}?stream=true&EQ_action=ADD`, ADMIN_KEY, '400 epcisException:QueryParameterException'],
      ['/epcis/queries/limited/events?stream=true', ADMIN_KEY, '400 epcisException:SubscriptionControlsException'],
      ['/epcis/queries/none/events?stream=true', ADMIN_KEY, '404 epcisException:NoSuchNameException'],
    ]
    for (const [where, key, refusal] of refusals) await expect(listen(where, key)).rejects.toThrow(refusal)
    // Elsewhere there is no other protocol, and the request is answered as it would have been.
    await expect(listen('/api/limits', null)).rejects.toThrow('200')
  })

  it('ends when the key is revoked, within five seconds', async () => {
    const body = JSON.stringify({ organisation: `org-${randomUUID()}`, permissions: ['read'] })
    const key = await (await p.call('/api/keys', { method: 'POST', body })).json()
    const { path } = await query(key.key)
    const heard = await listen(`${path}?stream=true`, key.key)
    // As another process would do it: what this one remembers of the key stays.
    await p.running.parts.db.run(sql`update api_key set revoked = 1 where id = ${key.id}`)
    const began = performance.now()
    expect(await heard.closed).toMatchObject({ code: 1008, reason: expect.stringContaining('key') })
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  it('ends with its query, deleted here or by another process', async () => {
    const [here, there] = [await query(), await query()]
    const [a, b] = [await listen(`${here.path}?stream=true`), await listen(`${there.path}?stream=true`)]
    await p.call(`/epcis/queries/${here.name}`, { method: 'DELETE' })
    expect(await a.closed).toMatchObject({ code: 1000, reason: expect.stringContaining('query') })
    expect(b.socket.readyState).toBe(WebSocket.OPEN)
    await p.running.parts.db.run(sql`delete from named_query where name = ${there.name}`)
    expect(await b.closed).toMatchObject({ code: 1000 })
  })

  it('hears nothing: who talks too much is closed', async () => {
    const { path } = await query()
    const heard = await listen(`${path}?stream=true`)
    heard.socket.send('x'.repeat(2_000))
    expect(await heard.closed).toMatchObject({ code: 1009 })
  })

  it('that does not read costs no memory, and the others wait for nothing', async () => {
    const { path, step } = await query()
    const [slow, quick] = [await listen(`${path}?stream=true`), await listen(`${path}?stream=true`)]
    slow.socket.pause()
    const more = 'x'.repeat(20_000)
    const before = process.memoryUsage().rss
    for (let n = 0; n < 10; n++)
      await p.capture(documentOf(Array.from({ length: 100 }, () => objectEvent({ bizStep: step, 'ext:more': more }))))
    await until(() => quick.messages.reduce((n, m) => n + m.length, 0)).toBeGreaterThan(20_000_000)
    expect(slow.messages.length).toBe(0)
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024)
    slow.socket.resume()
    await until(() => slow.ids().length).toBe(1_000)
    expect(slow.ids()).toEqual(quick.ids())
  })
})

it('requests that ask for another protocol are answered as if they had not', async () => {
  // As the HTTP client of Java does by default on its first request.
  const body = JSON.stringify({ name: `h2c-${randomUUID()}`, query: {} })
  const request = [
    'POST /epcis/queries HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${ADMIN_KEY}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
    'HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
  ]
  const socket = connect(p.running.port, '127.0.0.1')
  let answer = ''
  socket.on('data', data => (answer += String(data)))
  socket.write(`${request.join('\r\n')}\r\n\r\n${body.slice(0, 10)}`)
  await new Promise(resolve => setTimeout(resolve, 50))
  socket.write(body.slice(10))
  await until(() => answer).toMatch(/^HTTP\/1\.1 201 /)
  // The connection serves on.
  answer = ''
  socket.write(`GET /epcis/queries/none HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${ADMIN_KEY}\r\n\r\n`)
  await until(() => answer).toMatch(/^HTTP\/1\.1 404 /)
  socket.destroy()
})

it('a WebSocket ends with the service, which does not wait for it', async () => {
  const { path } = await query()
  const heard = await listen(`${path}?stream=true`)
  const began = performance.now()
  await p.stop()
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(await heard.closed).toMatchObject({ code: 1001 })
})
