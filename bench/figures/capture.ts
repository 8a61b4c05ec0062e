import { type CaptureDocument, captureDocument, meanEventBytes } from '../lib/capture-documents.ts'
import { makeDatabase } from '../lib/database.ts'
import type { Figure } from '../lib/figure.ts'
import { capture, capturePosition } from '../lib/load.ts'
import { cpuMicros } from '../lib/process.ts'
import { progress } from '../lib/progress.ts'
import { createRawTables, rawBatch, rawCounts, writeRaw } from '../lib/raw-capture.ts'
import { atLeast, type Row } from '../lib/row.ts'
import { serve } from '../lib/server.ts'
import { median, timed } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

const BAR = { postgresql: atLeast(0.5), embedded: atLeast(0.7) }
const RAW_CONNECTIONS = { postgresql: 2, embedded: 1 }
const CONNECTIONS = [2, 1, 4] as const

/** Events a second through `POST /epcis/capture` as a share of what the database takes without us. */
export const captureFigure: Figure = {
  id: 'capture',
  databases: ['postgresql', 'embedded'],
  async run({ database: kind, options }) {
    const size = Math.min(40, Math.max(8, Math.round(options.events / 25_000)))
    const product = await makeDatabase(kind, 'capture', options)
    const bare = await makeDatabase(kind, 'raw', options)
    const server = await serve(product, options)
    const db = await bare.open()
    await createRawTables(db)
    const cpu: number[] = []
    const rates: { raw: number; product: Map<number, number> }[] = []
    let sent = 0
    let bytes = 0
    for (let round = 0; round <= options.rounds; round++) {
      const raw = documents(size)
      bytes = meanEventBytes(raw[0] as CaptureDocument)
      const batches = raw.map(rawBatch)
      const rate = {
        raw: perSecond(size, await timed(() => writeRaw(db, batches, RAW_CONNECTIONS[kind]))),
        product: new Map(),
      }
      const before = cpuMicros(server.pid)
      for (const connections of CONNECTIONS) {
        const bodies = documents(size).map(d => d.bytes)
        sent += size * 500
        rate.product.set(connections, perSecond(size, await timed(() => capture(server.client, bodies, connections))))
      }
      const after = cpuMicros(server.pid)
      if (before !== null && after !== null) cpu.push((after - before) / (size * 500 * CONNECTIONS.length))
      const said = CONNECTIONS.map(c => `${c}: ${figures(rate.product.get(c) ?? 0)}`).join(', ')
      progress(`capture, round ${round}: raw ${figures(rate.raw)}; product by connections ${said} events/s`)
      // The first round warms up compilers and caches on both sides.
      if (round > 0) rates.push(rate)
    }
    const taken = await capturePosition(server.client)
    if (taken !== sent) throw new Error(`capture: ${sent} events sent, ${taken} taken`)
    const bareRows = await rawCounts(db)
    const expected = (options.rounds + 1) * size * 500
    if (bareRows.events !== expected || bareRows.units !== expected * 3) {
      throw new Error(`capture: ${JSON.stringify(bareRows)} raw rows instead of ${expected} events`)
    }
    await server.stop()
    await db.close()
    await product.remove()
    await bare.remove()

    const raw = { value: median(rates.map(r => r.raw)), unit: 'events/s', what: 'bare rows' }
    const of = (connections: number) => rates.map(r => r.product.get(connections) as number)
    const share = (pick: (r: (typeof rates)[number]) => number) => median(rates.map(r => pick(r) / r.raw))
    const row = (id: string, title: string, value: number, rate: number, note: string): Row => ({
      id,
      title,
      database: kind,
      value,
      unit: 'of raw',
      bar: id === 'capture' ? BAR[kind] : null,
      raw,
      note: `${figures(rate)} events/s${note}`,
    })
    const best = (r: (typeof rates)[number]) => Math.max(...r.product.values())
    return [
      row(
        'capture',
        '500-event documents over HTTP, 2 connections',
        share(r => r.product.get(2) as number),
        median(of(2)),
        `, ${figures(bytes)} bytes an event${cpu.length ? `, ${figures(median(cpu))} µs CPU of the server an event` : ''}`,
      ),
      row('capture-best', 'the same, best of 1, 2 and 4 connections', share(best), median(rates.map(best)), ''),
    ]
  },
}

function documents(count: number): CaptureDocument[] {
  return Array.from({ length: count }, captureDocument)
}

function perSecond(count: number, ms: number): number {
  return (count * 500 * 1000) / ms
}
