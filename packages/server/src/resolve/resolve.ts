import type { Codes, Reading } from '@yuanliu/core'

export { keysOf, meaningsOf } from './keys.ts'
export { linksetOf } from './linkset.ts'

export type Fitting = Extract<Reading, { ok: true }>
export type Failed = Extract<Reading, { ok: false }>

/**
 * What a text leads to: one unit, a choice of several, or nothing.
 * `faults` beside a unit: the text looks like a misspelt number, too; only records under the unit speak against that.
 */
export type Resolved =
  | { kind: 'unit'; unit: Fitting; faults: Failed[] }
  | { kind: 'choice'; units: Fitting[] }
  | { kind: 'malformed'; faults: Failed[] }

/** Reads whatever a person typed, pasted, scanned or followed. */
export function resolveText(codes: Pick<Codes, 'read'>, text: string): Resolved {
  const readings = codes.read(text)
  const units = new Map<string, Fitting>()
  const faults: Failed[] = []
  for (const reading of readings) {
    if (!reading.ok) faults.push(reading)
    else if (!units.has(reading.key)) units.set(reading.key, reading)
  }
  const [unit] = units.values()
  if (!unit) return { kind: 'malformed', faults }
  if (units.size > 1) return { kind: 'choice', units: [...units.values()] }
  return { kind: 'unit', unit, faults: readings[0]?.ok ? [] : faults }
}

/** First path segments under which units have their pages: application identifiers and their old short words. */
export function primaryPaths(codes: Pick<Codes, 'schemes'>): string[] {
  return [...codes.schemes.values()].flatMap(({ forms: { digitalLink: link } }) =>
    link ? [link.ai, ...link.aliases] : [],
  )
}
