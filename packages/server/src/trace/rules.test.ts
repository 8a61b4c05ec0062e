import type { Direction } from '@yuanliu/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arraySource } from './array-source.fixture.ts'
import { arbHistory, recaptured, unitsOf } from './history.fixture.ts'
import { naiveTrace } from './naive.fixture.ts'
import { plain, sortedMaps } from './plain-answer.fixture.ts'
import type { StoredEvent } from './source.ts'
import { traceUnit } from './trace.ts'
import { testCodes, vocabProfile } from './vocab.fixture.ts'

const profile = vocabProfile()
const RUNS = Number(process.env.TRACE_RUNS ?? 1)

function trace(history: readonly StoredEvent[], start: string, direction: Direction, at?: number) {
  const budget = { ms: 600_000 }
  return traceUnit(arraySource(history), {
    start,
    direction,
    ...(at !== undefined && { at }),
    budget,
    profile,
    codes: testCodes,
  })
}

/** A start that the history names, and sometimes a time in or about it. */
const arbCase = arbHistory.chain(history =>
  fc.record({
    history: fc.constant(history),
    start: fc.constantFrom(...unitsOf(history)),
    at: fc.option(fc.constantFrom(...history.map(e => e.time), (history[0] as StoredEvent).time + 1)),
  }),
)

describe('the search finds what the naive evaluation of the rules finds', () => {
  for (const direction of ['backward', 'forward', 'both'] as const) {
    it(direction, { timeout: 600_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(arbCase, async ({ history, start, at }) => {
          const found = plain(await trace(history, start, direction, at ?? undefined))
          const expected = naiveTrace(history, start, direction, at ?? undefined)
          expect(sortedMaps(found)).toEqual(sortedMaps(expected))
        }),
        { numRuns: 1000 * RUNS },
      )
    })
  }
})

it('does not depend on the order of capture, but for events of one instant', { timeout: 600_000 }, async () => {
  const weights = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 7 })
  await fc.assert(
    fc.asyncProperty(arbCase, weights, fc.constantFrom('backward', 'forward'), async (c, w, direction) => {
      const one = await trace(c.history, c.start, direction as Direction, c.at ?? undefined)
      const other = await trace(recaptured(c.history, w), c.start, direction as Direction, c.at ?? undefined)
      expect(other).toEqual(one)
    }),
    { numRuns: 300 * RUNS },
  )
})
