import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { ROOT } from '../lib/paths.ts'
import { crypto, logged } from './reading.fixture.ts'
import { logKeyFolder } from './signing.fixture.ts'
import { verifyDatabase } from './verify.ts'
import { type CrewPlan, threadCrew } from './verify-crew.ts'

const keys = logKeyFolder('trace.example.org/log', crypto)
let platform: Platform
beforeAll(async () => {
  platform = await startPlatform({ LOG: 'sha256-ed25519', ...keys.env })
  for (let i = 0; i < 3; i++)
    await platform.capture(documentOf(Array.from({ length: 1_500 }, () => objectEvent({ action: 'OBSERVE' }))))
  await logged(platform)
})
afterAll(async () => {
  await platform.stop()
  keys.remove()
})

class Undo extends Error {}

const planFor = (url: string | null) => ({
  // A thread runs what was built, as servers in tests do.
  module: pathToFileURL(join(ROOT, 'packages/server/dist/log/verify-worker.js')),
  execArgv: [],
  url,
  schemesDir: null,
})

describe('an event whose circumstances cannot be', () => {
  it.each([
    ['a time of receipt before 1970', 'update event set recorded = -1 where position = 5'],
    [
      'salts that are cut',
      'update event_block set salts = substring(salts from 1 for 70) where id = (select min(id) from event_block)',
    ],
  ])('is told of as another: %s', async (_what, statement) => {
    const { db } = platform.running.parts
    let found: string[] = []
    await db
      .tx(async tx => {
        await tx.script(statement)
        const { findings } = await verifyDatabase({ ...db, ...tx }, { key: () => null, known: async () => [] })
        found = findings.map(f => `${f.at}: ${f.words.en}`)
        throw new Undo()
      })
      .catch(error => {
        if (!(error instanceof Undo)) throw error
      })
    expect(found).toEqual(expect.arrayContaining([expect.stringMatching(/^entry 4: .*bytes or circumstances/)]))
  })
})

describe('threads that verify', () => {
  it('find together what one finds alone, in the order of the entries', async () => {
    const { db, config } = platform.running.parts
    const crew = planFor(config.databaseUrl)
    const verify = async (plan: { crew?: CrewPlan } = {}) => {
      const { findings, ...counts } = await verifyDatabase(db, { key: () => null, known: async () => [], ...plan })
      return { ...counts, findings: findings.map(f => `${f.at}: ${f.words.en}`) }
    }
    const whole = await verify({ crew })
    expect(whole).toMatchObject({ findings: [], opened: 4_500, waiting: 0 })
    await db.script(`update event set zone = 1 where position in (7, 3000, 4400);
      update event_unit set kind = 31 where event = (select key from event where position = 2100);
      insert into event_unit (unit, time, event, role, kind) values ('y', 0, gen_random_uuid(), 0, 0)`)
    const altered = await verify({ crew })
    // Columns of events in the order of the log, then rows of units.
    expect(altered.findings.map(f => f.split(':')[0])).toEqual([
      'entry 6',
      'entry 2999',
      'entry 4399',
      'event urn',
      expect.stringMatching(/^event [0-9a-f]{32}$/),
    ])
    expect(altered).toEqual(await verify())
  })

  it('say so where they cannot reach the database', async () => {
    const crew = threadCrew(planFor('postgres://nobody@127.0.0.1:1/none'), platform.running.parts.db, '')
    try {
      await crew.take([], 0)
      await expect(crew.done()).rejects.toThrow(/127\.0\.0\.1/)
    } finally {
      await crew.close()
    }
  })
})
