import { captureDocument } from '../lib/capture-documents.ts'
import { makeDatabase } from '../lib/database.ts'
import type { Figure } from '../lib/figure.ts'
import { capture, capturePosition } from '../lib/load.ts'
import { progress } from '../lib/progress.ts'
import { atLeast } from '../lib/row.ts'
import { type Served, serve } from '../lib/server.ts'
import { median, timed } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

const BAR = { postgresql: atLeast(0.8), embedded: null }
const SMALL = 100_000
/** Documents of 500 events in a round. */
const DOCUMENTS = 40

/**
 * Captures into a database of `--events` events over captures into one of a hundred thousand, two servers in turns: so a
 * slow minute hits both. It fills the large one first, which takes its time: only run where it is named.
 */
export const captureGrowthFigure: Figure = {
  id: 'capture-growth',
  databases: ['postgresql', 'embedded'],
  onlyNamed: true,
  async run({ database: kind, options }) {
    if (options.events < SMALL * 2)
      throw new Error(`capture-growth: --events must be at least ${SMALL * 2}; 10000000 is meant`)
    const databases = {
      small: await makeDatabase(kind, 'growth_small', options),
      large: await makeDatabase(kind, 'growth_large', options),
    }
    const servers = { small: await serve(databases.small, options), large: await serve(databases.large, options) }
    const sent = { small: 0, large: 0 }
    async function send(side: 'small' | 'large', documents: number): Promise<number> {
      const bodies = Array.from({ length: documents }, () => captureDocument().bytes)
      sent[side] += documents * 500
      return (documents * 500 * 1_000) / (await timed(() => capture(servers[side].client, bodies, 2)))
    }
    for (const [side, events] of [
      ['small', SMALL],
      ['large', options.events],
    ] as const)
      while (sent[side] < events) {
        const rate = await send(side, Math.min(DOCUMENTS, Math.ceil((events - sent[side]) / 500)))
        if (sent[side] % 500_000 === 0)
          progress(`capture-growth: ${figures(sent[side])} events, ${figures(rate)} events/s`)
      }
    const rounds: { small: number; large: number }[] = []
    for (let round = 0; round <= options.rounds; round++) {
      const rate = { small: 0, large: 0 }
      for (const side of round % 2 ? (['small', 'large'] as const) : (['large', 'small'] as const))
        rate[side] = await send(side, DOCUMENTS)
      progress(
        `capture-growth, round ${round}: ${figures(rate.small)} events/s small, ${figures(rate.large)} events/s large`,
      )
      if (round > 0) rounds.push(rate)
    }
    for (const side of ['small', 'large'] as const) {
      await checkAll(servers[side], sent[side])
      await servers[side].stop()
      await databases[side].remove()
    }
    return [
      {
        id: 'capture-growth',
        title: `captures at ${figures(options.events)} events over those at ${figures(SMALL)}`,
        database: kind,
        value: median(rounds.map(r => r.large / r.small)),
        unit: 'x',
        bar: BAR[kind],
        raw: { value: median(rounds.map(r => r.small)), unit: 'events/s', what: `at ${figures(SMALL)} events` },
        note: `${figures(median(rounds.map(r => r.large)))} events/s`,
      },
    ]
  },
}

async function checkAll(server: Served, sent: number): Promise<void> {
  const taken = await capturePosition(server.client)
  if (taken !== sent) throw new Error(`capture-growth: ${sent} events sent, ${taken} taken`)
}
