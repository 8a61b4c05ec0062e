import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT } from '../../packages/server/src/lib/paths.ts'
import type { Figure } from '../lib/figure.ts'
import { giveLogKey } from '../lib/log-key.ts'
import { atMost } from '../lib/row.ts'
import { serve } from '../lib/server.ts'
import { pause, timed } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

/** What was built, as the command runs it. */
const BUILT = pathToFileURL(join(ROOT, 'packages/server/dist/log/'))
const WORKER = new URL('verify-worker.js', BUILT)

/** Every event of the large database against its entry, and what is derived from it against what is stored. */
export const logVerifyFigure: Figure = {
  id: 'log-verify',
  databases: ['postgresql', 'embedded'],
  async run({ database: kind, options, worlds }) {
    const world = await worlds.large()
    await world.rest()
    const { database } = world
    await giveLogKey(database)
    // What was captured without a key is logged now.
    const server = await serve(database, options)
    for (;;) {
      const { log, capturePosition } = JSON.parse((await server.client.get('/health')).body.toString()) as {
        log: { size: number }
        capturePosition: number
      }
      if (log.size >= capturePosition) break
      await pause(200)
    }
    await server.stop()
    const db = await database.open()
    const { verifyDatabase } = (await import(
      new URL('verify.js', BUILT).href
    )) as typeof import('../../packages/server/src/log/verify.ts')
    let opened = 0
    const ms = await timed(async () => {
      const crew = { module: WORKER, execArgv: [], url: database.env.DATABASE_URL ?? null, schemesDir: null }
      const result = await verifyDatabase(db, { key: () => null, known: async () => [], crew })
      if (result.findings.length) throw new Error(`log-verify: ${JSON.stringify(result.findings[0])}`)
      opened = result.opened
    })
    await db.close()
    return [
      {
        id: 'log-verify',
        title: 'a million events verified: bytes, entries, tree, derived columns',
        database: kind,
        value: ((ms / 1000) * 1e6) / opened,
        unit: 's',
        bar: atMost(30),
        raw: null,
        note: `${figures(opened)} events in ${figures(ms / 1000)} s, ${figures((opened * 1000) / ms)} a second`,
      },
    ]
  },
}
