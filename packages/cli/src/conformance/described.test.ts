import { afterAll, beforeAll, expect, it } from 'vitest'
import { describedBy } from '../../../../test/support/described.ts'
import { ADMIN_KEY, type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { CASES } from './cases.ts'
import { runCases } from './run-cases.ts'
import { createTester } from './tester.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform({ CAPTURE_MAX_EVENTS: '200', CAPTURE_MAX_BYTES: '1000000' })
})
afterAll(() => p.stop())

it('every answer that the cases see is as the description of the interfaces says', async () => {
  const openapi = await (await p.call('/api/openapi.json', { key: null })).json()
  const described = describedBy(openapi)
  const faults = new Set<string>()
  const watching: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init)
    const { status, headers } = answer
    const text = await answer.clone().text()
    const fault = described.fault({ method: init?.method ?? 'GET', url: String(input), status, headers, text })
    if (fault !== null) faults.add(fault)
    return answer
  }
  const tester = createTester({ url: `${p.url}/epcis`, key: ADMIN_KEY, callback: null, fetch: watching })
  await runCases(tester, CASES, () => {})
  expect([...faults]).toEqual([])

  // Every operation was met with a success, and its problems with several.
  const met = [...described.seen]
  const missed = Object.entries(openapi.paths as Record<string, Record<string, unknown>>)
    .filter(([path]) => path.startsWith('/epcis'))
    .flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter(method => method !== 'options')
        .map(method => `${method.toUpperCase()} ${path} `),
    )
    .filter(name => !met.some(one => one.startsWith(`${name}2`)))
  expect(missed).toEqual([])
  expect(new Set(met.map(name => name.slice(-3))).size).toBeGreaterThan(10)

  // A description that said something else would be noticed.
  const always = openapi.paths['/epcis/queries'].post.responses['201'].headers
  const headers = new Headers(Object.keys(always).map((name): [string, string] => [name, 'x']))
  headers.set('content-type', 'application/json')
  const answer = { method: 'POST', url: '/epcis/queries', headers, text: '{}' }
  expect(described.fault({ ...answer, status: 200 })).toMatch(/no such status/)
  expect(described.fault({ ...answer, status: 201 })).toMatch(/must have required property/)
  const but = (change: (headers: Headers) => void) => {
    const changed = new Headers(headers)
    change(changed)
    return described.fault({ ...answer, status: 201, headers: changed })
  }
  expect(but(changed => changed.delete('content-type'))).toMatch(/no content is not described/)
  expect(but(changed => changed.delete('GS1-Extensions'))).toMatch(/no header gs1-extensions/)
  expect(but(changed => changed.set('GS1-EPC-Format', 'x'))).toMatch(/gs1-epc-format is not described/)
})
