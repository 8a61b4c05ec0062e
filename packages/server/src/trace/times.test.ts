import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isoTime, timeTexts } from './times.ts'

it('names microseconds only where there are any', () => {
  expect(isoTime(Date.UTC(2026, 0, 1) * 1000)).toBe('2026-01-01T00:00:00.000Z')
  expect(isoTime(Date.UTC(2026, 0, 1, 23, 59, 59, 7) * 1000 + 42)).toBe('2026-01-01T23:59:59.007042Z')
})

it('says the same of many instants one after the other, before 1970 and after 9999 too', () => {
  const near = fc.integer({ min: -3 * 86_400_000_000, max: 3 * 86_400_000_000 })
  const far = fc.integer({ min: -8_000_000_000_000_000, max: 8_000_000_000_000_000 })
  fc.assert(
    fc.property(fc.array(fc.oneof(near, far)), instants => {
      const textOf = timeTexts()
      for (const micros of instants) expect(textOf(micros)).toBe(isoTime(micros))
    }),
  )
})
