import { openEventSignature, STATEMENTS } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { readConfig } from '../lib/config.ts'
import { sql } from '../lib/db/sql.ts'
import { idOf, subjectsOf } from '../signing/signing.fixture.ts'
import { start } from '../start.ts'
import { itemsBetween } from './items.ts'
import { auditOf, crypto, logged, statementAt } from './reading.fixture.ts'
import { logKeyFolder } from './signing.fixture.ts'

const SUITES = ['sha256-ed25519', 'sm3-sm2'] as const
const keys = logKeyFolder('trace.example.org/log', crypto)
let p: Platform
let s: Awaited<ReturnType<typeof subjectsOf>>
beforeAll(async () => {
  p = await startPlatform({ ...keys.env, LOG: 'sha256-ed25519,sm3-sm2' })
  platforms.push(p)
  s = await subjectsOf(p)
})
const platforms: Platform[] = []
afterAll(async () => {
  s.remove()
  keys.remove()
  for (const one of platforms) await one.stop()
})

const statements = () =>
  p.running.parts.db.rows<{ position: number; says: number; subject: number }>(
    sql`select position, says, subject from log_statement order by position`,
  )
const says = (name: keyof typeof STATEMENTS) => STATEMENTS[name]
const clock = async () => (await (await p.call('/health')).json()).capturePosition as number

/** The same data under other settings. */
async function again(more: Record<string, string>): Promise<void> {
  await p.running.stop()
  p.running = await start(readConfig({ ...p.env, ...more }))
  p.url = `http://127.0.0.1:${p.running.port}`
}

describe('the log says of subjects that sign', () => {
  it('that a key was registered, what it signed, and that it was revoked, in this order; both trees hold', async () => {
    const lab = await s.subject('lab', 'testing', 'sm3-sm2')
    const event = objectEvent()
    const document = documentOf([event, objectEvent()])
    expect((await s.send(document, [await s.note(lab, document)])).status).toBe(202)
    expect((await s.revoke('lab', lab)).status).toBe(200)
    expect((await s.revoke('lab', lab)).status).toBe(200)
    expect((await statements()).map(row => row.says)).toEqual([
      says('key-registered'),
      says('signature'),
      says('key-revoked'),
    ])
    await logged(p)
    for (const suite of SUITES) expect((await auditOf(p, suite)).findings).toEqual([])
  })

  it('each statement can be proved to stand in the log, and opened, by a stranger', async () => {
    const [registered, signed, revoked] = await statements()
    const [key] = (await (await p.call('/api/organisations/lab/signing-keys')).json()).keys
    expect(key.stated).toEqual({ registered: registered?.position, revoked: revoked?.position })
    expect(key.revokedAt).toBe(revoked?.position)
    const opened = []
    for (const { position } of [registered, signed, revoked] as { position: number }[])
      for (const suite of SUITES) opened.push(await statementAt(p, position, suite))
    expect(opened.map(o => o.entry.kind === 'statement' && o.entry.says)).toEqual([
      'key-registered',
      'key-registered',
      'signature',
      'signature',
      'key-revoked',
      'key-revoked',
    ])
    expect(JSON.parse(opened[0]?.text ?? '')).toMatchObject({ organisation: 'lab', kind: 'testing', key: key.key })
    expect(JSON.parse(opened[4]?.text ?? '')).toMatchObject({ organisation: 'lab', key: key.key })
    expect((await openEventSignature(opened[2]?.text ?? '', key.key, crypto)).events).toBe(2)
    const indexes = opened.map(o => Number(o.index))
    expect(indexes).toEqual([...indexes].sort((a, b) => a - b))
    // Of a position at which something else stands, and of one to come.
    for (const position of [(registered?.position ?? 0) + 1_000_000, 0]) {
      const answer = await p.call(`/api/log/statements/${position}`)
      expect(answer.status).toBe(404)
    }
    expect((await p.call(`/api/log/statements/${registered?.position}`, { key: null })).status).toBe(401)
  })

  it('nothing where nothing happens: a key that is there, a signature that is there', async () => {
    const shop = await s.subject('shop', 'enterprise')
    const before = (await statements()).length
    expect((await s.register('shop', await s.registration(shop, 'shop'))).status).toBe(409)
    const event = objectEvent()
    const document = documentOf([event])
    const note = await s.note(shop, document)
    expect((await s.send(document, [note])).status).toBe(202)
    expect((await s.send(document, [note])).status).toBe(202)
    expect((await s.countersign(idOf(event), note)).status).toBe(200)
    expect((await statements()).length).toBe(before + 1)
  })

  it('to who follows it that there is a statement, and not an event that was deleted', async () => {
    await logged(p)
    const kinds = (await itemsBetween(p.running.parts.db, 0, await clock())).map(item => item.kind)
    expect(kinds.filter(kind => kind === 'statement').length).toBe((await statements()).length)
    expect(kinds).not.toContain('deleted')
  })
})

it('what happened before there was a log is said when it begins, in the order in which it happened, once', async () => {
  p = await startPlatform({ ...keys.env, LOG: 'off' })
  platforms.push(p)
  const own = await subjectsOf(p)
  const farm = await own.subject('farm', 'enterprise')
  const document = documentOf([objectEvent()])
  expect((await own.send(document, [await own.note(farm, document)])).status).toBe(202)
  expect((await own.revoke('farm', farm)).status).toBe(200)
  expect(await statements()).toEqual([])
  await again({ LOG: 'sha256-ed25519' })
  await expect.poll(async () => (await statements()).length, { timeout: 20_000 }).toBe(3)
  expect((await statements()).map(row => row.says)).toEqual([1, 3, 2])
  await logged(p)
  const order = []
  for (const { position } of await statements()) order.push(Number((await statementAt(p, position)).index))
  expect(order).toEqual([1, 2, 3])
  await again({ LOG: 'sha256-ed25519' })
  await logged(p)
  expect((await statements()).length).toBe(3)
  own.remove()
})
