import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../../test/support/platform.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
})
afterAll(() => p.stop())

interface Answer {
  $ref?: string
  headers?: object
}
interface Official {
  options?: { responses: Record<string, Answer> }
}
interface OpenApi {
  paths: Record<string, Official>
  components: { responses: Record<string, Answer> }
}

/** Headers that OPTIONS is to be answered with. */
function told204({ options }: Official, { components }: OpenApi): object | undefined {
  const answer = options?.responses['204']
  const name = answer?.$ref?.split('/').at(-1)
  return (name === undefined ? answer : components.responses[name])?.headers
}

describe('discovery and negotiation', () => {
  const paths = [
    '/epcis',
    '/epcis/events',
    '/epcis/events/x',
    '/epcis/capture',
    '/epcis/capture/x',
    '/epcis/eventTypes',
    '/epcis/epcs/x',
    '/epcis/bizSteps/x/events',
    '/epcis/queries',
    '/epcis/queries/x',
    '/epcis/queries/x/events',
    '/epcis/queries/x/subscriptions',
  ]
  it.each(paths)('OPTIONS %s says what there is', async path => {
    const answer = await p.call(path, { method: 'OPTIONS', key: null })
    expect(answer.status).toBe(204)
    const told = Object.fromEntries(answer.headers)
    expect(told).toMatchObject({
      'gs1-epcis-version': '2.0.0',
      'gs1-epcis-min': '2.0.0',
      'gs1-epcis-max': '2.0.0',
      'gs1-cbv-version': '2.0.0',
      'gs1-cbv-min': '2.0.0',
      'gs1-cbv-max': '2.0.0',
      'gs1-epc-format': 'No_Preference',
      'gs1-cbv-xml-format': 'No_Preference',
    })
    expect(told.allow).toContain('GET')
    expect(told['gs1-extensions']).toContain('cbvmda=')
    expect(told['gs1-vendor-version']).toContain('yuanliu')
    expect(told.allow?.includes('POST')).toBe(/\/(capture|queries|subscriptions)$|^\/epcis\/events$/.test(path))
  })

  const openapi = join(import.meta.dirname, '../../../../../../shared/vectors/gs1-epcis/REST Bindings/openapi.json')
  it.skipIf(!existsSync(openapi))('answers at every official address with every official header', async () => {
    const document = JSON.parse(readFileSync(openapi, 'utf8')) as OpenApi
    const { paths } = document
    expect(Object.keys(paths).length).toBeGreaterThan(25)
    const post = (path: string, body: unknown) => p.call(path, { method: 'POST', body: JSON.stringify(body) })
    expect((await post('/epcis/queries', { name: 'x', query: {} })).status).toBe(201)
    const draft = { dest: 'https://a.example.cn/', schedule: { hour: '3' } }
    const { subscriptionID } = await (await post('/epcis/queries/x/subscriptions', draft)).json()
    for (const [path, methods] of Object.entries(paths)) {
      const address = `/epcis${path.replace('{subscriptionID}', subscriptionID).replace(/\{\w+\}/g, 'x')}`
      if ('options' in methods) {
        const told = await p.call(address, { method: 'OPTIONS' })
        expect(told.status, address).toBe(204)
        const allow = (told.headers.get('allow') ?? '').toLowerCase().split(', ')
        const official = Object.keys(methods).filter(method => method !== 'parameters')
        expect(allow, address).toEqual(expect.arrayContaining(official))
        const headers = Object.keys(told204(methods, document) ?? {})
        expect(headers.length, address).toBeGreaterThan(5)
        expect(
          headers.filter(name => !told.headers.has(name)),
          address,
        ).toEqual([])
      }
    }
  })

  it('tells its extensions with every answer of the standard that has them', async () => {
    const { headers } = await p.call('/epcis', { method: 'OPTIONS', key: null })
    const told = headers.get('gs1-extensions')
    expect(told).toMatch(/^(\w+=\S+, )+\w+=\S+$/)
    for (const path of ['', '/capture', '/events', '/eventTypes', '/epcs', '/bizSteps/shipping/events', '/queries'])
      expect((await p.call(`/epcis${path}`)).headers.get('gs1-extensions'), path).toBe(told)
    const body = JSON.stringify(documentOf([objectEvent()]))
    const captured = await p.call('/epcis/capture', { method: 'POST', body })
    expect([captured.status, captured.headers.get('gs1-extensions')]).toEqual([202, told])
  })

  it('refuses versions that it cannot give', async () => {
    const cases: [Record<string, string>, number][] = [
      [{ 'gs1-epcis-min': '1.2', 'gs1-epcis-max': '2.0.0' }, 200],
      [{ 'gs1-epcis-min': '2', 'gs1-epcis-max': '2' }, 200],
      [{ 'gs1-epcis-max': '1.2.0' }, 406],
      [{ 'gs1-epcis-min': '2.1' }, 406],
      [{ 'gs1-cbv-min': '3.0.0' }, 406],
      [{ 'gs1-cbv-max': 'latest' }, 406],
      [{ 'gs1-cbv-max': '2.0' }, 200],
    ]
    for (const [headers, status] of cases) {
      const answer = await p.call('/epcis/events', { headers })
      expect(answer.status, JSON.stringify(headers)).toBe(status)
      if (status === 406) expect((await answer.json()).type).toBe('epcisException:NotAcceptableException')
    }
  })
})
