import type { Direction, TraceGraph } from '@yuanliu/core'
import { describe, expect, it } from 'vitest'
import { arraySource } from './array-source.fixture.ts'
import type { StoredEvent } from './source.ts'
import { aggregation, object, type Thing, type Told, transformation } from './story.fixture.ts'
import { type Budget, traceRecords, traceUnit } from './trace.ts'
import { testCodes, vocabProfile } from './vocab.fixture.ts'

const profile = vocabProfile()
const START = Date.UTC(2026, 0, 1) * 1000
const minute = (n: number) => START + n * 60_000_000

async function trace(
  events: readonly StoredEvent[],
  start: string,
  direction: Direction,
  more: { at?: number; depth?: number; budget?: Partial<Budget> } = {},
): Promise<TraceGraph> {
  return traceUnit(arraySource(events), { start, direction, profile, codes: testCodes, ...more })
}

const ways = (graph: TraceGraph) => Object.fromEntries(graph.units.map(u => [u.key, u.reachedAs]))
const ids = (graph: TraceGraph) => graph.events.map(e => e.id)
const keys = (graph: TraceGraph) => graph.units.map(u => u.key).sort()

const kg = (key: string, quantity: number): Thing => [key, String(quantity), 'KGM']
const make = (id: string, at: number, inputs: Thing[], outputs: Thing[], told: Partial<Told> = {}) =>
  transformation({ id, at, ...told }, inputs, outputs)

describe('oil of three lots in two bottlings', () => {
  const raw = ['01/1/10/R1', '01/1/10/R2', '01/1/10/R3'] as const
  const tank = '01/2/10/T'
  const events = [
    ...raw.map((lot, i) => object({ id: `press ${i}`, at: i, step: 'commissioning' }, 'ADD', kg(lot, 100))),
    make(
      'blend',
      10,
      raw.map(lot => kg(lot, 100)),
      [kg(tank, 300)],
    ),
    make('fill 1', 20, [kg(tank, 150)], [['01/3/10/B1', '150', null]]),
    make('fill 2', 30, [kg(tank, 150)], [['01/3/10/B2', '150', null]]),
  ]

  it('leads back from a bottling to three lots, not to the other bottling', async () => {
    const graph = await trace(events, '01/3/10/B2', 'backward')
    expect(ways(graph)).toEqual({
      '01/3/10/B2': 'start',
      [tank]: 'origin',
      ...Object.fromEntries(raw.map(lot => [lot, 'origin'])),
    })
    expect(graph.units.map(u => u.depth)).toEqual([0, 1, 2, 2, 2])
    expect(ids(graph)).toEqual(['press 0', 'press 1', 'press 2', 'blend', 'fill 1', 'fill 2'])
    expect(graph.edges.filter(e => e.to === tank)).toHaveLength(3)
    expect(graph.edges.find(e => e.to === '01/3/10/B2')).toMatchObject({ from: tank, quantity: '150', uom: 'KGM' })
  })

  it('leads forward from one lot to both bottlings', async () => {
    const graph = await trace(events, raw[0], 'forward')
    expect(ways(graph)).toEqual({
      [raw[0]]: 'start',
      [tank]: 'product',
      '01/3/10/B1': 'product',
      '01/3/10/B2': 'product',
    })
  })

  it('balances', async () => {
    const graph = await trace(events, '01/3/10/B2', 'backward')
    expect(graph.balances.find(b => b.unit === tank)).toMatchObject({
      produced: '300',
      used: '300',
      book: '0',
      uom: 'KGM',
    })
    expect(graph.gaps.filter(g => g.kind === 'more-out-than-in')).toEqual([])
  })

  it('until a time knows only what had happened', async () => {
    expect(keys(await trace(events, tank, 'both', { at: minute(9) }))).toEqual(
      [tank, '01/3/10/B1', '01/3/10/B2'].sort(),
    )
    expect(keys(await trace(events, tank, 'backward', { at: minute(9) }))).toEqual([tank])
  })

  it('stops at a depth and says where', async () => {
    const graph = await trace(events, '01/3/10/B2', 'backward', { depth: 1 })
    expect(keys(graph)).toEqual([tank, '01/3/10/B2'].sort())
    expect(graph.cut).toEqual({ limit: 'depth', unexpanded: [tank], unexpandedTotal: 1 })
  })

  it('asks the source once a level', async () => {
    const source = arraySource(events)
    await traceUnit(source, { start: '01/3/10/B2', direction: 'backward', profile, codes: testCodes })
    expect(source.asked).toEqual([['01/3/10/B2'], [tank], [...raw]])
  })
})

describe('containers', () => {
  const pallet = '00/P'
  const [a, b] = ['01/1/21/a', '01/1/21/b'] as const
  const journey = [
    aggregation({ id: 'pack', at: 0 }, 'ADD', pallet, a, b),
    object({ id: 'ship', at: 10, step: 'shipping' }, 'OBSERVE', pallet),
    aggregation({ id: 'take a', at: 20 }, 'DELETE', pallet, a),
    object({ id: 'ship on', at: 30, step: 'shipping' }, 'OBSERVE', pallet),
    aggregation({ id: 'empty', at: 40 }, 'DELETE', pallet),
    object({ id: 'wash', at: 50 }, 'OBSERVE', pallet),
  ]

  it('an item shares the journey of its pallet while it is on it', async () => {
    const graph = await trace(journey, a, 'backward')
    expect(ids(graph)).toEqual(['pack', 'ship', 'take a'])
    expect(graph.units.find(u => u.key === pallet)).toMatchObject({
      reachedAs: 'carrier',
      from: '2026-01-01T00:00:00.000Z',
      until: '2026-01-01T00:20:00.000Z',
    })
    expect(keys(graph)).not.toContain(b)
    expect(ids(await trace(journey, b, 'forward'))).toEqual(['pack', 'ship', 'ship on', 'empty'])
  })

  it('a pallet scanned after unpacking shows its last load', async () => {
    expect(ways(await trace(journey, pallet, 'backward'))).toEqual({
      [pallet]: 'start',
      [a]: 'content',
      [b]: 'content',
    })
    expect(ways(await trace(journey, pallet, 'backward', { at: minute(30) }))).toEqual({
      [pallet]: 'start',
      [b]: 'content',
    })
  })

  it('a crate used again mixes nothing', async () => {
    const crate = '8003/crate'
    const again = [
      aggregation({ id: 'pack a', at: 0 }, 'ADD', crate, a),
      object({ id: 'ship a', at: 10, step: 'shipping' }, 'OBSERVE', crate),
      aggregation({ id: 'empty', at: 20 }, 'DELETE', crate),
      aggregation({ id: 'pack b', at: 30 }, 'ADD', crate, b),
      object({ id: 'ship b', at: 40, step: 'shipping' }, 'OBSERVE', crate),
    ]
    expect(ids(await trace(again, b, 'backward'))).toEqual(['pack b', 'ship b'])
    expect(ids(await trace(again, a, 'forward'))).toEqual(['pack a', 'ship a', 'empty'])
    expect(keys(await trace(again, crate, 'backward'))).toEqual([b, crate].sort())
  })

  it('what goes from one box to another without being unpacked is said to', async () => {
    const events = [
      aggregation({ id: 'in 1', at: 0 }, 'ADD', '00/1', a),
      aggregation({ id: 'in 2', at: 10 }, 'ADD', '00/2', a),
    ]
    const graph = await trace(events, a, 'backward')
    expect(graph.anomalies).toEqual([
      { kind: 'moved-without-unpacking', unit: a, event: 'in 2', detail: { from: '00/1', to: '00/2' } },
    ])
    const nested = [...events, aggregation({ id: 'stack', at: 5 }, 'ADD', '00/2', '00/1')]
    expect((await trace(nested, a, 'backward')).anomalies).toEqual([])
  })

  it('a container used up uses up what is in it, at any height', async () => {
    const events = [
      aggregation({ id: 'box', at: 0 }, 'ADD', '00/box', a),
      aggregation({ id: 'stack', at: 10 }, 'ADD', pallet, '00/box'),
      make('cook', 20, [pallet], ['01/9/21/meal']),
    ]
    expect(ways(await trace(events, a, 'forward'))).toMatchObject({ '01/9/21/meal': 'product' })
    expect(ways(await trace(events, '01/9/21/meal', 'backward'))).toMatchObject({ [pallet]: 'origin', [a]: 'content' })
  })

  it('counts a lot out of a container by quantity', async () => {
    const lot = '01/1/10/L'
    const events = [
      aggregation({ id: 'fill', at: 0 }, 'ADD', pallet, kg(lot, 10)),
      aggregation({ id: 'some', at: 10 }, 'DELETE', pallet, [lot, '4000', 'GRM']),
      object({ id: 'ship', at: 20 }, 'OBSERVE', pallet),
      aggregation({ id: 'rest', at: 30 }, 'DELETE', pallet, kg(lot, 6)),
      object({ id: 'later', at: 40 }, 'OBSERVE', pallet),
    ]
    expect(ids(await trace(events, lot, 'forward'))).toEqual(['fill', 'some', 'ship', 'rest'])
    const odd = [...events.slice(0, 3), aggregation({ id: 'litres', at: 25 }, 'DELETE', pallet, [lot, '1', 'LTR'])]
    expect((await trace(odd, lot, 'forward')).anomalies).toEqual([
      { kind: 'unit-not-convertible', unit: lot, event: 'litres', detail: { uom: 'LTR' } },
    ])
  })
})

describe('lots', () => {
  const lot = '01/1/10/L'
  const item = { key: '01/1/21/s', lot }

  it('marks what belongs to another branch of a lot', async () => {
    const events = [
      object({ id: 'make', at: 0, step: 'commissioning', place: 'farm' }, 'ADD', kg(lot, 100)),
      object({ id: 'to B', at: 10, step: 'shipping', place: 'farm', from: 'F', to: 'B' }, 'OBSERVE', kg(lot, 60)),
      object({ id: 'to C', at: 11, step: 'shipping', place: 'farm', from: 'F', to: 'C' }, 'OBSERVE', kg(lot, 40)),
      object(
        { id: 'at C', at: 20, step: 'receiving', place: 'C hall', from: 'F', to: 'C', by: 3 },
        'OBSERVE',
        kg(lot, 40),
      ),
      object(
        { id: 'at B', at: 21, step: 'receiving', place: 'B hall', from: 'F', to: 'B', by: 2 },
        'OBSERVE',
        kg(lot, 60),
      ),
      make('use', 30, [kg(lot, 60)], [kg('01/2/10/P', 50)], { place: 'B hall', by: 2 }),
    ]
    const elsewhere = (graph: TraceGraph) => graph.events.filter(e => e.elsewhere).map(e => e.id)
    expect(elsewhere(await trace(events, '01/2/10/P', 'backward'))).toEqual(['to C', 'at C'])
    expect(elsewhere(await trace(events, lot, 'backward'))).toEqual([])
    expect(elsewhere(await trace(events, lot, 'forward'))).toEqual([])
  })

  it('an item belongs to the first lot it was given', async () => {
    const events = [
      object({ id: 'make lot', at: 0 }, 'ADD', kg(lot, 1)),
      object({ id: 'give', at: 10 }, 'ADD', item),
      object({ id: 'other', at: 20 }, 'OBSERVE', { key: item.key, lot: '01/1/10/M' }),
    ]
    const graph = await trace(events, item.key, 'backward')
    expect(ways(graph)).toEqual({ [item.key]: 'start', [lot]: 'lot' })
    expect(graph.anomalies).toEqual([
      { kind: 'two-lots', unit: item.key, event: 'other', detail: { first: lot, second: '01/1/10/M' } },
    ])
    expect(ways(await trace(events, lot, 'forward'))).toEqual({ [lot]: 'start', [item.key]: 'item' })
    expect(keys(await trace(events, '01/1/10/M', 'forward'))).toEqual(['01/1/10/M'])
  })

  it('an item whose lot was used is possibly in the product', async () => {
    const events = [object({ id: 'give', at: 0 }, 'ADD', item), make('use', 10, [kg(lot, 5)], ['01/2/21/p'])]
    const graph = await trace(events, item.key, 'forward')
    expect(ways(graph)).toEqual({ [item.key]: 'start', '01/2/21/p': 'possible' })
    expect(graph.edges).toEqual([
      { from: item.key, to: '01/2/21/p', event: 'use', kind: 'transformation', possible: true },
    ])
    expect(ways(await trace(events, lot, 'forward'))['01/2/21/p']).toBe('product')
  })
})

describe('corrections', () => {
  const a = '01/1/21/a'
  const declared = (reporter: number, mayVoid: boolean) => [
    object({ id: 'wrong', at: 0, by: 1, declarations: [{ position: 99, reporter, mayVoid }] }, 'OBSERVE', a),
    object({ id: 'right', at: 1, by: 1 }, 'OBSERVE', a),
  ]

  it('the reporter voids an event, and whoever may', async () => {
    expect(ids(await trace(declared(1, false), a, 'backward'))).toEqual(['right'])
    expect(ids(await trace(declared(2, true), a, 'backward'))).toEqual(['right'])
  })

  it('anyone else only disputes it', async () => {
    const graph = await trace(declared(2, false), a, 'backward')
    expect(graph.events.map(e => [e.id, e.disputed])).toEqual([
      ['wrong', true],
      ['right', false],
    ])
    expect(graph.anomalies).toEqual([{ kind: 'disputed', unit: null, event: 'wrong' }])
  })

  it('a foreign use of a transformationID joins nothing', async () => {
    const events = [
      make('in', 0, ['01/1/21/i'], [], { transformationID: 't', by: 1 }),
      make('foreign', 5, ['01/1/21/x'], [], { transformationID: 't', by: 2 }),
      make('out', 10, [], ['01/2/21/o'], { transformationID: 't', by: 1 }),
      make('late', 20, ['01/1/21/late'], [], { transformationID: 't', by: 1 }),
    ]
    const graph = await trace(events, '01/2/21/o', 'backward')
    expect(keys(graph)).toEqual(['01/1/21/i', '01/2/21/o'])
    expect(graph.anomalies).toEqual([{ kind: 'foreign-transformation', unit: null, event: 'foreign' }])
  })
})

describe('gaps', () => {
  const [a, pallet] = ['01/1/21/a', '00/P'] as const
  const born = object({ id: 'born', at: 0, step: 'commissioning' }, 'ADD', a)
  const sent = object({ id: 'sent', at: 100, step: 'shipping', to: 'B' }, 'OBSERVE', a)

  it('a shipment waits for its receipt', async () => {
    const { gaps } = await trace([born, sent], a, 'backward')
    expect(gaps).toEqual([
      { kind: 'no-receipt', unit: a, event: 'sent', party: 'B', since: '2026-01-04T01:40:00.000Z' },
    ])
    for (const [at, closes] of [
      [85, true],
      [84, false],
      [500, true],
    ] as const) {
      const receipt = object({ id: 'got', at, step: 'receiving', by: 2 }, 'OBSERVE', a)
      const open = (await trace([born, sent, receipt], a, 'backward')).gaps.some(g => g.kind === 'no-receipt')
      expect([at, open]).toEqual([at, !closes])
    }
    const own = object({ id: 'got', at: 200, step: 'receiving' }, 'OBSERVE', a)
    expect((await trace([born, sent, own], a, 'backward')).gaps.map(g => g.kind)).toEqual(['no-receipt', 'no-shipment'])
    const void_ = object({ id: 'void', at: 200, step: 'void_shipping' }, 'OBSERVE', a)
    expect((await trace([born, sent, void_], a, 'backward')).gaps).toEqual([])
  })

  it('the receipt of a pallet is that of what was on it', async () => {
    const events = [
      born,
      aggregation({ id: 'pack', at: 50 }, 'ADD', pallet, a),
      sent,
      object({ id: 'got', at: 200, step: 'receiving', by: 2 }, 'OBSERVE', pallet),
    ]
    expect((await trace(events, a, 'backward')).gaps).toEqual([])
  })

  it('says where things begin out of nothing, and where time runs back', async () => {
    const events = [
      make('use', 10, [a], ['01/2/21/p']),
      object({ id: 'sold before made', at: 5, step: 'retail_selling' }, 'OBSERVE', '01/2/21/p'),
    ]
    const { gaps } = await trace(events, '01/2/21/p', 'backward')
    expect(gaps.map(g => [g.kind, g.unit, g.event])).toEqual([
      ['unknown-origin', a, 'use'],
      ['time-runs-back', '01/2/21/p', 'sold before made'],
    ])
  })

  it('a product without lot is where a trace ends', async () => {
    const events = [make('use', 10, [kg('01/1', 3)], ['01/2/21/p']), make('other', 5, ['01/7/21/x'], [kg('01/1', 9)])]
    const graph = await trace(events, '01/2/21/p', 'backward')
    expect(ways(graph)).toEqual({ '01/2/21/p': 'start', '01/1': 'class' })
    expect(graph.gaps).toEqual([{ kind: 'class-only', unit: '01/1', event: 'use', party: null }])
    expect(ids(await trace(events, '01/1', 'backward'))).toEqual(['other', 'use'])
  })

  it('nobody gives out more than they had', async () => {
    const lot = '01/1/10/L'
    const events = [
      object({ id: 'make', at: 0, step: 'commissioning' }, 'ADD', kg(lot, 10)),
      aggregation({ id: 'pack', at: 5 }, 'ADD', pallet, kg(lot, 10)),
      object({ id: 'send', at: 10, step: 'shipping' }, 'OBSERVE', pallet),
      object({ id: 'get', at: 20, step: 'receiving', by: 2 }, 'OBSERVE', pallet),
      object({ id: 'sell', at: 30, step: 'retail_selling', by: 2 }, 'OBSERVE', kg(lot, 8)),
      object({ id: 'count', at: 35, step: 'stock_taking', by: 2 }, 'OBSERVE', [lot, '1500', 'GRM']),
      object({ id: 'sell on', at: 40, step: 'retail_selling', by: 2 }, 'OBSERVE', kg(lot, 4.5)),
    ]
    const { balances, gaps } = await trace(events, lot, 'forward')
    expect(balances).toMatchObject([
      { holder: 'org1', uom: 'KGM', produced: '10', shipped: '10', book: '0' },
      { holder: 'org2', uom: 'KGM', received: '10', sold: '12.5', book: '-2.5', counted: '1.5', difference: '-0.5' },
    ])
    expect(gaps).toEqual([
      {
        kind: 'more-out-than-in',
        unit: lot,
        event: 'sell on',
        party: 'org2',
        detail: { holder: 'org2', book: '-2.5', uom: 'KGM' },
      },
    ])
  })
})

describe('limits', () => {
  const events = [make('mix', 0, ['01/1/21/e', '01/1/21/b', '01/1/21/d', '01/1/21/c'], ['01/2/21/p'])]

  it('cuts in key order, at the same place each time', async () => {
    const graph = await trace(events, '01/2/21/p', 'backward', { budget: { units: 3 } })
    expect(keys(graph)).toEqual(['01/1/21/b', '01/1/21/c', '01/2/21/p'])
    expect(graph.cut).toEqual({ limit: 'units', unexpanded: ['01/1/21/d', '01/1/21/e'], unexpandedTotal: 2 })
    expect(await trace(events, '01/2/21/p', 'backward', { budget: { units: 3 } })).toEqual(graph)
    expect((await trace(events, '01/2/21/p', 'backward', { budget: { units: 5 } })).cut).toBeNull()
  })

  it('stops at a number of events and when time is up', async () => {
    const chain = Array.from({ length: 5 }, (_, i) => make(`step ${i}`, i, [`01/1/21/${i}`], [`01/1/21/${i + 1}`]))
    const graph = await trace(chain, '01/1/21/5', 'backward', { budget: { events: 2 } })
    expect(graph.cut).toEqual({ limit: 'events', unexpanded: ['01/1/21/3'], unexpandedTotal: 1 })
    const late = await trace(chain, '01/1/21/5', 'backward', { budget: { ms: -1 } })
    expect(late.cut).toEqual({ limit: 'time', unexpanded: ['01/1/21/5'], unexpandedTotal: 1 })
  })

  it('asks for a wide level in pieces of 1,000, in key order', async () => {
    const items = Array.from({ length: 2500 }, (_, i) => `01/1/21/${String(i).padStart(4, '0')}`)
    const source = arraySource([make('mix', 0, items.toReversed(), ['01/2/21/p'])])
    const graph = await traceUnit(source, { start: '01/2/21/p', direction: 'backward', profile, codes: testCodes })
    expect(graph.units).toHaveLength(2501)
    expect(source.asked.map(list => list.length)).toEqual([1, 1000, 1000, 500])
    expect(source.asked.slice(1).flat()).toEqual(items)
  })

  it('ends on cycles', async () => {
    const cycle = [
      make('a to b', 0, ['01/1/21/a'], ['01/1/21/b'], { transformationID: 't' }),
      make('b to a', 10, ['01/1/21/b'], ['01/1/21/a', '01/1/21/b']),
      aggregation({ id: 'in', at: 20 }, 'ADD', '00/1', '00/2'),
      aggregation({ id: 'out', at: 30 }, 'ADD', '00/2', '00/1'),
      aggregation({ id: 'self', at: 40 }, 'ADD', '00/1', '00/1'),
    ]
    expect(keys(await trace(cycle, '01/1/21/a', 'both'))).toEqual(['01/1/21/a', '01/1/21/b'])
    expect(keys(await trace(cycle, '00/1', 'both'))).toEqual(['00/1', '00/2'])
  })
})

it('streams as records and says when it is complete', async () => {
  const graph = await trace([make('mix', 0, ['01/1/21/a'], ['01/2/21/p'])], '01/2/21/p', 'backward')
  const records = [...traceRecords(graph)]
  expect(records[0]).toEqual({ trace: { start: graph.start, code: graph.code, direction: 'backward', at: null } })
  expect(records.filter(r => 'unit' in r)).toHaveLength(graph.units.length)
  expect(records.at(-1)).toEqual({ cut: null })
})
