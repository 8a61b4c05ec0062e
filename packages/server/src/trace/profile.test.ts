import { expect, it } from 'vitest'
import { formatDecimal } from '../lib/decimal.ts'
import { meaningOf, parseProfile } from './profile.ts'
import { amountOf, EMPTY, put, take } from './quantity.ts'
import { vocabProfile } from './vocab.fixture.ts'

const profile = vocabProfile()
const inBase = (quantity: string, uom: string | null) => {
  const amount = amountOf(profile, quantity, uom)
  return amount && [amount.dimension, formatDecimal(amount.value)]
}

it('knows the deadlines and steps of the shipped files', () => {
  expect(profile.receiptDeadline).toBe(72 * 3600 * 1_000_000)
  expect(profile.tolerance).toBe(15 * 60 * 1_000_000)
  expect(meaningOf(profile, 'shipping', 'in_transit')).toMatchObject({ column: 'shipped', gap: 'shipment', sign: 1 })
  expect(meaningOf(profile, 'shipping', 'returned')).toMatchObject({ column: 'returnedOut', gap: 'shipment' })
  expect(meaningOf(profile, 'void_shipping', null)).toMatchObject({ column: 'shipped', gap: 'void', sign: -1 })
  expect(meaningOf(profile, 'urn:x:step', null)).toMatchObject({ column: null, gap: null })
})

it('converts exactly, within a dimension only', () => {
  expect(inBase('500', 'GRM')).toEqual(['mass', '0.5'])
  expect(inBase('3', 'LBR')).toEqual(['mass', '1.36077711'])
  expect(inBase('2', 'FTK')).toEqual(['area', '0.18580608'])
  expect(inBase('1', 'MTQ')).toEqual(['volume', '1000'])
  expect(inBase('2', 'DZN')).toEqual(inBase('24', null))
  expect(inBase('1', 'XYZ')).toEqual(['uom XYZ', '1'])
  expect(inBase('many', 'KGM')).toBeNull()
})

it('takes away what is there', () => {
  const kg = (n: string) => amountOf(profile, n, 'KGM')
  const full = put(put(EMPTY, kg('1')), amountOf(profile, '3', null))
  const some = take(full, amountOf(profile, '1000', 'GRM'))
  expect(some.ended).toBe(false)
  expect(take(some.holding, amountOf(profile, '3', 'C62'))).toMatchObject({ ended: true, odd: false })
  expect(take(full, amountOf(profile, '1', 'LTR'))).toMatchObject({ ended: true, odd: true })
  expect(take(full, null)).toMatchObject({ ended: true, odd: false })
  expect(take(put(full, null), kg('9'))).toMatchObject({ ended: false })
})

it('names the place of what does not fit', () => {
  const trace = { receiptDeadlineHours: 72, receiptToleranceMinutes: 15 }
  const uom = { dimensions: [] }
  const steps = (row: object) => ({ actions: {}, steps: [row] })
  const parse =
    (row: object, u: unknown = uom) =>
    () =>
      parseProfile({ steps: steps(row), uom: u, trace })
  expect(parse({ step: 'shipping', column: 'sent' })).toThrow('steps.json steps[0].column: sent')
  expect(parse({ step: 'shipping', gap: 'hole' })).toThrow('steps.json steps[0].gap: hole')
  expect(parse({ step: '' })).toThrow('steps.json steps[0].step: not a text')
  const mass = { dimensions: [{ id: 'mass', units: [{ code: 'GRM', factor: '0.001' }] }] }
  expect(parse({ step: 'x' }, mass)).toThrow('uom.json dimensions[0]: no unit with factor 1')
  expect(() => parseProfile({ steps: steps({ step: 'x' }), uom, trace: {} })).toThrow('trace.json receiptDeadlineHours')
})
