import { makeDatabase } from '../lib/database.ts'
import type { Figure } from '../lib/figure.ts'
import { sendLarge } from '../lib/large-document.ts'
import { peakMb, resetPeak, residentMb } from '../lib/process.ts'
import { progress } from '../lib/progress.ts'
import { atMost, type Row } from '../lib/row.ts'
import { serve } from '../lib/server.ts'
import { pause } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

const BAR = { postgresql: atMost(250), embedded: atMost(400) }
const BYTES = 200_000_000

/** Peak memory of the server while it takes one document of 200 MB, above idle; for each binding a server of its own. */
export const captureMemoryFigure: Figure = {
  id: 'capture-memory',
  databases: ['postgresql', 'embedded'],
  async run({ database: kind, options }) {
    const rows: Row[] = []
    for (const media of ['json', 'xml'] as const) {
      const database = await makeDatabase(kind, `memory_${media}`, options)
      // The first start makes the tables; what is idle is a server that has found them.
      await (await serve(database, { ...options, profile: null })).stop()
      const server = await serve(database, options)
      await pause(2_000)
      const idle = residentMb(server.pid)
      resetPeak(server.pid)
      const began = performance.now()
      const { events, bytes } = await sendLarge(server, media, BYTES)
      const seconds = (performance.now() - began) / 1_000
      const peak = peakMb(server.pid)
      await server.stop()
      await database.remove()
      const row: Row = {
        id: `capture-memory-${media}`,
        title: `memory above idle while a document of 200 MB in ${media.toUpperCase()} is taken`,
        database: kind,
        value: idle === null || peak === null ? null : peak - idle,
        unit: 'MB',
        bar: BAR[kind],
        raw: idle === null ? null : { value: idle, unit: 'MB', what: 'idle' },
        note:
          idle === null
            ? 'only Linux tells'
            : `${figures(bytes / 1e6)} MB, ${figures(events)} events in ${figures(seconds)} s, ${figures(events / seconds)} events/s`,
      }
      progress(`${row.id}: ${row.value === null ? '?' : figures(row.value)} MB; ${row.note}`)
      rows.push(row)
    }
    return rows
  },
}
