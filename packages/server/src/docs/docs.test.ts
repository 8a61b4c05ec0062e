import { createServer } from 'node:http'
import { Validator } from '@seriousme/openapi-schema-validator'
import { problems } from '@yuanliu/core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { createApp } from '../app.ts'
import { exampleOf } from './examples.ts'
import { type OpenApi, templateOf } from './openapi.ts'
import { DECLARED, isBeside, offered, routeName } from './operations.ts'

let p: Platform
let app: FastifyInstance
let described: OpenApi
beforeAll(async () => {
  p = await startPlatform()
  app = createApp(p.running.parts, p.running.rooms, createServer())
  await app.ready()
  described = await (await p.call('/api/openapi.json', { key: null })).json()
})
afterAll(async () => {
  await app.close()
  await p.stop()
})

const operations = () =>
  Object.entries(described.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )

describe('the OpenAPI description', () => {
  it('is valid by an independent validator', async () => {
    const validator = new Validator()
    const { valid, errors } = await validator.validate(structuredClone(described) as Record<string, unknown>)
    expect(errors).toBeUndefined()
    expect(valid).toBe(true)
    expect(validator.version).toBe('3.1')
    // The validator can say no.
    const broken = structuredClone(described) as Record<string, unknown>
    broken.paths = { '/x': { get: { responses: 'none' } } }
    expect((await new Validator().validate(broken)).valid).toBe(false)
  })

  it('holds every route of the server, and every route that it holds is mounted', () => {
    const mounted = new Set(app.mounted.filter(route => !isBeside(route)).map(routeName))
    const told = new Set(offered(app.mounted).map(o => `${o.method} ${o.path}`))
    expect(
      [...mounted].filter(name => !told.has(name)),
      'declare these in packages/core/src/api',
    ).toEqual([])
    expect([...told].filter(name => !mounted.has(name))).toEqual([])
    const discovered = app.mounted
      .filter(({ method, url }) => method === 'OPTIONS' && /^\/epcis(\/|$)/.test(url) && !url.includes('*'))
      .map(routeName)
    expect(
      operations()
        .map(o => `${o.method} ${o.path}`)
        .toSorted(),
    ).toEqual(
      [...offered(app.mounted).map(o => `${o.method} ${o.path}`), ...new Set(discovered)].map(templateOf).toSorted(),
    )
    // Nothing is declared that no room mounts.
    expect(DECLARED.filter(o => !mounted.has(`${o.method} ${o.path}`)).map(o => o.id)).toEqual([])
  })

  it('tells the permission that the route asks for', () => {
    const asked = new Map(app.mounted.map(route => [routeName(route), route.permission ?? null]))
    for (const { method, path, permission, id } of offered(app.mounted))
      expect(asked.get(`${method} ${path}`), id).toEqual(permission)
    const keys = operations().find(o => o.operation.operationId === 'createKey')?.operation
    expect(keys?.security).toEqual([{ accessKey: ['admin'] }])
    expect(operations().find(o => o.operation.operationId === 'printLabels')?.operation.security).toEqual([
      { accessKey: ['read'] },
      { accessKey: ['code:issue'] },
    ])
    expect(operations().find(o => o.operation.operationId === 'parseCode')?.operation.security).toEqual([])
  })

  it('has ids of its own, summaries in both languages, and problems by name', () => {
    const ids = operations().map(o => o.operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { operation } of operations()) {
      expect(operation.summary).toMatch(/\p{Script=Han}.* .*[A-Za-z]{3}/u)
      expect(operation.responses).toHaveProperty('default')
    }
    const { schemas } = described.components as {
      schemas: Record<string, { properties: { type: { enum: string[] } } }>
    }
    expect(schemas.Problem?.properties.type.enum).toContain('https://trace.example.org/problems/key-missing')
    expect(schemas.Problem?.properties.type.enum).toHaveLength(Object.keys(problems).length)
    expect(schemas.EpcisProblem?.properties.type.enum).toContain('epcisException:ValidationException')
    expect(schemas).toHaveProperty('Key')
  })

  it('has examples that its own schemas take', () => {
    const ajv = new Ajv2020({ strict: false, coerceTypes: 'array', allErrors: true })
    addFormats.default(ajv)
    for (const operation of offered(app.mounted)) {
      const example = structuredClone(exampleOf(operation)) as Record<string, unknown>
      for (const place of ['params', 'query', 'body'] as const) {
        const schema = operation[place]
        if (!schema) continue
        const takes = ajv.compile(JSON.parse(JSON.stringify(schema)))
        expect(takes(example[place]) || takes.errors, `${operation.id} ${place}: see data/docs/examples.json`).toBe(
          true,
        )
      }
    }
  })
})

describe('the page of the interfaces', () => {
  it('needs neither key nor script nor another origin, and holds every operation', async () => {
    const answer = await p.call('/api/docs', { key: null })
    expect(answer.status).toBe(200)
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/)
    expect(policy).not.toMatch(/https?:|unsafe|script/)
    const text = await answer.text()
    expect(text).not.toMatch(/<script|<link[^>]+https?:|<img|@import|url\(/)
    const parts = [...text.matchAll(/<h2 id="[^"]+">([^<]+)</g)].map(m => m[1] ?? '')
    expect(parts.length).toBeGreaterThan(15)
    expect(parts.filter(title => !/\p{Script=Han}/u.test(title))).toEqual([])
    for (const operation of offered(app.mounted)) {
      expect(text).toContain(`<section id="${operation.id}">`)
      expect(text).toContain(operation.summary.zh)
      for (const permission of [operation.permission].flat())
        if (permission) expect(text).toContain(`<code>${permission}</code>`)
    }
    expect(text).toContain('epcisException:ResourceAlreadyExistsException')
    expect(text.indexOf('采集单个事件')).toBeLessThan(text.indexOf('Capture one event'))
  })
})
