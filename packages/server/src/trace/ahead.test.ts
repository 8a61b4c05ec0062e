import { afterAll, beforeAll, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { createParties } from '../access/access.ts'
import { textArray, uuidArray } from '../lib/db/binary.ts'
import { sql } from '../lib/db/sql.ts'
import { createTerms } from '../lib/terms.ts'
import { traceStore } from './store.ts'

const LEVELS = 6
const ITEM = 'https://id.gs1.org/01/09521234543213/21/'
const item = (level: number, n: number) => `ahead-${level}-${n}`
const key = (serial: string) => `01/09521234543213/21/${serial}`
const crate = (level: number) => `8003/09521234543213crate-${level}`

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
  // Each level: three items are made into the first of the next; the others came in a crate.
  const events: unknown[] = []
  for (let level = 0; level < LEVELS; level++) {
    const { epcList: _list, action: _action, ...what } = objectEvent()
    events.push({
      ...objectEvent(),
      type: 'AggregationEvent',
      epcList: undefined,
      action: 'ADD',
      parentID: `https://id.gs1.org/${crate(level)}`,
      childEPCs: [1, 2].map(n => ITEM + item(level, n)),
    })
    events.push({
      ...what,
      type: 'TransformationEvent',
      inputEPCList: [0, 1, 2].map(n => ITEM + item(level, n)),
      outputEPCList: [ITEM + item(level + 1, 0)],
    })
    events.push(objectEvent({ epcList: [`https://id.gs1.org/${crate(level)}`] }))
  }
  const result = await p.capture(documentOf(events))
  expect(result.counts.accepted).toBe(events.length)
})
afterAll(() => p.stop())

function storeOf({ running }: Platform) {
  const { db } = running.parts
  return traceStore(db, createTerms(db), createParties(db, false))
}

const last = key(item(LEVELS, 0))

it('what a unit came from, all levels, comes with it, and of each unit named every event', async () => {
  const store = storeOf(p)
  const { events, also } = await store.load([last], [], LEVELS)
  expect(new Set(events.map(e => e.key)).size).toBe(3 * LEVELS - 1)
  const expected = Array.from({ length: LEVELS }, (_, level) => [0, 1, 2].map(n => key(item(level, n)))).flat()
  expect([...also].sort()).toEqual([...expected, ...Array.from({ length: LEVELS - 1 }, (_, i) => crate(i + 1))].sort())
  for (const unit of also) {
    const alone = await store.load([unit], [], 0)
    const there = events.filter(e => e.units.includes(unit)).map(e => e.key)
    expect(new Set(there)).toEqual(new Set(alone.events.map(e => e.key)))
  }
})

it('what is known does not come again, and what more leads to does all the same', async () => {
  const store = storeOf(p)
  const { events } = await store.load([last], [], 0)
  const again = await store.load(
    [last],
    events.map(e => e.key),
    LEVELS,
  )
  expect(again.events.map(e => e.key)).not.toContain(events[0]?.key)
})

it('stops before a level that has too much, and says nothing of it', async () => {
  const ask = (first: number, units: number, namings: number) =>
    p.running.parts.db.rows<{ t: string }>(
      sql`select trace_sources(${textArray([last])}::text[], ${uuidArray([])}::uuid[], 9, ${first}::int, ${units}::int, ${namings}::int) as t`,
    )
  const unitsOf = (rows: { t: string }[]) =>
    rows
      .filter(r => r.t.startsWith('\u001e'))
      .map(r => r.t.slice(1))
      .sort()
  const first = [0, 1, 2].map(n => key(item(LEVELS - 1, n)))
  expect(unitsOf(await ask(1_000, 2, 1_000))).toEqual([])
  expect(unitsOf(await ask(1_000, 3, 1_000))).toEqual(first)
  // Namings of the first level behind: two of each of the three items.
  expect(unitsOf(await ask(1_000, 100, 5))).toEqual([])
  expect(unitsOf(await ask(1_000, 100, 6))).toEqual(first)
  const keys = await ask(0, 100, 1_000)
  expect(keys).toHaveLength(1)
  expect(keys[0]?.t).toMatch(/^[0-9a-f]{32}$/)
})
