import { join } from 'node:path'
import { readJsonFile } from './data.ts'
import { add, type Decimal, multiply, parseDecimal, signOf, subtract, ZERO } from './decimal.ts'
import { list, record, text } from './shape.ts'

/** A unit of measure (UN/ECE Recommendation 20): (reading + offset) × factor is alike for all units of its dimension. */
export interface Unit {
  dimension: string
  factor: Decimal
  offset: Decimal
}

/** By code. */
export type Units = ReadonlyMap<string, Unit>

/**
 * The units of a parsed file of the shape of data/vocab/uom.json.
 * @param name the file's name, for errors
 * @throws Error naming the file and the place of what does not fit
 */
export function parseUnits(file: unknown, name: string): Map<string, Unit> {
  const units = new Map<string, Unit>()
  for (const [i, item] of list(record(file, name).dimensions, `${name} dimensions`).entries()) {
    const at = `${name} dimensions[${i}]`
    const { id, units: rows } = record(item, at)
    const dimension = text(id, `${at}.id`)
    for (const [j, unit] of list(rows, `${at}.units`).entries()) {
      const row = record(unit, `${at}.units[${j}]`)
      const code = text(row.code, `${at}.units[${j}].code`)
      const factor = factorOf(text(row.factor, `${at}.units[${j}].factor`))
      if (!factor || factor.digits <= 0n) throw new Error(`${at}.units[${j}].factor: ${row.factor}`)
      const offset = row.offset === undefined ? ZERO : parseDecimal(text(row.offset, `${at}.units[${j}].offset`))
      if (!offset) throw new Error(`${at}.units[${j}].offset: ${row.offset}`)
      if (units.has(code)) throw new Error(`${at}.units[${j}].code: ${code} stands twice`)
      units.set(code, { dimension, factor, offset })
    }
  }
  return units
}

/** A factor is a decimal, or a product of decimals: `0.3048*0.3048`. */
function factorOf(factor: string): Decimal | null {
  let product: Decimal | null = { digits: 1n, scale: 0 }
  for (const part of factor.split('*')) {
    const value = parseDecimal(part)
    product = value && product && multiply(product, value)
  }
  return product
}

/** Quantities and sensor values: data/vocab/uom.json and sensor-units.json together. */
export function readUnits(dataFolder: string): Units {
  const units = new Map<string, Unit>()
  for (const name of ['uom.json', 'sensor-units.json']) {
    for (const [code, unit] of parseUnits(readJsonFile(join(dataFolder, 'vocab', name)), name)) {
      if (units.has(code)) throw new Error(`${name}: ${code} stands in another file too`)
      units.set(code, unit)
    }
  }
  return units
}

/** A number with its unit, ready to be compared with others. */
export interface Measure {
  dimension: string
  value: Decimal
}

/** A unit that the table does not know is a dimension of its own; none is a count (EPCIS 2.0 §7.3.3.3). */
export function measure(units: Units, value: Decimal, uom: string | null): Measure {
  if (uom === null) return { dimension: 'count', value }
  const unit = units.get(uom)
  if (!unit) return { dimension: `uom ${uom}`, value }
  return { dimension: unit.dimension, value: multiply(add(value, unit.offset), unit.factor) }
}

/** -1, 0 or 1: whether `a` is less than, equal to or greater than `b`; null where they are of different dimensions. */
export function compareMeasures(a: Measure, b: Measure): -1 | 0 | 1 | null {
  return a.dimension === b.dimension ? signOf(subtract(a.value, b.value)) : null
}
