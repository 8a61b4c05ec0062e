import type { TraceGraph } from '@yuanliu/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import type { Db } from '../lib/db/db.ts'
import { DATA } from '../lib/paths.ts'
import { createChanges } from './changes.ts'
import { gather } from './gather.ts'
import { readPublicFields } from './public-fields.ts'
import { createViews } from './views.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

const LOT = '01/09521321000100/10/F1'
const INPUT = '01/09521321000308/10/F2'
const link = (key: string) => `https://id.gs1.org/${key}`
const about = (key: string, more: Record<string, unknown> = {}) =>
  objectEvent({ epcList: undefined, quantityList: [{ epcClass: link(key) }], ...more })

/** Views on the platform's database, with counts of what they cost. */
function counted(trust: number, clock: () => number = Date.now) {
  const { parts, rooms } = platform.running
  const count = { made: 0, reads: 0 }
  const db: Db = {
    ...parts.db,
    rows: statement => {
      count.reads++
      return parts.db.rows(statement)
    },
    row: statement => {
      count.reads++
      return parts.db.row(statement)
    },
  }
  const trace = (key: string): Promise<TraceGraph> => rooms.trace.byKey(key, { direction: 'backward' })
  const work = { ...parts, db: parts.db, fields: readPublicFields(DATA), trace, clock }
  const views = createViews(
    db,
    createChanges(db, trust, clock),
    key => {
      count.made++
      return gather(work, key)
    },
    clock,
  )
  return { views, count }
}

it('asks once for how far the log is when nothing has changed, and not at all for a moment', async () => {
  await platform.capture(documentOf([about(LOT)]))
  const { views, count } = counted(0)
  const first = await views.get(LOT)
  count.reads = 0
  const again = await Promise.all(Array.from({ length: 50 }, () => views.get(LOT)))
  expect(again.every(view => view === first)).toBe(true)
  expect(count).toEqual({ made: 1, reads: 1 })
  expect(views.isFresh(first)).toBe(false)

  const believing = counted(60_000)
  const view = await believing.views.get(LOT)
  believing.count.reads = 0
  expect(await believing.views.get(LOT)).toBe(view)
  expect(believing.views.isFresh(view)).toBe(true)
  expect(believing.count).toEqual({ made: 1, reads: 0 })
})

it('keeps a view through events that do not touch it, makes a new one after those that do', async () => {
  const { views, count } = counted(0)
  await views.get(LOT)
  await platform.capture(documentOf(Array.from({ length: 700 }, () => objectEvent())))
  await views.get(LOT)
  expect(count.made).toBe(1)
  const id = 'urn:uuid:11111111-2222-4333-8444-00000000bbbb'
  await platform.capture(documentOf([about(LOT, { eventID: id, bizStep: 'inspecting' })]))
  expect((await views.get(LOT)).trace.steps[0]?.step).toBe('inspecting')
  expect(count.made).toBe(2)
  const declaration = { declarationTime: '2026-11-02T00:00:00Z', reason: 'did_not_occur' }
  await platform.capture(
    documentOf([about(LOT, { eventID: id, bizStep: 'inspecting', errorDeclaration: declaration })]),
  )
  expect((await views.get(LOT)).trace.steps[0]?.step).toBe('shipping')
  expect(count.made).toBe(3)
})

it('learns of an input that comes late under the same transformation', async () => {
  const made = '01/09521321000100/10/F3'
  const transformation = (more: Record<string, unknown>) => ({
    type: 'TransformationEvent',
    eventTime: '2026-10-02T08:00:00.000+08:00',
    eventTimeZoneOffset: '+08:00',
    transformationID: 'urn:example:transformation:f3',
    ...more,
  })
  await platform.capture(documentOf([transformation({ outputQuantityList: [{ epcClass: link(made) }] })]))
  const { views } = counted(0)
  expect((await views.get(made)).trace.units).toHaveLength(1)
  await platform.capture(
    documentOf([
      transformation({ eventTime: '2026-10-01T08:00:00.000+08:00', inputQuantityList: [{ epcClass: link(INPUT) }] }),
    ]),
  )
  expect((await views.get(made)).trace.units.map(u => u.code)).toEqual([link(made), link(INPUT)])
})

it('makes anew what a description, or time alone, changes', async () => {
  let now = Date.now()
  const { views, count } = counted(0, () => now)
  const key = '01/09521321000100/10/F4'
  const time = new Date(now - 71 * 3_600_000).toISOString()
  await platform.capture(
    documentOf([
      about(key, {
        eventTime: time,
        destinationList: [{ type: 'possessing_party', destination: link('414/9521321000025') }],
      }),
    ]),
  )
  const before = await views.get(key)
  expect(before.trace.coverage.gaps).toBe(0)
  const described = (attribute: string) => ({
    ...documentOf([objectEvent()]),
    epcisHeader: {
      epcisMasterData: {
        vocabularyList: [
          {
            type: 'urn:epcglobal:epcis:vtype:EPCClass',
            vocabularyElementList: [
              {
                id: link('01/09521321000100'),
                attributes: [{ id: 'urn:epcglobal:cbv:mda#descriptionShort', attribute }],
              },
            ],
          },
        ],
      },
    },
  })
  await platform.capture(described('新油'))
  expect((await views.get(key)).trace.units[0]?.product?.name?.zh).toBe('新油')
  expect(count.made).toBe(2)
  now += 2 * 3_600_000
  expect((await views.get(key)).trace.coverage.gaps).toBe(1)
  expect(count.made).toBe(3)
})

it('what was touched while it was made is made again next time', async () => {
  const { parts, rooms } = platform.running
  const key = '01/09521321000100/10/F5'
  await platform.capture(documentOf([about(key)]))
  let made = 0
  const views = createViews(parts.db, createChanges(parts.db, 0), async wanted => {
    const work = {
      ...parts,
      fields: readPublicFields(DATA),
      trace: (k: string) => rooms.trace.byKey(k, { direction: 'backward' }),
    }
    const gathered = await gather(work, wanted)
    if (made++ === 0) {
      await platform.capture(documentOf([about(key, { bizStep: 'storing' })]))
      await views.get(INPUT) // somebody else's request reads the log meanwhile
    }
    return gathered
  })
  expect((await views.get(key)).trace.steps).toHaveLength(1)
  expect((await views.get(key)).trace.steps).toHaveLength(2)
})
