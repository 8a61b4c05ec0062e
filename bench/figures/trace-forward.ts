import { makeDatabase, settleDatabase } from '../lib/database.ts'
import { type Distribution, distribution, distributionEvents, distributionUnits } from '../lib/distribution.ts'
import { documentsOf } from '../lib/documents.ts'
import type { Figure } from '../lib/figure.ts'
import { capture } from '../lib/load.ts'
import { peakMb, resetPeak, residentMb } from '../lib/process.ts'
import { progress } from '../lib/progress.ts'
import { readLevels } from '../lib/raw-trace.ts'
import { atMost, type Row } from '../lib/row.ts'
import { type Served, serve } from '../lib/server.ts'
import { median, pause, timed } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'
import { tracePath } from '../lib/trace.ts'

const BAR = {
  postgresql: { micros: atMost(15), memory: atMost(300) },
  embedded: { micros: atMost(20), memory: atMost(1_000) },
}
const SIZES = [
  { id: 'trace-forward-10k', lot: distribution('D1', 10_000, 1_000_000) },
  { id: 'trace-forward-200k', lot: distribution('D2', 200_000, 2_000_000) },
]
const BUDGET = '&units=1000000&events=1000000&ms=60000'
const CHUNK = 1_000

/** Forward trace of a lot down to its items, cartons and pallets: microseconds per unit, memory above idle. */
export const traceForwardFigure: Figure = {
  id: 'trace-forward',
  databases: ['postgresql', 'embedded'],
  async run({ database: kind, options }) {
    const database = await makeDatabase(kind, 'forward', options, options.keep)
    if (!database.isBuilt) {
      progress(`filling ${kind} with lots of ${SIZES.map(s => figures(s.lot.items)).join(' and ')} items`)
      const server = await serve(database, { ...options, profile: null })
      for (const { lot } of SIZES) await capture(server.client, documentsOf(distributionEvents(lot), 200))
      await server.stop()
      await settleDatabase(database)
      database.markBuilt()
    }
    const server = await serve(database, options)
    await pause(2_000)
    const idle = residentMb(server.pid)
    const times = new Map<string, number[]>(SIZES.map(s => [s.id, []]))
    resetPeak(server.pid)
    for (let round = 0; round <= options.rounds; round++) {
      for (const { id, lot } of SIZES) {
        const micros = (1000 * (await forward(server, lot))) / distributionUnits(lot)
        if (round > 0) times.get(id)?.push(micros)
        progress(`${id}, round ${round}: ${figures(micros)} µs per unit`)
      }
    }
    const peak = peakMb(server.pid)
    const chunks = new Map<string, string[][]>()
    for (const { id, lot } of SIZES) chunks.set(id, await unitsOf(server, lot))
    await server.stop()

    const db = await database.open()
    const rows: Row[] = []
    for (const { id, lot } of SIZES) {
      const units = chunks.get(id) ?? []
      const raw: number[] = []
      for (let i = 0; i < 3; i++) raw.push((1000 * (await timed(() => readLevels(db, units)))) / distributionUnits(lot))
      rows.push({
        id,
        title: `per unit reached, ${figures(lot.items)} items`,
        database: kind,
        value: median(times.get(id) ?? []),
        unit: 'µs',
        bar: BAR[kind].micros,
        raw: { value: median(raw), unit: 'µs', what: 'bare reads of 1,000 units' },
        note: null,
      })
    }
    await db.close()
    await database.remove()
    rows.push({
      id: 'trace-forward-memory',
      title: 'memory above idle',
      database: kind,
      value: idle === null || peak === null ? null : peak - idle,
      unit: 'MB',
      bar: BAR[kind].memory,
      raw: idle === null ? null : { value: idle, unit: 'MB', what: 'idle' },
      note: idle === null ? 'only Linux tells' : null,
    })
    return rows
  },
}

/** Milliseconds of a trace. Throws unless it reaches exactly what the history has. */
async function forward(server: Served, lot: Distribution): Promise<number> {
  const began = performance.now()
  const lines = await ask(server, lot)
  const ms = performance.now() - began
  const text = lines.toString('latin1')
  const units = text.match(/^\{"unit":/gm)?.length ?? 0
  if (units !== distributionUnits(lot) || !text.endsWith('{"cut":null}\n')) {
    throw new Error(`forward trace of ${lot.code}: ${units} units, ends with ${text.slice(-200)}`)
  }
  return ms
}

async function unitsOf(server: Served, lot: Distribution): Promise<string[][]> {
  const chunks: string[][] = []
  for (const line of (await ask(server, lot)).toString().split('\n')) {
    if (!line.startsWith('{"unit":')) continue
    const { unit } = JSON.parse(line) as { unit: { key: string } }
    if ((chunks.at(-1)?.length ?? CHUNK) === CHUNK) chunks.push([])
    chunks.at(-1)?.push(unit.key)
  }
  return chunks
}

async function ask(server: Served, lot: Distribution): Promise<Buffer> {
  const answer = await server.client.get(tracePath(lot.code, 'forward', BUDGET), { accept: 'application/x-ndjson' })
  if (answer.status !== 200) throw new Error(`forward: ${answer.status} ${answer.body.toString().slice(0, 500)}`)
  return answer.body
}
