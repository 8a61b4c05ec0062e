import type { SuiteId } from '@yuanliu/core'
import { captureDocument } from '../lib/capture-documents.ts'
import type { Client } from '../lib/client.ts'
import { makeDatabase } from '../lib/database.ts'
import type { Bench, Figure } from '../lib/figure.ts'
import { capture } from '../lib/load.ts'
import { BOTH_SUITES, giveLogKey, ONE_SUITE } from '../lib/log-key.ts'
import { cpuMicros } from '../lib/process.ts'
import { progress } from '../lib/progress.ts'
import { atLeast, atMost, type Row } from '../lib/row.ts'
import { type Served, serve } from '../lib/server.ts'
import { median, pause, percentile, timed } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

const CONNECTIONS = 2
const EVENTS = 500
/** Fewer rounds do not tell a tenth. */
const LEAST_ROUNDS = 9
const DELAYS = 60

/** What the log costs a capture, with one suite and with both, and how long a checkpoint takes at half the full rate. */
export const logOverheadFigure: Figure = {
  id: 'log-overhead',
  databases: ['postgresql', 'embedded'],
  async run(context) {
    return [
      ...(await overhead(context, 'one', ONE_SUITE, 0.9)),
      ...(await overhead(context, 'both', BOTH_SUITES, 0.75)),
    ]
  },
}

/** Rounds with and without the log in turns, on two servers. */
async function overhead(
  { database: kind, options }: Bench,
  name: 'one' | 'both',
  suites: readonly SuiteId[],
  bar: number,
): Promise<Row[]> {
  const size = Math.min(40, Math.max(8, Math.round(options.events / 25_000)))
  const databases = {
    on: await makeDatabase(kind, `log_${name}`, options),
    off: await makeDatabase(kind, `log_${name}_off`, options),
  }
  await giveLogKey(databases.on, suites)
  const servers = {
    on: await serve(databases.on, options, { LOG: suites.join(',') }),
    off: await serve(databases.off, options, { LOG: 'off' }),
  }
  const rounds: { on: Pace; off: Pace }[] = []
  for (let round = 0; round <= Math.max(LEAST_ROUNDS, options.rounds); round++) {
    const first = round % 2 ? 'on' : 'off'
    const one = await paced(servers[first], size)
    const other = await paced(servers[first === 'on' ? 'off' : 'on'], size)
    const { on, off } = first === 'on' ? { on: one, off: other } : { on: other, off: one }
    progress(
      `log (${name}), round ${round}: with ${figures(on.rate)}, without ${figures(off.rate)} events/s; CPU ${figures(on.cpu)} and ${figures(off.cpu)} µs an event`,
    )
    if (round > 0) rounds.push({ on, off })
  }
  const rate = median(rounds.map(r => r.on.rate))
  const rows: Row[] = [
    {
      id: name === 'one' ? 'log-overhead' : 'log-overhead-both',
      title: `capture with the log, ${name === 'one' ? 'one suite' : 'both suites'}, over capture without it`,
      database: kind,
      value: median(rounds.map(r => r.on.rate / r.off.rate)),
      unit: 'of LOG=off',
      bar: atLeast(bar),
      raw: { value: median(rounds.map(r => r.off.rate)), unit: 'events/s', what: 'LOG=off' },
      note: `${figures(rate)} events/s; CPU of the server ${figures(median(rounds.map(r => r.on.cpu)))} and ${figures(median(rounds.map(r => r.off.cpu)))} µs an event`,
    },
  ]
  if (name === 'one') rows.push(await delayAtHalf(servers.on.client, rate / 2, kind))
  for (const which of ['on', 'off'] as const) {
    await servers[which].stop()
    await databases[which].remove()
  }
  return rows
}

interface Pace {
  /** events a second */
  rate: number
  /** microseconds of the server's processor time an event */
  cpu: number
}

async function paced(server: Served, size: number): Promise<Pace> {
  const documents = Array.from({ length: size }, () => captureDocument().bytes)
  const before = cpuMicros(server.pid) ?? 0
  const ms = await timed(() => capture(server.client, documents, CONNECTIONS))
  return { rate: (size * EVENTS * 1000) / ms, cpu: ((cpuMicros(server.pid) ?? 0) - before) / (size * EVENTS) }
}

/** Documents come at a fixed rate, whatever becomes of those before; each is answered when a checkpoint covers it. */
async function delayAtHalf(client: Client, rate: number, kind: Row['database']): Promise<Row> {
  const every = (EVENTS * 1000) / rate
  const documents = Array.from({ length: DELAYS }, () => captureDocument().bytes)
  const began = performance.now()
  const delays = await Promise.all(
    documents.map(async (bytes, i) => {
      await pause(i * every)
      const due = began + i * every
      const answer = await client.post('/epcis/capture', bytes, { prefer: 'wait' })
      if (answer.headers['preference-applied'] !== 'wait') throw new Error(`log-delay-half: ${answer.status}`)
      return performance.now() - due
    }),
  )
  return {
    id: 'log-delay-half',
    title: 'p95 from sending a document until a signed checkpoint covers it, at half the full capture rate',
    database: kind,
    value: percentile(delays, 0.95),
    unit: 'ms',
    bar: atMost(1000),
    raw: null,
    note: `median ${figures(median(delays))} ms at ${figures(rate)} events/s, the capture itself included`,
  }
}
