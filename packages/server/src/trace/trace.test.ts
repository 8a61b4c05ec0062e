import type { TraceGraph } from '@yuanliu/core'
import { describe, expect, it } from 'vitest'
import { arraySource } from './array-source.fixture.ts'
import { ids, keys, kg, make, minute, profile, trace, ways } from './ask.fixture.ts'
import { traceRecords } from './records.fixture.ts'
import { aggregation, object } from './story.fixture.ts'
import { graphOf, searchUnit, traceJson, traceLines, traceUnit } from './trace.ts'
import { testCodes } from './vocab.fixture.ts'

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
    const source = arraySource(events, false)
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

it('streams as records and says when it is complete', async () => {
  const odd = 'urn:x:"\\\u2028\ud83d\ude00'
  const events = [
    make('mix', 0, ['01/1/21/a', odd], ['01/2/21/p', kg('01/2/10/L', 3)], { place: odd }),
    aggregation({ id: 'pack "quoted"', at: 10 }, 'ADD', '00/P', kg('01/2/10/L', 2)),
    object({ id: 'gone', at: 20, step: 'shipping' }, 'OBSERVE', '00/P'),
  ]
  const answer = await searchUnit(arraySource(events), {
    start: '01/1/21/a',
    direction: 'both',
    profile,
    codes: testCodes,
  })
  const graph = graphOf(answer)
  const records = [...traceLines(answer)].map(line => JSON.parse(line))
  expect(records).toEqual([...traceRecords(graph)])
  expect(records[0]).toEqual({ trace: { start: graph.start, code: graph.code, direction: 'both', at: null } })
  expect(records.filter(r => 'unit' in r)).toHaveLength(4)
  expect(records.at(-1)).toEqual({ cut: null })
  expect(JSON.parse([...traceJson(answer)].join(''))).toEqual(graph)
})
