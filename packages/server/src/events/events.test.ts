import { randomUUID } from 'node:crypto'
import { request as rawRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONTEXT, documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
})
afterAll(() => p.stop())

const NEVER = { 'gs1-epc-format': 'Never_Translates' }

async function list(answer: Response) {
  expect(answer.status, await answer.clone().text()).toBe(200)
  const body = await answer.json()
  expect(body).toMatchObject({ type: 'EPCISQueryDocument', schemaVersion: '2.0' })
  return body.epcisBody.queryResults.resultsBody.eventList
}
const get = async (query: string, headers: Record<string, string> = {}) =>
  list(await p.call(`/epcis/events${query}`, { headers }))
const post = (body: unknown) => p.call('/api/events/search', { method: 'POST', body: JSON.stringify(body) })
const ids = (events: { eventID: string }[]) => events.map(e => e.eventID)

describe('GET /epcis/events', () => {
  it('finds by every notation of a code and of a term', async () => {
    const event = objectEvent({
      epcList: ['https://shop.example.com/01/09521234543213/21/finds'],
      readPoint: { id: 'urn:epc:id:sgln:9521321.00001.0' },
    })
    await p.capture(documentOf([event]))
    const where = 'https://example.org/414/9521321000010?x=1'
    const steps = ['shipping', 'urn:epcglobal:cbv:bizstep:shipping', 'https://ref.gs1.org/cbv/BizStep-shipping']
    const epcs = ['urn:epc:id:sgtin:9521234.054321.finds', 'https://id.gs1.org/01/09521234543213/21/finds']
    const places = ['https://id.gs1.org/414/9521321000018', 'urn:epc:id:sgln:9521321.00001.0']
    for (const [EQ_bizStep, MATCH_epc, EQ_readPoint] of steps.flatMap(s =>
      epcs.flatMap(e => places.map(r => [s, e, r] as const)),
    )) {
      const query = new URLSearchParams({ EQ_bizStep, MATCH_epc, EQ_readPoint, EQ_bizLocation: where })
      expect(ids(await get(`?${query}`))).toEqual([event.eventID])
    }
    expect(await get(`?MATCH_epc=${encodeURIComponent(epcs[0] as string)}&EQ_bizStep=never_heard_of`)).toEqual([])
    expect(ids(await get(`?MATCH_epc=urn:x:none|${encodeURIComponent(epcs[1] as string)}`))).toEqual([event.eventID])
  })

  it('fills in the record time and the id, and writes Digital Links unless told otherwise', async () => {
    const before = Date.now()
    const { eventID: _, ...event } = objectEvent({ epcList: ['urn:epc:id:sgtin:9521234.054321.filled'] })
    await p.capture(documentOf([event]))
    const query = '?MATCH_epc=urn:epc:id:sgtin:9521234.054321.filled'
    const [shown] = await get(query)
    expect(shown.epcList).toEqual(['https://id.gs1.org/01/09521234543213/21/filled'])
    expect(shown.eventID).toMatch(/^ni:\/\/\/sha-256;/)
    expect(Date.parse(shown.recordTime)).toBeGreaterThanOrEqual(before - 1)
    const { eventID, recordTime } = shown
    expect(await get(query, NEVER)).toEqual([{ ...event, eventID, recordTime }])
    expect((await p.call(`/epcis/events${query}`)).headers.get('gs1-epc-format')).toBe('Always_GS1_Digital_Link')
  })

  it('says when it was recorded and under which id, whatever was sent and in whichever format', async () => {
    const before = Date.now()
    const recordTime = '2001-02-03T04:05:06.000Z'
    const own = { 'ext:inside': { recordTime, eventID: 'x' } }
    const named = objectEvent({ recordTime, ...own })
    const { eventID: _, ...nameless } = objectEvent({ epcList: ['urn:epc:id:sgtin:9521234.054321.forged'], ...own })
    await p.capture(documentOf([named, { ...nameless, recordTime }]))
    const queries = [`?EQ_eventID=${named.eventID}`, '?MATCH_epc=urn:epc:id:sgtin:9521234.054321.forged']
    for (const format of ['Never_Translates', 'Always_GS1_Digital_Link', 'Always_EPC_URN', 'No_Preference']) {
      for (const query of queries) {
        const headers = { 'gs1-epc-format': format }
        const [shown] = await get(query, headers)
        expect(Date.parse(shown.recordTime), format).toBeGreaterThanOrEqual(before - 1)
        expect(shown).toMatchObject(own)
        expect(shown.eventID, format).toMatch(query === queries[0] ? /^urn:uuid:/ : /^ni:\/\/\/sha-256;/)
        const xml = await (
          await p.call(`/epcis/events${query}`, { headers: { ...headers, accept: 'application/xml' } })
        ).text()
        expect(/<recordTime>([^<]+)</.exec(xml)?.[1], format).toBe(shown.recordTime)
        expect(/<eventID>([^<]+)</.exec(xml)?.[1], format).toBe(shown.eventID)
      }
    }
  })

  it('leaves what cannot be written as URN, and names it in a warning', async () => {
    const urn = 'urn:epc:id:sgtin:9521234.054321.warned'
    // A prefix that no URN has shown.
    const link = 'https://id.gs1.org/01/09529993543215/21/warned2'
    await p.capture(
      documentOf([objectEvent({ epcList: [urn, link, 'urn:uuid:ffffffff-0000-4000-8000-000000000000'] })]),
    )
    const answer = await p.call(`/epcis/events?MATCH_epc=${urn}`, { headers: { 'gs1-epc-format': 'always_epc_urn' } })
    expect(answer.headers.get('warning')).toContain(link)
    expect(answer.headers.get('warning')).not.toContain('uuid')
    expect((await list(answer))[0].epcList.slice(0, 2)).toEqual([urn, link])
    expect((await p.call('/epcis/events', { headers: { 'gs1-epc-format': 'Roman' } })).status).toBe(406)
    expect((await p.call('/epcis/events', { headers: { accept: 'text/csv' } })).status).toBe(406)
  })

  it('never makes a list name a thing twice', async () => {
    const link = 'https://id.gs1.org/01/09521234543213/21/twice'
    const urn = 'urn:epc:id:sgtin:9521234.054321.twice'
    const other = 'urn:epc:id:sgtin:9521234.054321.once'
    await p.capture(documentOf([objectEvent({ epcList: [urn, link, other] })]))
    const answer = await p.call(`/epcis/events?MATCH_epc=${urn}`)
    const document = await answer.clone().json()
    expect((await list(answer))[0].epcList).toEqual([urn, link, 'https://id.gs1.org/01/09521234543213/21/once'])
    expect((await p.capture(document)).counts).toMatchObject({ duplicate: 1 })
  })

  it('knows extended event types as such, without telling them apart', async () => {
    const event = objectEvent({ type: 'ext:OwnEvent', epcList: ['urn:epc:id:sgtin:9521234.054321.extended'] })
    await p.capture(documentOf([event]))
    const query = '?MATCH_epc=urn:epc:id:sgtin:9521234.054321.extended&eventType='
    expect(ids(await get(`${query}ext:OwnEvent`))).toEqual([event.eventID])
    expect(await get(`${query}ObjectEvent`)).toEqual([])
  })

  it('gives the first in force of a conflict, never the other', async () => {
    const event = objectEvent()
    await p.capture(documentOf([event]))
    await p.capture(documentOf([{ ...event, bizStep: 'receiving' }]))
    expect(await get(`?EQ_eventID=${event.eventID}&EQ_bizStep=receiving`)).toEqual([])
    expect(await get(`?EQ_eventID=${event.eventID}`, NEVER)).toEqual([{ ...event, recordTime: expect.any(String) }])
  })

  it('limits and refuses numbers of events as asked', async () => {
    const epc = 'urn:epc:id:sgtin:9521234.054321.many'
    await p.capture(documentOf(Array.from({ length: 5 }, () => objectEvent({ epcList: [epc] }))))
    expect((await p.call(`/epcis/events?MATCH_epc=${epc}&maxEventCount=4`)).status).toBe(413)
    expect(await get(`?MATCH_epc=${epc}&maxEventCount=5`)).toHaveLength(5)
    const first = await p.call(`/epcis/events?MATCH_epc=${epc}&orderBy=eventTime&eventCountLimit=3&perPage=2`)
    expect(await list(first.clone())).toHaveLength(2)
    const second = await p.call(nextOf(first) as string)
    expect(await list(second.clone())).toHaveLength(1)
    expect(nextOf(second)).toBeNull()
  })

  it('says which parameter is wrong', async () => {
    const cases: [string, string][] = [
      ['EQ_bizstep=shipping', '/query/EQ_bizstep'],
      ['__proto__=1', '/query/__proto__'],
      ['GE_eventTime=yesterday', '/query/GE_eventTime'],
      ['GE_eventTime=2026-02-30T00:00:00Z', '/query/GE_eventTime'],
      ['EQ_action=ADD|MOVE', '/query/EQ_action'],
      ['EQ_action=', '/query/EQ_action'],
      ['EQ_action=ADD&EQ_action=OBSERVE', '/query/EQ_action'],
      ['eventType=ObjectEvents', '/query/eventType'],
      ['perPage=0', '/query/perPage'],
      ['perPage=many', '/query/perPage'],
      ['orderBy=type', '/query/orderBy'],
      ['orderDirection=down', '/query/orderDirection'],
      ['eventCountLimit=3', '/query/eventCountLimit'],
      ['orderBy=eventTime&eventCountLimit=3&maxEventCount=3', '/query/maxEventCount'],
      ['MATCH_epc=urn:epc:idpat:sgtin:9521234.*.1', '/query/MATCH_epc'],
      ['nextPageToken=abc', '/query/nextPageToken'],
      ['EQ_eventID=%01', '/query/EQ_eventID'],
    ]
    for (const [query, pointer] of cases) {
      const answer = await p.call(`/epcis/events?${query}`)
      expect(answer.status, query).toBe(400)
      const problem = await answer.json()
      expect(problem.type).toBe('epcisException:QueryParameterException')
      expect(problem.errors.map((e: { pointer: string }) => e.pointer)).toEqual([pointer])
    }
  })

  it('needs the permission to read', async () => {
    expect((await p.call('/epcis/events', { key: null })).status).toBe(401)
    const key = await p.key('writers-only', ['capture'])
    expect((await p.call('/epcis/events', { key })).status).toBe(403)
    expect((await p.call('/epcis/events/x', { key })).status).toBe(403)
    const search = { method: 'POST', key, body: '{}' }
    expect((await p.call('/api/events/search', search)).status).toBe(403)
  })

  it('refuses a request line of more than 64 kB with a 414 and takes one of less', async () => {
    const status = (length: number) =>
      new Promise<{ status: number; body: string }>((resolve, reject) => {
        const path = '/epcis/events?EQ_eventID='
        const request = rawRequest(
          p.url + path + 'a'.repeat(length - 'GET  HTTP/1.1'.length - path.length),
          { headers: { authorization: `Bearer ${'test-bootstrap-key-of-32-characters-or-more'}` } },
          async answer => {
            let body = ''
            for await (const chunk of answer) body += chunk
            resolve({ status: answer.statusCode ?? 0, body })
          },
        )
        request.on('error', reject).end()
      })
    expect((await status(64 * 1024)).status).toBe(200)
    const refused = await status(64 * 1024 + 1)
    expect(refused.status).toBe(414)
    expect(JSON.parse(refused.body).type).toBe('epcisException:URITooLongException')
  })
})

describe('GET /epcis/events/{id}', () => {
  it('takes ids of 2,000 characters, with slashes, percent signs and pipes', async () => {
    const names = [
      `urn:example:${'x'.repeat(1988)}`,
      'https://example.com/events/1?a=b|c#d',
      'urn:example:a%2Fb',
      'urn:example:a/b',
      'urn:example:100%25',
    ].map(id => id.replace('|', '%7C'))
    await p.capture(documentOf(names.map(eventID => objectEvent({ eventID }))))
    for (const id of names) {
      const answer = await p.call(`/epcis/events/${encodeURIComponent(id)}`, { headers: NEVER })
      expect(ids(await list(answer)), id).toEqual([id])
      expect(ids(await get(`?EQ_eventID=${encodeURIComponent(id)}`)), id).toEqual([id])
    }
    const missing = await p.call('/epcis/events/urn%3Aexample%3Anone')
    expect(missing.status).toBe(404)
    expect((await missing.json()).type).toBe('epcisException:NoSuchResourceException')
  })

  it('gives the event and its declarations, also where their contexts clash', async () => {
    const event = objectEvent({ 'ext:a': 1 })
    const declared = (reason: string): Record<string, unknown> => ({
      ...event,
      errorDeclaration: { declarationTime: '2026-10-02T00:00:00Z', reason },
    })
    await p.capture(documentOf([declared('incorrect_data')]))
    await p.capture(documentOf([event, declared('did_not_occur')]))
    const other = [CONTEXT, { own: 'https://ns.example.org/ext/', ext: 'https://elsewhere.example.org/' }]
    const { 'ext:a': a, ...rest } = declared('incorrect_data')
    const key = await p.key('declares-too')
    await p.capture(documentOf([{ ...rest, 'own:a': a }], { '@context': other }), { key })
    for (const headers of [NEVER, {}] as Record<string, string>[]) {
      const answer = await p.call(`/epcis/events/${event.eventID}`, { headers })
      const document = await answer.clone().json()
      expect(await list(answer)).toHaveLength(4)
      // Each still means what it meant: captured again they are all known.
      expect((await p.capture(document)).counts).toMatchObject({ events: 4, duplicate: 4 })
    }
    expect(await get(`?EQ_eventID=${event.eventID}&perPage=3`)).toHaveLength(3)
  })
})

describe('POST /api/events/search', () => {
  it('takes 10,000 ids of each list, not one more', async () => {
    const event = objectEvent({ epcList: ['urn:epc:id:sgtin:9521234.054321.searched'] })
    await p.capture(documentOf([event]))
    const others = Array.from({ length: 9_999 }, (_, i) => `urn:epc:id:sgtin:9521234.054321.no${i}`)
    const search = { MATCH_epc: [...others, 'https://id.gs1.org/01/09521234543213/21/searched'], EQ_action: 'OBSERVE' }
    expect(ids(await list(await post(search)))).toEqual([event.eventID])
    const long = Array.from({ length: 9_999 }, () => `urn:example:${randomUUID()}${'y'.repeat(1_940)}`)
    expect(ids(await list(await post({ EQ_eventID: [...long, event.eventID] })))).toEqual([event.eventID])
    const refused = await post({ MATCH_epc: [...search.MATCH_epc, 'urn:x:1'] })
    expect(refused.status).toBe(400)
    expect((await refused.json()).errors[0].pointer).toBe('/MATCH_epc')
  })

  it('points into the body at what is wrong', async () => {
    for (const [body, pointer] of [
      [{ EQ_action: ['ADD', 'MOVE'] }, '/EQ_action/1'],
      [{ EQ_action: [] }, '/EQ_action'],
      [{ EQ_action: null }, '/EQ_action'],
      [{ perPage: { a: 1 } }, '/perPage'],
      [{ 'a/b~c': 1 }, '/a~1b~0c'],
    ] as const) {
      const answer = await post(body)
      expect(answer.status).toBe(400)
      const problem = await answer.json()
      expect(problem.type).toContain('/problems/invalid-query')
      expect(problem.errors[0].pointer).toBe(pointer)
    }
    expect((await post([])).status).toBe(400)
    expect((await post('text')).status).toBe(400)
  })

  it('goes on by its Link, with the same body', async () => {
    const epc = 'urn:epc:id:sgtin:9521234.054321.linked'
    await p.capture(documentOf(Array.from({ length: 3 }, () => objectEvent({ epcList: [epc] }))))
    const body = { MATCH_epc: epc, perPage: 2 }
    const first = await post(body)
    const next = nextOf(first) as string
    const second = await p.call(next, { method: 'POST', body: JSON.stringify(body) })
    expect(nextOf(second)).toBeNull()
    expect(new Set([...ids(await list(first)), ...ids(await list(second))]).size).toBe(3)
  })
})

/** Path of the next page; its address begins with PUBLIC_URL. */
function nextOf(answer: Response): string | null {
  const link = answer.headers.get('link')
  if (link === null) return null
  const url = /^<https:\/\/trace\.example\.org(\/[^>]+)>; rel="next"$/.exec(link)?.[1]
  expect(url).toBeDefined()
  expect(Date.parse(answer.headers.get('gs1-next-page-token-expires') ?? '')).toBeGreaterThan(Date.now() + 86_000_000)
  return url as string
}
