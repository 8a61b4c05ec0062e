import { expect, it } from 'vitest'
import { type Decimal, parseDecimal } from './decimal.ts'
import { DATA } from './paths.ts'
import { compareMeasures, measure, parseUnits, readUnits } from './units.ts'

const units = readUnits(DATA)
const of = (value: string, uom: string | null) => measure(units, parseDecimal(value) as Decimal, uom)
const compare = (a: [string, string | null], b: [string, string | null]) => compareMeasures(of(...a), of(...b))

it('compares by dimension, exactly', () => {
  expect(compare(['1', 'KGM'], ['1000', 'GRM'])).toBe(0)
  expect(compare(['0.1', 'KGM'], ['99.999', 'GRM'])).toBe(1)
  expect(compare(['100', 'CEL'], ['212', 'FAH'])).toBe(0)
  expect(compare(['-40', 'CEL'], ['-40', 'FAH'])).toBe(0)
  expect(compare(['0', 'KEL'], ['-273.15', 'CEL'])).toBe(0)
  expect(compare(['37', 'CEL'], ['98.7', 'FAH'])).toBe(-1)
  expect(compare(['10', 'MTS'], ['36', 'KMH'])).toBe(0)
  expect(compare(['12', null], ['1', 'DZN'])).toBe(0)
})

it('keeps dimensions and unknown units apart', () => {
  expect(compare(['1', 'KGM'], ['1', 'LTR'])).toBeNull()
  expect(compare(['1', 'XYZ'], ['1', 'KGM'])).toBeNull()
  expect(compare(['1', 'XYZ'], ['2', 'XYZ'])).toBe(-1)
})

it('names the place of what is wrong in a file', () => {
  const file = (row: object) => ({ dimensions: [{ id: 'd', units: [{ code: 'A', factor: '1', ...row }] }] })
  expect(() => parseUnits(file({ factor: '1/2' }), 'x.json')).toThrow('x.json dimensions[0].units[0].factor: 1/2')
  expect(() => parseUnits(file({ offset: 'warm' }), 'x.json')).toThrow('x.json dimensions[0].units[0].offset: warm')
  expect(() => parseUnits({}, 'x.json')).toThrow('x.json dimensions: not a list')
})
