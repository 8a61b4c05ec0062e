import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { readConfig } from '../../packages/server/src/lib/config.ts'
import { start } from '../../packages/server/src/start.ts'
import { freshDatabase, startPlatform } from '../support/platform.ts'

afterEach(() => vi.restoreAllMocks())

it('a platform that is stopped twice closes what it has once', async () => {
  const platform = await startPlatform()
  const first = platform.running.stop()
  expect(platform.running.stop()).toBe(first)
  await first
  await platform.stop()
})

it('a start that fails leaves nothing running behind the database that it closes', async () => {
  const database = await freshDatabase()
  const said = vi.spyOn(console, 'error').mockImplementation(() => {})
  // The administration key cannot be written: found out when the rooms are open.
  const inTheWay = join(database.env.DATA_DIR ?? '', 'bootstrap-key')
  mkdirSync(inTheWay)
  const intervals: unknown[] = []
  const set = globalThis.setInterval
  const cleared = vi.spyOn(globalThis, 'clearInterval')
  vi.spyOn(globalThis, 'setInterval').mockImplementation(((...given: Parameters<typeof set>) => {
    const timer = set(...given)
    intervals.push(timer)
    return timer
  }) as typeof set)
  await expect(start(readConfig({ PORT: '0', LOG_LEVEL: 'error', ...database.env }))).rejects.toThrow()
  const ended = cleared.mock.calls.map(([timer]) => timer)
  expect(intervals.filter(timer => !ended.includes(timer as never))).toEqual([])
  expect(said).not.toHaveBeenCalled()
  rmSync(inTheWay, { recursive: true })
  await database.remove()
})
