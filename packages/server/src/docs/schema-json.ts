import { inBoth } from './chinese.ts'

type Json = Record<string, unknown>

/** Keywords whose text is for people: in a schema a text, among `properties` a schema. */
const TOLD = new Set(['title', 'description'])

/**
 * A schema as plain JSON, its descriptions in both languages; the parts that have a name become `$ref`s to
 * `#/components/schemas/…`.
 * @param named names of schemas by identity
 * @param used gets each named schema that occurs
 */
export function schemaJson(schema: unknown, named: ReadonlyMap<unknown, string>, used: Map<string, Json>): Json {
  const name = named.get(schema)
  if (name === undefined) return members(schema, named, used)
  if (!used.has(name)) {
    used.set(name, {})
    used.set(name, members(schema, named, used))
  }
  return { $ref: `#/components/schemas/${name}` }
}

function members(schema: unknown, named: ReadonlyMap<unknown, string>, used: Map<string, Json>): Json {
  return Object.fromEntries(
    Object.entries(schema as Json)
      .filter(([, value]) => value !== undefined && typeof value !== 'function')
      .map(([key, value]) => [
        key,
        TOLD.has(key) && typeof value === 'string' ? inBoth(value) : part(value, named, used),
      ]),
  )
}

function part(value: unknown, named: ReadonlyMap<unknown, string>, used: Map<string, Json>): unknown {
  if (Array.isArray(value)) return value.map(one => part(one, named, used))
  return typeof value === 'object' && value !== null ? schemaJson(value, named, used) : value
}
