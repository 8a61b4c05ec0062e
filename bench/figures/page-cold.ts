import type { Figure } from '../lib/figure.ts'
import { getPage, servePlain } from '../lib/page.ts'
import { progress } from '../lib/progress.ts'
import { atMost } from '../lib/row.ts'
import { shelfPath } from '../lib/shelf.ts'
import { median, percentile, timed } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

const BAR = { postgresql: atMost(30), embedded: atMost(60) }
/** Requests that warm up the program, not the pages that are measured. */
const WARM_UP = 50
const A_ROUND = 100

/** Pages that the process has never been asked for, one after the other. */
export const pageColdFigure: Figure = {
  id: 'page-cold',
  databases: ['postgresql', 'embedded'],
  async run({ database, options, worlds }) {
    const world = await worlds.large()
    await world.rest()
    const server = await world.server()
    // From the end of the shelf: the hot page is the first.
    let next = world.shelf - 1
    const take = (count: number) => Array.from({ length: Math.min(count, Math.max(0, next)) }, () => shelfPath(next--))
    for (const path of take(WARM_UP)) await getPage(server.url, path)
    const plain = await servePlain(await getPage(server.url, shelfPath(next--)))
    const rounds: number[] = []
    const rawTimes: number[] = []
    const middles: number[] = []
    for (let round = 1; round <= options.rounds; round++) {
      const times: number[] = []
      for (const path of take(A_ROUND)) times.push(await timed(() => getPage(server.url, path)))
      if (times.length < 20) break
      for (let i = 0; i < times.length; i++) rawTimes.push(await timed(() => getPage(plain.url, '/same')))
      rounds.push(percentile(times, 0.95))
      middles.push(median(times))
      progress(`page-cold, round ${round}: p95 ${figures(percentile(times, 0.95))} ms`)
    }
    await plain.stop()
    return [
      {
        id: 'page-cold',
        title: 'p95 of pages never asked for before',
        database,
        value: rounds.length ? median(rounds) : null,
        unit: 'ms',
        bar: BAR[database],
        raw: rawTimes.length
          ? { value: percentile(rawTimes, 0.95), unit: 'ms', what: 'Fastify route with the same bytes' }
          : null,
        note: rounds.length ? `median ${figures(median(middles))} ms` : 'too few lots: raise --events',
      },
    ]
  },
}
