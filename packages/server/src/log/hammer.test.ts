import type { SuiteId } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hammered, hammerLog } from '../../../../bench/lib/log-hammer-run.ts'
import type { Target } from '../../../../bench/lib/log-hammer-target.ts'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { ADMIN_KEY, type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { crypto, logged } from './reading.fixture.ts'
import { logKeyFolder } from './signing.fixture.ts'

/** The hammer of bench/log-hammer.ts on a platform of this process: it passes, and it tells when the log lies. */

const SUITES: SuiteId[] = ['sha256-ed25519', 'sm3-sm2']
const keys = logKeyFolder('trace.example.org/log', crypto)
let platform: Platform
beforeAll(async () => {
  platform = await startPlatform({ LOG: SUITES.join(), ...keys.env })
  // Two full bundles before the first capture: what is altered is there from the beginning.
  await platform.capture(documentOf(Array.from({ length: 520 }, () => objectEvent())))
  await logged(platform)
})
afterAll(async () => {
  await platform.stop()
  keys.remove()
})

type Between = Exclude<Target['fetch'], undefined>

/** Captures a few times a second, so that the log stays small and readers soon come upon what is altered. */
const slowly: Between = async (url, init) => {
  if (init?.method === 'POST') await new Promise(resolve => setTimeout(resolve, 200))
  return fetch(url, init)
}

function hammer(seconds: number, between?: Between, within = 10): Promise<Hammered> {
  const target = { url: platform.url, key: ADMIN_KEY, ...(between && { fetch: between }) }
  const of = { writers: 2, readers: 2, suites: SUITES, within, logKeys: [], alone: true }
  return hammerLog({ ...of, target, seconds })
}

/** Long enough to be found by readers and writers; the hammer ends as soon as one says so. */
const LONG = 30

describe('the hammer', () => {
  const lies: [string, string, number, RegExp][] = [
    ['a bundle', 'log_bundle set body = X where n = 0', 40, /entry 0 of tile\/entries\/000 does not have the hash/],
    [
      'a tile of hashes',
      'log_tile set body = X where suite = 1 and level = 0 and n = 0',
      99,
      /sha256.*tile\/0\/000|A tile does not agree with the checkpoint: tile\/0\/000/,
    ],
    // Only what is not being written any more: a platform that comes upon another open end than its own stops.
    [
      'a tile of the other suite',
      'log_tile set body = X where suite = 2 and level = 0 and n = 1',
      99,
      /sm3-sm2.*tile\/0\/001|A tile does not agree with the checkpoint: tile\/0\/001/,
    ],
  ]
  it.each(lies)('says that %s was altered while it read', async (_what, where, at, expected) => {
    const flip = () =>
      platform.running.parts.db.script(
        `update ${where.replace('X', `set_byte(body, ${at}, get_byte(body, ${at}) # 1)`)}`,
      )
    const hammering = hammer(LONG, slowly)
    await new Promise(resolve => setTimeout(resolve, 500))
    await flip()
    const { found, seconds } = await hammering
    // As it was, for the next case.
    await flip()
    expect(seconds).toBeLessThan(LONG - 1)
    expect(found[0]?.by).toMatch(/^(reader|writer)/)
    expect(found.map(f => f.words).join('\n')).toMatch(expected)
  })

  it('says that a checkpoint has gone back', async () => {
    let first: Buffer | null = null
    let newer = 0
    const { found } = await hammer(LONG, async (url, init) => {
      const answer = await slowly(url, init)
      if (!url.endsWith('/log/checkpoint')) return answer
      const note = Buffer.from(await answer.arrayBuffer())
      first ??= note
      // Only when newer ones have been seen is the first one shown again.
      if (!first.equals(note)) newer++
      return new Response(Uint8Array.from(newer > 20 ? first : note))
    })
    expect(found[0]?.words).toMatch(/the checkpoint has gone back from \d+ entries to \d+$/)
  })

  it('says that an acknowledged event is not in the log', async () => {
    const lost: Between = async (url, init) =>
      url.endsWith('/epcis/events') ? new Response(null, { status: 201 }) : slowly(url, init)
    const { found } = await hammer(LONG, lost)
    expect(found[0]?.words).toMatch(
      /no proof of urn:uuid:\S+, asked for \d+ ms after it was acknowledged: 404|"Prefer: wait"/,
    )
    expect(found.at(-1)?.words).toMatch(/events were acknowledged after \d+ entries|no proof of/)
  })

  it('says that no proof comes in time', async () => {
    const late: Between = async (url, init) =>
      url.includes('/api/log/proof') ? new Response('not yet', { status: 503 }) : slowly(url, init)
    const { found } = await hammer(LONG, late, 1)
    expect(found[0]?.words).toMatch(/no proof of \S+, asked for \d+ ms after it was acknowledged: 503 not yet/)
  })

  it('finds that all is as promised while it writes, reads, and afterwards', async () => {
    const { counts, found, logs } = await hammer(3)
    expect(found).toEqual([])
    for (const [what, count] of Object.entries(counts)) if (what !== 'busy') expect(count, what).toBeGreaterThan(0)
    for (const { size } of logs) expect(size).toBeGreaterThan(520 + counts.events)
  })
})
