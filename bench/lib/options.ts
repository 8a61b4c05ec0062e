import { parseArgs } from 'node:util'
import type { DatabaseKind } from '../../packages/server/src/lib/db/db.ts'

export interface Options {
  /** ids of figures to run; empty: all */
  only: string[]
  databases: DatabaseKind[]
  /** administrator's address of a PostgreSQL server, on which databases `yuanliu_bench_*` are created and dropped */
  databaseUrl: string | null
  /** events in the large database; the small one has a tenth */
  events: number
  rounds: number
  /** folder in which built databases are kept for the next run; null: all is removed at the end */
  keep: string | null
  json: string | null
  markdown: string | null
  /** folder for CPU profiles of the servers measured */
  profile: string | null
  /** further options of node for the servers measured, for trying them out */
  node: string[]
  /** after so many minutes no further figure is begun */
  minutes: number
}

export const USAGE = `npm run bench -- [options]
  --only id,id          figures to run (codes, capture, capture-xml, capture-single, capture-memory, capture-growth, storage, match-epc,
                        page-depth, trace-backward, trace-blocks, trace-forward, issue-million, log-overhead, log-sequence, log-proof, log-large,
                        log-verify, page, page-validated, page-cold, page-size, webhook, start); default: all but capture-growth
  --database NAME       embedded, postgresql or both (default; PostgreSQL needs DATABASE_URL)
  --events N            events in the large database (default 1000000); the small one has a tenth
  --rounds N            interleaved rounds (default 7)
  --minutes N           begin no figure after N minutes (default 25, so that the whole ends within 30)
  --keep DIR            keep built databases for the next run
  --json FILE           write the rows as JSON
  --markdown FILE       put the table between the marks "bench:begin" and "bench:end" of FILE
  --profile DIR         write CPU profiles of the servers (look at them with: npx tsx bench/profile.ts DIR)
  --node=OPTIONS        further options of node for the servers, e.g. --node=--max-semi-space-size=32`

/** Reads the command line. Throws an error in words where it is wrong. */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): Options {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      database: { type: 'string', default: 'both' },
      events: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '7' },
      minutes: { type: 'string', default: '25' },
      keep: { type: 'string' },
      json: { type: 'string' },
      markdown: { type: 'string' },
      profile: { type: 'string' },
      node: { type: 'string' },
    },
  })
  const databases: Record<string, DatabaseKind[]> = {
    both: ['postgresql', 'embedded'],
    postgresql: ['postgresql'],
    embedded: ['embedded'],
  }
  const chosen = databases[values.database]
  if (!chosen) throw new Error(`--database ${values.database}: embedded, postgresql or both is expected`)
  return {
    only: values.only?.split(',').filter(Boolean) ?? [],
    databases: chosen,
    databaseUrl: env.DATABASE_URL || null,
    events: count('events', values.events, 5_000),
    rounds: count('rounds', values.rounds, 1),
    minutes: count('minutes', values.minutes, 1),
    keep: values.keep ?? null,
    json: values.json ?? null,
    markdown: values.markdown ?? null,
    profile: values.profile ?? null,
    node: values.node?.split(' ').filter(Boolean) ?? [],
  }
}

function count(name: string, text: string, min: number): number {
  const n = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(n >= min)) throw new Error(`--${name} ${text}: a whole number of at least ${min} is expected`)
  return n
}
