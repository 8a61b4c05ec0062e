import { ATTRIBUTE_PARAMETERS } from './attribute-parameters.ts'
import { EVENT_PARAMETERS } from './event-parameters.ts'
import { EXTENSION_PARAMETERS } from './extension-parameters.ts'
import { PAGE_PARAMETERS } from './page-parameters.ts'
import type { Parameter } from './parameter.ts'
import { SENSOR_PARAMETERS } from './sensor-parameters.ts'

/**
 * The whole query language (EPCIS 2.0 §8.2.7.1), a row per parameter or family of parameters; of the families the first
 * whose pattern fits decides. A new one is a row in one of these tables and, where the database can decide it, a
 * condition in store.ts.
 */
export const PARAMETERS: readonly Parameter[] = [
  ...PAGE_PARAMETERS,
  ...EVENT_PARAMETERS,
  ...SENSOR_PARAMETERS,
  ...ATTRIBUTE_PARAMETERS,
  ...EXTENSION_PARAMETERS,
]

const BY_NAME = new Map<string, Parameter>()
const FAMILIES: { pattern: RegExp; parameter: Parameter }[] = []
for (const parameter of PARAMETERS) {
  if (typeof parameter.name === 'string') BY_NAME.set(parameter.name, parameter)
  else FAMILIES.push({ pattern: parameter.name, parameter })
}

/** Characters of a parameter's name: two names with their namespaces. */
const LONGEST = 2_000

/** The parameter of a name, and the parts of the name that its pattern marks; null where there is none. */
export function parameterOf(name: string): { parameter: Parameter; groups: readonly string[] } | null {
  const exact = BY_NAME.get(name)
  if (exact) return { parameter: exact, groups: [] }
  if (name.length > LONGEST) return null
  for (const { pattern, parameter } of FAMILIES) {
    const match = pattern.exec(name)
    if (match) return { parameter, groups: match.slice(1).map(group => group ?? '') }
  }
  return null
}
