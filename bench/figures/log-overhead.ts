import { captureDocument } from '../lib/capture-documents.ts'
import type { Client } from '../lib/client.ts'
import { makeDatabase } from '../lib/database.ts'
import type { Figure } from '../lib/figure.ts'
import { capture } from '../lib/load.ts'
import { giveLogKey } from '../lib/log-key.ts'
import { cpuMicros } from '../lib/process.ts'
import { progress } from '../lib/progress.ts'
import { atLeast } from '../lib/row.ts'
import { serve } from '../lib/server.ts'
import { median, pause, timed } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

const CONNECTIONS = 2

/** What the log costs a capture, and whether the sequencer keeps up: one suite, with and without it in turns. */
export const logOverheadFigure: Figure = {
  id: 'log-overhead',
  databases: ['postgresql', 'embedded'],
  async run({ database: kind, options }) {
    const size = Math.min(40, Math.max(8, Math.round(options.events / 25_000)))
    const [withLog, without] = [
      await makeDatabase(kind, 'log_on', options),
      await makeDatabase(kind, 'log_off', options),
    ]
    await giveLogKey(withLog)
    const on = await serve(withLog, options)
    const off = await serve(without, options, { LOG: 'off' })
    const rounds: { on: number; off: number; sequenced: number; cpu: number; bare: number }[] = []
    for (let round = 0; round <= options.rounds; round++) {
      const bodies = () => Array.from({ length: size }, () => captureDocument().bytes)
      const rate = (ms: number) => (size * 500 * 1000) / ms
      const times = { on: 0, off: 0, sequenced: 0 }
      const cpu = { on: 0, off: 0 }
      const first = round % 2 === 0
      for (const which of first ? (['on', 'off'] as const) : (['off', 'on'] as const)) {
        const server = which === 'on' ? on : off
        const documents = bodies()
        const before = cpuMicros(server.pid) ?? 0
        const began = performance.now()
        times[which] = await timed(() => capture(server.client, documents, CONNECTIONS))
        if (which === 'on') {
          await covered(on.client, (round + 1) * size * 500)
          times.sequenced = performance.now() - began
        }
        cpu[which] = ((cpuMicros(server.pid) ?? 0) - before) / (size * 500)
      }
      progress(
        `log, round ${round}: with ${figures(rate(times.on))}, sequenced ${figures(rate(times.sequenced))}, without ${figures(rate(times.off))} events/s; CPU ${figures(cpu.on)} and ${figures(cpu.off)} µs an event`,
      )
      if (round > 0)
        rounds.push({
          on: rate(times.on),
          off: rate(times.off),
          sequenced: rate(times.sequenced),
          cpu: cpu.on,
          bare: cpu.off,
        })
    }
    for (const server of [on, off]) await server.stop()
    for (const database of [withLog, without]) await database.remove()
    const raw = { value: median(rounds.map(r => r.off)), unit: 'events/s', what: 'LOG=off' }
    return [
      {
        id: 'log-overhead',
        title: 'capture with the log, over capture without it',
        database: kind,
        value: median(rounds.map(r => r.on / r.off)),
        unit: 'of LOG=off',
        bar: atLeast(0.9),
        raw,
        note: `${figures(median(rounds.map(r => r.on)))} events/s; CPU of the server ${figures(median(rounds.map(r => r.cpu)))} and ${figures(median(rounds.map(r => r.bare)))} µs an event`,
      },
      {
        id: 'log-sequence',
        title: 'events covered by a signed checkpoint a second, over captured',
        database: kind,
        value: median(rounds.map(r => r.sequenced / r.on)),
        unit: 'of capture',
        bar: atLeast(0.9),
        raw: { value: median(rounds.map(r => r.on)), unit: 'events/s', what: 'captured' },
        note: `${figures(median(rounds.map(r => r.sequenced)))} events/s`,
      },
    ]
  },
}

/** Waits until the checkpoint that is shown covers so many events. */
async function covered(client: Client, size: number): Promise<void> {
  for (;;) {
    const answer = await client.get('/log/checkpoint')
    if (Number(answer.body.toString().split('\n')[1]) >= size) return
    await pause(5)
  }
}
