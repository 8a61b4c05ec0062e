import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CONTEXT, documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { now } from '../lib/clock.ts'
import { readConfig } from '../lib/config.ts'
import { start } from '../start.ts'
import { ask, eventIds, openSandbox, schemaOf, schemas } from './sandbox.fixture.ts'

let p: Platform
afterEach(() => p.stop())

const send = async (key: string, count = 1) =>
  (
    await ask(p, 'POST', '/epcis/capture', {
      key,
      body: documentOf(Array.from({ length: count }, () => objectEvent())),
    })
  ).status

// Every sandbox makes its tables first.
describe('sandboxes', { timeout: 240_000 }, () => {
  it('are opened in turn where they are more than may be open, and outlast a restart', async () => {
    p = await startPlatform({ SANDBOXES: '1' })
    const keys = [await openSandbox(p, 'first'), await openSandbox(p, 'second')].map(s => s.key)
    for (const key of keys) expect(await send(key)).toBe(202)
    expect(p.running.parts.sandboxes?.size()).toBe(1)
    for (const key of keys) expect(await eventIds(p, key)).toHaveLength(1)
    // Asked at the same time, whoever finds no room is told to come again.
    const asked = await Promise.all(keys.map(key => ask(p, 'GET', '/epcis/events', { key })))
    expect(asked.map(a => a.status).filter(s => s !== 200 && s !== 503)).toEqual([])
    await p.restart()
    expect((await ask(p, 'GET', '/api/organisations/first/sandbox')).body).toMatchObject({ open: false, events: 1 })
    expect(await eventIds(p, keys[0] as string)).toHaveLength(1)
  })

  it('take so much and no more, and say what to do', async () => {
    p = await startPlatform({ SANDBOX_EVENTS: '3', CAPTURE_MAX_EVENTS: '20000' })
    const { key } = await openSandbox(p, 'full')
    expect((await ask(p, 'GET', '/api/limits', { key })).body.documentEvents).toBe(10_000)
    expect((await ask(p, 'GET', '/api/limits')).body.documentEvents).toBe(20_000)
    expect(await send(key, 3)).toBe(202)
    // What was measured a moment ago is believed for a second.
    let refused = { status: 0, body: {} as Record<string, unknown> }
    await vi.waitFor(async () => {
      refused = await ask(p, 'POST', '/epcis/events', { key, body: objectEvent({ '@context': CONTEXT }) })
      expect(refused.status).toBe(413)
    }, 20_000)
    expect(refused.body).toMatchObject({ type: 'epcisException:CaptureLimitExceededException' })
    expect(refused.body.detail).toMatch(/沙箱已满.*\d+ \/ 3 events/)
    expect((await ask(p, 'GET', '/epcis/events', { key })).status).toBe(200)
    expect((await ask(p, 'DELETE', '/api/organisations/full/sandbox/data', { key })).status).toBe(200)
    expect(await send(key)).toBe(202)
  })

  it('are dropped when nobody has used them for long, with what a dead process left behind', async () => {
    p = await startPlatform({ SANDBOX_DAYS: '2' })
    const { key } = await openSandbox(p, 'idle')
    expect(await send(key)).toBe(202)
    const { sandboxes, db } = p.running.parts
    await db.script(
      `select setval('sandbox_number', 500); create schema sandbox_401; create table sandbox_401.migration (n int);
       create schema sandbox_402; create schema sandbox_403; create table sandbox_403.of_mine (n int);
       create schema sandbox_999; create schema sandbox_of_mine`,
    )
    const day = 86_400_000_000
    await sandboxes?.sweep(now() + day)
    expect(await eventIds(p, key)).toHaveLength(1)
    const others = ['sandbox_403', 'sandbox_999', 'sandbox_of_mine']
    expect(await schemas(p)).toEqual([await schemaOf(p, 'idle'), ...others].sort())
    await sandboxes?.sweep(now() + 3 * day)
    expect(await schemas(p)).toEqual(others)
    expect((await ask(p, 'GET', '/epcis/events', { key })).status).toBe(401)
    expect((await ask(p, 'GET', '/api/organisations/idle/sandbox')).status).toBe(404)
  })

  it('are not there where the setting says so', async () => {
    p = await startPlatform({ SANDBOXES: '0' })
    expect((await ask(p, 'POST', '/api/organisations/platform/sandbox', { body: {} })).status).toBe(404)
    expect((await ask(p, 'GET', '/epcis/events', { key: 'yls_x' })).status).toBe(401)
  })

  it.runIf(process.env.DATABASE_URL)(
    'are the same from two processes: what one resets is empty for the other',
    async () => {
      p = await startPlatform()
      const folder = mkdtempSync(join(tmpdir(), 'yuanliu-sandbox-'))
      const beside = await start(
        readConfig({ ...p.env, DATA_DIR: folder, LOG_KEY_FILE: join(p.env.DATA_DIR ?? '', 'log-key') }),
      )
      try {
        const { key } = await openSandbox(p, 'shared')
        const there: Platform = {
          ...p,
          call: (path, init) => fetch(`http://127.0.0.1:${beside.port}${path}`, asKey(key, init)),
        }
        for (let round = 0; round < 2; round++) {
          expect(await send(key)).toBe(202)
          const event = objectEvent({ '@context': CONTEXT })
          const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) }
          expect((await there.call('/epcis/events', sent)).status).toBe(201)
          expect(await eventIds(p, key)).toHaveLength(2)
          expect(await eventIds(there, key)).toContain(event.eventID)
          expect((await ask(p, 'DELETE', '/api/organisations/shared/sandbox/data', { key })).status).toBe(200)
          expect(await eventIds(there, key)).toEqual([])
        }
      } finally {
        await beside.stop()
        rmSync(folder, { recursive: true, force: true })
      }
    },
  )
})

function asKey(key: string, init: RequestInit = {}): RequestInit {
  return { ...init, headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${key}` } }
}
