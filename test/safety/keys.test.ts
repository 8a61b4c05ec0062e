import { createServer } from 'node:http'
import { PERMISSIONS, type Permission } from '@yuanliu/core'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../packages/server/src/app.ts'
import { sql } from '../../packages/server/src/lib/db/sql.ts'
import { CONTEXT, documentOf, objectEvent } from '../support/events.ts'
import { ADMIN_KEY, freshDatabase, type Platform, startPlatform } from '../support/platform.ts'
import { startProcess } from '../support/server-process.ts'

let p: Platform
let app: FastifyInstance
beforeAll(async () => {
  p = await startPlatform()
  app = createApp(p.running.parts, p.running.rooms, createServer())
  await app.ready()
})
afterAll(async () => {
  await app.close()
  await p.stop()
})

/** Every operation under /api and /epcis, with something in the places of its path. */
function guarded() {
  return app.mounted
    .filter(r => /^\/(api|epcis)(\/|$)/.test(r.url))
    .map(r => ({ ...r, path: r.url.replace(/:\w+/g, '00000000-0000-0000-0000-000000000000').replace('*', 'x') }))
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

async function newKey(permissions: string[], more: Record<string, unknown> = {}) {
  const body = JSON.stringify({ organisation: 'some-org', permissions, ...more })
  const answer = await p.call('/api/keys', { method: 'POST', body })
  return (await answer.json()) as { key: string; id: string }
}

describe('every operation under /api and /epcis', () => {
  /** What anybody may ask; a new entry here is a decision. */
  const PUBLIC = [
    'GET /api/limits',
    'HEAD /api/limits',
    'GET /api/codes/parse',
    'HEAD /api/codes/parse',
    'GET /api/openapi.json',
    'HEAD /api/openapi.json',
    'GET /api/docs',
    'HEAD /api/docs',
    'GET /api/resolve',
    'HEAD /api/resolve',
    'GET /api/log',
    'HEAD /api/log',
    'GET /api/log/proof',
    'HEAD /api/log/proof',
    'GET /api/log/witnesses',
    'HEAD /api/log/witnesses',
    'GET /api/log/anchors',
    'HEAD /api/log/anchors',
    'GET /api/log/bundle',
    'HEAD /api/log/bundle',
    'GET /api/witness',
    'HEAD /api/witness',
    'GET /api/schemas/public-trace.json',
    'HEAD /api/schemas/public-trace.json',
    'OPTIONS /epcis/capture',
    'OPTIONS /epcis/events',
  ]

  it('says what permission it needs, or stands in the list of the public ones', () => {
    expect(guarded().length).toBeGreaterThan(10)
    const open = guarded()
      .filter(r => r.permission === null)
      .map(r => `${r.method} ${r.url}`)
    expect(open.filter(o => !PUBLIC.includes(o) && !/^OPTIONS /.test(o))).toEqual([])
  })

  it('answers 401 without a key, with a wrong one, and with one in the wrong place', async () => {
    const tries: { headers?: Record<string, string>; query?: string }[] = [
      {},
      { headers: bearer('yl_00000000_nonsense') },
      { headers: bearer(`${ADMIN_KEY}x`) },
      { headers: { authorization: ADMIN_KEY } },
      { headers: { authorization: `Basic ${Buffer.from(`admin:${ADMIN_KEY}`).toString('base64')}` } },
      { headers: { authorization: `Bearer ${ADMIN_KEY} ${ADMIN_KEY}` } },
      { headers: { 'x-api-key': ADMIN_KEY, cookie: `key=${ADMIN_KEY}` } },
      { query: `?key=${ADMIN_KEY}&api_key=${ADMIN_KEY}&access_token=${ADMIN_KEY}&authorization=Bearer%20${ADMIN_KEY}` },
    ]
    for (const route of guarded().filter(r => r.permission !== null)) {
      for (const { headers = {}, query = '' } of tries) {
        // The same path in another spelling is the same route.
        for (const path of [route.path, route.path.replace('/api', '/%61pi').replace('/epcis', '/%65pcis')]) {
          const answer = await app.inject({ method: route.method as 'GET', url: path + query, headers })
          expect(answer.statusCode, `${route.method} ${path}`).toBe(401)
          expect(answer.headers['www-authenticate']).toContain('Bearer')
          if (route.method !== 'HEAD') expect(answer.headers['content-type']).toContain('problem+json')
        }
      }
    }
    for (const path of ['/api', '/api/nothing', '/epcis/nothing', '/api/']) {
      expect((await app.inject({ url: path })).statusCode, path).toBe(401)
    }
  })

  it('answers 403 to a key that has every permission but the one it needs', async () => {
    const all = [...PERMISSIONS]
    const keys = new Map<string, string>()
    /** A key with everything but these. */
    async function keyWithout(some: readonly Permission[]) {
      const known = keys.get(some.join())
      const key = known ?? (await newKey(all.filter(a => !some.includes(a)))).key
      keys.set(some.join(), key)
      return key
    }
    let checked = 0
    for (const route of guarded()) {
      if (!route.permission) continue
      const key = await keyWithout([route.permission].flat())
      const answer = await app.inject({ method: route.method as 'GET', url: route.path, headers: bearer(key) })
      expect(answer.statusCode, `${route.method} ${route.url}`).toBe(403)
      checked++
    }
    expect(checked).toBeGreaterThan(8)
  })
})

describe('a key', () => {
  const status = async (key: string) => (await p.call('/epcis/capture', { key })).status

  it('is shown once and stored as a hash', async () => {
    const made = await newKey(['capture'])
    expect(made.key).toMatch(/^yl_[0-9a-f]{8}_[A-Za-z0-9_-]{43}[0-9a-f]{6}$/)
    expect(await (await p.call('/api/keys')).text()).not.toContain(made.key)
    const stored = await p.running.parts.db.row(
      sql`select row_to_json(k)::text as row from api_key k where id = ${made.id}`,
    )
    expect(JSON.stringify(stored)).not.toContain(made.key.slice(12, 40))
  })

  it('that has expired or been revoked is refused, and said to be', async () => {
    const soon = await newKey(['capture'], { expires: new Date(Date.now() + 1_200).toISOString() })
    expect(await status(soon.key)).toBe(200)
    await new Promise(resolve => setTimeout(resolve, 1_300))
    const expired = await p.call('/epcis/capture', { key: soon.key })
    expect(expired.status).toBe(401)
    expect((await expired.json()).detail).toContain('expired')
    const gone = await newKey(['capture'])
    expect(await status(gone.key)).toBe(200)
    expect((await p.call(`/api/keys/${gone.id}`, { method: 'DELETE' })).status).toBe(200)
    expect(await status(gone.key)).toBe(401)
    for (const expires of ['yesterday', '2020-01-01T00:00:00Z']) {
      const body = JSON.stringify({ organisation: 'o', permissions: ['read'], expires })
      expect((await p.call('/api/keys', { method: 'POST', body })).status).toBe(400)
    }
  })

  it('sees the jobs of its own organisation only', async () => {
    const own = await p.key('org-a')
    const other = await p.key('org-b')
    const { id } = await p.capture(documentOf([objectEvent()]), { key: own })
    expect((await p.call(`/epcis/capture/${id}`, { key: own })).status).toBe(200)
    for (const path of [`/epcis/capture/${id}`, `/api/captures/${id}/receipts`]) {
      expect((await p.call(path, { key: other })).status).toBe(404)
      expect((await p.call(path)).status).toBe(200)
    }
    expect(await (await p.call('/epcis/capture', { key: other })).json()).toEqual([])
  })
})

describe('cross-origin requests', () => {
  it('to the API are answered for configured origins alone, with a preflight that bears no key', async () => {
    const shop = 'https://shop.example.org'
    const q = await startPlatform({ CORS_ORIGINS: shop })
    const preflight = (origin: string) =>
      q.call('/api/keys', {
        method: 'OPTIONS',
        key: null,
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      })
    const good = await preflight(shop)
    expect(good.status).toBe(204)
    expect(good.headers.get('access-control-allow-origin')).toBe(shop)
    expect(good.headers.get('access-control-allow-credentials')).toBeNull()
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
    const asked = await q.call('/api/keys', { headers: { origin: 'https://evil.example' } })
    expect(asked.headers.get('access-control-allow-origin')).toBeNull()
    expect(asked.headers.get('vary')).toContain('Origin')
    await q.stop()
  })
})

describe('logs', () => {
  it('hold no key, not even at the finest level', { timeout: 120_000 }, async () => {
    const database = await freshDatabase()
    const server = await startProcess({ ...database.env, LOG_LEVEL: 'trace' })
    const body = JSON.stringify({ organisation: 'logged', permissions: ['capture'] })
    const { key, id } = await (await server.call('/api/keys', { method: 'POST', body })).json()
    const event = JSON.stringify({ '@context': CONTEXT, ...objectEvent() })
    for (const k of [key, `${key}x`, ADMIN_KEY]) {
      await server.call('/epcis/events', { method: 'POST', body: event, key: k })
      await server.call('/epcis/capture', { method: 'POST', body: '{', key: k })
      await server.call(`/epcis/capture?key=${k}`, { key: null })
      await server.call(`/nowhere?access_token=${k}`, { key: null, headers: { 'x-api-key': k } })
      await server.call(`/%?access_token=${k}`, { key: null })
    }
    await server.call(`/api/keys/${id}`, { method: 'DELETE' })
    await server.call('/epcis/capture', { key })
    // Also where the database fails in the middle of it.
    if (database.env.DATABASE_URL) await database.remove()
    await server.call(`/epcis/capture?key=${key}`, { key }).catch(() => null)
    await server.kill('SIGTERM')
    expect(server.output()).toContain('Yuanliu')
    for (const secret of [key, key.slice(12, 55), ADMIN_KEY]) expect(server.output()).not.toContain(secret)
    await database.remove()
  })
})
