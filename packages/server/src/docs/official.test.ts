import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { QUERY_FAMILIES } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { PARAMETERS, parameterOf } from '../events/parameters.ts'
import type { OpenApi } from './openapi.ts'

const FILE = join(import.meta.dirname, '../../../../../shared/vectors/gs1-epcis/REST Bindings/openapi.json')

interface Parameter {
  $ref?: string
  name: string
  in: string
}
interface Answer {
  $ref?: string
  headers?: object
}
interface Operation {
  parameters?: Parameter[]
  requestBody?: { content: object }
  responses: Record<string, Answer>
  callbacks?: Record<string, Record<string, Record<string, Operation>>>
}
type Item = Record<string, Operation> & { parameters?: Parameter[] }

/** What the official file has and we have not, and why. */
const EXCEPTIONS: readonly [what: RegExp, why: string][] = [
  [
    /^OPTIONS (?!\/queries\/\{\}\/subscriptions\/\{\}).* (401|403|404)$/,
    'says the same to everybody, of the address and not of what is there: no key is asked for',
  ],
  [/^GET \/queries\/\{\} 413$/, 'the definition of a query; nothing in it can be too large'],
  [/^GET \/(bizSteps|dispositions) header GS1-CBV-XML-Format$/, 'of XML, which these lists have not (ADR 0025)'],
  [/^GET \/(bizLocations|readPoints)\/\{\} query /, 'what is below a value is one name, `events`: there are no pages'],
  [/^GET \/dispositions\/\{\}\/events query EQ_disposition$/, 'said by the path already, as with its siblings'],
  [/ 101 answers /, 'the handshake of RFC 6455, which no OpenAPI client makes; the record time is optional there'],
  [/^OPTIONS .* header /, 'what a request for versions takes is said with the operations of the address'],
]

let p: Platform
let ours: OpenApi
beforeAll(async () => {
  p = await startPlatform()
  ours = await (await p.call('/api/openapi.json', { key: null })).json()
})
afterAll(() => p.stop())

/** Everything that a description says of the addresses below its root, a line each; names of places do not matter. */
function said(paths: Record<string, Item>, components: Record<string, Record<string, object>>): Set<string> {
  const lines = new Set<string>()
  const full = <T extends { $ref?: string }>(part: T): T => {
    const [kind = '', name = ''] = part.$ref?.split('/').slice(-2) ?? []
    return part.$ref === undefined ? part : (components[kind]?.[name] as T)
  }
  function tell(name: string, { parameters = [], responses, requestBody, callbacks = {} }: Operation, isCall = false) {
    lines.add(name)
    for (const parameter of parameters.map(full))
      if (parameter.in !== 'path') lines.add(`${name} ${parameter.in} ${parameter.name}`)
    if (isCall) for (const type of Object.keys(requestBody?.content ?? {})) lines.add(`${name} body ${type}`)
    for (const [status, answer] of Object.entries(responses)) {
      if (!/^[1-4]/.test(status)) continue
      lines.add(`${name} ${status}`)
      for (const header of Object.keys(full(answer).headers ?? {})) lines.add(`${name} ${status} answers ${header}`)
    }
    for (const [call, places] of Object.entries(callbacks))
      for (const [to, methods] of Object.entries(places))
        for (const [method, one] of Object.entries(methods))
          tell(`${name} calls ${call} ${method.toUpperCase()} ${to}`, one, true)
  }
  for (const [path, { parameters: common = [], ...operations }] of Object.entries(paths)) {
    const place = path.replace(/\{\w+\}/g, '{}').replace(/\/$/, '') || '/'
    for (const [method, operation] of Object.entries(operations as Record<string, Operation>)) {
      const parameters = [...common, ...(operation.parameters ?? [])]
      tell(`${method.toUpperCase()} ${place}`, { ...operation, parameters })
    }
  }
  return lines
}

function below(root: string): Set<string> {
  const paths = Object.entries(ours.paths)
    .filter(([path]) => path === root || path.startsWith(`${root}/`))
    .map(([path, item]) => [path.slice(root.length) || '/', item])
  return said(Object.fromEntries(paths), ours.components as Record<string, Record<string, object>>)
}

describe('our description beside the official OpenAPI file of EPCIS 2.0 (skipped without ../shared/vectors)', () => {
  it.skipIf(!existsSync(FILE))(
    'has every path, verb, parameter, status, header of an answer and callback of it, but for what is argued',
    () => {
      const official = JSON.parse(readFileSync(FILE, 'utf8'))
      const wanted = said(official.paths, official.components)
      expect(wanted.size).toBeGreaterThan(1_000)
      const have = below('/epcis')
      // A range of statuses holds each of them.
      const missing = [...wanted].filter(line => !have.has(line) && !have.has(line.replace(/ (\d)\d\d$/, ' $1XX')))
      expect(missing.filter(line => !EXCEPTIONS.some(([what]) => what.test(line)))).toEqual([])
      // No exception is argued for nothing.
      for (const [what] of EXCEPTIONS) expect(missing.some(line => what.test(line))).toBe(true)
    },
  )

  it('has no operation without a trace of its problems', () => {
    for (const [path, methods] of Object.entries(ours.paths))
      for (const [method, { responses }] of Object.entries(methods as unknown as Record<string, Operation>)) {
        const statuses = Object.keys(responses)
        expect(statuses.some(status => /^[23]/.test(status)) && statuses.includes('default'), `${method} ${path}`).toBe(
          true,
        )
      }
  })
})

describe('the query language as it is described', () => {
  const operation = () => {
    const { get } = ours.paths['/epcis/events'] as unknown as Record<string, Operation>
    return get?.parameters ?? []
  }
  const named = () =>
    operation()
      .filter(q => q.in === 'query' && q.name !== 'more')
      .map(q => q.name)

  it('has every parameter and every family that the server knows, and no other', () => {
    const examples = QUERY_FAMILIES.flatMap(family => family.examples)
    const told = new Set([...named(), ...examples].map(name => parameterOf(name)?.parameter))
    expect([...told].includes(undefined)).toBe(false)
    expect(PARAMETERS.filter(one => !told.has(one)).map(one => String(one.name))).toEqual([])
  })

  it('gives each family once, with examples that it fits', () => {
    const further = operation().find(q => q.name === 'more')
    const { patternProperties } = (further as unknown as { schema: { patternProperties: object } }).schema
    expect(Object.keys(patternProperties)).toEqual(QUERY_FAMILIES.map(family => family.pattern))
    for (const { pattern, examples } of QUERY_FAMILIES)
      for (const name of examples) {
        expect(name).toMatch(new RegExp(pattern))
        expect(parameterOf(name), name).not.toBeNull()
      }
    for (const name of named()) for (const { pattern } of QUERY_FAMILIES) expect(name).not.toMatch(new RegExp(pattern))
  })
})
