import { add, type Decimal, multiply, parseDecimal, signOf, subtract, ZERO } from '../lib/decimal.ts'
import { COUNT, type TraceProfile } from './profile.ts'

/** A quantity in the base unit of its dimension. */
export interface Amount {
  dimension: string
  value: Decimal
  uom: string | null
}

/**
 * A quantity as an event gives it, in the base unit of its dimension. A unit of measure that the table does not know
 * is a dimension of its own. Null where there is no quantity.
 */
export function amountOf(
  profile: TraceProfile,
  quantity: string | null | undefined,
  uom: string | null,
): Amount | null {
  const value = quantity ? parseDecimal(quantity) : null
  if (!value) return null
  if (uom === null) return { dimension: COUNT, value, uom }
  const unit = profile.units.get(uom)
  if (!unit) return { dimension: `uom ${uom}`, value, uom }
  return { dimension: unit.dimension, value: multiply(value, unit.factor), uom }
}

/** What is left of a lot in a container, by dimension. */
export interface Holding {
  readonly left: ReadonlyMap<string, Decimal>
  /** something was put in without a quantity */
  readonly unknown: boolean
}

export const EMPTY: Holding = { left: new Map(), unknown: false }

export function put(holding: Holding, amount: Amount | null): Holding {
  if (!amount) return { ...holding, unknown: true }
  const left = new Map(holding.left)
  left.set(amount.dimension, add(left.get(amount.dimension) ?? ZERO, amount.value))
  return { ...holding, left }
}

/**
 * Takes an amount away. `ended`: nothing is left, or what was taken has no quantity or does not convert (`odd`).
 * Where something was put in without a quantity it is never known to be empty.
 */
export function take(holding: Holding, amount: Amount | null): { holding: Holding; ended: boolean; odd: boolean } {
  if (!amount) return { holding: EMPTY, ended: true, odd: false }
  const there = holding.left.get(amount.dimension)
  if (!there) {
    if (holding.unknown) return { holding, ended: false, odd: false }
    return { holding: EMPTY, ended: true, odd: true }
  }
  const rest = subtract(there, amount.value)
  const left = new Map(holding.left)
  // More than was there cannot have come out; the rest of the container is not owed it.
  left.set(amount.dimension, signOf(rest) < 0 ? ZERO : rest)
  const empty = !holding.unknown && [...left.values()].every(value => signOf(value) <= 0)
  return { holding: { left, unknown: holding.unknown }, ended: empty, odd: false }
}
