import type { Callback } from '@yuanliu/core'
import type { Json } from './openapi.ts'

/** Words in both languages, as a description has them. */
const both = ({ zh, en }: { zh: string; en: string }) => `${zh} ${en}`

/** What an operation has posted to its caller's address, as OpenAPI's `callbacks`. */
export function callbacksOf(
  callbacks: Readonly<Record<string, Callback>>,
  ref: (schema: unknown) => Json,
  listed: (place: 'header', schema: unknown) => Json[],
): Json {
  return Object.fromEntries(
    Object.entries(callbacks).map(([name, callback]) => [
      name,
      { [callback.to]: { post: describe(name, callback, ref, listed('header', callback.headers)) } },
    ]),
  )
}

function describe(
  name: string,
  { summary, bodies, answers }: Callback,
  ref: (schema: unknown) => Json,
  parameters: Json[],
): Json {
  return {
    operationId: name,
    summary: both(summary),
    'x-summary': summary,
    // No key of ours: who receives it checks the signature.
    security: [],
    parameters,
    requestBody: {
      description: bodies.map(({ types, what }) => `${types.join(', ')}: ${both(what)}`).join('\n\n'),
      required: true,
      content: Object.fromEntries(
        bodies.flatMap(({ types, holds }) => types.map(type => [type, { schema: schemaOf(type, holds, ref) }])),
      ),
    },
    responses: Object.fromEntries(
      answers.flatMap(({ statuses, does, heeds }) =>
        statuses.map(status => [status, { description: both(does), ...(heeds && { headers: headersOf(heeds) }) }]),
      ),
    ),
  }
}

/** The schema tells what JSON has. */
function schemaOf(type: string, holds: Callback['bodies'][number]['holds'], ref: (schema: unknown) => Json): Json {
  if (!type.endsWith('json')) return { type: 'string' }
  return holds === 'problem' ? { $ref: '#/components/schemas/EpcisProblem' } : ref(holds)
}

function headersOf(heeds: Readonly<Record<string, { zh: string; en: string }>>): Json {
  return Object.fromEntries(
    Object.entries(heeds).map(([name, words]) => [name, { description: both(words), schema: { type: 'string' } }]),
  )
}
