import { describe, expect, it } from 'vitest'
import { makeCheck } from './checks.ts'

function compute(...use: Parameters<typeof makeCheck>): (body: string) => string {
  const check = makeCheck(...use)
  if (check.kind !== 'digit') throw new Error('no digit check')
  return check.compute
}

describe('check characters of published values', () => {
  it.each([
    // the examples of ISO/IEC 7064 and of the systems that use it
    ['iso7064-hybrid', {}, '0794', '5'],
    ['iso7064-pure', { modulus: 11, digits: '0123456789X' }, '0794', '0'],
    ['iso7064-pure', { modulus: 11, digits: '0123456789X' }, '079', 'X'],
    ['iso7064-pure', { modulus: 97, length: 2 }, '794', '44'],
  ] as const)('%s %o of %s is %s', (name, parameters, body, digit) => {
    expect(compute(name, parameters)(body)).toBe(digit)
  })

  it('weighted, from the right: CAS 7732-18-5', () => {
    const weights = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    expect(compute('weighted', { weights, modulus: 10, from: 'right', result: 'remainder' })('773218')).toBe('5')
  })

  it('parameters that make no sense are refused', () => {
    expect(() => makeCheck('weighted', { modulus: 11 })).toThrow('weights')
    expect(() => makeCheck('weighted', { weights: [1], modulus: 11 })).toThrow('digits')
    expect(() => makeCheck('iso7064-pure', {})).toThrow('modulus')
  })
})

it.each([
  ['YYYYMMDD', '20240229', -1],
  ['YYYYMMDD', '20230229', 6],
  ['YYYYMMDD', '19991301', 4],
  ['YYYYMMDD', '18991201', 0],
  ['YYYYMM', '202600', 4],
  ['YMMDD', '00230', 3],
  ['YMMDD', '00229', -1],
  ['YYYY', '2100', 0],
] as const)('date %s %s: %i', (format, value, fault) => {
  const check = makeCheck('date', { format })
  expect(check.kind === 'value' && check.fault(value)).toBe(fault)
})
