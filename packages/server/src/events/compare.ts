import { parseTime, plainDecimal } from '@yuanliu/core'
import { type Decimal, formatDecimal, parseDecimal, signOf, subtract } from '../lib/decimal.ts'

/** EQ, or the sign that a comparison of field and value must have. */
export type Relation = 'EQ' | 'GT' | 'GE' | 'LT' | 'LE'

/** Whether a field that compares so (-1, 0, 1; null: not at all) stands in the relation to the value. */
export function stands(relation: Relation, sign: -1 | 0 | 1 | null): boolean {
  if (sign === null) return false
  if (relation === 'EQ') return sign === 0
  if (sign === 0) return relation === 'GE' || relation === 'LE'
  return sign > 0 ? relation === 'GT' || relation === 'GE' : relation === 'LT' || relation === 'LE'
}

type Scalar = string | number | boolean

/** A number as an exact decimal, null where it has none. */
export function decimalOf(value: unknown): Decimal | null {
  if (typeof value === 'number') return Number.isFinite(value) ? parseDecimal(plainDecimal(value)) : null
  return typeof value === 'string' ? parseDecimal(value.trim()) : null
}

const DATE = /^\d{4}-\d\d-\d\d$/

/** Microseconds of an instant with its zone, or of the beginning (UTC) of a day. */
export function momentOf(value: unknown): number | null {
  if (typeof value !== 'string') return null
  return parseTime(DATE.test(value) ? `${value}T00:00:00Z` : value)
}

/** A number or an instant. */
export type Bound = { number: Decimal } | { moment: number }

/** -1, 0 or 1: a field's value against a bound; null where they are of different kinds. */
export function compareTo(value: Scalar, bound: Bound): -1 | 0 | 1 | null {
  if ('number' in bound) {
    const number = decimalOf(value)
    return number && signOf(subtract(number, bound.number))
  }
  const moment = momentOf(value)
  return moment === null ? null : (Math.sign(moment - bound.moment) as -1 | 0 | 1)
}

/**
 * Whether a field's value is one of the values asked for: texts as texts, or as instants where both are; as numbers where
 * either is a JSON number. A text in an address says the number too.
 */
export function oneOf(asked: readonly Scalar[]): (value: Scalar) => boolean {
  const texts = new Set(asked.map(String))
  const moments = new Set(asked.flatMap(one => (typeof one === 'string' ? (parseTime(one) ?? []) : [])))
  const digits = (one: unknown) => {
    const number = decimalOf(one)
    return number ? [formatDecimal(number)] : []
  }
  const numbers = new Set(asked.flatMap(digits))
  const typed = new Set(asked.filter(one => typeof one === 'number').flatMap(digits))
  return value => {
    if (typeof value === 'number') return digits(value).some(text => numbers.has(text))
    if (texts.has(String(value))) return true
    if (typeof value !== 'string') return false
    if (typed.size && digits(value).some(text => typed.has(text))) return true
    const moment = moments.size ? parseTime(value) : null
    return moment !== null && moments.has(moment)
  }
}
