import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Endpoint } from '@yuanliu/core'
import { DATA } from '../lib/paths.ts'

/** What is sent in an example. */
export interface Example {
  params?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, string>>
  body?: unknown
}

/** `data/docs/examples.json`: examples where the schema alone does not make one worth reading, by operation. */
const EXAMPLES = JSON.parse(readFileSync(join(DATA, 'docs/examples.json'), 'utf8')) as Readonly<Record<string, Example>>

const ID = '3f0c1f6e-2b8a-4a51-9d4e-0a4f7c1b2d3e'

/** An example of an operation: written there, else the least that its schemas demand. */
export function exampleOf({ id, params, query, body }: Endpoint): Example {
  const written = EXAMPLES[id] ?? {}
  const texts = (schema: unknown) =>
    Object.fromEntries(Object.entries(least(schema) as Record<string, unknown>).map(([k, v]) => [k, String(v)]))
  return {
    ...(params && { params: { ...texts(params), ...written.params } }),
    ...(query && { query: { ...texts(query), ...written.query } }),
    ...(body && { body: written.body ?? least(body) }),
  }
}

interface Schema {
  type?: string
  const?: unknown
  enum?: unknown[]
  default?: unknown
  anyOf?: unknown[]
  format?: string
  pattern?: string
  minimum?: number
  minItems?: number
  minLength?: number
  items?: unknown
  required?: string[]
  properties?: Record<string, unknown>
}

/** The smallest value of a schema that tells something. */
function least(schema: unknown): unknown {
  const s = schema as Schema
  if (s.const !== undefined) return s.const
  if (s.default !== undefined) return s.default
  if (s.enum) return s.enum[0]
  if (s.anyOf) return least(s.anyOf[0])
  if (s.type === 'object')
    return Object.fromEntries((s.required ?? []).map(name => [name, least(s.properties?.[name] ?? {})]))
  if (s.type === 'array') return s.minItems ? [least(s.items ?? {})] : []
  if (s.type === 'integer' || s.type === 'number') return s.minimum ?? 1
  if (s.type === 'boolean') return true
  return s.format === 'uuid' || s.pattern?.includes('{12}') ? ID : 'x'.repeat(Math.max(1, s.minLength ?? 1))
}
