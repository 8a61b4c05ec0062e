import { type CaptureDocument, captureDocument } from '../lib/capture-documents.ts'
import { makeDatabase } from '../lib/database.ts'
import type { Figure } from '../lib/figure.ts'
import { capturePosition } from '../lib/load.ts'
import { postEach } from '../lib/post-each.ts'
import { cpuMicros } from '../lib/process.ts'
import { progress } from '../lib/progress.ts'
import { createRawTables, rawBatch, rawCounts, writeRaw } from '../lib/raw-capture.ts'
import { atLeast, atMost } from '../lib/row.ts'
import { KEY, serve } from '../lib/server.ts'
import { median, percentile, timed } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

const BAR = {
  postgresql: { share: atLeast(1), p95: atMost(15) },
  embedded: { share: atLeast(2), p95: atMost(25) },
}
const CONNECTIONS = 32
/** Documents whose events are sent one by one in a round. */
const DOCUMENTS = 6
const EVENTS = DOCUMENTS * 500
const CONTEXT = '{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],'
const HEADERS = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }

/** Single events over 32 connections, each durable when it is answered, beside one event a transaction. */
export const captureSingleFigure: Figure = {
  id: 'capture-single',
  databases: ['postgresql', 'embedded'],
  async run({ database: kind, options }) {
    const product = await makeDatabase(kind, 'single', options)
    const bare = await makeDatabase(kind, 'single_raw', options)
    const server = await serve(product, options)
    const db = await bare.open(CONNECTIONS)
    await createRawTables(db)
    const rounds: { raw: number; product: number; p95: number; middle: number; cpu: number }[] = []
    for (let round = 0; round <= options.rounds; round++) {
      const batches = documents().flatMap(eachAlone).map(rawBatch)
      const raw = perSecond(await timed(() => writeRaw(db, batches, CONNECTIONS)))
      const bodies = documents().flatMap(d => d.texts.map(text => Buffer.from(CONTEXT + text.slice(1))))
      let times: number[] = []
      const before = cpuMicros(server.pid) ?? 0
      const ms = await timed(async () => {
        times = await postEach(server.url, '/epcis/events', HEADERS, bodies, { connections: CONNECTIONS, status: 201 })
      })
      const cpu = ((cpuMicros(server.pid) ?? 0) - before) / EVENTS
      const p95 = percentile(times, 0.95)
      progress(
        `capture-single, round ${round}: ${figures(perSecond(ms))} of ${figures(raw)} events/s, p95 ${figures(p95)} ms`,
      )
      // The first round warms up compilers and caches on both sides.
      if (round > 0) rounds.push({ raw, product: perSecond(ms), p95, middle: median(times), cpu })
    }
    const sent = (options.rounds + 1) * EVENTS
    const taken = await capturePosition(server.client)
    if (taken !== sent) throw new Error(`capture-single: ${sent} events sent, ${taken} taken`)
    const { events, units } = await rawCounts(db)
    if (events !== sent || units !== sent * 3) throw new Error(`capture-single: ${events} raw rows instead of ${sent}`)
    await server.stop()
    await db.close()
    await product.remove()
    await bare.remove()
    return [
      {
        id: 'capture-single',
        title: 'single events over HTTP, 32 connections',
        database: kind,
        value: median(rounds.map(r => r.product / r.raw)),
        unit: 'of raw',
        bar: BAR[kind].share,
        raw: { value: median(rounds.map(r => r.raw)), unit: 'events/s', what: 'bare rows, one event a transaction' },
        note: `${figures(median(rounds.map(r => r.product)))} events/s, ${figures(median(rounds.map(r => r.cpu)))} µs CPU of the server an event`,
      },
      {
        id: 'capture-single-p95',
        title: 'p95 of the same',
        database: kind,
        value: median(rounds.map(r => r.p95)),
        unit: 'ms',
        bar: BAR[kind].p95,
        raw: null,
        note: `median ${figures(median(rounds.map(r => r.middle)))} ms`,
      },
    ]
  },
}

function documents(): CaptureDocument[] {
  return Array.from({ length: DOCUMENTS }, captureDocument)
}

/** A document for each event, as the raw reference takes them. */
function eachAlone(document: CaptureDocument): CaptureDocument[] {
  return document.ids.map((id, i) => ({
    bytes: Buffer.alloc(0),
    ids: [id],
    texts: [document.texts[i] as string],
    units: document.units.slice(i * 3, i * 3 + 3),
  }))
}

function perSecond(ms: number): number {
  return (EVENTS * 1000) / ms
}
