import type { Codes } from '@yuanliu/core'
import {
  type Consulted,
  type Failed,
  type Fitting,
  fittingOf,
  type Lead,
  type Resolve,
  readingOfKey,
  resolveText,
} from '../resolve/resolve.ts'
import type { View, Views } from './views.ts'

/** What a text leads to, with the page that answers it. */
export type Found =
  | {
      kind: 'unit'
      /** the unit asked for */
      unit: Fitting
      /** of the unit, or of its lot or product where nothing is known of the unit */
      view: View
      /** every page on which it depends that this is the one */
      views: View[]
    }
  | { kind: 'choice'; units: Fitting[] }
  | { kind: 'malformed'; faults: Failed[] }

export interface FindParts {
  codes: Codes
  views: Views
  resolve: Resolve
}

/**
 * The unit that a text means: by its own records first, else through an alias (a product's former number, an approval
 * number). Where aliases lead to several, those with records are candidates; nobody guesses among them.
 * @param lot lot named beside a number of a product (`/t/<number>?10=L42`)
 */
export async function findUnit(
  parts: FindParts,
  text: string,
  lot: string | null,
  consulted: Consulted,
): Promise<Found> {
  const { codes, resolve } = parts
  const resolved = resolveText(codes, text)
  const units = await withoutCarrier(resolve, fittingOf(resolved))
  const [first] = units
  const leadsOf = (readings: readonly Fitting[]) => resolve.leads(consulted, text, readings, lot)
  if (!first) {
    const found = await byLeads(parts, await leadsOf([]), [])
    return found ?? { kind: 'malformed', faults: resolved.kind === 'malformed' ? resolved.faults : [] }
  }
  if (units.length > 1) {
    const leads = await leadsOf(units)
    const all = new Map([...units, ...leads.map(lead => lead.unit)].map(unit => [unit.key, unit]))
    return { kind: 'choice', units: [...all.values()] }
  }
  const own = await viewOf(parts, withLot(codes, first, lot))
  if (own.view.trace.steps.length > 0) return { kind: 'unit', ...own }
  const led = await byLeads(parts, await leadsOf([first]), own.views)
  if (led) return led
  // a misspelt number, unless somebody has recorded just that
  if (resolved.kind === 'unit' && resolved.faults.length > 0) return { kind: 'malformed', faults: resolved.faults }
  return { kind: 'unit', ...own }
}

/** An address that carries a code is that code, unless only the address itself has records. */
async function withoutCarrier(resolve: Resolve, units: Fitting[]): Promise<Fitting[]> {
  const carried = units.filter(unit => unit.scheme !== 'uri')
  if (carried.length === 0 || carried.length === units.length) return units
  const recorded = await resolve.recorded(units.map(unit => unit.key))
  return carried.some(unit => recorded.has(unit.key)) || recorded.size === 0
    ? carried
    : units.filter(unit => recorded.has(unit.key))
}

async function byLeads(parts: FindParts, leads: readonly Lead[], before: readonly View[]): Promise<Found | null> {
  if (leads.length === 0) return null
  const units = leads.map(lead => lead.unit)
  const recorded = units.length > 1 ? await parts.resolve.recorded(units.map(unit => unit.key)) : null
  const likely = recorded?.size ? units.filter(unit => recorded.has(unit.key)) : units
  if (likely.length > 1) return { kind: 'choice', units: likely }
  const found = await viewOf(parts, likely[0]!)
  return { kind: 'unit', ...found, views: [...before, ...found.views] }
}

function withLot(codes: Codes, unit: Fitting, lot: string | null): Fitting {
  const key = lot === null || unit.level !== 'class' ? null : codes.lotKey(unit.key, lot)
  return (key && readingOfKey(codes, key)) || unit
}

/** The page of a unit; where nothing is known of it that of its lot, else of its product (walking up the tree). */
async function viewOf(
  { codes, views }: FindParts,
  unit: Fitting,
): Promise<{ unit: Fitting; view: View; views: View[] }> {
  const view = await views.get(unit.key)
  const asked = [view]
  // what is wrong with a code is not passed over in favour of its lot
  const { codeState } = view.trace
  const isFit = codeState === null || codeState.state === 'active'
  if (view.trace.steps.length > 0 || !isFit) return { unit, view, views: asked }
  if (unit.lot !== null) {
    const lot = await views.get(unit.lot)
    asked.push(lot)
    if (lot.trace.steps.length > 0) return { unit, view: lot, views: asked }
  }
  const product = view.trace.verdict.kind === 'unknown' ? codes.classKey(unit.key) : null
  if (product === null) return { unit, view, views: asked }
  const above = await views.get(product)
  asked.push(above)
  return { unit, view: above.trace.verdict.kind === 'unknown' ? view : above, views: asked }
}
