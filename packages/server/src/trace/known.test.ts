import { checkEvent, type Direction, type TraceGraph } from '@yuanliu/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { sql } from '../lib/db/sql.ts'
import { nodeCrypto } from '../lib/signing/node-crypto.ts'
import { logKeyFolder } from '../log/signing.fixture.ts'
import { captured } from './captured-history.fixture.ts'
import { eventJson } from './event-json.fixture.ts'
import { arbHistory, unitsOf } from './history.fixture.ts'
import { naiveTrace } from './naive.fixture.ts'
import { plain, sortedMaps } from './plain-answer.fixture.ts'
import type { StoredEvent } from './source.ts'

let p: Platform
const logKeys = logKeyFolder('trace.example.org/log', await nodeCrypto())
const keys = new Map<string, string>()
beforeAll(async () => {
  p = await startPlatform({ ...logKeys.env, UNREGISTERED_PARTIES: 'accept' })
  for (const reporter of [1, 2, 3]) keys.set(`${reporter}`, await p.key(`org${reporter}`, ['capture', 'read']))
  for (const reporter of [1, 2, 3])
    keys.set(`${reporter} void`, await p.key(`org${reporter}`, ['capture', 'event:void']))
})
afterAll(async () => {
  await p.stop()
  logKeys.remove()
})

const gs1 = (path: string) => `https://id.gs1.org/${path}`
const ask = (code: string, more: Record<string, string>) =>
  p.call(`/api/trace?${new URLSearchParams({ code, ...more })}`)
const graph = async (code: string, more: Record<string, string> = {}): Promise<TraceGraph> => {
  const answer = await ask(code, more)
  expect(answer.status, await answer.clone().text()).toBe(200)
  return answer.json()
}

/** Captures documents and declarations, one of which comes as soon as its event has; gives the history as it is stored. */
async function capture(history: readonly StoredEvent[]): Promise<StoredEvent[]> {
  const { codes, db } = p.running.parts
  await db.script('truncate event, event_unit, event_block, event_conflict, capture, capture_receipt')
  const accepted = async (events: unknown[], key: string | undefined) =>
    expect((await p.capture(documentOf(events), { key: key as string })).counts.accepted).toBe(events.length)
  for (const document of new Set(history.map(e => e.document))) {
    const events = history.filter(e => e.document === document)
    await accepted(
      events.map(e => eventJson(e, codes.codeOf)),
      keys.get(String(events[0]?.reporter)),
    )
    for (const event of events) {
      for (const { reporter, mayVoid } of event.declarations) {
        const errorDeclaration = { declarationTime: '2026-11-01T00:00:00Z' }
        await accepted(
          [{ ...eventJson(event, codes.codeOf), errorDeclaration }],
          keys.get(`${reporter}${mayVoid ? ' void' : ''}`),
        )
      }
    }
  }
  const rows = await db.rows<{ id: string; part: number; position: number }>(sql`select id, part, position from event`)
  const positionOf = new Map(rows.map(r => [`${r.id} ${r.part}`, r.position]))
  const at = (id: string, part: number) => positionOf.get(`${id} ${part}`) ?? Number.NaN
  return history.map(e => ({
    ...e,
    position: at(e.id, 0),
    declarations: e.declarations.map((d, i) => ({ ...d, position: at(e.id, i + 1) })),
  }))
}

it('finds of random histories what the rules find in what was captured until then', { timeout: 300_000 }, async () => {
  const { codes } = p.running.parts
  const { log } = p.running.rooms
  const directions: Direction[] = ['backward', 'forward', 'both']
  await fc.assert(
    fc.asyncProperty(arbHistory, fc.infiniteStream(fc.nat(1_000)), async (random, dice) => {
      const pick = <T>(list: readonly T[]) => list[dice.next().value % list.length] as T
      const ready = captured(random)
      fc.pre(ready.every(e => checkEvent(eventJson(e, codes.codeOf)).length === 0))
      const history = await capture(ready)
      const positions = history.flatMap(e => [e.position, ...e.declarations.map(d => d.position)]).sort((a, b) => a - b)
      expect(await log.covered(positions.at(-1) as number, 20_000)).toBe(true)
      const first = (log.size() as number) - positions.length
      for (const direction of directions) {
        const nth = dice.next().value % positions.length
        const known = positions[nth] as number
        const start = pick(unitsOf(history))
        const at = pick([undefined, ...history.map(e => e.time)])
        const expected = naiveTrace(history, start, direction, at, known)
        const answer = await ask(codes.codeOf(start), {
          direction,
          known: String(first + nth),
          ...(at !== undefined && { at: new Date(at / 1000).toISOString() }),
        })
        if (expected.events.size === 0) expect(answer.status).toBe(404)
        else {
          const found: TraceGraph = await answer.json()
          expect(found.known).toMatchObject({ position: known, index: first + nth })
          expect(sortedMaps(plain(found))).toEqual(sortedMaps(expected))
        }
      }
    }),
    { numRuns: Number(process.env.TRACE_DB_RUNS ?? 15) },
  )
})

describe('what was known on a day', () => {
  const LOT = gs1('01/09521321000100/10/K1')
  const about = (more: Record<string, unknown>) =>
    objectEvent({ epcList: undefined, quantityList: [{ epcClass: LOT, quantity: 5, uom: 'KGM' }], ...more })

  it('answers later as it answered then, by index and by time, whatever came since', async () => {
    const moments: { index: number; time: string; then: TraceGraph }[] = []
    const made = about({ action: 'ADD', bizStep: 'commissioning', eventTime: '2026-10-05T08:00:00+08:00' })
    const documents = [
      [made],
      // What happened before, and was told later.
      [about({ eventTime: '2026-10-01T08:00:00+08:00', bizStep: 'inspecting' })],
      [{ ...made, errorDeclaration: { declarationTime: '2026-10-09T00:00:00Z', reason: 'incorrect_data' } }],
      [about({ eventTime: '2026-10-07T08:00:00+08:00', bizStep: 'shipping' })],
    ]
    const { log, events } = p.running.rooms
    for (const document of documents) {
      await p.capture(documentOf(document))
      expect(await log.covered(await events.follow.position(), 20_000)).toBe(true)
      const index = (log.size() as number) - 1
      const then = await graph(LOT, { direction: 'both' })
      const row = await p.running.parts.db.row<{ recorded: number }>(sql`select max(recorded) as recorded from event`)
      moments.push({ index, time: micros(row?.recorded ?? 0), then })
    }
    expect(moments.map(m => m.then.events.length)).toEqual([1, 2, 1, 2])
    for (const { index, time, then } of moments) {
      for (const known of [String(index), time]) {
        const { known: point, ...answer } = await graph(LOT, { direction: 'both', known })
        expect(answer).toEqual(then)
        expect(point).toEqual({ index, position: expect.any(Number), time })
      }
      // Together with `at`: what was known then of what had happened by then.
      const both = { direction: 'backward', at: '2026-10-06T00:00:00Z' }
      const until = await ask(LOT, { ...both, known: String(index) })
      const expected = then.events.filter(e => e.time < '2026-10-06').map(e => e.id)
      expect(until.status).toBe(200)
      expect((await until.json()).events.map((e: { id: string }) => e.id)).toEqual(expected)
    }
    const before = micros(Date.parse(moments[0]?.time ?? '') * 1000 - 1_000_000)
    const nothing = await ask(LOT, { known: before })
    expect(nothing.status).toBe(404)
    expect((await nothing.json()).detail).toContain('as known at position')
  })

  it('tells it line by line too, and says nothing of it where it is not asked', async () => {
    const lines = await p.call(
      `/api/trace?code=${encodeURIComponent(LOT)}&known=${(p.running.rooms.log.size() as number) - 1}`,
      {
        headers: { accept: 'application/x-ndjson' },
      },
    )
    const [head] = (await lines.text()).split('\n')
    expect(JSON.parse(head ?? '').trace.known).toMatchObject({ index: (p.running.rooms.log.size() as number) - 1 })
    expect(await graph(LOT)).not.toHaveProperty('known')
  })

  it('refuses in words, by the name of the parameter, what it cannot know', async () => {
    const size = p.running.rooms.log.size() as number
    const cases: [string, string][] = [
      [String(size), `the log has entries 0 to ${size - 1}`],
      ['99999999999999999999', 'the log has entries'],
      ['2199-01-01T00:00:00Z', 'has not come yet'],
      ['2026-10-01', 'the index of a log entry, or an ISO 8601 instant'],
      ['-1', 'the index of a log entry, or an ISO 8601 instant'],
    ]
    for (const [known, words] of cases) {
      const answer = await ask(LOT, { known })
      const { errors } = await answer.json()
      expect([answer.status, errors[0].pointer], known).toEqual([400, '/query/known'])
      expect(errors[0].message).toContain(words)
    }
  })
})

it('knows by time where the log is off, and by index says that it is', async () => {
  const off = await startPlatform({ LOG: 'off', UNREGISTERED_PARTIES: 'quarantine' })
  try {
    const LOT = gs1('01/09521321000100/10/K2')
    const key = await off.key('late')
    const event = objectEvent({ epcList: undefined, quantityList: [{ epcClass: LOT, quantity: 5 }] })
    await off.capture(documentOf([event]), { key })
    const call = (known: string) => off.call(`/api/trace?${new URLSearchParams({ code: LOT, known })}`)
    const row = () => off.running.parts.db.row<{ at: number }>(sql`select max(registered) as at from organisation`)
    const aside = new Date().toISOString()
    const body = JSON.stringify({ organisation: 'late', creditCode: '91350100M000100Y43' })
    expect((await off.call('/api/organisations', { method: 'POST', body })).status).toBe(200)
    const registered = micros((await row())?.at ?? 0)
    // Kept aside then, in force since: the registration is known or not as an event is.
    expect((await call(aside)).status).toBe(404)
    const since: TraceGraph = await (await call(registered)).json()
    expect(since.events).toMatchObject([{ id: event.eventID, reporterCreditCode: '91350100M000100Y43' }])
    expect(since.known).toMatchObject({ index: null, time: registered })
    const byIndex = await call('0')
    expect([byIndex.status, (await byIndex.json()).errors[0].message]).toEqual([
      400,
      expect.stringContaining('LOG=off'),
    ])
  } finally {
    await off.stop()
  }
})

it('knows the credit code of a reporter since it was registered', async () => {
  const LOT = gs1('01/09521321000100/10/K3')
  const key = await p.key('named-later')
  const event = objectEvent({ epcList: undefined, quantityList: [{ epcClass: LOT, quantity: 5 }] })
  await p.capture(documentOf([event]), { key })
  const { log, events } = p.running.rooms
  expect(await log.covered(await events.follow.position(), 20_000)).toBe(true)
  const index = (log.size() as number) - 1
  const body = JSON.stringify({ organisation: 'named-later', creditCode: '91320621MA1MRHG205' })
  expect((await p.call('/api/organisations', { method: 'POST', body })).status).toBe(200)
  expect((await graph(LOT)).events).toMatchObject([{ reporterCreditCode: '91320621MA1MRHG205' }])
  expect((await graph(LOT, { known: String(index) })).events).toMatchObject([{ reporterCreditCode: null }])
})

/** As the API writes an instant. */
function micros(time: number): string {
  const text = new Date(Math.floor(time / 1000)).toISOString()
  const rest = time % 1000
  return rest === 0 ? text : `${text.slice(0, -1)}${String(rest).padStart(3, '0')}Z`
}
