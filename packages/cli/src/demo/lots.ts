import { type DemoCity, productOf } from './city.ts'
import { lotLink } from './codes.ts'
import type { Amount, DemoRecord } from './scribe.ts'

/** A story told: its records in any order, and the units that its highlights name. */
export interface Told {
  records: DemoRecord[]
  units: Record<string, string>
}

export const lotOf = (city: DemoCity, product: string, lot: string): string =>
  lotLink(productOf(city, product).gtin, lot)

export function kilograms(city: DemoCity, product: string, lot: string, kg: number): Amount {
  return { epcClass: lotOf(city, product, lot), quantity: tenth(kg), uom: 'KGM' }
}

export function pieces(city: DemoCity, product: string, lot: string, count: number): Amount {
  return { epcClass: lotOf(city, product, lot), quantity: count }
}

/** Weights are kept to 0.1 kg, so that sums come out even. */
export const tenth = (kg: number): number => Math.round(kg * 10) / 10

/** `total` in `count` parts of about the same size, to 0.1 kg, that add up to it. */
export function parts(total: number, count: number): number[] {
  const tenths = Math.round(total * 10)
  const low = Math.floor(tenths / count)
  return Array.from({ length: count }, (_, i) => (low + (i < tenths - low * count ? 1 : 0)) / 10)
}

/** `total` pieces in `count` parts that add up to it. */
export const wholeParts = (total: number, count: number): number[] =>
  parts(total / 10, count).map(n => Math.round(n * 10))

/** The element at `index`, counted round. */
export function turn<T>(list: readonly T[], index: number): T {
  const element = list[index % list.length]
  if (element === undefined) throw new Error('data/demo: an empty list where the story needs an entry')
  return element
}
