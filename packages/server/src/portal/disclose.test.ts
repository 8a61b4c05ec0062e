import type { TraceEvent, TraceGraph, TraceUnit } from '@yuanliu/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSchemes } from '../lib/data.ts'
import { DATA } from '../lib/paths.ts'
import { disclose } from './disclose.ts'
import type { Knowledge } from './knowledge.ts'
import { readPublicFields } from './public-fields.ts'

const codes = readSchemes(DATA)
const fields = readPublicFields(DATA)
const ITEM = '01/09521321000100/21/S1'
const LOT = '01/09521321000100/10/L1'
const RAW = '01/09521321000308/10/R1'
const CRATE = '8003/09521321000018C1'
const AHEAD = '01/09521321000209/10/NEXT'
const A = '414/9521321000018'
const B = '414/9521321000025'

const knowledge = (more: Partial<Knowledge> = {}): Knowledge => ({
  codes,
  fields,
  publicUrl: 'https://trace.example.org',
  demo: false,
  now: Date.parse('2026-10-10T00:00:00Z'),
  descriptions: new Map(),
  documents: new Map(),
  organisations: new Map([['a', { name: 'Company A', creditCode: null }]]),
  standings: [],
  codeState: null,
  show: 'all',
  ...more,
})

const unit = (key: string, reachedAs: TraceUnit['reachedAs'], depth = 0): TraceUnit => ({
  key,
  code: codes.codeOf(key),
  level: codes.levelOf(key),
  reachedAs,
  depth,
})

const event = (id: string, day: number, more: Partial<TraceEvent> = {}): TraceEvent => ({
  id,
  key: id.padEnd(32, '0'),
  time: `2026-10-${String(day).padStart(2, '0')}T00:00:00.000Z`,
  zone: 480,
  type: 'ObjectEvent',
  action: 'OBSERVE',
  step: 'storing',
  disposition: null,
  place: A,
  readPoint: A,
  bizLocation: A,
  sources: [],
  destinations: [],
  reporter: 'a',
  reporterCreditCode: null,
  recorded: `2026-10-${String(day).padStart(2, '0')}T01:00:00.000Z`,
  elsewhere: false,
  disputed: false,
  units: [{ unit: ITEM, role: 'epc' }],
  ...more,
})

const graph = (more: Partial<TraceGraph> = {}): TraceGraph => ({
  start: ITEM,
  code: codes.codeOf(ITEM),
  direction: 'backward',
  at: null,
  units: [unit(RAW, 'origin', 1), unit(ITEM, 'start'), unit(CRATE, 'carrier'), unit(AHEAD, 'product', 1)],
  events: [
    event('raw', 1, { units: [{ unit: RAW, role: 'quantity', quantity: '4711' }] }),
    event('made', 2, {
      type: 'TransformationEvent',
      action: null,
      units: [
        { unit: RAW, role: 'inputQuantity', quantity: '4712' },
        { unit: ITEM, role: 'output' },
      ],
    }),
    event('crate', 3, { units: [{ unit: CRATE, role: 'epc' }], place: B }),
    event('ahead', 4, { units: [{ unit: AHEAD, role: 'output' }] }),
    event('other', 5, { elsewhere: true, units: [{ unit: RAW, role: 'quantity' }] }),
  ],
  edges: [
    { from: RAW, to: ITEM, event: 'made', kind: 'transformation', quantity: '4712' },
    { from: ITEM, to: CRATE, event: 'packed', kind: 'containment' },
    { from: ITEM, to: AHEAD, event: 'ahead', kind: 'transformation' },
  ],
  gaps: [],
  anomalies: [],
  balances: [
    {
      unit: ITEM,
      holder: 'SECRET',
      uom: null,
      produced: '1',
      received: '0',
      returnedIn: '0',
      used: '0',
      shipped: '0',
      sold: '0',
      returnedOut: '0',
      destroyed: '0',
      book: '4713',
    },
  ],
  cut: null,
  ...more,
})

const open = (g: TraceGraph, more: Partial<Knowledge> = {}) => disclose('public', g, knowledge(more))

describe('disclose', () => {
  it('gives a reader with a key the trace itself', () => {
    const g = graph()
    expect(disclose('all', g)).toBe(g)
  })

  it('shows the unit first, then backward units; nothing forward, elsewhere, no balance, no quantity', () => {
    const { trace } = open(graph())
    expect(trace.units.map(u => u.reachedAs)).toEqual(['start', 'origin', 'carrier'])
    expect(trace.steps.map(s => s.time.slice(8, 10))).toEqual(['03', '02', '01'])
    const text = JSON.stringify(trace)
    for (const secret of ['SECRET', '4711', '4712', '4713', 'NEXT', '"id":"raw"']) expect(text).not.toContain(secret)
  })

  it('tells what happened to a carrier in the story of what it carried, and a making in that of what was made', () => {
    const { trace } = open(graph())
    expect(trace.steps.map(s => s.of)).toEqual([[0], [0], [1]])
    expect(trace.steps.map(s => s.madeFrom)).toEqual([[], [1], []])
    expect(trace.units[0]?.madeFrom).toEqual([1])
  })

  it('refuses a trace that looks forward', () => {
    expect(() => open(graph({ direction: 'both' }))).toThrow(/backward/)
  })

  it('names who owes a record upstream, and no customer', () => {
    const shipped = event('ship', 6, { step: 'shipping', destinations: [{ type: 'possessing_party', value: B }] })
    const g = graph({
      events: [...graph().events.filter(e => e.id !== 'crate'), shipped],
      gaps: [
        { kind: 'no-receipt', unit: ITEM, event: 'ship', party: B, since: '2026-10-09T00:00:00.000Z' },
        { kind: 'unknown-origin', unit: RAW, event: 'raw', party: A },
        { kind: 'more-out-than-in', unit: ITEM, event: 'ship', party: A },
        { kind: 'no-shipment', unit: RAW, event: 'other', party: A },
      ],
    })
    const { trace, changesAt } = open(g)
    expect(trace.gaps.map(gap => [gap.kind, gap.owedBy?.code ?? null, gap.dueBy])).toEqual([
      ['no-receipt', null, null],
      ['unknown-origin', codes.codeOf(A), null],
    ])
    expect(trace.steps[0]?.to).toBeNull()
    expect(changesAt).toBe(Number.POSITIVE_INFINITY)
  })

  it('a receipt that is not overdue is no gap yet, and the answer changes when it is', () => {
    const since = '2026-10-12T00:00:00.000Z'
    const shipped = event('ship', 9, { step: 'shipping' })
    const g = graph({
      events: [...graph().events, shipped],
      gaps: [{ kind: 'no-receipt', unit: ITEM, event: 'ship', party: B, since }],
    })
    const before = open(g)
    expect(before.trace.gaps[0]?.dueBy).toBe(since)
    expect(before.trace.coverage.gaps).toBe(0)
    expect(before.changesAt).toBe(Date.parse(since))
    const after = open(g, { now: before.changesAt })
    expect(after.trace.gaps[0]?.dueBy).toBeNull()
    expect(after.trace.coverage.gaps).toBe(1)
  })

  it('is expired from the end of the day, where days end as data say', () => {
    const documents = new Map([
      [
        'made'.padEnd(32, '0'),
        {
          event: { ilmd: { 'cbvmda:itemExpirationDate': '2026-10-10', 'x:secret': 'SECRET' } },
          expand: (name: string) =>
            name.replace('cbvmda:', 'urn:epcglobal:cbv:mda:').replace('x:', 'https://x.example/'),
        },
      ],
    ])
    const before = open(graph(), { documents })
    expect(before.trace.verdict.kind).toBe('normal')
    expect(before.changesAt).toBe(Date.parse('2026-10-11T00:00:00+08:00'))
    expect(before.trace.units[0]?.facts.map(f => [f.id, f.value])).toEqual([['itemExpirationDate', '2026-10-10']])
    expect(before.trace.units[1]?.facts).toEqual([])
    const after = open(graph(), { documents, now: before.changesAt })
    expect(after.trace.verdict).toEqual({ kind: 'expired', since: '2026-10-10T16:00:00.000Z' })
    expect(JSON.stringify(after.trace)).not.toContain('SECRET')
  })

  it('what is more urgent comes first, and a class may show its verdict only', () => {
    const { trace } = open(graph(), { standings: [{ kind: 'held' }, { kind: 'recalled' }], show: 'verdict' })
    expect(trace.verdict.kind).toBe('recalled')
    expect([trace.steps, trace.gaps, trace.documents]).toEqual([[], [], []])
    expect(trace.units).toHaveLength(1)
  })

  it('a product code shows none of the events that name it', () => {
    const start = '01/09521321000100'
    const g = graph({
      start,
      units: [unit(start, 'start')],
      events: [event('deal', 1, { units: [{ unit: start, role: 'quantity', quantity: '4711' }] })],
      edges: [],
    })
    const { trace } = open(g, { descriptions: new Map([[start, [{ id: 'descriptionShort', attribute: '油' }]]]) })
    expect(trace.steps).toEqual([])
    expect(trace.verdict.kind).toBe('product')
  })

  it('what a carrier and a lot mean for the story of an item', () => {
    const lotted = graph({
      units: [unit(ITEM, 'start'), unit(LOT, 'lot'), unit(CRATE, 'carrier')],
      events: [
        event('lot', 1, { units: [{ unit: LOT, role: 'quantity' }] }),
        event('crate', 2, { units: [{ unit: CRATE, role: 'epc' }] }),
      ],
      edges: [
        { from: LOT, to: ITEM, event: 'lot', kind: 'lot' },
        { from: LOT, to: CRATE, event: 'x', kind: 'containment' },
      ],
    })
    const { trace } = open(lotted)
    expect(trace.steps.map(s => s.of)).toEqual([[0], [0]])
    expect(trace.units[0]?.lot).toBe('L1')
  })

  it('tells what happened to a box in the story of what it is in, and what happened to goods in their own', () => {
    const pallet = '00/095213210000000018'
    const box = '00/095213210000000025'
    const g = graph({
      start: pallet,
      units: [unit(box, 'content'), unit(LOT, 'content'), unit(pallet, 'start')],
      events: [
        event('lot', 1, { units: [{ unit: LOT, role: 'quantity' }] }),
        event('box', 2, { units: [{ unit: box, role: 'epc' }] }),
      ],
      edges: [
        { from: box, to: pallet, event: 'x', kind: 'containment' },
        { from: LOT, to: box, event: 'y', kind: 'containment' },
      ],
    })
    const { trace } = open(g)
    expect(trace.units.map(u => u.reachedAs)).toEqual(['start', 'content', 'content'])
    expect(trace.steps.map(s => s.of.map(i => trace.units[i]?.level))).toEqual([['logistic'], ['lot']])
    expect(trace.steps[0]?.of).toEqual([0])
  })

  it('takes nothing into the answer by accident, whatever else the trace holds', () => {
    const word = fc.string({ minLength: 1, maxLength: 8 }).map(text => `SECRET${text}`)
    const extra = fc.dictionary(fc.constantFrom('price', 'customer', 'stock', 'note'), word)
    const ends = fc.array(fc.record({ type: fc.constantFrom('owning_party', 'location', 'x'), value: word }), {
      maxLength: 2,
    })
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            day: fc.integer({ min: 1, max: 9 }),
            extra,
            destinations: ends,
            quantity: word,
            step: fc.oneof(fc.constantFrom('shipping', 'retail_selling', 'storing'), word),
            disposition: fc.oneof(fc.constant(null), word),
            key: fc.constantFrom(ITEM, RAW, AHEAD, CRATE, 'SECRETunit'),
            elsewhere: fc.boolean(),
          }),
          { maxLength: 12 },
        ),
        rows => {
          const events = rows.map(({ day, extra, quantity, key, ...row }, i) => ({
            ...event(`SECRET${i}`, day, {
              ...row,
              units: [
                { unit: key, role: 'quantity', quantity },
                { unit: 'SECRETother', role: 'epc' },
              ],
            }),
            ...extra,
          }))
          const { trace } = open({ ...graph({ events }), ...{ anything: 'SECRET' } })
          expect(JSON.stringify(trace)).not.toContain('SECRET')
        },
      ),
      { numRuns: 150 },
    )
  })
})
