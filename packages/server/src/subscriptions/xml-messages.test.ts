import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { ADMIN_KEY, type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { sql } from '../lib/db/sql.ts'
import { isGenuine, receivers } from './receiver.fixture.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform({ WEBHOOK_ALLOW: '127.0.0.1' })
})
afterAll(() => p.stop())

const receiver = receivers()

const TOKEN = '13df38d8275b13f05704629e5f1cf3d45d6132d5'
let counter = 0

async function query(): Promise<{ path: string; name: string; place: string }> {
  const name = `xml${++counter}`
  const place = `https://own.example.org/place/${counter}`
  const body = JSON.stringify({ name, query: { EQ_readPoint: [place] } })
  expect((await p.call('/epcis/queries', { method: 'POST', body })).status).toBe(201)
  return { path: `/epcis/queries/${name}`, name, place }
}

async function subscribe(path: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await p.call(`${path}/subscriptions`, { method: 'POST', body: JSON.stringify(body), headers })
  return { status: answer.status, subscription: await answer.json() }
}

async function captured(place: string): Promise<string> {
  const more = { bizStep: 'shipping', disposition: 'ext:kept' }
  const event = objectEvent({ readPoint: { id: place }, ...more })
  await p.capture(documentOf([event]))
  return String(event.eventID)
}

describe('messages in XML', () => {
  it.each([
    ['the header of the standard', {}, { 'GS1-CBV-XML-Format': 'Always_URN' }, 'urn:epcglobal:cbv:bizstep:shipping'],
    ['the body', { mediaType: 'application/xml' }, {}, 'https://ref.gs1.org/cbv/BizStep-shipping'],
    [
      'the body, with the form of terms',
      { mediaType: 'application/xml', cbvXmlFormat: 'Always_URN' },
      {},
      'urn:epcglobal:cbv:bizstep:shipping',
    ],
  ])('are asked for by %s', async (_what, members, headers, term) => {
    const { path, name, place } = await query()
    const r = await receiver()
    const made = await subscribe(path, { dest: r.dest, stream: true, signatureToken: TOKEN, ...members }, headers)
    expect(made).toMatchObject({ status: 201, subscription: { mediaType: 'application/xml' } })
    const id = await captured(place)
    await expect.poll(() => r.taken.length, { timeout: 30_000 }).toBe(1)
    const [message] = r.taken
    expect(message?.headers['content-type']).toBe('application/xml; charset=utf-8')
    expect(message?.headers['gs1-cbv-xml-format']).toBe(term.startsWith('urn') ? 'Always_URN' : 'Always_Web_URI')
    expect(message && isGenuine(message, TOKEN)).toBe(true)
    expect(message?.body).toContain('<epcisq:EPCISQueryDocument')
    expect(message?.body).toContain(`<queryName>${name}</queryName>`)
    expect(message?.body).toContain(`<subscriptionID>${made.subscription.subscriptionID}</subscriptionID>`)
    expect(message?.body).toContain(`<eventID>${id}</eventID>`)
    expect(message?.body).toContain(`<bizStep>${term}</bizStep>`)
    expect(message?.body).toContain(' xmlns:ext="https://ns.example.org/ext/"')
    expect(message?.body).toContain('<disposition>ext:kept</disposition>')
    const shown = await p.call(`${path}/subscriptions/${made.subscription.subscriptionID}`)
    expect(await shown.json()).toMatchObject({ mediaType: 'application/xml' })
  })

  it('are JSON otherwise, also where the body says so against the header', async () => {
    const { path, place } = await query()
    const r = await receiver()
    const headers = { 'GS1-CBV-XML-Format': 'Always_URN' }
    const first = await subscribe(path, { dest: r.dest, stream: true })
    const second = await subscribe(path, { dest: r.dest, stream: true, mediaType: 'application/json' }, headers)
    expect([first.subscription.mediaType, second.subscription.mediaType]).toEqual(Array(2).fill('application/json'))
    const id = await captured(place)
    await expect.poll(() => r.ids(), { timeout: 30_000 }).toEqual([id, id])
    expect(r.taken.every(m => m.headers['gs1-cbv-xml-format'] === undefined)).toBe(true)
  })

  it('refuse what is no form', async () => {
    const { path } = await query()
    const draft = { dest: 'http://127.0.0.1:9/in', stream: true }
    expect((await subscribe(path, { ...draft, mediaType: 'text/csv' })).status).toBe(400)
    expect((await subscribe(path, draft, { 'GS1-CBV-XML-Format': 'Latin' })).status).toBe(406)
  })

  it('tell of an error of ours in XML', async () => {
    const { path, place } = await query()
    const r = await receiver()
    const { subscription } = await subscribe(path, { dest: r.dest, stream: true, mediaType: 'application/xml' })
    // As if a version that took this parameter had made the query; who delivers it reads the query anew.
    const { db } = p.running.parts
    await db.run(
      sql`update named_query set parameters = '{"EQ_gone":["x"]}' where name = ${path.split('/').at(-1) ?? ''}`,
    )
    await p.call(`/api/subscriptions/${subscription.subscriptionID}/resend`, { method: 'POST', body: '{}' })
    await captured(place)
    await expect.poll(() => r.taken.length, { timeout: 30_000 }).toBe(1)
    expect(r.taken[0]?.headers['content-type']).toBe('application/problem+xml; charset=utf-8')
    expect(r.taken[0]?.body).toContain('<type>epcisException:QueryParameterException</type>')
  })

  it('come over a WebSocket that accepts them', async () => {
    const { path, place } = await query()
    const at = `${p.url.replace('http', 'ws')}${path}/events?stream=true`
    const headers = { authorization: `Bearer ${ADMIN_KEY}`, accept: 'application/xml' }
    const socket = new WebSocket(at, { headers })
    await once(socket, 'open')
    const told = once(socket, 'message')
    const id = await captured(place)
    const [data] = (await told) as [Buffer]
    expect(data.toString()).toContain('<epcisq:EPCISQueryDocument')
    expect(data.toString()).toContain(`<eventID>${id}</eventID>`)
    expect(data.toString()).toContain(' xmlns:ext="https://ns.example.org/ext/"')
    socket.close()
    await once(socket, 'close')
  })
})
