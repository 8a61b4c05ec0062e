import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
  await p.call('/epcis/queries', { method: 'POST', body: JSON.stringify({ name: 'all', query: {} }) })
})
afterAll(() => p.stop())

describe('parameters of lists', () => {
  it.each(['/epcis/capture', '/epcis/queries', '/epcis/queries/all/subscriptions', '/epcis/epcs'])(
    '%s refuses what it does not know, by name',
    async path => {
      for (const [query, name] of [
        ['perPage=abc', 'perPage'],
        ['perPage=0', 'perPage'],
        ['perPage=1&foo=1', 'foo'],
      ]) {
        const answer = await p.call(`${path}?${query}`)
        expect(answer.status, `${path}?${query}`).toBe(400)
        const problem = await answer.json()
        expect(problem.type).toBe('epcisException:QueryParameterException')
        expect(problem.errors.map((e: { pointer: string }) => e.pointer)).toEqual([`/query/${name}`])
      }
      expect((await p.call(`${path}?perPage=1`)).status).toBe(200)
    },
  )

  it('single resources refuse them, too', async () => {
    for (const path of ['/epcis/queries/all?foo=1', '/epcis/queries/all/subscriptions/x?foo=1'])
      expect((await p.call(path)).status, path).toBe(400)
  })
})

describe('what is not there', () => {
  it.each([
    '/epcis/capture/x',
    '/epcis/queries/all/subscriptions/abc',
    '/epcis/eventTypes/Nope',
    '/epcis/eventTypes/Nope/events',
    '/api/captures/x/receipts',
  ])('%s is 404, whatever its form', async path => {
    const answer = await p.call(path)
    expect(answer.status).toBe(404)
    if (path.startsWith('/epcis')) expect((await answer.json()).type).toBe('epcisException:NoSuchResourceException')
  })

  it('a wrong parameter beside a value is still a wrong parameter', async () => {
    expect((await p.call('/epcis/eventTypes/ObjectEvent/events?EQ_action=WAVE')).status).toBe(400)
    expect((await p.call('/epcis/eventTypes/Nope/events?EQ_action=WAVE')).status).toBe(400)
  })
})

describe('large queries', () => {
  const query = (bytes: number, count: number) => ({
    EQ_eventID: Array.from({ length: count }, (_, i) => `urn:x:${i}:${'x'.repeat(bytes)}`),
  })
  const name = (body: object) => p.call('/epcis/queries', { method: 'POST', body: JSON.stringify(body) })

  it('ten thousand long ids may be named; pages of the list stay bounded', async () => {
    for (const one of ['large-1', 'large-2', 'large-3'])
      expect((await name({ name: one, query: query(1_500, 10_000) })).status).toBe(201)
    const names: string[] = []
    let url = '/epcis/queries?perPage=100'
    for (let pages = 1; ; pages++) {
      const answer = await p.call(url)
      const text = await answer.text()
      expect(text.length).toBeLessThan(34 * 1024 * 1024)
      names.push(...JSON.parse(text).map((q: { name: string }) => q.name))
      const next = /<([^>]+)>/.exec(answer.headers.get('link') ?? '')?.[1]
      if (!next) {
        expect(pages).toBe(2)
        break
      }
      url = `/epcis/queries${new URL(next).search}`
    }
    expect(names).toEqual(['all', 'large-1', 'large-2', 'large-3'])
  })

  it('a query beyond the limit is 413 of a query, not of a capture', async () => {
    const answer = await name({ name: 'huge', query: query(3_400, 10_000) })
    expect(answer.status).toBe(413)
    expect((await answer.json()).type).toBe('epcisException:QueryTooComplexException')
  })
})
