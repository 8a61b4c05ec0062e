import { afterAll, beforeAll, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { sql } from '../lib/db/sql.ts'
import { crypto } from './reading.fixture.ts'
import { logKeyFolder } from './signing.fixture.ts'

const keys = logKeyFolder('trace.example.org/log', crypto)
let p: Platform
beforeAll(async () => {
  p = await startPlatform({ LOG: 'sha256-ed25519', ...keys.env })
})
afterAll(async () => {
  await p.stop().catch(() => {})
  keys.remove()
})

const capture = (count: number) => p.capture(documentOf(Array.from({ length: count }, () => objectEvent())))
const logged = async () => Number((await (await p.call('/log/checkpoint')).text()).split('\n')[1])

it('a platform whose log is altered while it grows stops, and says why and what to do', async () => {
  await capture(600)
  await expect.poll(logged, { timeout: 10_000 }).toBe(600)
  // The hashes of the first two bundles stand in the open tile above them.
  const altered = await p.running.parts.db.run(
    sql`update log_tile set body = set_byte(body, 0, 255 - get_byte(body, 0)) where level = 1 and n = 0`,
  )
  expect(altered).toBe(1)
  await capture(300)
  expect((await p.running.lost).message).toContain('would change')
  const health = await p.call('/health')
  expect(health.status).toBe(503)
  expect((await health.json()).detail).toMatch(/would change.*yuanliu log verify.*请保留现场/)
  const refused = await p.call('/log/checkpoint')
  expect([refused.status, (await refused.json()).detail]).toEqual([503, expect.stringContaining('yuanliu log verify')])
})
