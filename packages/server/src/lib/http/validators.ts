import AjvCompiler from '@fastify/ajv-compiler'
import type { FastifySchemaCompiler } from 'fastify'

/** What a schema says, as Fastify calls it: false and `errors`, or true. */
interface Validate {
  (data: unknown): unknown
  errors?: unknown
}

const compile = AjvCompiler()(
  {},
  {
    customOptions: { coerceTypes: 'array', removeAdditional: false, allErrors: true, useDefaults: false },
  },
) as (route: { schema: unknown }) => Validate

/** By schema: those of the interfaces are the same objects for every app of a process, a sandbox's too. */
const compiled = new WeakMap<object, Validate>()

/** Compiles schemas when something is first held against them: most of them a process never needs, and a start needs none. */
export const validatorOf: FastifySchemaCompiler<unknown> = ({ schema }) => {
  const key = schema as object
  const known = compiled.get(key)
  if (known) return known as ReturnType<FastifySchemaCompiler<unknown>>
  let ready: Validate | null = null
  const validate: Validate = data => {
    ready ??= compile({ schema })
    const result = ready(data)
    validate.errors = ready.errors
    return result
  }
  compiled.set(key, validate)
  return validate as ReturnType<FastifySchemaCompiler<unknown>>
}
