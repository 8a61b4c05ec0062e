import { describe, expect, it } from 'vitest'
import { ids, kg, make, trace, ways } from './ask.fixture.ts'
import { aggregation, object } from './story.fixture.ts'

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

  it('a party in the middle that reports nothing leaves a gap, not a shorter chain', async () => {
    const step = (id: string, at: number, what: string, from: string, to: string, by: number) =>
      object({ id, at, step: what, from, to, by }, 'OBSERVE', a)
    const all = [
      born,
      step('farm sends', 100, 'shipping', 'Pfarm', 'Pvan', 1),
      step('van takes', 110, 'receiving', 'Pfarm', 'Pvan', 2),
      step('van brings', 200, 'shipping', 'Pvan', 'Pshop', 2),
      step('shop takes', 210, 'receiving', 'Pvan', 'Pshop', 3),
    ]
    expect((await trace(all, a, 'backward')).gaps).toEqual([])
    const withoutVan = all.filter(e => e.reporter !== 2)
    expect((await trace(withoutVan, a, 'backward')).gaps.map(g => [g.kind, g.event, g.party])).toEqual([
      ['no-receipt', 'farm sends', 'Pvan'],
      ['no-shipment', 'shop takes', 'Pvan'],
    ])
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
