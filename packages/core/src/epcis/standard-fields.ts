import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { FACT_FIELDS } from './schema/event.ts'

const compiled = new Map<string, Validator>()

function holds(name: string, schema: TSchema, value: unknown): boolean {
  let validator = compiled.get(name)
  if (!validator) {
    validator = Compile(schema)
    compiled.set(name, validator)
  }
  return validator.Check(value)
}

/**
 * An event of a type of its own with only those standard fields that hold what the standard puts there: what else it
 * has is its own affair (EPCIS 2.0 §9.2), validation has not looked at it, and no facts can be made of it.
 */
export function standardFields(event: object): Record<string, unknown> {
  const own = event as Record<string, unknown>
  const legible = { ...own }
  for (const [name, schema] of Object.entries(FACT_FIELDS)) {
    if (own[name] !== undefined && !holds(name, schema, own[name])) delete legible[name]
  }
  return legible
}
