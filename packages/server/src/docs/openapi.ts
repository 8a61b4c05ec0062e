import * as api from '@yuanliu/core'
import { type Endpoint, isUnder } from '@yuanliu/core'
import { callbacksOf } from './callbacks.ts'
import { discoveries } from './discoveries.ts'
import { exampleOf } from './examples.ts'
import { contentOf, JSON_ONLY, problemComponents, responsesOf } from './responses.ts'
import { schemaJson } from './schema-json.ts'

/** JSON of an OpenAPI description, as far as it is looked into here. */
export interface OpenApi {
  openapi: '3.1.0'
  paths: Record<string, Record<string, Record<string, unknown>>>
  [member: string]: unknown
}

export interface About {
  publicUrl: string
  version: string
}

export type Json = Record<string, unknown>

const SECURITY = 'accessKey'

/** An OpenAPI 3.1 description of operations (OAS 3.1.0). */
export function openApi(operations: readonly Endpoint[], { publicUrl, version }: About): OpenApi {
  const named = namedSchemas()
  const used = new Map<string, Json>()
  const ref = (schema: unknown): Json => schemaJson(schema, named, used)
  const paths: OpenApi['paths'] = {}
  for (const operation of operations) {
    const path = templateOf(operation.path)
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation, ref) }
  }
  for (const [path, options] of discoveries(operations))
    paths[templateOf(path)] = { ...paths[templateOf(path)], options }
  const { responses, schemas } = problemComponents(publicUrl)
  return {
    openapi: '3.1.0',
    info: {
      title: '源流 Yuanliu',
      version,
      summary: '产品追溯平台接口 Interfaces of the traceability platform',
      description: ABOUT,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    tags: [...new Set(operations.map(tagOf))].sort().map(name => ({ name })),
    security: [{ [SECURITY]: [] }],
    paths,
    components: {
      securitySchemes: {
        [SECURITY]: { type: 'http', scheme: 'bearer', description: '访问密钥 access key: Authorization: Bearer …' },
      },
      responses,
      schemas: { ...Object.fromEntries([...used].sort(([a], [b]) => (a < b ? -1 : 1))), ...schemas },
    },
  }
}

const ABOUT =
  '出错时答复 application/problem+json（RFC 9457），errors[] 以 JSON 指针指明位置。翻页见 Link: rel="next"。\n\n' +
  'Errors are application/problem+json (RFC 9457); errors[] name the place by JSON pointer. Link: rel="next" leads to the next page.'

/** First part of the path that says which part of the platform it is. */
export function tagOf({ path }: Endpoint): string {
  const [, first = '', second = ''] = path.split('/')
  if (first === 'epcis') return 'epcis'
  return first === 'api' ? second.replace(/\..*/, '') : 'public'
}

/** `/api/keys/:id` as `/api/keys/{id}`; what a star takes is called `rest`. */
export function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}').replace('*', '{rest}')
}

/** Permissions of which one is needed; none: public. */
export function permissionsOf({ permission }: Endpoint): readonly string[] {
  return permission === null ? [] : [permission].flat()
}

function describe(operation: Endpoint, ref: (schema: unknown) => Json): Json {
  const { id, summary, body, accepts = JSON_ONLY, callbacks } = operation
  const permissions = permissionsOf(operation)
  const need = permissions.length
    ? `需要权限 permission: ${permissions.map(name => `\`${name}\``).join(' | ')}`
    : '公开，不需要密钥 public, no key'
  const parameters = parametersOf(operation, ref)
  const example = exampleOf(operation)
  return {
    operationId: id,
    tags: [tagOf(operation)],
    summary: `${summary.zh} ${summary.en}`,
    'x-summary': summary,
    description: need,
    security: permissions.map(name => ({ [SECURITY]: [name] })),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: contentOf(accepts, ref(body), example.body),
      },
    }),
    responses: responsesOf(operation, ref),
    ...(callbacks && {
      callbacks: callbacksOf(callbacks, ref, (place, schema) => listed(place, schema, ref, () => ({}))),
    }),
  }
}

function parametersOf({ path, params, query, headers }: Endpoint, ref: (schema: unknown) => Json): Json[] {
  const epcis = isUnder('/epcis', path)
  return [
    ...[...path.matchAll(/:(\w+)|\*/g)].map(([star, name = star]) => ({
      name: name === '*' ? 'rest' : name,
      in: 'path',
      required: true,
      schema: ref(membersOf(params)[name] ?? { type: 'string' }),
    })),
    ...listed('query', query, ref, schema =>
      schema.type === 'array' ? (epcis ? { style: 'pipeDelimited', explode: false } : { explode: true }) : {},
    ),
    ...furtherOf(query, ref),
    ...listed('header', headers, ref, () => ({})),
  ]
}

/** Query parameters with a name in their name: one object whose members stand in the address each for itself. */
function furtherOf(query: unknown, ref: (schema: unknown) => Json): Json[] {
  const { patternProperties } = (query ?? {}) as { patternProperties?: Json }
  if (!patternProperties) return []
  return [
    {
      name: 'more',
      in: 'query',
      style: 'form',
      explode: true,
      description: '名称中含有名称的查询参数 parameters that have a name in their name',
      schema: ref({ type: 'object', patternProperties, additionalProperties: false }),
    },
  ]
}

function listed(
  place: 'query' | 'header',
  schema: unknown,
  ref: (s: unknown) => Json,
  style: (s: Json) => Json,
): Json[] {
  const { required = [] } = (schema ?? {}) as { required?: string[] }
  return Object.entries(membersOf(schema)).map(([name, member]) => {
    const { description, ...rest } = ref(member)
    return {
      name,
      in: place,
      ...(required.includes(name) && { required: true }),
      ...(typeof description === 'string' && { description }),
      ...style(rest),
      schema: rest,
    }
  })
}

/** Members of an object's schema. */
export function membersOf(schema: unknown): Record<string, unknown> {
  return ((schema ?? {}) as { properties?: Record<string, unknown> }).properties ?? {}
}

/** Schemas that core exports by name: written once, referred to everywhere. */
function namedSchemas(): ReadonlyMap<unknown, string> {
  const isSchema = (value: unknown) =>
    typeof value === 'object' && value !== null && ('type' in value || 'anyOf' in value) && !('path' in value)
  return new Map(
    Object.entries(api).flatMap(([name, value]) =>
      /^[A-Z][A-Za-z]+$/.test(name) && isSchema(value) ? [[value, name]] : [],
    ),
  )
}
