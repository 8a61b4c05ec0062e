import { captureDocument } from '../lib/capture-documents.ts'
import { makeDatabase } from '../lib/database.ts'
import type { Figure } from '../lib/figure.ts'
import { capture } from '../lib/load.ts'
import { giveLogKey } from '../lib/log-key.ts'
import { atMost, type Row } from '../lib/row.ts'
import { serve } from '../lib/server.ts'
import { median, pause, percentile, timed } from '../lib/stats.ts'

const DOCUMENTS = 40
const CAPTURES = 60
const PROOFS = 300

/** How long until an event is covered by a signed checkpoint; proofs from a log of 20,000 entries. */
export const logProofFigure: Figure = {
  id: 'log-proof',
  databases: ['postgresql', 'embedded'],
  async run({ database: kind, options }) {
    const database = await makeDatabase(kind, 'log_proof', options)
    await giveLogKey(database)
    const server = await serve(database, options)
    const documents = Array.from({ length: DOCUMENTS }, captureDocument)
    await capture(
      server.client,
      documents.map(d => d.bytes),
    )
    const delays: number[] = []
    for (let i = 0; i < CAPTURES; i++) {
      const { bytes, texts } = captureDocument()
      const { eventID } = JSON.parse(texts.at(-1) ?? '{}') as { eventID: string }
      await capture(server.client, [bytes])
      // The proof is answered as soon as a checkpoint covers the event.
      delays.push(await timed(() => prove(eventID)))
      await pause((i * 37) % 150)
    }
    const times: number[] = []
    for (let i = 0; i < PROOFS; i++) {
      const { texts } = documents[(i * 7) % DOCUMENTS] as (typeof documents)[0]
      const { eventID } = JSON.parse(texts[(i * 31) % 500] ?? '{}') as { eventID: string }
      times.push(await timed(() => prove(eventID)))
    }
    await server.stop()
    await database.remove()

    async function prove(eventID: string): Promise<void> {
      const answer = await server.client.get(`/api/log/proof?event=${eventID}`)
      if (answer.status !== 200) throw new Error(`proof: ${answer.status} ${answer.body}`)
    }
    const row = (id: string, title: string, value: number, unit: string, more: Partial<Row> = {}): Row => ({
      id,
      title,
      database: kind,
      value,
      unit,
      bar: null,
      raw: null,
      note: null,
      ...more,
    })
    return [
      row(
        'log-delay',
        'p95 from the answer to a capture until a checkpoint covers it',
        percentile(delays, 0.95),
        'ms',
        {
          bar: atMost(250),
          note: `median ${median(delays).toFixed(0)} ms, the proof included`,
        },
      ),
      row('log-proof', 'p95 of a proof file over HTTP', percentile(times, 0.95), 'ms', {
        bar: atMost(50),
        note: `median ${median(times).toFixed(1)} ms, ${DOCUMENTS * 500} entries`,
      }),
    ]
  },
}
