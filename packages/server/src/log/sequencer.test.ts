import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Checkpoint, parseCheckpoint, parseNote, type SuiteId, sameBytes, textOf } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { sql } from '../lib/db/sql.ts'
import { readSigningKey } from '../lib/signing/signing-key.ts'
import { refuseRollback } from './begin.ts'
import { openCheckpointStore } from './checkpoint-store.ts'
import { type Fault, faultyDatabase, faultyStore } from './faults.fixture.ts'
import type { LogKey } from './keys.ts'
import { startLeader } from './leader.ts'
import { createPublisher, type Signed } from './publish.ts'
import { crypto } from './reading.fixture.ts'
import { createSequencer, NotLeader } from './sequencer.ts'
import { logKeyFolder } from './signing.fixture.ts'
import { logSuite } from './suites.ts'
import { verifyDatabase } from './verify.ts'

const SUITES: SuiteId[] = ['sha256-ed25519', 'sm3-sm2']
const folder = mkdtempSync(join(tmpdir(), 'yuanliu-log-faults-'))
const keyFiles = logKeyFolder('trace.example.org/log', crypto)
let platform: Platform
let keys: LogKey[]

beforeAll(async () => {
  platform = await startPlatform({ LOG: SUITES.join(','), ...keyFiles.env })
  keys = []
  for (const [i, path] of [keyFiles.env.LOG_KEY_FILE, keyFiles.env.LOG_SM_KEY_FILE].entries()) {
    const { key, sign } = await readSigningKey(path, crypto)
    const suite = logSuite(SUITES[i] as SuiteId, crypto)
    // What is signed is known here, also where it is never committed.
    const signNoted = (message: Uint8Array) => {
      noteSigned(suite.id, message)
      return sign(message)
    }
    const signer = { key, sign: signNoted }
    keys.push({ suite, signer, next: null, missing: null })
  }
  // From here on the test leads: captures go on handing over.
  await platform.running.rooms.log.stop()
})
afterAll(async () => {
  await platform.stop().catch(() => {})
  keyFiles.remove()
  rmSync(folder, { recursive: true, force: true })
})

const db = () => platform.running.parts.db
const sequencer = (on = db(), process = 1) => createSequencer(on, keys, process, crypto)
const capture = (events: number) => platform.capture(documentOf(Array.from({ length: events }, () => objectEvent())))

/** Every checkpoint that was ever signed: no two of one size may differ, committed or not. */
const signed = new Map<string, Checkpoint>()
function noteSigned(suite: SuiteId, text: Uint8Array): void {
  const checkpoint = parseCheckpoint(textOf(text))
  const before = signed.get(`${suite} ${checkpoint.size}`)
  if (before) expect(sameBytes(before.root, checkpoint.root)).toBe(true)
  signed.set(`${suite} ${checkpoint.size}`, checkpoint)
}
function keep(notes: readonly Signed[] | null): readonly Signed[] {
  for (const { suite, note } of notes ?? []) noteSigned(suite, parseNote(note).text)
  return notes ?? []
}

/** The whole log re-read from the database: every entry, tile, root, signature, event, and every checkpoint signed. */
async function whole(size: number): Promise<void> {
  const known = async (suite: SuiteId) =>
    [...signed.entries()]
      .filter(([key, checkpoint]) => key.startsWith(suite) && checkpoint.size <= BigInt(size))
      .map(([, checkpoint]) => checkpoint)
      .sort((a, b) => Number(a.size - b.size))
  const verified = await verifyDatabase(db(), { key: () => null, known })
  expect(verified.findings).toEqual([])
  expect(verified.logs.map(l => l.size)).toEqual([size, size])
  expect(verified.opened).toBe(size + verified.waiting)
}
let total = 0

describe('the sequencer', () => {
  it('survives a fault at every write, failed and stored though it failed, and signs no two roots for one size', async () => {
    await capture(300)
    const { db: faulty, state } = faultyDatabase(db())
    const one = sequencer(faulty)
    keep(await one.advance())
    total = 300
    const statements = state.statements
    expect(statements).toBeGreaterThan(5)
    const faults: Fault[] = [false, true].flatMap(stored => [
      ...Array.from({ length: statements }, (_, i) => ({ at: i + 1, stored })),
      { at: 'commit', stored } as const,
    ])
    for (const [n, fault] of faults.entries()) {
      await capture(256)
      state.fault = fault
      await expect(one.advance(), JSON.stringify(fault)).rejects.toThrow('injected fault')
      const isStored = fault.at === 'commit' && fault.stored
      await whole(isStored ? total + 256 : total)
      total += 256
      // The same process goes on; at every second fault another one takes over.
      const next = n % 2 ? one : sequencer()
      const notes = keep(await next.advance())
      expect(notes.length).toBe(isStored ? 0 : 2)
      await whole(total)
    }
    await whole(total)
  })

  it('of two that race, one extends the log and the other is told, whatever the order', async () => {
    const racers = [sequencer(db(), 1), sequencer(db(), 2)]
    for (let round = 0; round < 8; round++) {
      await capture(40)
      const results = await Promise.allSettled(racers.map(r => r.advance()))
      const won = results.filter(r => r.status === 'fulfilled' && r.value !== null)
      for (const r of results) {
        if (r.status === 'fulfilled') keep(r.value)
        else expect(r.reason.constructor.name).toBe('NotLeader')
      }
      expect(won.length).toBe(1)
      total += 40
    }
    await whole(total)
  })

  it('a leader whose log grew elsewhere notices it, and goes on from there', async () => {
    const one = sequencer(db(), 1)
    // First with its queue rows still kept, then with all of them in full bundles and gone.
    for (const events of [300, 256 - ((total + 305) % 256)]) {
      await capture(2)
      keep(await one.advance())
      await capture(events)
      keep(await sequencer(db(), 2).advance())
      await expect(one.advance()).rejects.toBeInstanceOf(NotLeader)
      await capture(1)
      keep(await one.advance())
      total += events + 3
    }
    await whole(total)
  })

  it('takes over from a leader that is gone, within seconds', async () => {
    await capture(5)
    const store = await openCheckpointStore(folder)
    const publisher = createPublisher(store)
    const failed: Error[] = []
    const leader = startLeader({
      db: db(),
      suites: keys.map(k => k.suite),
      sequencer: sequencer(db(), 77),
      publisher,
      process: 77,
      isAlive: async () => true,
      log: () => {},
      fail: error => failed.push(error),
    })
    total += 5
    const position = platform.running.rooms.capture.room.writer.position()
    await leader.look()
    expect(await publisher.covered(position, 8_000)).toBe(true)
    expect(leader.leads()).toBe(true)
    expect(publisher.current('sm3-sm2')?.size).toBe(total)
    await leader.stop()
    await store.close()
    expect(failed).toEqual([])
  })

  it('shows nothing whose remembering failed, and ends the process', async () => {
    for (const stored of [false, true]) {
      await capture(4)
      total += 4
      const { store, state } = faultyStore(await openCheckpointStore(folder))
      const publisher = createPublisher(store)
      const failed: Error[] = []
      const one = sequencer()
      const notes = keep(await one.advance())
      state.fault = { stored }
      await expect(publisher.accept(notes)).rejects.toThrow('injected fault')
      expect(publisher.current('sha256-ed25519')).toBe(null)
      const parts = { db: db(), suites: keys.map(k => k.suite), process: 1, isAlive: async () => true, log: () => {} }
      state.fault = { stored }
      const leader = startLeader({ ...parts, sequencer: null, publisher, fail: error => failed.push(error) })
      await leader.look()
      expect(failed.map(e => e.message)).toEqual(['injected fault'])
      expect(publisher.current('sha256-ed25519')).toBe(null)
      // The next start finds either file in order.
      for (const { suite } of keys) await refuseRollback(db(), suite, store, crypto)
      await leader.stop()
      await store.close()
    }
    await whole(total)
  })

  it('refuses a database that is behind what was published, or another log', async () => {
    const store = await openCheckpointStore(folder)
    const [key] = keys
    if (!key) throw new Error('no key')
    const { suite } = key
    await store.write(suite.id, await noteOf(suite.number))
    await refuseRollback(db(), suite, store, crypto)
    const right = readFileSync(store.place(suite.id), 'utf8')
    const lines = right.split('\n')
    const refused = async (changed: string) => {
      writeFileSync(store.place(suite.id), changed)
      return refuseRollback(db(), suite, store, crypto).then(
        () => 'accepted',
        (error: Error) => error.message,
      )
    }
    const other = [lines[0], lines[1], Buffer.alloc(32, 1).toString('base64'), ...lines.slice(3)]
    expect(await refused(right.replace(`\n${lines[1]}\n`, `\n${total + 1}\n`))).toMatch(
      /has only \d+\. Has an older copy/,
    )
    expect(await refused(right.replace('trace.example.org/log\n', 'other.example.org/log\n'))).toContain(
      'is "trace.example.org/log"',
    )
    expect(await refused(other.join('\n'))).toContain('another content of the first')
    expect(await refused('')).toContain('it is no checkpoint')
    expect(await refused(right)).toBe('accepted')
    await store.close()
  })

  async function noteOf(suite: number): Promise<Buffer> {
    const row = await db().row<{ note: Buffer }>(sql`select note from log_tree where suite = ${suite}::smallint`)
    if (!row) throw new Error('no tree')
    return row.note
  }
})
