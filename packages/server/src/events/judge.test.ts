import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { createParties } from '../access/access.ts'
import { DATA } from '../lib/paths.ts'
import { readUnits } from '../lib/units.ts'
import { createEvents } from './events.ts'
import { kinds, things, wantedKinds, wantedThings, written } from './naive.fixture.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
})
afterAll(() => p.stop())

const ID = (n: number) => `urn:uuid:00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const ADMIN = { organisation: 0, isAdmin: true }
const TIME = (n: number) => `2026-10-01T08:0${n}:00.000Z`
const STEPS = ['shipping', 'receiving', 'https://own.example.org/step/1']
const PLACES = ['urn:epc:id:sgln:9521234.00001.0', 'https://id.gs1.org/414/9521234000013', 'urn:example:yard']

const epcs = fc.uniqueArray(
  written(things).map(w => w.text),
  { minLength: 1, maxLength: 3 },
)
const event = fc.record(
  {
    type: fc.constantFrom('ObjectEvent', 'TransactionEvent'),
    action: fc.constantFrom('ADD', 'OBSERVE', 'DELETE'),
    eventTime: fc.integer({ min: 0, max: 5 }).map(TIME),
    epcList: epcs,
    quantityList: fc
      .array(written(kinds), { minLength: 1, maxLength: 2 })
      .map(list => [...new Set(list.map(w => w.text))].map(epcClass => ({ epcClass, quantity: 1 }))),
    bizStep: fc.constantFrom(...STEPS),
    disposition: fc.constantFrom('in_transit', 'in_progress'),
    bizLocation: fc.constantFrom(...PLACES).map(id => ({ id })),
  },
  { requiredKeys: ['type', 'action', 'eventTime', 'epcList'] },
)
const some = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 })
const texts = (of: fc.Arbitrary<{ text: string }>) =>
  fc.array(
    of.map(w => w.text),
    { minLength: 1, maxLength: 2 },
  )
const parameters = fc.record({
  eventType: some(['ObjectEvent', 'TransactionEvent', 'AggregationEvent']),
  EQ_action: some(['ADD', 'OBSERVE', 'DELETE']),
  GE_eventTime: fc.integer({ min: 0, max: 5 }).map(TIME),
  LT_eventTime: fc.integer({ min: 0, max: 5 }).map(TIME),
  EQ_bizStep: some([...STEPS, 'nobody_says_this']),
  EQ_disposition: some(['in_transit', 'urn:epcglobal:cbv:disp:in_progress']),
  EQ_bizLocation: some(PLACES),
  EQ_readPoint: some(PLACES),
  EQ_eventID: fc.uniqueArray(fc.integer({ min: 0, max: 80 }).map(ID), { minLength: 10, maxLength: 40 }),
  MATCH_epc: texts(wantedThings),
  MATCH_anyEPC: texts(wantedThings),
  MATCH_epcClass: texts(wantedKinds),
  MATCH_anyEPCClass: texts(wantedKinds),
})
/** Few parameters together: much that is asked would be fulfilled by nothing. */
const query = fc
  .tuple(parameters, fc.uniqueArray(fc.nat(12), { maxLength: 3 }))
  .map(([all, chosen]) => Object.fromEntries(Object.entries(all).filter((_, i) => chosen.includes(i))))

it('one event at a time is judged as the database judges all of them', { timeout: 120_000 }, async () => {
  const drawn = fc.sample(event, { numRuns: 80, seed: 20261122 }).map((e, i) => ({
    eventID: ID(i),
    eventTimeZoneOffset: '+08:00',
    ...(e.type === 'TransactionEvent' && { bizTransactionList: [{ bizTransaction: 'urn:example:bt' }] }),
    ...e,
  }))
  const declared = drawn.slice(0, 5).map(e => ({ ...e, errorDeclaration: { declarationTime: '2026-11-01T00:00:00Z' } }))
  for (const list of [drawn, declared]) {
    const { counts } = await p.capture(documentOf(list))
    expect(counts.accepted).toBe(list.length)
  }
  const { follow } = p.running.rooms.events
  const upTo = await follow.position()
  const all = await follow.after(0, upTo, 1000)
  expect(all.map(e => e.id)).toEqual([...drawn, ...declared].map(e => e.eventID))
  let found = 0
  await fc.assert(
    fc.asyncProperty(query, async parameters => {
      const standing = await follow.query(parameters as never, '/')
      if (!standing.judge) throw new Error('these parameters need no database')
      const judged = all.filter(standing.judge).map(e => e.position)
      const asked = await follow.matching(standing.query, ADMIN, 0, upTo, 1000)
      expect(judged).toEqual(asked.map(e => e.position))
      if (judged.length && Object.keys(parameters).length) found++
    }),
    { numRuns: 120 },
  )
  expect(found).toBeGreaterThan(25)
})

it('pages of the log leave nothing out, and the search behind a position begins there', async () => {
  const { follow } = p.running.rooms.events
  const step = `https://own.example.org/${randomUUID()}`
  const from = await follow.position()
  for (let n = 0; n < 3; n++)
    await p.capture(documentOf(Array.from({ length: 4 }, () => objectEvent({ bizStep: step }))))
  const upTo = await follow.position()
  const positions: number[] = []
  for (let at = from; ; at = positions.at(-1) as number) {
    const page = await follow.after(at, upTo, 5)
    if (!page.length) break
    positions.push(...page.map(e => e.position))
  }
  expect(positions).toHaveLength(12)
  expect(positions).toEqual([...positions].sort((a, b) => a - b))
  const { query: parsed } = await follow.query({ EQ_bizStep: step }, '/')
  const behind = await follow.matching(parsed, ADMIN, positions[3] as number, upTo, 5)
  expect(behind.map(e => e.position)).toEqual(positions.slice(4, 9))
  const recorded = behind[0]?.recorded as number
  expect(await follow.positionBefore(recorded)).toBeLessThan(positions[4] as number)
})

it('what only the event itself can tell is found in the order of capture, as many as are asked for', async () => {
  const { follow } = p.running.rooms.events
  const from = await follow.position()
  const colours = ['red', 'blue', 'red', 'red']
  const field = 'https://ns.example.org/colour'
  await p.capture(documentOf(colours.map(colour => objectEvent({ [field]: colour }))))
  const upTo = await follow.position()
  const standing = await follow.query({ [`EQ_${field}`]: 'red' }, '/')
  expect(standing.judge).toBeNull()
  const found = await follow.matching(standing.query, ADMIN, from, upTo, 2)
  expect(found.map(e => e.position)).toEqual([from + 1, from + 3])
  const rest = await follow.matching(standing.query, ADMIN, from + 3, upTo, 2)
  expect(rest.map(e => e.position)).toEqual([from + 4])
})

it('what is in quarantine is for its reporter and the administrator', async () => {
  const { db, codes } = p.running.parts
  const { terms, vocabularies, prefixes, tokens } = p.running.rooms
  const position = p.running.rooms.events.follow.position
  const given = { vocabularies, prefixes, tokens, units: readUnits(DATA), budgetMs: 1_000, position }
  const { follow } = createEvents({ db, codes, terms, parties: createParties(db, true), ...given })
  await p.capture(documentOf([objectEvent()]), { key: await p.key('unknown-1') })
  const upTo = await position()
  const events = await follow.after(upTo - 1, upTo, 10)
  const own = events[0]?.organisation as number
  const seen = async (organisation: number, isAdmin = false) =>
    (await follow.visible(events, { organisation, isAdmin })).length
  expect([await seen(own), await seen(own + 1), await seen(own + 1, true)]).toEqual([1, 0, 1])
})
