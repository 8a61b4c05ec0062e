import type { Figure } from '../lib/figure.ts'
import { hammer } from '../lib/hammer.ts'
import { CONNECTIONS, getPage, PHONE, ROUND_MS, servePlain } from '../lib/page.ts'
import { progress } from '../lib/progress.ts'
import { atLeast } from '../lib/row.ts'
import { shelfPath } from '../lib/shelf.ts'
import { median } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

/** One product's page, unchanged and hot, over a plain Fastify route that answers the same bytes. */
export const pageFigure: Figure = {
  id: 'page',
  databases: ['postgresql', 'embedded'],
  async run({ database, options, worlds }) {
    const server = await (await worlds.large()).server()
    const path = shelfPath(0)
    const plain = await servePlain(await getPage(server.url, path))
    const shares: number[] = []
    const rates: number[] = []
    const rawRates: number[] = []
    for (let round = 0; round <= options.rounds; round++) {
      const raw = await hammer(plain.url, '/same', PHONE, CONNECTIONS, ROUND_MS)
      const rate = await hammer(server.url, path, PHONE, CONNECTIONS, ROUND_MS)
      progress(`page, round ${round}: ${figures(rate)} of ${figures(raw)} pages/s`)
      if (round === 0) continue
      shares.push(rate / raw)
      rates.push(rate)
      rawRates.push(raw)
    }
    await plain.stop()
    return [
      {
        id: 'page',
        title: 'product page, unchanged and hot',
        database,
        value: median(shares),
        unit: 'of raw',
        bar: atLeast(0.5),
        raw: { value: median(rawRates), unit: 'pages/s', what: 'Fastify route with the same bytes' },
        note: `${figures(median(rates))} pages/s`,
      },
    ]
  },
}
