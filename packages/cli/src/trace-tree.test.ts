import type { EventUnitRef, TraceEvent, TraceGraph, TraceUnit } from '@yuanliu/core'
import { describe, expect, it } from 'vitest'
import { traceLines } from './trace-tree.ts'

const OIL = '01/09521004000021/10/B1'
const RAW = (n: number) => `01/09521004000038/10/R${n}`
const PALLET = '00/095210040000000017'
const SHOP = 'https://id.gs1.org/414/9521004000106'

function unit(key: string, reachedAs: TraceUnit['reachedAs'], level: TraceUnit['level'] = 'lot'): TraceUnit {
  return { key, code: `https://id.gs1.org/${key}`, level, reachedAs, depth: reachedAs === 'start' ? 0 : 1 }
}

function event(id: string, time: string, units: EventUnitRef[], more: Partial<TraceEvent> = {}): TraceEvent {
  return {
    ...{ id, key: id, time, zone: 480, type: 'ObjectEvent', action: 'OBSERVE', step: null, disposition: null },
    ...{ place: null, readPoint: null, bizLocation: null, sources: [], destinations: [], reporter: 'mill' },
    ...{ reporterCreditCode: null, recorded: time, elsewhere: false, disputed: false, units, ...more },
  }
}

const blend = event(
  'blend',
  '2026-09-03T02:00:00Z',
  [
    { unit: OIL, role: 'outputQuantity', quantity: '800', uom: 'KGM' },
    ...[1, 2, 3].map(n => ({ unit: RAW(n), role: 'inputQuantity', quantity: `${n}00`, uom: 'KGM' })),
  ],
  { type: 'TransformationEvent', action: null, step: 'commissioning', place: SHOP },
)
const packed = event(
  'packed',
  '2026-09-04T02:00:00Z',
  [
    { unit: PALLET, role: 'parent' },
    { unit: OIL, role: 'childQuantity', quantity: '10' },
  ],
  { type: 'AggregationEvent', action: 'ADD', step: 'packing' },
)
const shipped = event('shipped', '2026-09-05T02:00:00Z', [{ unit: PALLET, role: 'epc' }], {
  step: 'shipping',
  sources: [{ type: 'owning_party', value: 'https://id.gs1.org/417/9521004000007' }],
  destinations: [{ type: 'owning_party', value: 'https://id.gs1.org/417/9521005000006' }],
})

const backward: TraceGraph = {
  start: OIL,
  code: `https://id.gs1.org/${OIL}`,
  direction: 'backward',
  at: null,
  units: [unit(OIL, 'start'), ...[1, 2, 3].map(n => unit(RAW(n), 'origin')), unit(PALLET, 'carrier', 'logistic')],
  events: [shipped, packed, blend],
  edges: [
    ...[1, 2, 3].map(n => ({
      ...{ from: RAW(n), to: OIL, event: 'blend', kind: 'transformation' as const },
      ...{ quantity: `${n}00`, uom: 'KGM' },
    })),
    { from: OIL, to: PALLET, event: 'packed', kind: 'containment' },
  ],
  gaps: [
    { kind: 'unknown-origin', unit: RAW(2), event: 'blend', party: 'https://id.gs1.org/417/9521009000002' },
    { kind: 'no-receipt', unit: PALLET, event: 'shipped', party: null, since: '2026-09-08T02:00:00Z' },
  ],
  anomalies: [{ kind: 'same-time', unit: OIL, event: 'packed' }],
  balances: [],
  cut: null,
}

const lines = (graph: TraceGraph, language: 'zh' | 'en' = 'en') => [...traceLines(graph, language)]

describe('the printed trace', () => {
  it('shows a blend back to its three lots, with step, place, date, party, quantity, and gaps in place', () => {
    expect(lines(backward)).toEqual([
      `Where it comes from: ${OIL}`,
      `└─ ${OIL}  (lot · start)`,
      '   │ · 2026-09-03 10:00 +08:00  commissioning  @ 414/9521004000106  800 KGM  [mill]',
      '   │ · 2026-09-04 10:00 +08:00  packing  × 10  [mill]',
      '   │   ! anomaly: two records of one instant, ordered by capture',
      `   ├─ made from  ${RAW(1)}  (lot · origin)  100 KGM`,
      '   │    · 2026-09-03 10:00 +08:00  commissioning  @ 414/9521004000106  100 KGM  [mill]',
      `   ├─ made from  ${RAW(2)}  (lot · origin)  200 KGM`,
      '   │    ⚠ gap: where it came from is not recorded  417/9521009000002',
      '   │    · 2026-09-03 10:00 +08:00  commissioning  @ 414/9521004000106  200 KGM  [mill]',
      `   ├─ made from  ${RAW(3)}  (lot · origin)  300 KGM`,
      '   │    · 2026-09-03 10:00 +08:00  commissioning  @ 414/9521004000106  300 KGM  [mill]',
      `   └─ packed in  ${PALLET}  (logistic unit · carrier)`,
      '        · 2026-09-04 10:00 +08:00  packing  [mill]',
      '        · 2026-09-05 10:00 +08:00  shipping  417/9521004000007 → 417/9521005000006  [mill]',
      '          ⚠ gap: shipped, no receipt recorded  since 2026-09-08T02:00:00Z',
    ])
  })

  it('says the same in Chinese', () => {
    const text = lines(backward, 'zh').join('\n')
    for (const words of ['来源: ', '原料  01/', '装于  00/', '⚠ 缺失: 此前的来源未提供', '自 2026-09-08', '! 异常: '])
      expect(text).toContain(words)
    expect(text).not.toContain('gap')
  })

  it('goes both ways, with branches folded, items possible, balances, and honest cuts', () => {
    const bottle = '01/09521004000045/21/7'
    const both: TraceGraph = {
      ...backward,
      start: RAW(1),
      code: `https://id.gs1.org/${RAW(1)}`,
      direction: 'both',
      units: [unit(RAW(1), 'start'), unit(OIL, 'product'), unit(bottle, 'possible', 'item')],
      events: [
        blend,
        event('away', '2026-09-06T00:00:00Z', [{ unit: OIL, role: 'quantity' }], { elsewhere: true, step: 'shipping' }),
      ],
      edges: [
        { from: RAW(1), to: OIL, event: 'blend', kind: 'transformation' },
        { from: OIL, to: bottle, event: 'fill', kind: 'transformation', possible: true },
        { from: bottle, to: OIL, event: 'fill', kind: 'transformation' },
      ],
      gaps: [{ kind: 'more-out-than-in', unit: OIL, event: null, party: 'https://id.gs1.org/417/9521004000007' }],
      anomalies: [],
      balances: [
        {
          ...{ unit: OIL, holder: 'https://id.gs1.org/417/9521004000007', uom: 'KGM', produced: '800', received: '0' },
          ...{ returnedIn: '0', used: '0', shipped: '0', sold: '820.5', returnedOut: '0', destroyed: '0' },
          book: '-20.5',
        },
      ],
      cut: { limit: 'units', unexpanded: [bottle], unexpandedTotal: 12 },
    }
    const text = lines(both)
    expect(text[0]).toBe(`Where it comes from: ${RAW(1)}`)
    const forward = text.slice(text.indexOf(`Where it went: ${RAW(1)}`))
    expect(forward).toContain(`   └─ made into  ${OIL}  (lot · product)`)
    expect(forward).toContain('      │ … 1 more records belong to other branches')
    expect(forward).toContain('      │ ⚠ gap: more went out than came in  417/9521004000007')
    expect(forward).toContain(`      └─ made into  ${bottle}  (item · possible)  possibly`)
    expect(forward.join('\n')).not.toContain('shipping')
    expect(forward.at(-2)).toBe(`  ${OIL}  417/9521004000007  produced 800 · sold 820.5 · book -20.5 KGM`)
    expect(forward.at(-1)).toBe('Not complete: the limit of units was met, 12 units are not expanded')
    // No unit of the graph is left out.
    for (const { key } of both.units) expect(text.some(line => line.includes(key))).toBe(true)
  })

  it('ends on cycles, and prints very long chains', () => {
    const keys = Array.from({ length: 2000 }, (_, i) => `01/09521004000021/10/C${i}`)
    const edges = keys.map((key, i) => ({
      ...{ from: keys[(i + 1) % keys.length] ?? '', to: key, event: `e${i}`, kind: 'transformation' as const },
    }))
    const start = keys[0] ?? ''
    const graph = { ...backward, start, units: keys.map(key => unit(key, 'origin')), events: [], edges, gaps: [] }
    const text = lines(graph)
    expect(text.filter(line => line.includes('(see above)'))).toHaveLength(1)
    expect(text.filter(line => line.includes('no events'))).toHaveLength(keys.length)
  })

  it('lists units that no edge leads to', () => {
    const lone = { ...backward, edges: [], units: [...backward.units, unit('01/09521004000021', 'class', 'class')] }
    const text = lines(lone)
    expect(text.slice(text.indexOf('Other units of this trace')).join('\n')).toContain('01/09521004000021  (class')
  })
})

it('says first as of when it is, where that was asked', () => {
  const known = { position: 7, index: 5, time: '2026-10-01T00:00:00.000Z' }
  expect([...traceLines({ ...backward, known }, 'en')][0]).toBe(
    'As known at 2026-10-01T00:00:00.000Z (log entry 5, capture position 7)',
  )
  expect([...traceLines({ ...backward, known: { ...known, index: null, time: null } }, 'zh')][0]).toBe(
    '按当时所知：-（日志条目 -，采集序号 7）',
  )
  expect([...traceLines({ ...backward, known }, 'en')].slice(1)).toEqual([...traceLines(backward, 'en')])
})
