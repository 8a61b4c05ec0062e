import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { sql } from '../lib/db/sql.ts'
import type { EpcFormat } from '../lib/http/gs1-headers.ts'
import type { Actor } from '../lib/http/mount.ts'
import { eventsOf, type Receiver, startReceiver } from './receiver.fixture.ts'
import { createSubscriptions, type Subscriptions } from './subscriptions.ts'
import { backOff } from './worker.ts'

/** Processes on one database, each with a clock that the test sets; the platform itself delivers nothing. */
let p: Platform
let actor: Actor
const HOUR = 3_600_000
let clock = Date.now()
beforeAll(async () => {
  p = await startPlatform()
  await p.running.rooms.subscriptions.stop()
  actor = await p.running.rooms.access.authenticate(`Bearer ${p.env.YUANLIU_BOOTSTRAP_KEY}`)
})
afterAll(() => p.stop())

const processes: Subscriptions[] = []
const receivers: Receiver[] = []
afterEach(async () => {
  for (const s of processes.splice(0)) await s.stop()
  for (const r of receivers.splice(0)) await r.close()
  await p.running.parts.db.run(sql`delete from named_query`)
})

let number = 1_000
function process(pace = {}, follow = p.running.rooms.events.follow): Subscriptions {
  const { rooms, parts } = p.running
  const made = createSubscriptions({
    ...parts,
    events: { ...rooms.events, follow },
    queries: rooms.queries,
    line: rooms.log.line,
    authenticate: rooms.access.authenticate,
    config: { ...parts.config, webhookAllow: ['127.0.0.1'] },
    process: number++,
    world: { clock: () => clock, pace: { lease: 1_000, renew: 50, margin: 100, write: 20, tick: 10, ...pace } },
  })
  rooms.capture.room.writer.onWritten(made.nudge)
  processes.push(made)
  return made
}

const formIn = (format: EpcFormat) => ({ media: 'json', format, terms: 'No_Preference' }) as const

async function receiver(): Promise<Receiver> {
  const made = await startReceiver()
  receivers.push(made)
  return made
}

/** A subscription of its own to events of a step of its own. */
async function subscription(by: Subscriptions, dest: string, more = {}) {
  const { queries } = p.running.rooms
  const step = `https://own.example.org/${randomUUID()}`
  await queries.create({ name: `q${randomUUID()}`, query: { EQ_bizStep: step } }, actor)
  const query = (await queries.list(actor, null, 10)).found.find(q => q.parameters.EQ_bizStep === step)
  if (!query) throw new Error('no query')
  const draft = { dest, stream: true, ...more }
  const { id } = await by.create(query, draft, formIn('Always_GS1_Digital_Link'), actor)
  async function state() {
    const found = (await by.states(actor, null, 100)).find(s => s.subscriptionID === id)
    if (!found) throw new Error('no subscription')
    return found
  }
  return { id, query, step, state }
}

async function captured(step: string, count = 1): Promise<string[]> {
  const events = Array.from({ length: count }, () => objectEvent({ bizStep: step }))
  await p.capture(documentOf(events))
  return events.map(e => String(e.eventID))
}

const until = (what: () => unknown) => expect.poll(what, { timeout: 30_000, interval: 20 })

it('tries again later and later, a week long, then waits for somebody to say so; nothing is lost', async () => {
  const one = process()
  const r = await receiver()
  r.answer = () => ({ status: 500 })
  const { id, step, state } = await subscription(one, r.dest)
  const began = clock
  const ids = await captured(step, 3)
  await until(async () => (await state()).attempts).toBe(1)
  expect(await state()).toMatchObject({ state: 'retrying', delivered: 0, lastError: expect.stringContaining('500') })
  // The clock stands: nothing is tried however long it is waited.
  await new Promise(resolve => setTimeout(resolve, 150))
  expect(r.all.length).toBe(1)
  const waits: number[] = []
  for (let n = 2; n <= 12; n++) {
    const { nextAttempt } = await state()
    waits.push(Date.parse(String(nextAttempt)) - clock)
    clock = Date.parse(String(nextAttempt)) + 1
    await until(async () => (await state()).attempts).toBe(n)
  }
  waits.forEach((wait, i) => {
    const whole = Math.min(15 * 60_000, 1000 * 2 ** i)
    expect(wait).toBeGreaterThanOrEqual(whole / 2 - 2)
    expect(wait).toBeLessThanOrEqual(whole + 2)
  })
  clock = began + 7 * 24 * HOUR + 15 * 60_000
  await until(async () => (await state()).state).toBe('dead')
  const tried = r.all.length
  clock += 24 * HOUR
  ids.push(...(await captured(step, 2)))
  await new Promise(resolve => setTimeout(resolve, 150))
  expect(r.all.length).toBe(tried)
  expect(await state()).toMatchObject({ nextAttempt: null, lag: 5 })

  r.answer = () => ({ status: 204 })
  await one.resend(id, undefined, actor)
  await until(() => r.ids()).toEqual(ids)
  await until(async () => (await state()).delivered).toBe(5)
  expect(await state()).toMatchObject({ state: 'active', attempts: 0, lag: 0, failingSince: null })
  // Once more from the beginning, because the receiver lost them.
  await one.resend(id, new Date(Date.now() - HOUR).toISOString(), actor)
  await until(() => r.ids()).toEqual([...ids, ...ids])
  await expect(one.resend(id, 'yesterday', actor)).rejects.toMatchObject({ kind: 'subscription-controls' })
})

it('waits as long as the receiver says, and gives up at once where it is gone', async () => {
  const one = process()
  const r = await receiver()
  r.answer = () => ({ status: 429, headers: { 'retry-after': '120' } })
  const { step, state } = await subscription(one, r.dest)
  await captured(step)
  await until(async () => (await state()).attempts).toBe(1)
  expect(Date.parse(String((await state()).nextAttempt)) - clock).toBe(120_000)
  r.answer = () => ({ status: 410 })
  clock += 120_001
  await until(async () => (await state()).state).toBe('dead')
  expect((await state()).lastError).toContain('410')
})

it('spreads attempts', () => {
  const waits = new Set(Array.from({ length: 200 }, () => backOff(5)))
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(8_000)
  expect(Math.max(...waits)).toBeLessThanOrEqual(16_000)
  expect(waits.size).toBeGreaterThan(100)
})

it('sends less at a time to a receiver that says 413, in order all the same', async () => {
  const one = process()
  const r = await receiver()
  const most = 7
  r.answer = m => ({ status: eventsOf(m).length > most ? 413 : 200 })
  const { step, state } = await subscription(one, r.dest)
  const ids = await captured(step, 40)
  await until(() => r.ids().length).toBe(40)
  expect(r.ids()).toEqual(ids)
  // The receiver has the last of them before its answer is noted here.
  await until(async () => (await state()).delivered).toBe(40)
  expect(await state()).toMatchObject({ attempts: 0, lastError: null })
  expect((await state()).batch).toBeLessThanOrEqual(most + 1)
})

it('goes through the whole log where it begins far behind, and asks the database where only that can tell', async () => {
  const one = process()
  const [far, asked] = [await receiver(), await receiver()]
  const { query, step } = await subscription(one, (await receiver()).dest)
  const since = new Date(Date.now() - HOUR).toISOString()
  const ids: string[] = []
  const fill = () => p.capture(documentOf(Array.from({ length: 700 }, () => objectEvent({ bizStep: 'receiving' }))))
  for (let n = 0; n < 4; n++) {
    ids.push(...(await captured(step, 130)))
    await fill()
  }
  await one.create(query, { dest: far.dest, stream: true, initialRecordTime: since }, formIn('Always_EPC_URN'), actor)
  await until(() => far.ids().length).toBe(520)
  expect(far.ids()).toEqual(ids)
  ids.push(...(await captured(step, 2)))
  await until(() => far.ids()).toEqual(ids)

  // A query of which nobody but the database can say whether an event fulfils it.
  const { follow } = p.running.rooms.events
  const blind = {
    ...follow,
    query: async (...a: Parameters<typeof follow.query>) => ({ ...(await follow.query(...a)), judge: null }),
  }
  const other = process({}, blind)
  await one.stop()
  await other.create(
    query,
    { dest: asked.dest, stream: true, initialRecordTime: since },
    formIn('Always_EPC_URN'),
    actor,
  )
  await until(() => asked.ids()).toEqual(ids)
  ids.push(...(await captured(step, 3)))
  await until(() => asked.ids()).toEqual(ids)
})

it('counts a 413 to a single event as a failure', async () => {
  const one = process()
  const r = await receiver()
  r.answer = () => ({ status: 413 })
  const { step, state } = await subscription(one, r.dest)
  await captured(step, 2)
  await until(async () => (await state()).attempts).toBe(1)
  expect((await state()).lastError).toContain('413')
})

it('is delivered by one process at a time; another goes on when it dies, without loss', async () => {
  const [one] = [process(), process()]
  const r = await receiver()
  let most = 0
  let now = 0
  r.answer = () => {
    most = Math.max(most, ++now)
    now--
    return { status: 200 }
  }
  const { step, state, id } = await subscription(one, r.dest)
  const first = await captured(step, 5)
  await until(() => r.ids()).toEqual(first)
  const holder = async () =>
    (await p.running.parts.db.row<{ holder: number }>(sql`select holder from subscription where id = ${id}::uuid`))
      ?.holder
  const before = await holder()
  // Killed: it neither says goodbye nor writes what it knows.
  await one.stop(false)
  processes.splice(processes.indexOf(one), 1)
  const second = await captured(step, 5)
  await until(() => new Set(r.ids()).size).toBe(10)
  expect(await holder()).not.toBe(before)
  // At least once, and in order: what comes twice comes as a run that is begun again.
  const ids = r.ids()
  expect([...new Set(ids)]).toEqual([...first, ...second])
  expect(ids.slice(-5)).toEqual(second)
  expect(most).toBe(1)
  await until(async () => (await state()).lag).toBe(0)
})

it('is sent again by whoever holds it, also when another process was asked', async () => {
  const [one, two] = [process(), process()]
  const r = await receiver()
  const { id, step, state } = await subscription(one, r.dest)
  const ids = await captured(step, 3)
  await until(() => r.ids()).toEqual(ids)
  await two.resend(id, new Date(Date.now() - HOUR).toISOString(), actor)
  await until(() => r.ids().length).toBeGreaterThanOrEqual(6)
  expect(r.ids()).toEqual([...ids, ...ids])
  ids.push(...(await captured(step)))
  await until(() => r.ids().length).toBe(7)
  await until(async () => (await state()).lag).toBe(0)
})

it('stops while its organisation has no key that may read, and goes on when it has', async () => {
  const one = process()
  const r = await receiver()
  const { access, queries } = p.running.rooms
  const draft = { organisation: `org-${randomUUID()}`, permissions: ['read' as const] }
  const key = await access.create(draft)
  const owner = await access.authenticate(`Bearer ${key.key}`)
  const step = `https://own.example.org/${randomUUID()}`
  await queries.create({ name: 'mine', query: { EQ_bizStep: step } }, owner)
  await one.create(await queries.find('mine', owner), { dest: r.dest, stream: true }, formIn('Always_EPC_URN'), owner)
  const ids = await captured(step)
  await until(() => r.ids()).toEqual(ids)
  await access.revoke(key.id)
  await new Promise(resolve => setTimeout(resolve, 600))
  ids.push(...(await captured(step)))
  await new Promise(resolve => setTimeout(resolve, 300))
  expect(r.ids()).toEqual(ids.slice(0, 1))
  await access.create(draft)
  await until(() => r.ids()).toEqual(ids)
})

it('tells the receiver when the query cannot be asked any more, and gives up', async () => {
  const one = process()
  const r = await receiver()
  const { id, step, state, query } = await subscription(one, r.dest, { signatureToken: 'token' })
  await one.stop()
  await p.running.parts.db.run(sql`update named_query set parameters = ${'{"EQ_former":"x"}'} where id = ${query.id}`)
  await process().start()
  await captured(step)
  await until(async () => (await state()).state).toBe('dead')
  expect(r.all[0]?.headers['content-type']).toContain('application/problem+json')
  expect(JSON.parse(r.all[0]?.body ?? '')).toMatchObject({
    type: 'epcisException:QueryParameterException',
    status: 400,
  })
  expect(r.all[0]?.headers['gs1-signature']).toMatch(/^t=\d+,v1=/)
  expect(id).toMatch(/^[0-9a-f-]{36}$/)
})
