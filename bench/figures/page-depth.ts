import { sql } from '../../packages/server/src/lib/db/sql.ts'
import type { Client } from '../lib/client.ts'
import type { Figure } from '../lib/figure.ts'
import { progress } from '../lib/progress.ts'
import { atMost } from '../lib/row.ts'
import { median, timed } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

const PAGE = 1_000
const PER_PAGE = 30
/** Times that either page is asked for in a round. */
const TIMES = 30
const FIRST = `/epcis/events?perPage=${PER_PAGE}`

/** The thousandth page of a listing of all events over its first: whether paging costs more the further it goes. */
export const pageDepthFigure: Figure = {
  id: 'page-depth',
  databases: ['postgresql', 'embedded'],
  async run({ database, options, worlds }) {
    const world = await worlds.large()
    const { client } = await world.server()
    const deep = Math.min(PAGE, Math.floor((options.events * 0.9) / PER_PAGE))
    let path = FIRST
    const seen = new Set<string>()
    for (let page = 1; page < deep; page++) {
      const { next, ids } = await pageAt(client, path)
      for (const id of ids) seen.add(id)
      if (!next) throw new Error(`page-depth: the listing ends with page ${page}`)
      path = next
    }
    if (seen.size !== (deep - 1) * PER_PAGE) throw new Error(`page-depth: ${seen.size} different events`)
    const rounds: { first: number; deep: number }[] = []
    for (let round = 0; round <= options.rounds; round++) {
      const times = { first: [] as number[], deep: [] as number[] }
      for (let i = 0; i < TIMES; i++) {
        times.first.push(await timed(() => pageAt(client, FIRST)))
        times.deep.push(await timed(() => pageAt(client, path)))
      }
      if (round > 0) rounds.push({ first: median(times.first), deep: median(times.deep) })
    }
    await world.rest()
    const db = await world.database.open()
    const raw: number[] = []
    for (let i = 0; i < TIMES; i++)
      raw.push(
        await timed(() =>
          db.rows(sql`select e.id, b.body from event e join event_block b on b.id = e.block
                order by e.time desc, e.position desc limit ${PER_PAGE}`),
        ),
      )
    await db.close()
    const first = median(rounds.map(r => r.first))
    const last = median(rounds.map(r => r.deep))
    progress(`page-depth: ${figures(first)} and ${figures(last)} ms`)
    return [
      {
        id: 'page-depth',
        title: `page ${figures(deep)} of a listing over page 1`,
        database,
        value: median(rounds.map(r => r.deep / r.first)),
        unit: 'x',
        bar: atMost(1.3),
        raw: { value: median(raw), unit: 'ms', what: 'bare read of a first page' },
        note: `${figures(last)} and ${figures(first)} ms`,
      },
    ]
  },
}

async function pageAt(client: Client, path: string): Promise<{ next: string | null; ids: string[] }> {
  const answer = await client.get(path)
  const text = answer.body.toString()
  const ids = [...text.matchAll(/"eventID":"([^"]*)"/g)].map(m => m[1] as string)
  if (answer.status !== 200 || ids.length !== PER_PAGE)
    throw new Error(`${path}: ${answer.status}, ${ids.length} events: ${text.slice(0, 500)}`)
  const link = /<([^>]*)>; *rel="?next/.exec(String(answer.headers.link ?? ''))?.[1]
  if (!link) return { next: null, ids }
  const { pathname, search } = new URL(link)
  return { next: pathname + search, ids }
}
