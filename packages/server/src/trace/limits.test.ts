import { describe, expect, it, vi } from 'vitest'
import { arraySource } from './array-source.fixture.ts'
import { ids, keys, make, profile, trace } from './ask.fixture.ts'
import type { TraceSource } from './source.ts'
import { aggregation, type Thing } from './story.fixture.ts'
import { traceUnit } from './trace.ts'
import { testCodes } from './vocab.fixture.ts'

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
    // however late it is, the start itself has been looked at
    expect(keys(late)).toEqual(['01/1/21/5'])
    expect(ids(late)).toEqual(['step 4'])
    expect(late.cut).toEqual({ limit: 'time', unexpanded: ['01/1/21/4'], unexpandedTotal: 1 })
  })

  it('does not count the time until the first answer about the start', async () => {
    const chain = Array.from({ length: 5 }, (_, i) => make(`step ${i}`, i, [`01/1/21/${i}`], [`01/1/21/${i + 1}`]))
    const events = arraySource(chain)
    let now = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
    // The database is slow at first, then each call takes a tenth of the time there is.
    const source: TraceSource = {
      async load(...asked) {
        const answer = await events.load(...asked)
        now += now === 0 ? 10_000 : 30
        return answer
      },
    }
    const request = {
      start: '01/1/21/5',
      direction: 'backward',
      profile,
      codes: testCodes,
      budget: { ms: 300 },
    } as const
    const graph = await traceUnit(source, request)
    clock.mockRestore()
    expect(graph.cut).toBeNull()
    expect(graph.units).toHaveLength(6)
  })

  it('asks for a wide level in pieces of 1,000, in key order', async () => {
    const items = Array.from({ length: 2500 }, (_, i) => `01/1/21/${String(i).padStart(4, '0')}`)
    const source = arraySource([make('mix', 0, items.toReversed(), ['01/2/21/p'])], false)
    const graph = await traceUnit(source, { start: '01/2/21/p', direction: 'backward', profile, codes: testCodes })
    expect(graph.units).toHaveLength(2501)
    expect(source.asked.map(list => list.length)).toEqual([1, 1000, 1000, 500])
    expect(source.asked.slice(1).flat()).toEqual(items)
  })

  it('cuts items that share all their events where it would cut them one by one', async () => {
    const items = Array.from({ length: 6 }, (_, i) => `01/1/21/${i}`)
    // Items that bear a quantity never share a record.
    const told = (thing: (key: string) => Thing) => [
      make('make', 0, ['01/1/10/L'], items.toReversed().map(thing)),
      aggregation({ id: 'pack', at: 10 }, 'ADD', '00/1', ...items.map(thing)),
      make('use', 20, [...items.slice(0, 3), '01/1/21/x'].map(thing), ['01/2/21/p']),
      make('use the rest', 30, items.slice(3).map(thing), ['01/2/21/q']),
    ]
    const together = told(key => key)
    const apart = told(key => [key, '1'])
    const cuts = new Set<string | undefined>()
    for (const start of ['01/1/10/L', '00/1', '01/2/21/p', items[1] as string]) {
      for (const direction of ['backward', 'forward', 'both'] as const) {
        for (let n = 1; n <= 10; n++) {
          for (const budget of [{ units: n }, { events: n }, { units: n, events: Math.ceil(n / 2) }]) {
            const one = await trace(together, start, direction, { budget })
            const other = await trace(apart, start, direction, { budget })
            expect({ cut: one.cut, units: one.units, events: ids(one) }).toEqual({
              cut: other.cut,
              units: other.units,
              events: ids(other),
            })
            cuts.add(one.cut?.limit)
          }
        }
      }
    }
    expect(cuts).toEqual(new Set(['units', 'events', undefined]))
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
