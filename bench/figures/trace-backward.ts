import type { Figure } from '../lib/figure.ts'
import { progress } from '../lib/progress.ts'
import { readLevels } from '../lib/raw-trace.ts'
import { atMost, type Row } from '../lib/row.ts'
import { median, percentile, timed } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'
import { checkedTrace, chooseFamilies, levelsOf, traceTimes } from '../lib/trace.ts'

const BAR = { postgresql: atMost(15), embedded: atMost(40) }
const FAMILIES = 40
/** Requests for each family in a round. */
const PASSES = 3

/** Backward trace of 101 units over 10 levels: p95 through HTTP in the large database, and over that in the small. */
export const traceBackwardFigure: Figure = {
  id: 'trace-backward',
  databases: ['postgresql', 'embedded'],
  async run({ database, options, worlds }) {
    const pair = { large: await worlds.large(), small: await worlds.small() }
    const servers = { large: await pair.large.server(), small: await pair.small.server() }
    const sides = ['small', 'large'] as const
    const fixed = {
      large: chooseFamilies(pair.large.families, FAMILIES, 1),
      small: chooseFamilies(pair.small.families, FAMILIES, 1),
    }
    for (const side of sides) {
      for (const family of fixed[side]) await checkedTrace(servers[side].client, family)
      for (let i = 0; i < 5; i++) await traceTimes(servers[side].client, fixed[side])
    }
    const hot = { large: [] as number[], small: [] as number[] }
    const middle = { large: [] as number[], small: [] as number[] }
    const random = { large: [] as number[], small: [] as number[] }
    for (let round = 1; round <= options.rounds; round++) {
      for (const side of sides) {
        const times: number[] = []
        for (let pass = 0; pass < PASSES; pass++) times.push(...(await traceTimes(servers[side].client, fixed[side])))
        hot[side].push(percentile(times, 0.95))
        middle[side].push(median(times))
        const others = chooseFamilies(pair[side].families, FAMILIES * 2, 1_000 + round)
        random[side].push(percentile(await traceTimes(servers[side].client, others), 0.95))
      }
      progress(
        `trace-backward, round ${round}: p95 ${figures(hot.small.at(-1) ?? 0)} ms small, ${figures(hot.large.at(-1) ?? 0)} ms large`,
      )
    }
    const levels: string[][][] = []
    for (const family of fixed.large) levels.push(levelsOf(await checkedTrace(servers.large.client, family)))
    await pair.large.rest()
    const db = await pair.large.database.open()
    const rawTimes: number[] = []
    for (let pass = 0; pass < PASSES + 1; pass++) {
      for (const each of levels) rawTimes.push(await timed(() => readLevels(db, each)))
    }
    await db.close()

    const p95 = median(hot.large)
    const raw = { value: percentile(rawTimes.slice(levels.length), 0.95), unit: 'ms', what: 'one bare read a level' }
    const row = (id: string, title: string, value: number, unit: string, more: Partial<Row>): Row => ({
      id,
      title,
      database,
      value,
      unit,
      bar: null,
      raw: null,
      note: null,
      ...more,
    })
    return [
      row('trace-backward', `p95 of 101 units over 10 levels at ${figures(options.events)} events`, p95, 'ms', {
        bar: BAR[database],
        raw,
        note: `median ${figures(median(middle.large))} ms`,
      }),
      row('trace-backward-growth', 'the same over a tenth of the events', p95 / median(hot.small), 'x', {
        bar: atMost(1.3),
        note: `${figures(median(hot.small))} ms there`,
      }),
      row('trace-backward-random', 'p95 over random families', median(random.large), 'ms', {
        note: `${figures(median(random.large) / median(random.small))} x over a tenth of the events`,
      }),
    ]
  },
}
