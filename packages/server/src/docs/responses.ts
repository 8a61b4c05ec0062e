import {
  ALWAYS_ANSWERED,
  CAPTURE_LIMITS,
  type Endpoint,
  epcisException,
  hasEpcisException,
  isUnder,
  type ProblemKind,
  problems,
} from '@yuanliu/core'
import { inBoth } from './chinese.ts'
import type { Json } from './openapi.ts'

export const JSON_ONLY = ['application/json'] as const

/** What an operation answers: its success, and each problem that it is known to give, by status. */
export function responsesOf(operation: Endpoint, ref: (schema: unknown) => Json): Json {
  const { path, refuses = [] } = operation
  const family = isUnder('/epcis', path) ? 'EpcisProblem' : 'Problem'
  const problem = (name: string) => ({ $ref: `#/components/responses/${name}` })
  return {
    ...(operation.upgrades && { 101: { description: `${operation.upgrades.zh} ${operation.upgrades.en}` } }),
    [String(operation.status ?? 200)]: success(operation, ref),
    ...Object.fromEntries(refuses.map(status => [status, problem(`${family}${status}`)])),
    default: problem(family),
  }
}

function success(
  { status = 200, reply, produces, summary, answers = {} }: Endpoint,
  ref: (schema: unknown) => Json,
): Json {
  const types = produces ?? (reply ? JSON_ONLY : [])
  return {
    description: status === 204 ? '完成，无内容 done, no content' : `${summary.zh} ${summary.en}`,
    ...headersOf(answers),
    ...(types.length > 0 && { content: contentOf(types, reply ? ref(reply) : {}) }),
  }
}

/** Headers of an answer and what they say. */
export function headersOf(answers: Readonly<Record<string, string>>): Json {
  const told = Object.entries(answers)
  if (!told.length) return {}
  const schema = { type: 'string' }
  const header = ([name, description]: [string, string]) => [
    name,
    { description: inBoth(description), ...(ALWAYS_ANSWERED.has(name) && { required: true }), schema },
  ]
  return { headers: Object.fromEntries(told.map(header)) }
}

/** The same content in each of its media types; the schema tells what JSON has. */
export function contentOf(types: readonly string[], schema: Json, example?: unknown): Json {
  return Object.fromEntries(
    types.map(type =>
      /json$/.test(type) && !/ndjson$/.test(type)
        ? [
            type,
            {
              schema: /^application\/(ld\+)?json$/.test(type) ? schema : {},
              ...(example !== undefined && { example }),
            },
          ]
        : [type, { schema: { type: 'string' } }],
    ),
  )
}

/** Problems as components: any of them, and those of each status. */
export function problemComponents(publicUrl: string): { responses: Json; schemas: Json } {
  const kinds = Object.keys(problems) as ProblemKind[]
  const families: Record<string, { types: (of: readonly ProblemKind[]) => string[]; media: readonly string[] }> = {
    Problem: {
      types: of => of.map(kind => `${publicUrl}/problems/${kind}`),
      media: ['application/problem+json'],
    },
    EpcisProblem: {
      types: of => {
        // What EPCIS has no name for goes by the general one.
        const named = of.filter(hasEpcisException)
        return [...new Set((named.length ? named : of).map(epcisException))].sort()
      },
      media: ['application/problem+json', 'application/problem+xml'],
    },
  }
  const statuses = [...new Set(kinds.map(kind => problems[kind].status))].sort((a, b) => a - b)
  const responses: Json = {}
  const schemas: Json = {}
  for (const [family, { types, media }] of Object.entries(families)) {
    schemas[family] = problemSchema(types(kinds))
    const any = { $ref: `#/components/schemas/${family}` }
    responses[family] = problemResponse('出错 a problem (RFC 9457)', any, media)
    for (const status of statuses) {
      const of = kinds.filter(kind => problems[kind].status === status)
      const titles = of.map(kind => `${problems[kind].zh} ${problems[kind].en}`)
      const exactly = { properties: { type: { enum: types(of) }, status: { const: status } } }
      responses[`${family}${status}`] = {
        ...problemResponse(titles.join(' · '), { allOf: [any, exactly] }, media),
        ...(family === 'EpcisProblem' && status === 413 && headersOf(CAPTURE_LIMITS)),
      }
    }
  }
  return { responses, schemas }
}

function problemResponse(description: string, schema: Json, media: readonly string[]): Json {
  return {
    description,
    content: Object.fromEntries(
      media.map(type => [type, { schema: type.endsWith('json') ? schema : { type: 'string' } }]),
    ),
  }
}

function problemSchema(types: readonly string[]): Json {
  const text = { type: 'string' }
  const fault = {
    type: 'object',
    properties: { pointer: text, message: text, code: text },
    required: ['pointer', 'message'],
  }
  return {
    type: 'object',
    required: ['type', 'title', 'status'],
    properties: {
      type: { type: 'string', enum: types },
      title: text,
      status: { type: 'integer' },
      detail: text,
      instance: { type: 'string', description: '请求编号 id of the request' },
      errors: { type: 'array', items: fault },
    },
  }
}
