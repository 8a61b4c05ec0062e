import { join } from 'node:path'
import { ED25519, formatVerifierKey, type Permission, SM2, type SuiteId } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import type { Db } from '../lib/db/db.ts'
import { type Sql, sql } from '../lib/db/sql.ts'
import { createSigningKey, readSigningKey } from '../lib/signing/signing-key.ts'
import { idOf, subjectsOf } from '../signing/signing.fixture.ts'
import { createSigning } from '../signing/signing.ts'
import { backfill } from './backfill.ts'
import { beginLog } from './begin.ts'
import { bitsOf } from './entries.ts'
import { atEveryWrite, type Fault } from './faults.fixture.ts'
import { createHandOver } from './hand-over.ts'
import type { LogKey } from './keys.ts'
import { crypto } from './reading.fixture.ts'
import { emptyLog } from './retired-store.ts'
import { isSignedBy, takeKeys } from './rotation.ts'
import { createSequencer } from './sequencer.ts'
import { logKeyFolder } from './signing.fixture.ts'
import { stateEarlier } from './statements.ts'
import * as store from './store.ts'
import { logSuite } from './suites.ts'
import { deleteContent } from './tombstone.ts'
import { verifyDatabase } from './verify.ts'

/** Every other transaction that touches the log, with a fault at each of its writes: all of it is there, or nothing. */

const SUITES: SuiteId[] = ['sha256-ed25519', 'sm3-sm2']
const NAMES = ['sha256', 'sm3'] as const
const keyFiles = logKeyFolder('trace.example.org/log', crypto)
const handOver = createHandOver([...NAMES], () => {})
const events = Array.from({ length: 60 }, () => objectEvent())
let p: Platform
let s: Awaited<ReturnType<typeof subjectsOf>>
let keys: LogKey[]

beforeAll(async () => {
  // The log is off: the test does what the platform would.
  p = await startPlatform({ LOG: 'off' })
  s = await subjectsOf(p)
  const farm = await s.subject('farm', 'enterprise')
  const document = documentOf([objectEvent()])
  expect((await s.send(document, [await s.note(farm, document)])).status).toBe(202)
  expect((await s.revoke('farm', farm)).status).toBe(200)
  await p.capture(documentOf(events))
  keys = await Promise.all(
    [keyFiles.env.LOG_KEY_FILE, keyFiles.env.LOG_SM_KEY_FILE].map(async (path, i) => {
      const suite = logSuite(SUITES[i] as SuiteId, crypto)
      return { suite, signer: await readSigningKey(path, crypto), next: null, missing: null }
    }),
  )
})
afterAll(async () => {
  s.remove()
  keyFiles.remove()
  await p.stop()
})

const db = () => p.running.parts.db
const isStored = (fault: Fault | null) => fault === null || (fault.at === 'commit' && fault.stored)
const count = async (rows: Sql) => (await db().row<{ n: number }>(sql`select count(*)::int as n from ${rows}`))?.n ?? 0

/** Logs what waits, and re-reads the whole. */
async function expectWhole(signers = keys) {
  await createSequencer(db(), signers, 1, crypto).advance()
  const verified = await verifyDatabase(db(), { key: () => null, known: async () => [] })
  expect(verified.findings).toEqual([])
  expect([verified.waiting, verified.logs.length]).toEqual([0, 2])
  return verified
}

describe('a fault at every write, failed and stored though it failed', () => {
  it('of the beginning of a log: both trees are there, or none', async () => {
    const faults = await atEveryWrite(
      db(),
      faulty => beginLog(faulty, keys, 1),
      async fault => {
        expect(await count(sql`log_tree`)).toBe(isStored(fault) ? 2 : 0)
        expect((await store.readState(db()))?.size).toBe(isStored(fault) ? 0 : undefined)
        await beginLog(db(), keys, 1)
        expect(await count(sql`log_tree`)).toBe(2)
      },
      () => db().tx(emptyLog),
    )
    expect(faults).toBe(8)
  })

  it('of the handing over of what was captured before: each event once', async () => {
    const faults = await atEveryWrite(
      db(),
      faulty => backfill(faulty, handOver, bitsOf([...NAMES]), () => false),
      async fault => {
        const waiting = (await db().rows<{ count: number }>(sql`select count from log_queue`)).map(row => row.count)
        expect(waiting.reduce((a, b) => a + b, 0)).toBe(isStored(fault) ? 61 : 0)
      },
      () => db().script('delete from log_queue'),
    )
    expect(faults).toBeGreaterThan(6)
  })

  it('of what is stated of earlier subjects: all of it, in order, or nothing', async () => {
    const faults = await atEveryWrite(
      db(),
      faulty => stateEarlier(faulty, NAMES, () => false),
      async fault => {
        const said = await db().rows<{ says: number }>(sql`select says from log_statement order by position`)
        expect(said.map(row => row.says)).toEqual(isStored(fault) ? [1, 3, 2] : [])
        expect(await count(sql`log_queue where kind = 3`)).toBe(said.length)
      },
      () => db().script('delete from log_queue where kind = 3; delete from log_statement'),
    )
    expect(faults).toBeGreaterThan(16)
    const { opened, signatures } = await expectWhole()
    expect([opened, signatures]).toEqual([61, 1])
  })

  it('of a key that is registered, a note that is received, a key that is revoked: with its statement, or not at all', async () => {
    await p.call('/api/organisations', { method: 'POST', body: JSON.stringify({ organisation: 'lab', name: 'lab' }) })
    const actor = { organisation: 1, organisationCode: 'lab', permissions: new Set<Permission>(['admin']) } as never
    const signing = (on: Db) =>
      createSigning({ ...p.running.parts, parties: p.running.rooms.log.parts.parties, db: on, log: handOver })
    let subject = await s.newKey('lab')
    const done = { register: 0, note: 0, revoke: 0 }
    const register = async (on: Db) =>
      signing(on).keys.register('lab', (await s.registration(subject, 'lab')) as never, actor)
    const revoke = (on: Db) => signing(on).keys.revoke('lab', subject.key.keyId, actor)
    const note = async (on: Db) =>
      signing(on).add(idOf(events[0] ?? {}), await s.note(subject, documentOf([events[0]])), actor)
    const isKnown = async () =>
      (await signing(db()).keys.list('lab')).find(k => k.key === formatVerifierKey(subject.key))
    const statements = (says: number) => count(sql`log_statement where says = ${says}::smallint`)
    const [registered = 0, noted = 0, revoked = 0] = [await statements(1), await statements(3), await statements(2)]

    done.register = await atEveryWrite(
      db(),
      register,
      async fault => {
        const key = await isKnown()
        expect(Boolean(key)).toBe(isStored(fault))
        if (key) expect(key.stated.registered).not.toBe(null)
        await expectWhole()
      },
      async () => {
        subject = await s.newKey('lab')
      },
    )
    done.note = await atEveryWrite(
      db(),
      note,
      async fault => {
        const [signature] = (await s.signatures(idOf(events[0] ?? {}))).filter(
          (one: { key: string }) => one.key === formatVerifierKey(subject.key),
        )
        expect(Boolean(signature)).toBe(isStored(fault))
        await expectWhole()
      },
      async () => {
        subject = await s.newKey('lab')
        await register(db())
      },
    )
    done.revoke = await atEveryWrite(
      db(),
      revoke,
      async fault => {
        const key = await isKnown()
        expect([key?.revoked !== null, key?.stated.revoked !== null]).toEqual([isStored(fault), isStored(fault)])
        await expectWhole()
      },
      async () => {
        subject = await s.newKey('lab')
        await register(db())
      },
    )
    for (const faults of Object.values(done)) expect(faults).toBeGreaterThan(8)
    // Each time either nothing, or what came with its statement.
    expect(await statements(1)).toBeGreaterThan(registered)
    expect(await statements(3)).toBeGreaterThan(noted)
    expect(await statements(2)).toBeGreaterThan(revoked)
  })

  it('of a deletion: content, salt and rows are gone and the log says so, or all is there', {
    timeout: 120_000,
  }, async () => {
    const organisation = (await db().row<{ id: number; code: string }>(
      sql`select id, code from organisation order by id`,
    )) as {
      id: number
      code: string
    }
    let deleted = 0
    let at = 0
    const target = () => String(events[at]?.eventID)
    const work = (on: Db) =>
      deleteContent(on, NAMES, {
        event: target(),
        part: 0,
        reason: 'by-order',
        statement: { ground: 'order 7' },
        organisation,
      })
    const faults = await atEveryWrite(
      db(),
      work,
      async fault => {
        deleted += Number(isStored(fault))
        const there = await db().row(sql`select from event where id = ${target()}`)
        expect(there === undefined).toBe(isStored(fault))
        expect(await count(sql`log_tombstone`)).toBe(deleted)
        const verified = await expectWhole()
        expect([verified.deleted, verified.opened]).toEqual([deleted, 61 - deleted])
      },
      async () => {
        at++
      },
    )
    expect(faults).toBeGreaterThan(20)
    expect(at).toBeLessThan(events.length)
  })

  it('of a rotation: each suite has the one head or the other, and both are believed', async () => {
    const folder = join(keyFiles.env.LOG_KEY_FILE, '..')
    const next = await Promise.all(
      keys.map(async ({ signer }, i) => {
        const path = join(folder, `next-${i}`)
        createSigningKey(path, signer?.key.name ?? '', i ? SM2 : ED25519, crypto)
        return readSigningKey(path, crypto)
      }),
    )
    const both = keys.map((key, i) => ({ ...key, next: next[i] ?? null }))
    const second = keys.map((key, i) => ({ ...key, signer: next[i] ?? null }))
    for (const [taking, others] of [
      [both, keys],
      [second, both],
    ] as const) {
      const before = await store.readTrees(db())
      const faults = await atEveryWrite(
        db(),
        faulty => takeKeys(faulty, taking, crypto),
        async () => {
          await expectWhole(others === keys ? keys : both)
          await takeKeys(db(), taking, crypto)
          for (const [i, tree] of (await store.readTrees(db())).entries())
            expect(await isSignedBy(tree, (next[i] as (typeof next)[number]).key, crypto)).toBe(true)
        },
        async () => {
          for (const [i, tree] of (await store.readTrees(db())).entries())
            await store.replaceHead(db(), tree, before[i] as store.TreeRow)
        },
      )
      expect(faults).toBe(4)
    }
    await p.capture(documentOf([objectEvent()]))
  })
})
