import type { HolderBalance } from '@yuanliu/core'
import { list, record, text } from '../lib/shape.ts'
import { parseUnits, type Units } from '../lib/units.ts'

/** Columns of the balance of a holder. */
export type Column = keyof Pick<
  HolderBalance,
  'produced' | 'received' | 'returnedIn' | 'used' | 'shipped' | 'sold' | 'returnedOut' | 'destroyed'
>

/** What a business step means to a trace. */
export interface StepMeaning {
  /** balance column that its quantities go to; `counted` for a stock-take */
  column: Column | 'counted' | null
  /** -1 where the step takes back what the column was given */
  sign: 1 | -1
  /** whether contents of the units named count too */
  contents: boolean
  /** what a record of the other side is owed for */
  gap: 'shipment' | 'receipt' | 'void' | null
}

/** What data/vocab says about tracing, ready for use. */
export interface TraceProfile {
  /** by business step, or business step and disposition joined by a space */
  steps: ReadonlyMap<string, StepMeaning>
  /** what an ObjectEvent with that action does to the balance where its step does not say */
  actions: { ADD: Column | null; DELETE: Column | null }
  /** by UN/ECE Rec 20 code */
  units: Units
  /** dimension → code of the unit whose factor is 1; null: a bare count */
  bases: ReadonlyMap<string, string | null>
  /** µs after which a shipment without a receipt is overdue */
  receiptDeadline: number
  /** µs by which a receipt may stand before its shipment */
  tolerance: number
}

/** Dimension of quantities without a unit of measure (EPCIS 2.0 §7.3.3.3: a count of instances). */
export const COUNT = 'count'

const COLUMNS = ['produced', 'received', 'returnedIn', 'used', 'shipped', 'sold', 'returnedOut', 'destroyed'] as const
const HOUR = 3_600_000_000
const MINUTE = 60_000_000

/**
 * Makes a profile of the parsed files data/vocab/steps.json, uom.json and trace.json.
 * @throws Error naming the file and the place of what does not fit
 */
export function parseProfile(files: { steps: unknown; uom: unknown; trace: unknown }): TraceProfile {
  const { units, bases } = parseBases(files.uom)
  const actions = record(record(files.steps, 'steps.json').actions, 'steps.json actions')
  const trace = record(files.trace, 'trace.json')
  return {
    steps: parseSteps(files.steps),
    actions: {
      ADD: column(actions.ADD, 'steps.json actions.ADD'),
      DELETE: column(actions.DELETE, 'steps.json actions.DELETE'),
    },
    units,
    bases,
    receiptDeadline: positive(trace.receiptDeadlineHours, 'trace.json receiptDeadlineHours') * HOUR,
    tolerance: positive(trace.receiptToleranceMinutes, 'trace.json receiptToleranceMinutes') * MINUTE,
  }
}

const NOTHING: StepMeaning = { column: null, sign: 1, contents: false, gap: null }

/** The meaning of a step with a disposition; the row with the disposition goes first. */
export function meaningOf(profile: TraceProfile, step: string | null, disposition: string | null): StepMeaning {
  if (step === null) return NOTHING
  const special = disposition === null ? undefined : profile.steps.get(`${step} ${disposition}`)
  return special ?? profile.steps.get(step) ?? NOTHING
}

function parseSteps(file: unknown): Map<string, StepMeaning> {
  const steps = new Map<string, StepMeaning>()
  for (const [i, item] of list(record(file, 'steps.json').steps, 'steps.json steps').entries()) {
    const at = `steps.json steps[${i}]`
    const row = record(item, at)
    const key = text(row.step, `${at}.step`) + (row.disposition ? ` ${text(row.disposition, `${at}.disposition`)}` : '')
    if (steps.has(key)) throw new Error(`${at}: ${key} stands twice`)
    const gap = row.gap ?? null
    if (gap !== null && gap !== 'shipment' && gap !== 'receipt' && gap !== 'void') throw new Error(`${at}.gap: ${gap}`)
    steps.set(key, {
      column: row.column === 'counted' ? 'counted' : column(row.column, `${at}.column`),
      sign: row.takesBack === true ? -1 : 1,
      contents: row.contents === true,
      gap,
    })
  }
  return steps
}

function parseBases(file: unknown): Pick<TraceProfile, 'units' | 'bases'> {
  const units = parseUnits(file, 'uom.json')
  const bases = new Map<string, string | null>([[COUNT, null]])
  for (const [code, { dimension, factor }] of units) {
    if (factor.digits === 1n && factor.scale === 0 && !bases.has(dimension)) bases.set(dimension, code)
  }
  for (const [i, item] of list(record(file, 'uom.json').dimensions, 'uom.json dimensions').entries()) {
    const at = `uom.json dimensions[${i}]`
    if (!bases.has(text(record(item, at).id, `${at}.id`))) throw new Error(`${at}: no unit with factor 1`)
  }
  return { units, bases }
}

function column(value: unknown, at: string): Column | null {
  if (value === undefined || value === null) return null
  const found = COLUMNS.find(c => c === value)
  if (!found) throw new Error(`${at}: ${String(value)} is not one of ${COLUMNS.join(', ')}`)
  return found
}

function positive(value: unknown, at: string): number {
  if (typeof value !== 'number' || !(value > 0)) throw new Error(`${at}: not a positive number`)
  return value
}
