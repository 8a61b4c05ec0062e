import { type Codes, Problem, type Reading } from '@yuanliu/core'

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
export function resolveText(codes: Pick<Codes, 'identify'>, text: string): Resolved {
  const readings = codes.identify(text)
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

/** The fitting readings of a text, best first. */
export function fittingOf(resolved: Resolved): Fitting[] {
  return resolved.kind === 'unit' ? [resolved.unit] : resolved.kind === 'choice' ? resolved.units : []
}

/** The unit key of a text, the best where there are several. Throws 400 with the place of the fault. */
export function keyOfText(codes: Pick<Codes, 'identify' | 'schemes'>, text: string, pointer: string): string {
  const resolved = resolveText(codes, text)
  if (resolved.kind === 'malformed') throw malformedCode(codes, text, resolved.faults, pointer)
  return fittingOf(resolved)[0]!.key
}

/** The reading of a unit key; null for what no scheme reads. */
export function readingOfKey(codes: Pick<Codes, 'identify' | 'codeOf'>, key: string): Fitting | null {
  return codes.identify(codes.codeOf(key)).find((reading): reading is Fitting => reading.ok) ?? null
}

/** First path segments under which units have their pages: application identifiers and their old short words. */
export function primaryPaths(codes: Pick<Codes, 'schemes'>): string[] {
  return [...codes.schemes.values()].flatMap(({ forms: { digitalLink: link } }) =>
    link ? [link.ai, ...link.aliases] : [],
  )
}

/** 400 with the place of the fault; where the text looks like no code at all, with the schemes that are known. */
export function malformedCode(codes: Pick<Codes, 'schemes'>, text: string, faults: readonly Failed[], pointer: string) {
  const errors = faults.map(fault => ({
    pointer,
    message: `${fault.scheme}: ${fault.message.zh} ${fault.message.en} (${fault.reason}, ${fault.at})`,
  }))
  if (errors.length > 0) return new Problem('malformed-code', { detail: errors[0]!.message, errors })
  const message = `not a code of any known scheme 不是已知编码: ${text.slice(0, 80)}`
  return new Problem('malformed-code', {
    detail: message,
    errors: [{ pointer, message }],
    schemes: [...codes.schemes.keys()],
  })
}
