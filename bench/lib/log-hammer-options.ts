import { parseArgs } from 'node:util'
import type { SuiteId } from '@yuanliu/core'
import type { DatabaseKind } from '../../packages/server/src/lib/db/db.ts'

export interface HammerOptions {
  /** database of the platform that is started; without meaning where one runs already */
  database: DatabaseKind
  seconds: number
  writers: number
  readers: number
  suites: SuiteId[]
  /** seconds from an acknowledgement after which there must be a proof */
  within: number
  /** a platform that runs already, and a key that may capture and read */
  remote: { url: string; key: string } | null
  /** verifier keys that are believed; empty: those that the platform shows at the beginning */
  logKeys: string[]
}

export const HAMMER_USAGE = `npx tsx --conditions=source bench/log-hammer.ts [options]
  --database NAME       embedded (default) or postgresql (needs DATABASE_URL)
  --seconds N           how long it writes and reads (default 30)
  --writers N           captures on their way at once (default 2)
  --readers N           outsiders who verify meanwhile (default 2)
  --suites LIST         default sha256-ed25519,sm3-sm2
  --within N            seconds after which an acknowledged event must have a proof (default 10)
  --url URL             hammers a platform that runs already; it keeps what is written. Needs --key or YUANLIU_KEY
  --key KEY             access key that may capture and read
  --log-key KEY         verifier key of a log that is believed, once for each suite; default: what the platform shows`

const SUITES: readonly SuiteId[] = ['sha256-ed25519', 'sm3-sm2']

/** Reads the command line. Throws an error in words where it is wrong. */
export function readHammerOptions(args: string[], env: NodeJS.ProcessEnv): HammerOptions {
  const { values } = parseArgs({
    args,
    options: {
      database: { type: 'string', default: 'embedded' },
      seconds: { type: 'string', default: '30' },
      writers: { type: 'string', default: '2' },
      readers: { type: 'string', default: '2' },
      suites: { type: 'string', default: SUITES.join() },
      within: { type: 'string', default: '10' },
      url: { type: 'string' },
      key: { type: 'string' },
      'log-key': { type: 'string', multiple: true, default: [] },
    },
  })
  const { database, url, key = env.YUANLIU_KEY } = values
  if (database !== 'embedded' && database !== 'postgresql')
    throw new Error(`--database ${database}: embedded or postgresql is expected`)
  if (!url && database === 'postgresql' && !env.DATABASE_URL) throw new Error('postgresql needs DATABASE_URL')
  if (url && !key) throw new Error('--url needs --key or YUANLIU_KEY')
  return {
    database,
    seconds: count('seconds', values.seconds),
    writers: count('writers', values.writers),
    readers: count('readers', values.readers),
    suites: values.suites.split(',').map(suiteNamed),
    within: count('within', values.within),
    remote: url && key ? { url: url.replace(/\/+$/, ''), key } : null,
    logKeys: values['log-key'],
  }
}

function suiteNamed(name: string): SuiteId {
  const suite = SUITES.find(id => id === name)
  if (!suite) throw new Error(`--suites ${name}: ${SUITES.join(' or ')} is expected`)
  return suite
}

function count(name: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`--${name} ${text}: a whole number of at least 1 is expected`)
  return Number(text)
}
