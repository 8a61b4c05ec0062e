import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'

let p: Platform
let own: string
let other: string
beforeAll(async () => {
  p = await startPlatform()
  own = await p.key('maker-1')
  other = await p.key('maker-2')
})
afterAll(() => p.stop())

const post = (body: unknown, key = own) => p.call('/epcis/queries', { method: 'POST', body: JSON.stringify(body), key })

describe('named queries', () => {
  it('are made, shown, run page by page and deleted', async () => {
    const query = { eventType: ['ObjectEvent'], EQ_bizStep: ['shipping'], orderBy: 'eventTime', orderDirection: 'ASC' }
    const made = await post({ name: '发货 shipping', query })
    expect(made.status).toBe(201)
    expect(made.headers.get('gs1-epcis-version')).toBe('2.0.0')
    const location = new URL(made.headers.get('location') ?? '')
    expect(location.origin).toBe('https://trace.example.org')
    const shown = await (await p.call(location.pathname, { key: own })).json()
    expect(shown).toMatchObject({ name: '发货 shipping', query, organisation: 'maker-1' })

    const ids = Array.from({ length: 5 }, (_, i) => `urn:uuid:00000000-0000-4000-8000-00000000000${i}`)
    const event = (eventID: string, i: number) =>
      objectEvent({ eventID, eventTime: `2026-10-01T08:0${i}:00.000+08:00` })
    await p.capture(documentOf([...ids.map(event), objectEvent({ bizStep: 'receiving' })]), { key: own })
    const found: string[] = []
    let next: string | null = `${location.pathname}/events?perPage=2`
    for (let pages = 0; next && pages < 5; pages++) {
      const page: Response = await p.call(next, { key: own })
      expect(page.status).toBe(200)
      const { queryResults } = (await page.json()).epcisBody
      expect(queryResults.queryName).toBe('发货 shipping')
      found.push(...queryResults.resultsBody.eventList.map((e: { eventID: string }) => e.eventID))
      next = /<https:\/\/trace\.example\.org([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1] ?? null
    }
    expect(found).toEqual(ids)

    expect((await p.call(location.pathname, { method: 'DELETE', key: own })).status).toBe(204)
    for (const path of [location.pathname, `${location.pathname}/events`, `${location.pathname}/subscriptions`]) {
      const gone = await p.call(path, { key: own })
      expect([gone.status, (await gone.json()).type]).toEqual([404, 'epcisException:NoSuchNameException'])
    }
    expect((await p.call(location.pathname, { method: 'DELETE', key: own })).status).toBe(404)
  })

  it('are refused with the place of what is wrong', async () => {
    const wrong: [unknown, string][] = [
      [{ name: 'q', query: { EQ_bizstep: ['shipping'] } }, '/query/EQ_bizstep'],
      [{ name: 'q', query: { GE_eventTime: 'yesterday' } }, '/query/GE_eventTime'],
      [{ name: 'q', query: { perPage: 5 } }, '/query/perPage'],
      [{ name: 'q', query: { nextPageToken: 'x' } }, '/query/nextPageToken'],
      [{ name: 'q' }, ''],
      [{ query: {} }, ''],
      [{ name: 'a/b', query: {} }, '/name'],
      [{ name: '', query: {} }, '/name'],
      [{ name: '..', query: {} }, '/name'],
      [{ name: 'a\nb', query: {} }, '/name'],
      [{ name: 'q', query: {}, more: 1 }, ''],
      [{ name: 'q', query: [] }, '/query'],
    ]
    for (const [body, pointer] of wrong) {
      const answer = await post(body)
      const problem = await answer.json()
      expect([answer.status, problem.errors?.[0]?.pointer], JSON.stringify(body)).toEqual([400, pointer])
      expect(problem.type).toMatch(/^epcisException:(QueryParameterException|ValidationException)$/)
    }
    for (const path of ['/epcis/queries/none', '/epcis/queries/%00', `/epcis/queries/${'x'.repeat(500)}`])
      expect((await p.call(path, { key: own })).status).toBeGreaterThanOrEqual(400)
  })

  it('are an organisation’s own: names meet only within it, others see nothing, the administrator sees all', async () => {
    expect((await post({ name: 'same', query: { EQ_action: ['ADD'] } })).status).toBe(201)
    const again = await post({ name: 'same', query: {} })
    expect([again.status, (await again.json()).type]).toEqual([409, 'epcisException:ResourceAlreadyExistsException'])
    expect((await p.call('/epcis/queries/same', { key: other })).status).toBe(404)
    expect(await (await p.call('/epcis/queries/same')).json()).toMatchObject({ organisation: 'maker-1' })
    expect((await post({ name: 'same', query: {} }, other)).status).toBe(201)
    expect((await p.call('/epcis/queries/same', { key: other, method: 'DELETE' })).status).toBe(204)
    expect((await post({ name: 'same', query: {} }, other)).status).toBe(201)
    const names = async (key?: string) =>
      (await (await p.call('/epcis/queries', key === undefined ? {} : { key })).json()).map(
        (q: { name: string; organisation: string }) => `${q.organisation}/${q.name}`,
      )
    expect(await names(other)).toEqual(['maker-2/same'])
    expect(await names()).toEqual(['maker-1/same', 'maker-2/same'])
    const which = await p.call('/epcis/queries/same')
    expect([which.status, (await which.json()).errors[0].pointer]).toEqual([400, '/query/organisation'])
    const named = await p.call('/epcis/queries/same?organisation=maker-2')
    expect(await named.json()).toMatchObject({ organisation: 'maker-2', query: {} })
    expect((await p.call('/epcis/queries/same?organisation=maker-2', { key: own })).status).toBe(404)
    expect((await p.call('/epcis/queries/same?organisation=maker-1', { key: other, method: 'DELETE' })).status).toBe(
      404,
    )
  })

  it('are listed page by page', async () => {
    const key = await p.key('maker-3')
    for (const name of ['c:(3)', 'a', 'b+1 & 2']) expect((await post({ name, query: {} }, key)).status).toBe(201)
    const first = await p.call('/epcis/queries?perPage=2', { key })
    expect((await first.json()).map((q: { name: string }) => q.name)).toEqual(['a', 'b+1 & 2'])
    const next = /<https:\/\/trace\.example\.org([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    const second = await p.call(next, { key })
    expect((await second.json()).map((q: { name: string }) => q.name)).toEqual(['c:(3)'])
    expect(second.headers.get('link')).toBeNull()
    expect((await p.call('/epcis/queries?nextPageToken=nonsense', { key })).status).toBe(400)
  })

  it('say what they are by OPTIONS', async () => {
    for (const path of [
      '/epcis/queries',
      '/epcis/queries/a',
      '/epcis/queries/a/events',
      '/epcis/queries/a/subscriptions',
    ]) {
      const answer = await p.call(path, { method: 'OPTIONS', key: null })
      expect(answer.status).toBe(204)
      expect(answer.headers.get('allow')).toContain('GET')
      expect(answer.headers.get('gs1-epcis-min')).toBe('2.0.0')
    }
  })

  it('take no parameters but those of a page where their events are asked for', async () => {
    const key = await p.key('maker-4')
    await post({ name: 'q', query: {} }, key)
    const tries = { 'EQ_action=ADD': 'QueryParameterException', 'stream=true': 'SubscriptionControlsException' }
    const xml = await p.call('/epcis/queries/q/events', { key, headers: { accept: 'application/xml' } })
    expect([xml.status, await xml.text()]).toEqual([200, expect.stringContaining('<queryName>q</queryName>')])
    const other = await p.call('/epcis/queries/q/events', { key, headers: { accept: 'text/csv' } })
    expect([other.status, (await other.json()).type]).toEqual([406, 'epcisException:NotAcceptableException'])
    for (const [parameters, type] of Object.entries(tries)) {
      const answer = await p.call(`/epcis/queries/q/events?${parameters}`, { key })
      expect([answer.status, (await answer.json()).type]).toEqual([400, `epcisException:${type}`])
    }
  })
})
