import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../packages/server/src/lib/db/sql.ts'
import { objectEvent } from '../support/events.ts'
import {
  aggregation,
  applyChange,
  change,
  freshDocument,
  headers,
  odd,
  rich,
  transformation,
} from '../support/fuzz-values.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { rawRequest } from '../support/raw-http.ts'

const RUNS = Number(process.env.FUZZ_RUNS ?? 150)
const options = (share = 1) => ({ numRuns: Math.ceil(RUNS * share) })

let p: Platform
beforeAll(async () => {
  p = await startPlatform({ LOG_LEVEL: 'silent' })
})
afterAll(() => p.stop())

const eventCount = async () =>
  (await p.running.parts.db.row<{ n: number }>(sql`select count(*) as n from event`))?.n ?? 0

/** Asks; the answer is never a 5xx, and what is refused is a problem document. */
async function ask(path: string, init: Parameters<Platform['call']>[1] = {}): Promise<Response> {
  const answer = await p.call(path, init)
  if (answer.status >= 500) expect.fail(`${init.method ?? 'GET'} ${path}: ${answer.status} ${await answer.text()}`)
  if (answer.status >= 400 && init.method === 'POST')
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
  return answer
}

/** The number of events changes by exactly what the answer says. */
async function captured(path: '/epcis/capture' | '/epcis/events', init: RequestInit): Promise<void> {
  const before = await eventCount()
  const answer = await ask(path, { method: 'POST', ...init })
  let accepted = 0
  if (answer.status === 201) accepted = 1
  if (answer.status === 202) {
    const id = answer.headers.get('location')?.split('/').at(-1)
    const job = async () => (await p.call(`/epcis/capture/${id}`)).json()
    await expect.poll(async () => (await job()).running, { interval: 5 }).toBe(false)
    const { counts } = await job()
    expect(counts.accepted + counts.duplicate + counts.conflict + counts.rejected).toBe(counts.events)
    accepted = counts.accepted
    const receipts = await ask(`/api/captures/${id}/receipts`)
    const lines = (await receipts.text()).split('\n').filter(Boolean)
    expect(lines.length).toBe(counts.events)
    expect(lines.filter(l => JSON.parse(l).status === 'accepted').length).toBe(accepted)
  }
  await answer.arrayBuffer().catch(() => {})
  expect(await eventCount()).toBe(before + accepted)
}

describe(`random requests (${RUNS} runs): never a 5xx, never a partial write`, () => {
  it('changed documents', () =>
    fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), fc.boolean(), async (changes, proceed) => {
        const document = freshDocument()
        for (const c of changes) applyChange(document, c)
        await captured('/epcis/capture', {
          body: JSON.stringify(document),
          headers: { 'gs1-capture-error-behaviour': proceed ? 'proceed' : 'rollback' },
        })
      }),
      options(),
    ))

  it('changed single events', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(3), fc.array(change, { minLength: 1, maxLength: 3 }), async (which, changes) => {
        const event = [objectEvent, aggregation, transformation, rich][which]?.() ?? {}
        const single = { '@context': freshDocument()['@context'], ...event }
        for (const c of changes) applyChange(single, c)
        await captured('/epcis/events', { body: JSON.stringify(single) })
      }),
      options(),
    ))

  it('changed bytes', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.nat(2)), { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        async (changes, zip) => {
          let bytes = Buffer.from(JSON.stringify(freshDocument()))
          for (const [at, byte, how] of changes) {
            const i = at % bytes.length
            if (how === 0) bytes[i] = byte
            else if (how === 1) bytes = Buffer.concat([bytes.subarray(0, i), bytes.subarray(i + 1 + (byte % 40))])
            else bytes = Buffer.concat([bytes.subarray(0, i), Buffer.from([byte]), bytes.subarray(i)])
            if (!bytes.length) bytes = Buffer.from('{')
          }
          const init = zip ? { body: gzipSync(bytes), headers: { 'content-encoding': 'gzip' } } : { body: bytes }
          await captured('/epcis/capture', init as RequestInit)
        },
      ),
      options(),
    ))

  it('random bytes and headers', () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constant(Buffer.from(JSON.stringify(freshDocument())))),
        headers,
        async (bytes, h) => {
          for (const path of ['/epcis/capture', '/epcis/events'] as const) {
            await captured(path, { body: bytes as BodyInit, headers: h as Record<string, string> })
          }
        },
      ),
      options(0.5),
    ))

  it('codes and queries', () => {
    const code = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        '09521234543213',
        '(01)09521234543213(21)1',
        'urn:epc:id:sgtin:9521234.054321.1',
        '01/09521234543213/10/%E6%BA%90',
        '../..',
        '00000000000000',
        '\u001d0109521234543213',
      ),
      fc.string({
        unit: fc.constantFrom('0', '1', '9', '/', '(', ')', ':', '%', '.', '源', '\u001d', ']', 'Q'),
        maxLength: 40,
      }),
    )
    const raw = fc.string({
      unit: fc.constantFrom('%', '0', 'f', 'z', '/', '?', '&', '=', '+', '#', ';', '.', '\\', '"', '<', '\x01', '\xff'),
      maxLength: 30,
    })
    const safe = (text: string) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '?'))
    const paths = [
      (c: string) => `/01/${c}`,
      (c: string) => `/01/09521234543213/10/${c}/21/${c}`,
      (c: string) => `/00/${c}`,
      (c: string) => `/t/${c}`,
      (c: string) => `/?q=${c}`,
      (c: string) => `/?code=${c}`,
      (c: string) => `/api/trace?code=${c}&direction=both`,
      (c: string) => `/api/trace?code=09521234543213&at=${c}&depth=${c}`,
      (c: string) => `/epcis/events/${c}`,
      (c: string) => `/epcis/events?EQ_bizStep=${c}&MATCH_anyEPC=${c}`,
      (c: string) => `/epcis/events?GE_eventTime=${c}`,
      (c: string) => `/epcis/events?perPage=${c}&nextPageToken=${c}`,
      (c: string) => `/epcis/events?orderBy=${c}&${c}=${c}`,
      (c: string) => `/epcis/capture/${c}`,
      (c: string) => `/api/captures/${c}/receipts?from=${c}`,
      (c: string) => `/api/conflicts?after=${c}&limit=${c}`,
      (c: string) => `/api/keys/${c}`,
      (c: string) => `/${c}`,
    ]
    return fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), code, raw, headers, async (path, c, bytes, h) => {
        const { 'content-encoding': _e, 'content-type': _t, ...asked } = h
        await (await ask(path(safe(c)), { headers: asked as Record<string, string> })).arrayBuffer()
        const line = path(bytes).replace(/[\s]/g, '')
        const answer = await rawRequest(p.url, [
          `GET ${line} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n`,
        ])
        if (answer) expect(answer.status, line).toBeLessThan(500)
      }),
      options(1.5),
    )
  })

  it('bodies of the other operations', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/api/keys', '/api/events/search'),
        fc.dictionary(
          fc.constantFrom(
            'organisation',
            'permissions',
            'expires',
            'label',
            'EQ_bizStep',
            'MATCH_epc',
            'perPage',
            'nextPageToken',
            'query',
            'orderBy',
          ),
          odd,
        ),
        async (path, body) => {
          await (await ask(path, { method: 'POST', body: JSON.stringify(body) })).arrayBuffer()
        },
      ),
      options(0.5),
    ))
})
