import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { type Receiver, startReceiver } from './receiver.fixture.ts'

const MILL = '91350100M000100Y43'
const FIELD = 'https://ns.example.org/grade'

let p: Platform
const receivers: Receiver[] = []
beforeAll(async () => {
  p = await startPlatform({ UNREGISTERED_PARTIES: 'quarantine', WEBHOOK_ALLOW: '127.0.0.1' })
  expect((await register('shop', '91320621MA1MRHG205')).status).toBe(201)
})
afterAll(async () => {
  await p.stop()
  for (const r of receivers) await r.close()
})

const register = (organisation: string, creditCode: string) =>
  p.call('/api/organisations', { method: 'POST', body: JSON.stringify({ organisation, creditCode }) })
const until = (what: () => unknown) => expect.poll(what, { timeout: 30_000, interval: 20 })

/** A receiver of a query's events, as an organisation subscribes to them. */
async function subscribed(key: string, query: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const r = await startReceiver()
  receivers.push(r)
  const name = `q${randomUUID()}`
  const post = async (path: string, body: unknown) => {
    const answer = await p.call(path, { method: 'POST', key, body: JSON.stringify(body) })
    expect(answer.status, await answer.clone().text()).toBe(201)
    return answer.json()
  }
  await post('/epcis/queries', { name, query })
  const made = await post(`/epcis/queries/${name}/subscriptions`, { dest: r.dest, stream: true, ...more })
  return { r, id: made.subscriptionID as string }
}

async function capture(key: string, step: string, count: number): Promise<string[]> {
  const events = Array.from({ length: count }, () => objectEvent({ bizStep: step, [FIELD]: 'a' }))
  await p.capture(documentOf(events), { key })
  return events.map(e => String(e.eventID))
}

it('events that leave quarantine are told to who passed them long ago: in order, once, and to nobody twice', async () => {
  const since = new Date(Date.now() - 3_600_000).toISOString()
  const [mill, shop] = [await p.key('mill'), await p.key('shop')]
  const step = `https://own.example.org/${randomUUID()}`
  const other = await subscribed(shop, { EQ_bizStep: step })
  // Of this one nobody but the event itself can say whether it fulfils the query.
  const asked = await subscribed(shop, { EQ_bizStep: step, [`EQ_${FIELD}`]: 'a' })
  const own = await subscribed(mill, { EQ_bizStep: step })

  const kept = await capture(mill, step, 130)
  const seen = await capture(shop, step, 3)
  kept.push(...(await capture(mill, step, 2)))
  await until(() => own.r.ids()).toEqual([...kept.slice(0, 130), ...seen, ...kept.slice(130)])
  await until(() => other.r.ids()).toEqual(seen)
  await until(() => asked.r.ids()).toEqual(seen)

  expect((await register('mill', MILL)).status).toBe(200)
  await until(() => other.r.ids()).toEqual([...seen, ...kept])
  await until(() => asked.r.ids()).toEqual([...seen, ...kept])
  // Registered again under the same code, it releases nothing.
  expect((await register('mill', MILL)).status).toBe(200)
  const later = [...(await capture(mill, step, 2)), ...(await capture(shop, step, 1))]
  await until(() => other.r.ids()).toEqual([...seen, ...kept, ...later])
  await until(() => asked.r.ids()).toEqual([...seen, ...kept, ...later])
  await until(() => own.r.ids().length).toBe(138)
  expect(new Set(own.r.ids()).size).toBe(138)

  // Who begins in the past is told the same, in the same order; so is who has it sent again.
  const all = [...seen, ...kept, ...later]
  const past = await subscribed(shop, { EQ_bizStep: step }, { initialRecordTime: since })
  await until(() => past.r.ids()).toEqual(all)
  const again = await p.call(`/api/subscriptions/${past.id}/resend`, {
    method: 'POST',
    key: shop,
    body: JSON.stringify({ since }),
  })
  expect(again.status).toBe(200)
  await until(() => past.r.ids()).toEqual([...all, ...all])
  const states = await (await p.call('/api/subscriptions', { key: shop })).json()
  await until(async () => (await (await p.call('/api/subscriptions', { key: shop })).json()).subscriptions).toEqual(
    states.subscriptions.map(() => expect.objectContaining({ lag: 0 })),
  )
})

it('an error declaration that was kept aside is told with its release', async () => {
  const [farm, shop] = [await p.key('farm'), await p.key('shop')]
  const step = `https://own.example.org/${randomUUID()}`
  const declared = await subscribed(shop, { EQ_bizStep: step, EXISTS_errorDeclaration: null })
  const event = objectEvent({ bizStep: step })
  await p.capture(documentOf([event]), { key: farm })
  const errorDeclaration = { declarationTime: '2026-10-03T00:00:00Z', reason: 'incorrect_data' }
  await p.capture(documentOf([{ ...event, errorDeclaration }]), { key: farm })
  const marker = objectEvent({ bizStep: step })
  await p.capture(documentOf([marker]), { key: shop })
  await p.capture(documentOf([{ ...marker, errorDeclaration }]), { key: shop })
  await until(() => declared.r.ids()).toEqual([marker.eventID])
  expect((await register('farm', '91110000600037341L')).status).toBe(200)
  await until(() => declared.r.ids()).toEqual([marker.eventID, event.eventID])
})
