import { SETTINGS } from '../../packages/server/src/lib/config.ts'
import type { Figure } from '../lib/figure.ts'
import { hammer } from '../lib/hammer.ts'
import { CONNECTIONS, getPage, PHONE, ROUND_MS, servePlain } from '../lib/page.ts'
import { progress } from '../lib/progress.ts'
import { atLeast, type Row } from '../lib/row.ts'
import { serve } from '../lib/server.ts'
import { shelfPath } from '../lib/shelf.ts'
import { median } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

const BAR = { postgresql: atLeast(0.2), embedded: atLeast(0.1) }
/** How long an answer may be given without asking the database again; 0 makes every answer be validated. */
const GRACE = 'PAGE_GRACE_MS'

/** The same page when every answer is validated by a read of the database, over an empty Fastify route. */
export const pageValidatedFigure: Figure = {
  id: 'page-validated',
  databases: ['postgresql', 'embedded'],
  async run({ database, options, worlds }) {
    const row: Row = {
      id: 'page-validated',
      title: 'product page, each answer validated by a read',
      database,
      value: null,
      unit: 'of raw',
      bar: BAR[database],
      raw: null,
      note: null,
    }
    if (!SETTINGS.some(s => (s.name as string) === GRACE))
      return [{ ...row, note: `the platform has no setting ${GRACE}` }]
    const world = await worlds.large()
    await world.rest()
    const server = await serve(world.database, options, { [GRACE]: '0' })
    const path = shelfPath(0)
    const plain = await servePlain(await getPage(server.url, path))
    const shares: number[] = []
    const rates: number[] = []
    const rawRates: number[] = []
    for (let round = 0; round <= options.rounds; round++) {
      const raw = await hammer(plain.url, '/empty', PHONE, CONNECTIONS, ROUND_MS)
      const rate = await hammer(server.url, path, PHONE, CONNECTIONS, ROUND_MS)
      progress(`page-validated, round ${round}: ${figures(rate)} of ${figures(raw)} pages/s`)
      if (round === 0) continue
      shares.push(rate / raw)
      rates.push(rate)
      rawRates.push(raw)
    }
    await plain.stop()
    await server.stop()
    return [
      {
        ...row,
        value: median(shares),
        raw: { value: median(rawRates), unit: 'answers/s', what: 'empty Fastify route' },
        note: `${figures(median(rates))} pages/s`,
      },
    ]
  },
}
