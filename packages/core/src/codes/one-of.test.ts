import fc from 'fast-check'
import { expect, it } from 'vitest'
import { oneOf } from './one-of.ts'

it('says what looking the text up in a list says', () => {
  const digits = fc.string({ unit: fc.constantFrom('0', '1', '7', 'A'), minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(
      fc.array(digits, { minLength: 1, maxLength: 6 }),
      digits,
      fc.nat(5),
      fc.nat(5),
      (values, text, a, b) => {
        const from = Math.min(a, text.length)
        const until = Math.min(from + b, text.length)
        expect(oneOf(values)(text, from, until)).toBe(values.includes(text.slice(from, until)))
        const same = values.filter(value => value.length === values[0]!.length)
        expect(oneOf(same)(text, from, until)).toBe(same.includes(text.slice(from, until)))
      },
    ),
    { numRuns: 2000 },
  )
})
