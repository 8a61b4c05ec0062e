import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CONTEXT, documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { sql } from '../lib/db/sql.ts'
import { nodeCrypto } from '../lib/signing/node-crypto.ts'
import { logKeyFolder } from '../log/signing.fixture.ts'
import { ask, contents, eventIds, openSandbox, schemaOf, schemas } from './sandbox.fixture.ts'

let p: Platform
let keys: ReturnType<typeof logKeyFolder>
beforeAll(async () => {
  keys = logKeyFolder('trace.example.org/log', await nodeCrypto())
  p = await startPlatform(keys.env)
})
afterAll(async () => {
  await p.stop()
  keys.remove()
})

const PLACE = 'https://id.gs1.org/414/9521321000010'
const GTIN = '6901234567892'
/** What every request of a sandbox may write outside: that it and its key were used. */
const USED = ['api_key', 'sandbox']

const place = (name: string) => ({
  epcisHeader: {
    epcisMasterData: {
      vocabularyList: [
        {
          type: 'urn:epcglobal:epcis:vtype:BusinessLocation',
          vocabularyElementList: [
            { id: PLACE, attributes: [{ id: 'https://ns.example.org/ext/name', attribute: name }] },
          ],
        },
      ],
    },
  },
})
const urnEvent = () => objectEvent({ epcList: ['urn:epc:id:sgtin:9521234.054321.7'] })

/** Does everything that writes: events, master data, a conflict, a query, a subscription, codes, a link. */
async function exercise(key: string, name: string): Promise<void> {
  const event = objectEvent()
  const document = documentOf([event, urnEvent()], place(name))
  expect((await ask(p, 'POST', '/epcis/capture', { key, body: document })).status).toBe(202)
  const again = documentOf([{ ...event, bizStep: 'packing' }])
  expect((await ask(p, 'POST', '/epcis/capture', { key, body: again })).status).toBe(202)
  const query = { name: 'mine', query: { EQ_bizStep: ['shipping'] } }
  expect((await ask(p, 'POST', '/epcis/queries', { key, body: query })).status).toBe(201)
  const range = { scheme: 'gtin', of: GTIN, count: 10, style: 'sequential' }
  expect((await ask(p, 'POST', '/api/codes/ranges', { key, body: range })).status).toBe(201)
}

// Every sandbox makes its tables first.
describe('a sandbox', { timeout: 240_000 }, () => {
  it('writes nothing among the real data, whatever is done in it, and they write nothing into it', async () => {
    const real = await p.key('apart', ['capture', 'read', 'code:issue'])
    const { key } = await openSandbox(p, 'apart')
    await ask(p, 'GET', '/epcis/events', { key })
    const schema = await schemaOf(p, 'apart')
    const prefixes = async (s: string) =>
      (
        await p.running.parts.db.row<{ n: number }>({
          strings: [`select count(*) as n from ${s}.company_prefix`],
          values: [],
        })
      )?.n

    const before = await contents(p, 'public', USED)
    await exercise(key, '试验田')
    await vi.waitFor(async () => expect(await prefixes(schema)).toBe(1), 10_000)
    expect(await contents(p, 'public', USED)).toEqual(before)

    const inside = await contents(p, schema)
    for (const table of ['event', 'master_data', 'event_conflict', 'named_query', 'code_range', 'term'])
      expect(inside[table], table).not.toMatch(/^0 /)
    // The same names, numbers and places are free outside, and what is done there does not come in.
    await exercise(real, '真实农场')
    await p.running.rooms.prefixes.idle()
    expect(await contents(p, schema)).toEqual(inside)
    expect(await prefixes('public')).toBe(1)
    const named = async (k: string) =>
      JSON.stringify(
        (
          await ask(
            p,
            'GET',
            `/api/vocabularies/urn:epcglobal:epcis:vtype:BusinessLocation/${encodeURIComponent(PLACE)}`,
            { key: k },
          )
        ).body,
      )
    expect(await named(key)).toContain('试验田')
    expect(await named(key)).not.toContain('真实农场')
    expect(await named(real)).toContain('真实农场')
    expect(await named(real)).not.toContain('试验田')
  })

  it('takes an event id that is taken outside, without a word of it; and is in no log and on no page', async () => {
    const real = await p.key('ids', ['capture', 'read'])
    const { key } = await openSandbox(p, 'ids')
    const unit = 'https://id.gs1.org/01/09521234543213/21/777'
    const shared = objectEvent()
    const only = objectEvent({ epcList: [unit] })
    expect((await p.capture(documentOf([shared]), { key: real })).counts.accepted).toBe(1)
    const health = async () =>
      (await (await p.call('/health')).json()) as { capturePosition: number; log: { size: number } }
    const logged = async () => {
      expect(await p.running.rooms.log.covered((await health()).capturePosition, 20_000)).toBe(true)
      return (await health()).log.size
    }
    const before = await logged()
    const { capturePosition: position } = await health()
    const sent = documentOf([{ ...shared, bizStep: 'receiving' }, only])
    const taken = await p.call('/epcis/capture', { method: 'POST', key, body: JSON.stringify(sent) })
    expect(taken.status).toBe(202)
    const job = await ask(p, 'GET', new URL(taken.headers.get('location') ?? '').pathname, { key })
    expect(job.body.counts).toMatchObject({ accepted: 2, conflict: 0, duplicate: 0 })
    expect((await ask(p, 'GET', new URL(taken.headers.get('location') ?? '').pathname, { key: real })).status).toBe(404)
    expect(await eventIds(p, key)).toEqual([shared.eventID, only.eventID].sort())
    expect((await ask(p, 'GET', `/epcis/events/${only.eventID}`, { key: real })).status).toBe(404)
    expect((await ask(p, 'GET', `/api/trace?code=${encodeURIComponent(unit)}`, { key })).body.events).toHaveLength(1)
    expect((await ask(p, 'GET', `/api/log/opening?event=${shared.eventID}`, { key })).status).toBe(404)
    // What is captured outside is logged, and nothing else.
    expect(await health()).toMatchObject({ capturePosition: position, log: { size: before } })
    await p.capture(documentOf([objectEvent()]), { key: real })
    expect(await logged()).toBe(before + 1)
    // Pages are those of the platform, also for a browser that sends the key.
    const page = async (k: string | null) =>
      (await p.call('/01/09521234543213/21/777', { key: k, headers: { accept: 'application/json' } })).status
    expect([await page(null), await page(key)]).toEqual([404, 404])
    expect((await ask(p, 'GET', '/health', { key })).body).toHaveProperty('capturePosition', position + 1)
  })

  it('is reset at will: it is empty, its keys stay, what is real and other sandboxes are left alone', async () => {
    const { key } = await openSandbox(p, 'again')
    const { key: neighbour } = await openSandbox(p, 'neighbour')
    for (const k of [key, neighbour]) await exercise(k, '甲')
    const event = objectEvent()
    await ask(p, 'POST', '/epcis/capture', { key, body: documentOf([event]) })
    const [old, beside] = [await schemaOf(p, 'again'), await schemaOf(p, 'neighbour')]
    const before = [await contents(p, 'public', USED), await contents(p, beside)]
    const state = (await ask(p, 'GET', '/api/organisations/again/sandbox', { key })).body
    expect(state).toMatchObject({ organisation: 'again', events: 3, open: true, reset: null })
    expect(JSON.stringify(state)).not.toContain(key.slice(13))
    const reset = await ask(p, 'DELETE', '/api/organisations/again/sandbox/data', { key })
    expect(reset.status).toBe(200)
    expect(reset.body).toMatchObject({ events: 0, bytes: 0, open: false, reset: expect.stringMatching(/^20/) })
    expect(await schemas(p)).not.toContain(old)
    expect(await eventIds(p, key)).toEqual([])
    expect([await contents(p, 'public', USED), await contents(p, beside)]).toEqual(before)
    // As on the first day: the same id is new, and so is everything else.
    const once = documentOf([event])
    expect((await ask(p, 'POST', '/epcis/capture', { key, body: once })).status).toBe(202)
    expect(await eventIds(p, key)).toEqual([event.eventID])
    await exercise(key, '乙')
  })

  it('breaks off captures that are open when it is reset, with 503', async () => {
    const { key } = await openSandbox(p, 'open')
    const events = Array.from({ length: 1_100 }, () => JSON.stringify(objectEvent()))
    const [head, tail] = JSON.stringify(documentOf(['@'])).split('"@"') as [string, string]
    const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sending = request(
        `${p.url}/epcis/capture`,
        { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' } },
        answer => {
          let text = ''
          answer.on('data', piece => (text += String(piece)))
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
        },
      )
      sending.on('error', reject)
      sending.write(head + events.join())
      void (async () => {
        await ask(p, 'GET', '/epcis', { key })
        const view = p.running.parts.db.within(await schemaOf(p, 'open'))
        // Its first thousand events are staged: the capture is under way.
        await vi.waitFor(async () => expect(await view.rows(sql`select id from capture`)).toHaveLength(1), 20_000)
        await view.close()
        expect((await ask(p, 'DELETE', '/api/organisations/open/sandbox/data')).status).toBe(200)
        sending.end(tail)
      })().catch(reject)
    })
    expect(await answered).toMatchObject({ status: 503, text: expect.stringContaining('"status":503') })
    expect(await eventIds(p, key)).toEqual([])
    expect((await ask(p, 'POST', '/epcis/capture', { key, body: documentOf([objectEvent()]) })).status).toBe(202)
    expect(await eventIds(p, key)).toHaveLength(1)
  })

  it('works beside real traffic at the same time: each side has its own, whole', async () => {
    const real = await p.key('both', ['capture', 'read'])
    const sandboxes = [await openSandbox(p, 'both'), await openSandbox(p, 'both-2')].map(s => s.key)
    const sent = new Map<string, string[]>([real, ...sandboxes].map(key => [key, []]))
    const before = (await (await p.call('/health')).json()).capturePosition
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        for (const [key, ids] of sent) {
          const event = objectEvent({ '@context': CONTEXT })
          ids.push(event.eventID as string)
          expect((await ask(p, 'POST', '/epcis/events', { key, body: event })).status).toBe(201)
        }
      }),
    )
    const seen = await eventIds(p, real)
    expect(seen).toEqual(expect.arrayContaining(sent.get(real) ?? []))
    for (const key of sandboxes) {
      expect(await eventIds(p, key)).toEqual((sent.get(key) ?? []).sort())
      for (const id of sent.get(key) ?? []) expect(seen).not.toContain(id)
    }
    expect((await (await p.call('/health')).json()).capturePosition).toBe(before + 12)
  })
})
