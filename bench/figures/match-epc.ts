import { sql } from '../../packages/server/src/lib/db/sql.ts'
import type { Client } from '../lib/client.ts'
import { ssccLink } from '../lib/codes.ts'
import { LEVELS } from '../lib/families.ts'
import type { Figure } from '../lib/figure.ts'
import { progress } from '../lib/progress.ts'
import { atMost, type Row } from '../lib/row.ts'
import { median, percentile, randomFrom, timed } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

const BAR = { postgresql: atMost(10), embedded: atMost(25) }
/** Queries in a round, each for a pallet of its own. */
const QUERIES = 200
/** A pallet is packed, shipped, received and unpacked. */
const EVENTS = 4

/** p95 of `MATCH_anyEPC` for one pallet in the large database, and over that in the small one. */
export const matchEpcFigure: Figure = {
  id: 'match-epc',
  databases: ['postgresql', 'embedded'],
  async run({ database, options, worlds }) {
    const pair = { large: await worlds.large(), small: await worlds.small() }
    const servers = { large: await pair.large.server(), small: await pair.small.server() }
    const sides = ['small', 'large'] as const
    const p95 = { large: [] as number[], small: [] as number[] }
    const middle: number[] = []
    for (let round = 0; round <= options.rounds; round++) {
      for (const side of round % 2 ? sides : sides.toReversed()) {
        const times = await queryTimes(servers[side].client, pallets(pair[side].families, round))
        // The first round warms up compilers and caches on both sides.
        if (round === 0) continue
        p95[side].push(percentile(times, 0.95))
        if (side === 'large') middle.push(median(times))
      }
      progress(
        `match-epc, round ${round}: p95 ${figures(p95.small.at(-1) ?? 0)} ms small, ${figures(p95.large.at(-1) ?? 0)} ms large`,
      )
    }
    await pair.large.rest()
    const db = await pair.large.database.open()
    const raw: number[] = []
    for (const pallet of pallets(pair.large.families, 1)) {
      const unit = pallet.replace(/^https:\/\/id\.gs1\.org\//, '')
      raw.push(
        await timed(async () => {
          const rows = await db.rows(
            sql`select e.id, b.body from event e join event_block b on b.id = e.block
                where e.key in (select event from event_unit where unit = ${unit})`,
          )
          if (rows.length !== EVENTS) throw new Error(`${unit}: ${rows.length} events`)
        }),
      )
    }
    await db.close()
    const large = median(p95.large)
    const row = (id: string, title: string, value: number, more: Partial<Row>): Row => ({
      id,
      title,
      database,
      value,
      unit: 'ms',
      bar: null,
      raw: null,
      note: null,
      ...more,
    })
    return [
      row('match-epc', `p95 of MATCH_anyEPC at ${figures(options.events)} events`, large, {
        bar: BAR[database],
        raw: { value: percentile(raw, 0.95), unit: 'ms', what: 'one bare read of events and blocks' },
        note: `median ${figures(median(middle))} ms`,
      }),
      row('match-epc-growth', 'the same over a tenth of the events', large / median(p95.small), {
        unit: 'x',
        bar: atMost(1.5),
        note: `${figures(median(p95.small))} ms there`,
      }),
    ]
  },
}

/** Pallets of the families, others in each round. */
function pallets(families: number, seed: number): string[] {
  const random = randomFrom(seed + 1)
  // The numbers of a family's pallets run from its first level (families.ts).
  return Array.from({ length: QUERIES }, () =>
    ssccLink(0, (Math.floor(random() * families) * LEVELS + 1 + Math.floor(random() * LEVELS)) * 4),
  )
}

/** Milliseconds of each query, one after the other. Throws unless each finds the events that the pallet has. */
async function queryTimes(client: Client, codes: readonly string[]): Promise<number[]> {
  const times: number[] = []
  for (const code of codes) {
    const path = `/epcis/events?MATCH_anyEPC=${encodeURIComponent(code)}`
    const began = performance.now()
    const answer = await client.get(path)
    times.push(performance.now() - began)
    const found = answer.body.toString().match(/"eventID"/g)?.length ?? 0
    if (answer.status !== 200 || found !== EVENTS)
      throw new Error(`${path}: ${answer.status}, ${found} events: ${answer.body.toString().slice(0, 500)}`)
  }
  return times
}
