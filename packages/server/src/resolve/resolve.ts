import { type Codes, Problem, type Reading } from '@yuanliu/core'

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

/** Unit keys that a text may stand for, best first. Throws 400 with the place of the fault where it stands for none. */
export function keysOf(codes: Pick<Codes, 'read'>, text: string, pointer: string): string[] {
  const resolved = resolveText(codes, text)
  if (resolved.kind === 'unit') return [resolved.unit.key]
  if (resolved.kind === 'choice') return resolved.units.map(u => u.key)
  const errors = resolved.faults.map(f => ({ pointer, message: `${f.scheme}: ${faultWords(f)}` }))
  throw new Problem('malformed-code', {
    detail: errors[0]?.message ?? `not a code of any known scheme 不是已知编码: ${text.slice(0, 80)}`,
    errors,
  })
}

function faultWords(fault: Failed): string {
  return `${fault.message.zh} ${fault.message.en} (${fault.reason}, ${fault.at})`
}
