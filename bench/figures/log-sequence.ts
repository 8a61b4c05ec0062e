import { randomBytes } from 'node:crypto'
import type { SuiteId } from '@yuanliu/core'
import { nodeCrypto } from '../../packages/server/src/lib/signing/node-crypto.ts'
import { bitsOf, KIND } from '../../packages/server/src/log/entries.ts'
import * as queue from '../../packages/server/src/log/queue-store.ts'
import { createSequencer } from '../../packages/server/src/log/sequencer.ts'
import * as store from '../../packages/server/src/log/store.ts'
import { captureDocument } from '../lib/capture-documents.ts'
import { type Database, makeDatabase } from '../lib/database.ts'
import type { Bench, Figure } from '../lib/figure.ts'
import { capture } from '../lib/load.ts'
import { BOTH_SUITES, giveLogKey, ONE_SUITE, readLogKeys } from '../lib/log-key.ts'
import { progress } from '../lib/progress.ts'
import { atLeast, type Row } from '../lib/row.ts'
import { serve } from '../lib/server.ts'
import { median, timed } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

const EVENTS = 500
const DOCUMENTS = 40
/** Documents that wait: the queue has a row for each. */
const WAITING = 200

/** How fast the sequencer works off what waits, beside what captures deliver in the same minute. */
export const logSequenceFigure: Figure = {
  id: 'log-sequence',
  databases: ['postgresql', 'embedded'],
  run: async context => [
    await sequencing(context, 'log-sequence', 'one suite', ONE_SUITE, 5),
    await sequencing(context, 'log-sequence-both', 'both suites', BOTH_SUITES, 3),
  ],
}

async function sequencing(
  { database: kind, options }: Bench,
  id: string,
  what: string,
  suites: readonly SuiteId[],
  bar: number,
): Promise<Row> {
  const database = await makeDatabase(kind, id.replaceAll('-', '_'), options)
  await giveLogKey(database, suites)
  const rounds: { captured: number; sequenced: number }[] = []
  for (let round = 0; round <= options.rounds; round++) {
    const captured = await captureRate(database, suites, options)
    const sequenced = await sequenceRate(database, suites)
    progress(`${id}, round ${round}: sequenced ${figures(sequenced)}, captured ${figures(captured)} events/s`)
    if (round > 0) rounds.push({ captured, sequenced })
  }
  await database.remove()
  return {
    id,
    title: `events that the sequencer covers with signed checkpoints a second, ${what}, over events captured a second`,
    database: kind,
    value: median(rounds.map(r => r.sequenced / r.captured)),
    unit: 'x',
    bar: atLeast(bar),
    raw: { value: median(rounds.map(r => r.captured)), unit: 'events/s', what: 'captured' },
    note: `${figures(median(rounds.map(r => r.sequenced)))} events/s, written, signed and durable`,
  }
}

async function captureRate(database: Database, suites: readonly SuiteId[], options: Bench['options']): Promise<number> {
  const server = await serve(database, options, { LOG: suites.join(',') })
  const documents = () => Array.from({ length: DOCUMENTS }, () => captureDocument().bytes)
  await capture(server.client, documents())
  const sent = documents()
  const ms = await timed(() => capture(server.client, sent))
  await server.stop()
  return (DOCUMENTS * EVENTS * 1000) / ms
}

/** The platform's sequencer on its database; what waits is as captures hand it over, with commitments to nothing. */
async function sequenceRate(database: Database, suites: readonly SuiteId[]): Promise<number> {
  const db = await database.open()
  const sequencer = createSequencer(db, await readLogKeys(database, suites), 1, await nodeCrypto())
  await sequencer.advance()
  const { position } = (await store.readState(db)) ?? { position: 0 }
  await db.tx(tx =>
    queue.insertQueue(
      tx,
      Array.from({ length: WAITING }, (_, i) => ({
        first: position + 1 + i * EVENTS,
        count: EVENTS,
        kind: KIND.event,
        suites: bitsOf(suites.map(s => (s === 'sm3-sm2' ? 'sm3' : 'sha256'))),
        body: randomBytes(EVENTS * suites.length * 32),
      })),
    ),
  )
  const ms = await timed(async () => {
    while (await sequencer.advance()) {}
  })
  await db.close()
  return (WAITING * EVENTS * 1000) / ms
}
