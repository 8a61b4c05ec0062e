import { keepTiles, type ProofBundle, parsePolicy, verifyProofBundle } from '@yuanliu/core'
import { nodeCrypto } from '../../packages/server/src/lib/signing/node-crypto.ts'
import { proveEntries } from '../../packages/server/src/log/prove-entries.ts'
import { logSuite } from '../../packages/server/src/log/suites.ts'
import { verifyInBrowser } from '../lib/browser-check.ts'
import { makeDatabase, settleDatabase } from '../lib/database.ts'
import type { Figure } from '../lib/figure.ts'
import { fillLog, type LargeLog } from '../lib/large-log.ts'
import { atMost, type Row } from '../lib/row.ts'
import { median, percentile, randomFrom } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

const PROOFS = 500
const LOOKS = 20

/** Inclusion proofs in a log of ten times `--events` entries: making one, its size, verifying it in a browser. */
export const logLargeFigure: Figure = {
  id: 'log-large',
  databases: ['postgresql', 'embedded'],
  async run({ database: kind, options }) {
    const database = await makeDatabase(kind, 'log_large', options)
    const crypto = await nodeCrypto()
    const suite = logSuite('sha256-ed25519', crypto)
    const filling = await database.open()
    const log = await fillLog(filling, suite, options.events * 10)
    await filling.close()
    await settleDatabase(database)
    const db = await database.open()
    const random = randomFrom(1)
    const times: number[] = []
    const firsts: number[] = []
    const records: ProofBundle['records'] = []
    for (let i = 0; i < 2 * PROOFS; i++) {
      const index = Math.floor(random() * Number(log.size))
      // As requests do it: upper tiles are kept from those before, where there were any.
      const [of, taken] = i % 2 ? [{ ...suite, kept: keepTiles(1) }, firsts] : [suite, times]
      const began = performance.now()
      const [proved] = await proveEntries(db, of, { size: Number(log.size), root: log.root }, [index])
      taken.push(performance.now() - began)
      if (!proved) throw new Error(`log-large: no entry ${index}`)
      records.push(recordOf(i, index, proved.entry, proved.path))
    }
    await db.close()
    await database.remove()
    const found = await verifyProofBundle(bundleOf(log, records), parsePolicy(log.policy), crypto)
    const refused = found.records.find(record => record.refusal)
    if (refused) throw new Error(`log-large: ${refused.refusal?.message}`)
    const longest = Math.max(...records.map(record => record.path.length))
    const looks = await verifyInBrowser(bundleOf(log, records.slice(0, 1)), LOOKS)

    const row = (id: string, title: string, value: number | null, unit: string, bar: number, note: string): Row => ({
      id,
      title,
      database: kind,
      value,
      unit,
      bar: atMost(bar),
      raw: null,
      note,
    })
    const entries = `${figures(Number(log.size))} entries`
    return [
      row(
        'log-large',
        'p95 of making an inclusion proof',
        percentile(times, 0.95),
        'ms',
        5,
        `${entries}; median ${figures(median(times))} ms; ${figures(percentile(firsts, 0.95))} and ${figures(median(firsts))} ms where nothing is kept`,
      ),
      row('log-large-size', 'the longest inclusion proof', longest * 32, 'B', 768, `${entries}; ${longest} hashes`),
      row(
        'log-large-browser',
        'a record verified in the browser, checkpoint signature and proof, median of fresh pages',
        looks && median(looks.checks),
        'ms',
        5,
        looks
          ? `Chromium; p95 ${figures(percentile(looks.checks, 0.95))} ms; known answers before, beside the request: ${figures(median(looks.selfTests))} ms`
          : 'no Chromium here, or npm run build has not made the script',
      ),
    ]
  },
}

function recordOf(step: number, index: number, entry: Buffer, path: Uint8Array[]): ProofBundle['records'][number] {
  return {
    step,
    about: { time: '', step: null, reporter: '', recorded: '' },
    index,
    entry: entry.toString('base64'),
    path: path.map(hash => Buffer.from(hash).toString('base64')),
  }
}

function bundleOf(log: LargeLog, records: ProofBundle['records']): ProofBundle {
  return {
    format: 'yuanliu-proof-bundle/1',
    code: '',
    page: '',
    suite: 'sha256-ed25519',
    policy: log.policy,
    checkpoint: Buffer.from(log.note).toString(),
    shownSince: new Date().toISOString(),
    records,
    unlogged: [],
  }
}
