import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { type Receiver, startReceiver } from '../../packages/server/src/subscriptions/receiver.fixture.ts'
import { documentOf, objectEvent } from '../support/events.ts'
import { command } from '../support/global-setup.ts'
import { freshDatabase } from '../support/platform.ts'
import { type ServerProcess, startProcess } from '../support/server-process.ts'

const STEP = 'https://own.example.org/step/kill'

async function capture(server: ServerProcess, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => `urn:uuid:${randomUUID()}`)
  const body = JSON.stringify(documentOf(ids.map(eventID => objectEvent({ eventID, bizStep: STEP }))))
  const answer = await server.call('/epcis/capture', { method: 'POST', body })
  if (answer.status !== 202) throw new Error(`${answer.status} ${await answer.text()}`)
  return ids
}

/** Each taken at least once; where something comes again, all behind it does, so that order is never broken. */
function firstTimes(r: Receiver): string[] {
  return [...new Set(r.ids())]
}

it('a subscription goes on after kill -9 without losing an event', { timeout: 120_000 }, async () => {
  const database = await freshDatabase()
  const env: Record<string, string> = { ...database.env, WEBHOOK_ALLOW: '127.0.0.1', PUBLIC_RATE: '0' }
  const r = await startReceiver()
  let server = await startProcess(env)
  try {
    const named = JSON.stringify({ name: 'all', query: { EQ_bizStep: STEP } })
    expect((await server.call('/epcis/queries', { method: 'POST', body: named })).status).toBe(201)
    const draft = JSON.stringify({ dest: r.dest, stream: true })
    const made = await server.call('/epcis/queries/all/subscriptions', { method: 'POST', body: draft })
    expect(made.status).toBe(201)
    const sent: string[] = []
    for (let n = 0; n < 5; n++) sent.push(...(await capture(server, 90)))
    // Some have arrived, others are on their way.
    await expect.poll(() => r.ids().length, { timeout: 20_000, interval: 2 }).toBeGreaterThan(0)
    sent.push(...(await capture(server, 90)))
    await server.kill('SIGKILL')
    // Another process waits until the lease of the dead one has run out: as if it had.
    if (env.DATABASE_URL) await command(env.DATABASE_URL, 'update subscription set lease_until = 0')
    server = await startProcess(env)
    sent.push(...(await capture(server, 10)))
    await expect.poll(() => firstTimes(r).length, { timeout: 60_000, interval: 50 }).toBe(sent.length)
    expect(firstTimes(r)).toEqual(sent)
    const ids = r.ids()
    expect(ids.slice(-10)).toEqual(sent.slice(-10))
  } finally {
    await server.kill('SIGKILL')
    await r.close()
    await database.remove()
  }
})
