import fc from 'fast-check'
import { expect, it } from 'vitest'
import { add, formatDecimal, multiply, parseDecimal, signOf, subtract } from './decimal.ts'

const arbInteger = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })
const arbScale = fc.integer({ min: 0, max: 20 })
const arbDecimal = fc.record({ digits: arbInteger, scale: arbScale })

it('reads and writes plain decimals', () => {
  const cases = {
    '12': '12',
    '-0.50': '-0.5',
    '+7.0': '7',
    '1.5e3': '1500',
    '25E-4': '0.0025',
    '-0': '0',
    '0.000': '0',
  }
  for (const [text, expected] of Object.entries(cases)) {
    const value = parseDecimal(text)
    expect(value && formatDecimal(value)).toBe(expected)
  }
  for (const text of ['', '.', '1.', '.5', '1,5', 'NaN', 'Infinity', '0x10', ' 1', '1e9999', '--1'])
    expect([text, parseDecimal(text)]).toEqual([text, null])
})

it('comes back from its text', () => {
  fc.assert(
    fc.property(arbDecimal, d => {
      const back = parseDecimal(formatDecimal(d))
      expect(back && signOf(subtract(back, d))).toBe(0)
    }),
  )
})

it('adds and multiplies as integers do', () => {
  fc.assert(
    fc.property(arbInteger, arbInteger, arbScale, arbScale, (a, b, s, t) => {
      const x = { digits: a, scale: s }
      const y = { digits: b, scale: t }
      const sum = a * 10n ** BigInt(t) + b * 10n ** BigInt(s)
      expect(formatDecimal(add(x, y))).toBe(formatDecimal({ digits: sum, scale: s + t }))
      expect(formatDecimal(multiply(x, y))).toBe(formatDecimal({ digits: a * b, scale: s + t }))
      expect(formatDecimal(subtract(add(x, y), y))).toBe(formatDecimal(x))
    }),
  )
})
