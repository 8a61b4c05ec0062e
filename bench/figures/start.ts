import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openEmbedded } from '../../packages/server/src/lib/db/embedded.ts'
import { ROOT } from '../../packages/server/src/lib/paths.ts'
import { makeDatabase } from '../lib/database.ts'
import type { Figure } from '../lib/figure.ts'
import { capturePosition } from '../lib/load.ts'
import { residentMb } from '../lib/process.ts'
import { progress } from '../lib/progress.ts'
import { atMost, type Row } from '../lib/row.ts'
import { KEY, serve } from '../lib/server.ts'
import { median, pause, timed } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

const CLI = join(ROOT, 'packages/cli/dist/main.js')
const FRESH_STARTS = 3

/** First and next start of the embedded database until /health is 200, and what a next start with the city holds. */
export const startFigure: Figure = {
  id: 'start',
  databases: ['embedded'],
  async run({ database: kind, options }) {
    const first: number[] = []
    const next: number[] = []
    const rawFirst: number[] = []
    const rawNext: number[] = []
    for (let i = 0; i < FRESH_STARTS; i++) {
      const database = await makeDatabase(kind, 'start', options)
      for (const into of [first, next]) {
        const server = await serve(database, options)
        into.push(server.startMs / 1000)
        await server.stop()
      }
      await database.remove()
      const bare = await makeDatabase(kind, 'start_raw', options)
      for (const into of [rawFirst, rawNext])
        into.push((await timed(async () => (await openEmbedded(bare.folder)).close())) / 1000)
      await bare.remove()
      progress(`start ${i + 1}: first ${figures(first[i] ?? 0)} s, next ${figures(next[i] ?? 0)} s`)
    }
    const row = (id: string, title: string, value: number, bar: number, raw: number): Row => ({
      id,
      title,
      database: kind,
      value,
      unit: 's',
      bar: atMost(bar),
      raw: { value: raw, unit: 's', what: 'database opened and closed alone' },
      note: null,
    })
    return [
      row('start-first', 'first start until /health is 200', median(first), 10, median(rawFirst)),
      row('start-next', 'next start until /health is 200', median(next), 2, median(rawNext)),
      await memoryRow(),
    ]

    async function memoryRow(): Promise<Row> {
      const result: Row = {
        id: 'start-memory',
        title: 'resident after a next start with the demonstration city',
        database: kind,
        value: null,
        unit: 'MB',
        bar: atMost(600),
        raw: null,
        note: null,
      }
      if (!existsSync(CLI)) return { ...result, note: 'the command line is not built' }
      const database = await makeDatabase(kind, 'start_demo', options)
      const server = await serve(database, options)
      await importDemo(server.url)
      const events = await capturePosition(server.client)
      if (events < 1_000) throw new Error(`the demonstration city has only ${events} events`)
      await server.stop()
      const again = await serve(database, options)
      await pause(2_000)
      const value = residentMb(again.pid)
      await again.stop()
      await database.remove()
      return { ...result, value, note: value === null ? 'only Linux tells' : `${figures(events)} events` }
    }
  },
}

function importDemo(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, 'demo'], {
      env: { PATH: process.env.PATH ?? '', YUANLIU_URL: url, YUANLIU_KEY: KEY },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let words = ''
    child.stderr.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-2_000)
    })
    child.once('error', reject)
    child.once('exit', code =>
      code === 0 ? resolve() : reject(new Error(`yuanliu demo ended with ${code}: ${words}`)),
    )
  })
}
