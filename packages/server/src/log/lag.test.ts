import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { readSigningKey } from '../lib/signing/signing-key.ts'
import { type CheckpointStore, openCheckpointStore } from './checkpoint-store.ts'
import { faultyDatabase } from './faults.fixture.ts'
import type { LogKey } from './keys.ts'
import { type Leader, startLeader } from './leader.ts'
import { createPublisher, type Publisher } from './publish.ts'
import { crypto } from './reading.fixture.ts'
import { createSequencer } from './sequencer.ts'
import { logKeyFolder } from './signing.fixture.ts'
import { logSuite } from './suites.ts'
import { createWaiting } from './waiting.ts'

const folder = mkdtempSync(join(tmpdir(), 'yuanliu-log-lag-'))
const keyFiles = logKeyFolder('trace.example.org/log', crypto)
let platform: Platform
let keys: LogKey[]

beforeAll(async () => {
  platform = await startPlatform(keyFiles.env)
  const signer = await readSigningKey(keyFiles.env.LOG_KEY_FILE, crypto)
  keys = [{ suite: logSuite('sha256-ed25519', crypto), signer, next: null, missing: null }]
  // From here on the test leads: captures go on handing over.
  await platform.running.rooms.log.stop()
})
afterAll(async () => {
  await platform.stop().catch(() => {})
  keyFiles.remove()
  rmSync(folder, { recursive: true, force: true })
})

const capture = (events: number) => platform.capture(documentOf(Array.from({ length: events }, () => objectEvent())))
const captured = () => platform.running.rooms.capture.room.writer.position()

describe('the lag of a process that leads', () => {
  let state: ReturnType<typeof faultyDatabase>['state']
  let store: CheckpointStore
  let publisher: Publisher
  let leader: Leader
  const errors: string[] = []

  beforeEach(async () => {
    const faulty = faultyDatabase(platform.running.parts.db)
    state = faulty.state
    store = await openCheckpointStore(folder)
    publisher = createPublisher(store)
    leader = startLeader({
      db: faulty.db,
      suites: keys.map(key => key.suite),
      sequencer: createSequencer(faulty.db, keys, 9, crypto),
      publisher,
      process: 9,
      isAlive: async () => false,
      log: error => errors.push((error as Error).message),
      fail: error => {
        throw error
      },
    })
    await capture(2)
    leader.wake()
    await caughtUp()
  })
  afterEach(async () => {
    await leader.stop()
    await store.close()
  })

  async function caughtUp(): Promise<void> {
    expect(await publisher.covered(captured(), 15_000)).toBe(true)
    await expect.poll(leader.lag, { timeout: 5_000 }).toBe(0)
    expect(leader.leads()).toBe(true)
  }

  it('is nothing where nothing waits, however long that lasts', async () => {
    await setTimeout(300)
    expect(leader.lag()).toBeLessThan(100)
  })

  it('grows where what it writes fails again and again, and is gone when it is written', async () => {
    state.fault = { at: 2, stored: false, stays: true }
    await capture(1)
    const since = Date.now()
    leader.wake()
    const size = publisher.current('sha256-ed25519')?.size
    const seen: number[] = []
    while (Date.now() - since < 2_800) {
      await setTimeout(200)
      // Some milliseconds of the capture itself belong to it.
      expect(leader.lag()).toBeGreaterThan(Date.now() - since - 50)
      expect(leader.lag()).toBeLessThan(Date.now() - since + 1_000)
      seen.push(leader.lag())
    }
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(errors.filter(message => message.includes('injected fault')).length).toBeGreaterThan(1)
    expect(publisher.current('sha256-ed25519')?.size).toBe(size)
    state.fault = null
    await caughtUp()
    expect(publisher.current('sha256-ed25519')?.size).toBe((size ?? 0) + 1)
  })

  it('grows where a write hangs, also for what others captured, which it has not been told', async () => {
    let release = () => {}
    state.held = new Promise<void>(resolve => {
      release = resolve
    })
    await capture(1)
    void leader.look()
    await setTimeout(700)
    const lag = leader.lag()
    expect(lag).toBeGreaterThan(500)
    await setTimeout(300)
    expect(leader.lag()).toBeGreaterThan(lag + 200)
    release()
    await caughtUp()
  })

  it('is the age of the oldest row where steps succeed, but more waits than they take', async () => {
    let release = () => {}
    state.held = new Promise<void>(resolve => {
      release = resolve
    })
    await capture(9_000)
    leader.wake()
    release()
    const lags: number[] = []
    const before = publisher.position()
    while (publisher.position() < captured()) {
      if (publisher.position() > before) lags.push(leader.lag())
      state.held = setTimeout(600)
      await setTimeout(100)
    }
    expect(lags.length).toBeGreaterThan(3)
    // The age of a step alone would begin at nothing again and again.
    expect(Math.min(...lags)).toBeGreaterThan(300)
    await caughtUp()
  })
})

describe('since when the oldest waits', () => {
  let now = 50_000
  const clock = () => now
  const after = (ms: number) => {
    now += ms
  }

  it('is from the capture on, also where it came while a step was at work', () => {
    const waiting = createWaiting(clock)
    expect(waiting.lag()).toBe(0)
    waiting.captured()
    after(40)
    waiting.begin()
    after(10)
    waiting.captured()
    after(5)
    expect(waiting.lag()).toBe(55)
    waiting.taken()
    expect(waiting.lag()).toBe(5)
    waiting.begin()
    waiting.taken()
    expect(waiting.lag()).toBe(0)
  })

  it('is what the database says, but never before this process began, and not from a clock that is ahead', () => {
    const waiting = createWaiting(clock)
    after(1_000)
    waiting.found({ recorded: (now - 300) * 1_000 })
    expect(waiting.lag()).toBe(300)
    waiting.found({ recorded: 1 })
    expect(waiting.lag()).toBe(1_000)
    waiting.found({ recorded: (now + 500) * 1_000 })
    expect(waiting.lag()).toBe(0)
    waiting.found(undefined)
    expect(waiting.lag()).toBe(0)
    waiting.found({ recorded: null })
    after(7)
    waiting.found({ recorded: null })
    expect(waiting.lag()).toBe(7)
  })
})
