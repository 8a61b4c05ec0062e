import { randomUUID } from 'node:crypto'
import { type Client, createClient } from '../lib/client.ts'
import { makeDatabase } from '../lib/database.ts'
import type { Figure } from '../lib/figure.ts'
import { progress } from '../lib/progress.ts'
import { openReceivers, type Receivers } from '../lib/receivers.ts'
import { atMost } from '../lib/row.ts'
import { serve } from '../lib/server.ts'
import { median, pause, percentile } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

const BAR = { postgresql: atMost(1_000), embedded: atMost(2_000) }
const SUBSCRIPTIONS = 100
const STEPS = 10
const PER_SECOND = 100
const SECONDS = 5
const CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'
const stepOf = (n: number) => `https://bench.example.org/step/${n % STEPS}`

/**
 * From the moment at which an event is sent to us to the moment at which a receiver has it: 100 events a second, each by
 * itself, each for 10 of 100 subscriptions, signed.
 */
export const webhookFigure: Figure = {
  id: 'webhook',
  databases: ['postgresql', 'embedded'],
  async run({ database: kind, options }) {
    const database = await makeDatabase(kind, 'webhook', options)
    const server = await serve(database, options, { WEBHOOK_ALLOW: '127.0.0.1' })
    const receivers = await openReceivers()
    await subscribe(server.client, receivers)
    const rounds: number[][] = []
    for (let round = 0; round <= options.rounds; round++) {
      const times = await oneRound(server.client, receivers)
      progress(`webhook, round ${round}: p50 ${figures(median(times))}, p95 ${figures(percentile(times, 0.95))} ms`)
      // The first round warms up compilers and connections.
      if (round > 0) rounds.push(times)
    }
    const events = (options.rounds + 1) * PER_SECOND * SECONDS
    const each = (events * (SUBSCRIPTIONS / STEPS)) / receivers.messages()
    const raw = await bare(receivers)
    await server.stop()
    receivers.close()
    await database.remove()
    const p95 = (times: number[]) => percentile(times, 0.95)
    return [
      {
        id: 'webhook',
        title: 'p95 from an event sent to us until a receiver has it, 100 events/s, each for 10 of 100 subscriptions',
        database: kind,
        value: median(rounds.map(p95)),
        unit: 'ms',
        bar: BAR[kind],
        raw: { value: raw, unit: 'ms', what: 'p95 of a bare POST to the receiver' },
        note: `median ${figures(median(rounds.map(median)))} ms, ${figures(each)} events a message`,
      },
    ]
  },
}

async function subscribe(client: Client, receivers: Receivers): Promise<void> {
  for (let n = 0; n < SUBSCRIPTIONS; n++) {
    const name = `step-${n}`
    const query = { eventType: ['ObjectEvent'], EQ_bizStep: [stepOf(n)] }
    await demand(client, '/epcis/queries', { name, query })
    const draft = { dest: receivers.dest(n), signatureToken: `token-${n}`, stream: true }
    await demand(client, `/epcis/queries/${name}/subscriptions`, draft)
  }
}

async function demand(client: Client, path: string, body: unknown): Promise<void> {
  const answer = await client.post(path, JSON.stringify(body))
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.body.toString().slice(0, 500)}`)
}

/** Milliseconds for each event and receiver. Throws where one has not come within ten seconds, or came to a wrong one. */
async function oneRound(client: Client, receivers: Receivers): Promise<number[]> {
  const sent = new Map<string, { at: number; step: number; seen: Set<number> }>()
  const times: number[] = []
  receivers.onEvent = (receiver, id) => {
    const event = sent.get(id)
    if (!event) return
    if (receiver % STEPS !== event.step) throw new Error(`receiver ${receiver} was sent an event of step ${event.step}`)
    if (event.seen.has(receiver)) return
    event.seen.add(receiver)
    times.push(performance.now() - event.at)
  }
  const count = PER_SECOND * SECONDS
  const began = performance.now()
  const taken: Promise<void>[] = []
  for (let n = 0; n < count; n++) {
    // Sent when it is due, whether or not the one before has been answered.
    await pause(began + (n * 1000) / PER_SECOND - performance.now())
    const id = `urn:uuid:${randomUUID()}`
    sent.set(id, { at: performance.now(), step: n % STEPS, seen: new Set() })
    taken.push(demand(client, '/epcis/events', event(id, n)))
  }
  await Promise.all(taken)
  const expected = count * (SUBSCRIPTIONS / STEPS)
  for (let waited = 0; times.length < expected; waited += 20) {
    if (waited > 10_000) throw new Error(`webhook: ${times.length} of ${expected} deliveries within ten seconds`)
    await pause(20)
  }
  return times
}

function event(eventID: string, n: number): Record<string, unknown> {
  return {
    '@context': CONTEXT,
    type: 'ObjectEvent',
    eventID,
    eventTime: new Date().toISOString(),
    eventTimeZoneOffset: '+08:00',
    epcList: [`https://id.gs1.org/01/09521234543213/21/${n}`],
    action: 'OBSERVE',
    bizStep: stepOf(n),
    bizLocation: { id: 'https://id.gs1.org/414/9521321000010' },
  }
}

/** p95 in milliseconds of a POST straight to the receiver. */
async function bare(receivers: Receivers): Promise<number> {
  const url = new URL(receivers.dest(0))
  const client = createClient(url.origin, 'none')
  const body = JSON.stringify({ epcisBody: { queryResults: { resultsBody: { eventList: [event('urn:x:1', 0)] } } } })
  const times: number[] = []
  for (let n = 0; n < 500; n++) {
    const began = performance.now()
    await client.post('/0', body)
    times.push(performance.now() - began)
  }
  client.close()
  return percentile(times, 0.95)
}
