import { CODE_STATE_FROM, CODE_STATES, type CodeState } from '@yuanliu/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Interval, intervalAt, runsOf, setState } from './intervals.ts'

const SIZE = 60
const state = fc.constantFrom(...CODE_STATES)
const deed = fc.record({
  numbers: fc.oneof(
    fc.uniqueArray(fc.nat(SIZE - 1), { minLength: 1, maxLength: 20 }),
    fc
      .tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1))
      .map(([a, b]) => Array.from({ length: Math.abs(a - b) + 1 }, (_, i) => Math.min(a, b) + i)),
  ),
  state,
  only: fc.option(fc.uniqueArray(state, { minLength: 1 })),
})

describe('states of a range', () => {
  it('are what a map of every single code would hold, whatever is done in whatever order', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 25 }), deeds => {
        let intervals: Interval[] = [{ first: 0, last: SIZE - 1, state: 'issued', since: 0 }]
        const naive = Array.from({ length: SIZE }, () => ({ state: 'issued' as CodeState, since: 0 }))
        deeds.forEach((deed, i) => {
          const since = i + 1
          const from = new Set(CODE_STATE_FROM[deed.state])
          const only = deed.only && new Set(deed.only)
          const result = setState(intervals, runsOf(deed.numbers), { state: deed.state, since, from, only })

          const wanted = deed.numbers.filter(
            n => naive[n]!.state !== deed.state && (!only || only.has(naive[n]!.state)),
          )
          const illegal = wanted.filter(n => !from.has(naive[n]!.state))
          const refused = result.refused.flatMap(r =>
            Array.from({ length: r.last - r.first + 1 }, (_, k) => r.first + k),
          )
          expect(refused).toEqual([...illegal].sort((a, b) => a - b))
          if (illegal.length) return
          for (const n of wanted) naive[n] = { state: deed.state, since }
          expect(result.changed).toBe(wanted.length)
          expect(result.unchanged).toBe(deed.numbers.length - wanted.length)
          intervals = result.intervals
        })
        for (let n = 0; n < SIZE; n++) expect(intervalAt(intervals, n)).toMatchObject(naive[n]!)
        expect(intervalAt(intervals, SIZE)).toBeUndefined()
        expect(intervalAt(intervals, -1)).toBeUndefined()
        // they cover the range, in order, and no two neighbours could be one
        let next = 0
        for (const [i, interval] of intervals.entries()) {
          expect(interval.first).toBe(next)
          next = interval.last + 1
          const before = intervals[i - 1]
          if (before) expect([before.state, before.since]).not.toEqual([interval.state, interval.since])
        }
        expect(next).toBe(SIZE)
      }),
      { numRuns: 300 },
    )
  })

  it('of a million codes change in one row', () => {
    const all: Interval[] = [{ first: 0, last: 999_999, state: 'issued', since: 1 }]
    const change = { state: 'active' as const, since: 2, from: new Set(CODE_STATE_FROM.active), only: null }
    const { intervals, changed } = setState(all, [{ first: 0, last: 999_999 }], change)
    expect(changed).toBe(1_000_000)
    expect(intervals).toEqual([{ first: 0, last: 999_999, state: 'active', since: 2 }])
  })
})
