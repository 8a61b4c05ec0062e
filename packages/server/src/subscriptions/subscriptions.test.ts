import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { ROOT } from '../lib/paths.ts'
import { eventsOf, isGenuine, type Received, receivers } from './receiver.fixture.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform({ WEBHOOK_ALLOW: '127.0.0.1' })
})
afterAll(() => p.stop())

const receiver = receivers()

const TOKEN = '13df38d8275b13f05704629e5f1cf3d45d6132d5'
let counter = 0

/** A query of its own for events of a business step of its own. */
async function query(): Promise<{ path: string; step: string }> {
  const step = `https://own.example.org/step/${++counter}`
  const body = JSON.stringify({ name: `q${counter}`, query: { EQ_bizStep: [step] } })
  expect((await p.call('/epcis/queries', { method: 'POST', body })).status).toBe(201)
  return { path: `/epcis/queries/q${counter}`, step }
}

const subscribe = (path: string, body: unknown) =>
  p.call(`${path}/subscriptions`, { method: 'POST', body: JSON.stringify(body) })

async function captured(step: string, count = 1): Promise<string[]> {
  const events = Array.from({ length: count }, () => objectEvent({ bizStep: step }))
  await p.capture(documentOf([...events, objectEvent({ bizStep: 'receiving' })]))
  return events.map(e => String(e.eventID))
}

const stateOf = async (id: string) => {
  const { subscriptions } = await (await p.call('/api/subscriptions?perPage=1000')).json()
  return subscriptions.find((s: { subscriptionID: string }) => s.subscriptionID === id)
}

describe('a stream', () => {
  it('is told of what is captured from then on, in order, signed, once', async () => {
    const { path, step } = await query()
    await captured(step)
    const r = await receiver()
    const made = await subscribe(path, { dest: r.dest, signatureToken: TOKEN, stream: true })
    expect(made.status).toBe(201)
    const text = await made.text()
    expect(text).not.toContain(TOKEN)
    const { subscriptionID } = JSON.parse(text)
    expect(made.headers.get('location')).toBe(`https://trace.example.org${path}/subscriptions/${subscriptionID}`)
    const ids = [...(await captured(step, 3)), ...(await captured(step, 150))]
    await expect.poll(() => r.ids().length, { timeout: 30_000 }).toBeGreaterThanOrEqual(ids.length)
    expect(r.ids()).toEqual(ids)
    for (const message of r.taken) {
      expect(isGenuine(message, TOKEN)).toBe(true)
      expect(isGenuine({ ...message, body: `${message.body} ` }, TOKEN)).toBe(false)
      const { type, epcisBody } = JSON.parse(message.body)
      expect([type, epcisBody.queryResults.queryName]).toEqual(['EPCISQueryDocument', path.split('/').at(-1)])
      expect(epcisBody.queryResults.subscriptionID).toBe(subscriptionID)
      expect(eventsOf(message).length).toBeLessThanOrEqual(100)
    }
    expect(await stateOf(subscriptionID)).toMatchObject({ state: 'active', lag: 0, delivered: 153, lastError: null })
    const shown = await (await p.call(`${path}/subscriptions/${subscriptionID}`)).json()
    expect(shown).toMatchObject({ stream: true, signed: true, lastNotifiedAt: expect.any(String) })
    expect(JSON.stringify([shown, await stateOf(subscriptionID)])).not.toContain(TOKEN)
  })

  it('begins at initialRecordTime, and goes on after a restart where it was', async () => {
    const { path, step } = await query()
    const before = new Date().toISOString()
    const ids = await captured(step, 2)
    const r = await receiver()
    r.answer = () => ({ status: 503 })
    await subscribe(path, { dest: r.dest, stream: true, initialRecordTime: before, epcFormat: 'Never_Translates' })
    await expect.poll(() => r.all.length, { timeout: 30_000 }).toBeGreaterThan(0)
    await p.restart()
    r.answer = () => ({ status: 200 })
    ids.push(...(await captured(step, 2)))
    await expect.poll(() => r.ids().length, { timeout: 30_000 }).toBe(4)
    expect(r.ids()).toEqual(ids)
    expect(r.taken[0]?.headers['gs1-epc-format']).toBe('Never_Translates')
    for (const message of r.taken)
      for (const event of eventsOf(message))
        expect(Date.parse(String(event.recordTime))).toBeGreaterThan(Date.parse(before) - 1)
    expect(r.taken[0]?.headers['gs1-signature']).toBeUndefined()
  })

  it('names in a warning the codes that are left as Digital Link', async () => {
    const { path, step } = await query()
    const r = await receiver()
    await subscribe(path, { dest: r.dest, stream: true, epcFormat: 'Always_EPC_URN' })
    const nowhere = { readPoint: undefined, bizLocation: undefined }
    // A prefix that no URN has shown.
    const link = 'https://id.gs1.org/01/09529966543211/21/warned'
    await p.capture(documentOf([objectEvent({ bizStep: step, epcList: [link], ...nowhere })]))
    await expect.poll(() => r.taken.length, { timeout: 30_000 }).toBe(1)
    expect(r.taken[0]?.headers.warning).toContain(link)
    await p.capture(
      documentOf([objectEvent({ bizStep: step, epcList: ['urn:epc:id:sgtin:9521234.054321.w'], ...nowhere })]),
    )
    await expect.poll(() => r.taken.length, { timeout: 30_000 }).toBe(2)
    expect(r.taken[1]?.headers.warning).toBeUndefined()
  })

  it('ends when it is deleted, and with its query', async () => {
    const { path, step } = await query()
    const [a, b] = [await receiver(), await receiver()]
    const made = await (await subscribe(path, { dest: a.dest, stream: true })).json()
    await subscribe(path, { dest: b.dest, stream: true })
    const one = `${path}/subscriptions/${made.subscriptionID}`
    expect((await p.call(one, { method: 'DELETE' })).status).toBe(204)
    expect((await p.call(one)).status).toBe(404)
    expect(await (await p.call(`${path}/subscriptions`)).json()).toHaveLength(1)
    await captured(step)
    await expect.poll(() => b.ids().length, { timeout: 30_000 }).toBe(1)
    expect(a.all).toEqual([])
    expect((await p.call(path, { method: 'DELETE' })).status).toBe(204)
    const { subscriptions } = await (await p.call('/api/subscriptions?perPage=1000')).json()
    expect(subscriptions.filter((s: { dest: string }) => s.dest === b.dest)).toEqual([])
    await captured(step)
    await new Promise(resolve => setTimeout(resolve, 400))
    expect(b.ids().length).toBe(1)
  })

  it('reads what its organisation may read', async () => {
    const reader = await p.key('reader-1', ['read'])
    const body = JSON.stringify({ name: 'mine', query: {} })
    await p.call('/epcis/queries', { method: 'POST', body, key: reader })
    const r = await receiver()
    const draft = JSON.stringify({ dest: r.dest, stream: true })
    const call = (key: string) => p.call('/epcis/queries/mine/subscriptions', { method: 'POST', body: draft, key })
    const made = await (await call(reader)).json()
    const stranger = await p.key('reader-2', ['read'])
    expect((await call(stranger)).status).toBe(404)
    const path = `/api/subscriptions/${made.subscriptionID}/resend`
    expect((await p.call(path, { method: 'POST', body: '{}', key: stranger })).status).toBe(404)
    expect((await (await p.call('/api/subscriptions', { key: stranger })).json()).subscriptions).toEqual([])
    const { subscriptions } = await (await p.call('/api/subscriptions', { key: reader })).json()
    expect(subscriptions).toMatchObject([{ subscriptionID: made.subscriptionID, organisation: 'reader-1' }])
    const options = await p.call(`/epcis/queries/mine/subscriptions/${made.subscriptionID}`, {
      method: 'OPTIONS',
      key: reader,
    })
    expect([options.status, options.headers.get('gs1-query-min-record-time')]).toEqual([204, made.minRecordTime])
  })
})

it('is verified by the lines that the guide gives', async () => {
  const guide = readFileSync(join(ROOT, 'docs/guide/subscriptions.md'), 'utf8')
  const lines = /```js\n(import [\s\S]*?)```/.exec(guide)?.[1] ?? ''
  const { isGenuine: verify } = await import(
    `data:text/javascript,${encodeURIComponent(`${lines}\nexport { isGenuine }`)}`
  )
  const { path, step } = await query()
  const r = await receiver()
  await subscribe(path, { dest: r.dest, signatureToken: '口令 token', stream: true })
  await captured(step)
  await expect.poll(() => r.taken.length, { timeout: 30_000 }).toBe(1)
  const { headers, body } = r.taken[0] as Received
  const signature = String(headers['gs1-signature'])
  expect(verify(signature, Buffer.from(body), '口令 token')).toBe(true)
  expect(verify(signature, Buffer.from(body), 'another')).toBe(false)
  expect(verify(signature, Buffer.from(`${body}\n`), '口令 token')).toBe(false)
  expect(verify(signature, Buffer.from(body), '口令 token', Date.now() / 1000 + 400)).toBe(false)
})

describe('a schedule', () => {
  it('sends what came since the last time, and says so when asked to where nothing did', async () => {
    const { path, step } = await query()
    const [quiet, loud] = [await receiver(), await receiver()]
    const every = { second: '[0-59]' }
    await subscribe(path, { dest: quiet.dest, schedule: every })
    const made = await subscribe(path, { dest: loud.dest, schedule: every, reportIfEmpty: true, signatureToken: TOKEN })
    expect(await made.json()).toMatchObject({ schedule: every, reportIfEmpty: true })
    await expect.poll(() => loud.taken.length, { timeout: 30_000 }).toBeGreaterThan(0)
    expect(eventsOf(loud.taken[0] as never)).toEqual([])
    expect(isGenuine(loud.taken[0] as never, TOKEN)).toBe(true)
    expect(quiet.all).toEqual([])
    const ids = await captured(step, 120)
    await expect.poll(() => quiet.ids(), { timeout: 30_000 }).toEqual(ids)
    await expect.poll(() => loud.ids(), { timeout: 30_000 }).toEqual(ids)
    // Two runs later nothing has come again.
    const runs = loud.taken.length
    await expect.poll(() => loud.taken.length, { timeout: 30_000 }).toBeGreaterThan(runs + 1)
    expect(quiet.ids()).toEqual(ids)
    expect(loud.ids()).toEqual(ids)
    expect((await p.call(path, { method: 'DELETE' })).status).toBe(204)
  })
})

describe('a subscription that cannot be', () => {
  it.each([
    [{ dest: 'https://a.example.cn/' }, '/stream'],
    [{ dest: 'https://a.example.cn/', stream: false }, '/stream'],
    [{ dest: 'https://a.example.cn/', stream: true, schedule: { hour: '1' } }, '/stream'],
    [{ dest: 'https://a.example.cn/', schedule: { hour: '25' } }, '/schedule/hour'],
    [{ dest: 'https://a.example.cn/', stream: true, reportIfEmpty: true }, '/reportIfEmpty'],
    [{ dest: 'https://a.example.cn/', stream: true, initialRecordTime: '2026-10-01' }, '/initialRecordTime'],
    [{ dest: 'http://a.example.cn/', stream: true }, '/dest'],
    [{ dest: 'https://10.0.0.1/', stream: true }, '/dest'],
    [{ dest: 'https://[::ffff:10.0.0.1]/', stream: true }, '/dest'],
  ])('%j', async (body, pointer) => {
    const { path } = await query()
    const answer = await subscribe(path, body)
    const problem = await answer.json()
    expect([answer.status, problem.type]).toEqual([400, 'epcisException:SubscriptionControlsException'])
    expect(problem.errors.map((e: { pointer: string }) => e.pointer)).toEqual([pointer])
  })

  it('has a wrong form, a query with a limit, or none', async () => {
    const { path } = await query()
    for (const body of [
      {},
      { dest: {}, stream: true },
      { dest: 'https://a.example.cn/', stream: true, more: 1 },
      { dest: 'https://a.example.cn/', schedule: {} },
    ]) {
      const answer = await subscribe(path, body)
      expect([answer.status, (await answer.json()).type]).toEqual([400, 'epcisException:ValidationException'])
    }
    const limited = { name: 'limited', query: { maxEventCount: 5 } }
    await p.call('/epcis/queries', { method: 'POST', body: JSON.stringify(limited) })
    const refused = await subscribe('/epcis/queries/limited', { dest: 'https://a.example.cn/', stream: true })
    expect([refused.status, (await refused.json()).type]).toEqual([400, 'epcisException:SubscriptionControlsException'])
    expect((await subscribe('/epcis/queries/none', { dest: 'https://a.example.cn/', stream: true })).status).toBe(404)
    expect((await p.call(`${path}/subscriptions/${randomUUID()}`)).status).toBe(404)
    expect((await p.call(`${path}/subscriptions/1`)).status).toBe(404)
  })
})
