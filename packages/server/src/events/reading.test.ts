import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { parameterOf } from './parameters.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
})
afterAll(() => p.stop())

const NEVER = { 'gs1-epc-format': 'Never_Translates' }
/** As it was sent, with what the repository says. */
const recorded = (event: object) => ({ ...event, recordTime: expect.any(String) })
const url = (value: string) => encodeURIComponent(value)
async function list(answer: Response) {
  expect(answer.status, await answer.clone().text()).toBe(200)
  return (await answer.json()).epcisBody.queryResults.resultsBody.eventList as Record<string, unknown>[]
}
const find = async (query: Record<string, string>, headers: Record<string, string> = {}) =>
  (await list(await p.call(`/epcis/events?${new URLSearchParams(query)}`, { headers }))).map(e => e.eventID)
const post = (body: unknown) => p.call('/api/events/search', { method: 'POST', body: JSON.stringify(body) })

/** The 82 characters of GS1 (General Specifications, figure 7.11-1). */
const SET_82 = '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'

describe('identifiers', () => {
  it('with every character that GS1 allows are found in each notation, by query and by path', async () => {
    expect(SET_82).toHaveLength(82)
    const serials = SET_82.match(/.{1,20}/g) as string[]
    const link = (serial: string) => `https://id.gs1.org/01/09521234543213/21/${encodeURIComponent(serial)}`
    const urn = (serial: string) =>
      `urn:epc:id:sgtin:9521234.054321.${serial.replace(/["%&/<>?]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`
    const events = serials.map((serial, i) => objectEvent({ epcList: [i % 2 ? urn(serial) : link(serial)] }))
    await p.capture(documentOf(events))
    for (const [i, serial] of serials.entries()) {
      for (const notation of [link(serial), urn(serial)]) {
        expect(await find({ MATCH_epc: notation }), notation).toEqual([events[i]?.eventID])
        const below = await p.call(`/epcis/epcs/${url(notation)}/events`)
        expect(
          (await list(below)).map(e => e.eventID),
          notation,
        ).toEqual([events[i]?.eventID])
      }
    }
  })
})

describe('corrections', () => {
  it('leave the event, show the declaration, and lead to what corrects it', async () => {
    const wrong = objectEvent({ 'ext:count': 5 })
    const right = objectEvent({ 'ext:count': 6 })
    const declared = (reason: string, declarationTime: string, more: object = {}) => ({
      ...wrong,
      errorDeclaration: { declarationTime, reason, ...more },
    })
    const corrected = declared('incorrect_data', '2026-10-02T00:00:00Z', { correctiveEventIDs: [right.eventID] })
    const undone = declared('did_not_occur', '2026-10-03T00:00:00Z')
    await p.capture(documentOf([wrong, right, corrected, undone]))
    const again = await p.capture(documentOf([wrong, corrected]))
    expect(again.counts).toMatchObject({ duplicate: 2, accepted: 0 })
    const id = wrong.eventID as string
    const declarations = async (query: Record<string, string>) =>
      (
        await list(
          await p.call(`/epcis/events?${new URLSearchParams({ EQ_eventID: id, ...query })}`, { headers: NEVER }),
        )
      ).map(e => (e.errorDeclaration as { reason?: string } | undefined)?.reason ?? 'event')
    expect((await declarations({})).toSorted()).toEqual(['did_not_occur', 'event', 'incorrect_data'])
    expect((await declarations({ EXISTS_errorDeclaration: '' })).toSorted()).toEqual([
      'did_not_occur',
      'incorrect_data',
    ])
    expect(await declarations({ EXISTS_errorDeclaration: 'false' })).toHaveLength(3)
    expect(await declarations({ EQ_errorReason: 'https://ref.gs1.org/cbv/ER-did_not_occur' })).toEqual([
      'did_not_occur',
    ])
    expect(await declarations({ EQ_correctiveEventID: right.eventID as string })).toEqual(['incorrect_data'])
    expect(await declarations({ LT_errorDeclarationTime: '2026-10-03T00:00:00Z' })).toEqual(['incorrect_data'])
    expect(await declarations({ GE_errorDeclaration_Time: '2026-10-03T00:00:00Z' })).toEqual(['did_not_occur'])
    expect(await list(await p.call(`/epcis/events/${url(id)}`, { headers: NEVER }))).toEqual(
      [wrong, corrected, undone].map(recorded),
    )
  })

  it('keep certification info and persistent dispositions as they came', async () => {
    const events = [
      objectEvent({ certificationInfo: 'https://certs.example.org/1' }),
      objectEvent({ certificationInfo: ['https://certs.example.org/1', 'urn:example:2'] }),
      objectEvent({ persistentDisposition: { set: ['recalled'], unset: ['sellable_accessible'] } }),
    ]
    await p.capture(documentOf(events))
    const query = { EQ_eventID: events.map(e => e.eventID).join('|'), orderBy: 'recordTime', orderDirection: 'ASC' }
    const answer = await p.call(`/epcis/events?${new URLSearchParams(query)}`, { headers: NEVER })
    expect(await list(answer)).toEqual(events.map(recorded))
    const recalled = { ...query, EQ_persistentDisposition_set: 'urn:epcglobal:cbv:disp:recalled' }
    expect(await find(recalled)).toEqual([events[2]?.eventID])
  })
})

describe('transformations', () => {
  it('are found by their ids, of whatever length', async () => {
    const ids = ['urn:example:t/1', `urn:example:${'t'.repeat(1_988)}`]
    const events = ids.map(transformationID => ({
      type: 'TransformationEvent',
      eventID: `${transformationID.slice(0, 100)}:event`,
      eventTime: '2026-10-01T08:00:00Z',
      eventTimeZoneOffset: '+00:00',
      transformationID,
      inputEPCList: ['urn:epc:id:sgtin:9521234.012345.in'],
    }))
    await p.capture(documentOf(events))
    for (const [i, id] of ids.entries()) expect(await find({ EQ_transformationID: id })).toEqual([events[i]?.eventID])
    expect(await find({ EQ_transformationID: 'urn:example:none' })).toEqual([])
    expect(await find({ MATCH_inputEPC: 'urn:epc:id:sgtin:9521234.012345.in' })).toHaveLength(2)
    expect(await find({ MATCH_outputEPC: 'urn:epc:id:sgtin:9521234.012345.in' })).toEqual([])
  })
})

describe('names', () => {
  it('are compared by namespace, whatever says it', async () => {
    const space = 'https://names.example.org/v1/'
    const event = objectEvent({ 'farm:field': 'north', ilmd: { 'farm:deep': { 'farm:er': 3 } }, action: 'ADD' })
    const context = ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld', { farm: space }]
    const own: Record<string, unknown> = { ...objectEvent({ 'farm:field': 'north' }), type: 'farm:Harvest' }
    await p.capture(documentOf([event, own], { '@context': context }))
    const both = [own.eventID, event.eventID]
    const order = { orderBy: 'recordTime' }
    expect(await find({ [`EQ_${space}#field`]: 'north', ...order })).toEqual(both)
    expect(await find({ [`EQ_${space}field`]: 'north|south', ...order })).toEqual(both)
    // A prefix that only documents declared; one that the header declares goes before it.
    expect(await find({ 'EQ_farm:field': 'north', ...order })).toEqual(both)
    expect(await find({ 'EQ_f:field': 'north', ...order }, { 'gs1-extensions': `f=${space}` })).toEqual(both)
    expect(await find({ 'EQ_farm:field': 'north' }, { 'gs1-extensions': 'farm=urn:x:' })).toEqual([])
    expect(await find({ 'EQ_nobody:field': 'north' })).toEqual([])
    expect(await find({ 'GE_INNER_ILMD_farm:er': '3' })).toEqual([event.eventID])
    expect(await find({ 'EXISTS_ILMD_farm:deep': '' })).toEqual([event.eventID])
    expect(await find({ eventType: 'farm:Harvest' })).toEqual([own.eventID])
    expect(await find({ eventType: `ObjectEvent|${space}#Harvest`, 'EXISTS_farm:field': '', ...order })).toEqual(both)
    expect(await find({ eventType: 'farm:Other' })).toEqual([])
    const body = { '@context': { g: space }, 'EQ_g:field': ['north'], orderBy: 'recordTime' }
    expect((await list(await post(body))).map(e => e.eventID)).toEqual(both)
  })

  it('of steps with a prefix are full names, too', async () => {
    const context = (space: string) => [
      'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
      { fish: `https://fish.example.org/${space}/` },
    ]
    const [sea, lake] = [objectEvent({ bizStep: 'fish:landing' }), objectEvent({ bizStep: 'fish:landing' })]
    const plain = objectEvent({ bizStep: 'https://fish.example.org/sea/landing' })
    await p.capture(documentOf([sea, plain], { '@context': context('sea') }))
    await p.capture(documentOf([lake], { '@context': context('lake') }))
    const order = { orderBy: 'recordTime', orderDirection: 'ASC' }
    const full = 'https://fish.example.org/sea/landing'
    expect(await find({ EQ_bizStep: full, ...order })).toEqual([sea.eventID, plain.eventID])
    expect(
      await find({ EQ_bizStep: 'f:landing', ...order }, { 'gs1-extensions': 'f=https://fish.example.org/lake/' }),
    ).toEqual([lake.eventID])
    expect(await find({ EQ_bizStep: 'fish:landing', ...order })).toEqual([sea.eventID, plain.eventID, lake.eventID])
    expect(await find({ EQ_bizStep: 'fish:landing' }, { 'gs1-extensions': 'fish=urn:x:' })).toEqual([])
    expect(await find({ EQ_bizStep: `${full}|killing`, ...order })).toEqual([sea.eventID, plain.eventID])
  })

  it('that are no parameters are named, and values of the wrong kind', async () => {
    const cases: [string, string][] = [
      ['EQ_colour=red', '/query/EQ_colour'],
      ['GT_action=ADD', '/query/GT_action'],
      ['EQ_value=3', '/query/EQ_value'],
      ['EQ_value_CEL=warm', '/query/EQ_value_CEL'],
      ['GE_ext:f=warm', '/query/GE_ext:f'],
      ['EQ_quantity_KGM=1|heavy', '/query/EQ_quantity_KGM'],
      ['EXISTS_sensorElementList=perhaps', '/query/EXISTS_sensorElementList'],
      ['EQ_booleanValue=1', '/query/EQ_booleanValue'],
      ['GE_time=now', '/query/GE_time'],
      ['orderBy=colour', '/query/orderBy'],
      ['eventType=Harvest', '/query/eventType'],
    ]
    for (const [query, pointer] of cases) {
      const answer = await p.call(`/epcis/events?${query}`)
      expect(answer.status, query).toBe(400)
      const problem = await answer.json()
      expect(problem.type).toBe('epcisException:QueryParameterException')
      expect(problem.errors.map((e: { pointer: string }) => e.pointer)).toEqual([pointer])
    }
    const long = await post({ [`EQ_ATTR_${':_'.repeat(500_000)}`]: 'x' })
    expect(long.status).toBe(400)
    expect((await post(Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`EQ_x:${i}`, i])))).status).toBe(400)
    const wrong = await post({ EQ_quantity_KGM: [1, 'heavy'], 'EQ_ext:f': [{ a: 1 }] })
    expect((await wrong.json()).errors.map((e: { pointer: string }) => e.pointer)).toEqual([
      '/EQ_quantity_KGM/1',
      '/EQ_ext:f',
    ])
  })
})

describe('what is decided event by event', () => {
  it('ends a page when its time is used up, and refuses what must be complete', { timeout: 120_000 }, async () => {
    const slow = await startPlatform({ QUERY_BUDGET_MS: '1' })
    try {
      const events = Array.from({ length: 400 }, (_, i) => objectEvent({ 'ext:n': i, 'ext:text': 'x'.repeat(500) }))
      await slow.capture(documentOf(events))
      const rare = events.filter((_, i) => i % 100 === 7).map(e => e.eventID)
      const values = rare.map((_, i) => i * 100 + 7).join('|')
      const path = `/epcis/events?EQ_ext:n=${url(values)}&orderBy=recordTime&orderDirection=ASC`
      const seen: unknown[] = []
      let pages = 0
      let next: string | null = path
      while (next) {
        const answer: Response = await slow.call(next)
        seen.push(...(await list(answer)).map(e => e.eventID))
        pages++
        next = /^<https:\/\/trace\.example\.org([^>]+)>/.exec(answer.headers.get('link') ?? '')?.[1] ?? null
      }
      expect(seen).toEqual(rare)
      expect(pages).toBeGreaterThan(1)
      for (const more of [`${path}&maxEventCount=100`, '/epcis/events?orderBy=ext:n']) {
        const answer = await slow.call(more)
        expect(answer.status).toBe(413)
        const { type, title, detail } = await answer.json()
        expect(type).toBe('epcisException:QueryTooComplexException')
        expect([title, detail].every(words => /[\u4e00-\u9fff]/.test(words))).toBe(true)
        expect(detail).toContain('narrow the search by time, place or code')
      }
    } finally {
      await slow.stop()
    }
  })

  it('counts for maxEventCount and eventCountLimit', async () => {
    await p.capture(documentOf(Array.from({ length: 5 }, (_, n) => objectEvent({ 'ext:counted': n }))))
    const path = '/epcis/events?GE_ext:counted=1'
    expect(await list(await p.call(`${path}&maxEventCount=4`))).toHaveLength(4)
    const refused = await p.call(`${path}&maxEventCount=3`)
    expect(refused.status).toBe(413)
    const { type, detail } = await refused.json()
    expect(type).toBe('epcisException:QueryTooLargeException')
    expect(detail).toContain('more than 3 events')
    const first = await p.call(`${path}&orderBy=ext:counted&eventCountLimit=3&perPage=2`)
    expect((await list(first)).map(e => e['ext:counted'])).toEqual([4, 3])
    const next = /^<https:\/\/trace\.example\.org([^>]+)>/.exec(first.headers.get('link') ?? '')?.[1] as string
    const second = await p.call(next)
    expect(second.headers.get('link')).toBeNull()
    expect((await list(second)).map(e => e['ext:counted'])).toEqual([2])
  })
})

const VECTORS = join(import.meta.dirname, '../../../../../shared/vectors/gs1-epcis/REST Bindings')
describe.skipIf(!existsSync(VECTORS))(
  `the official parameters${existsSync(VECTORS) ? '' : ' (skipped: no vectors)'}`,
  () => {
    it('are all known: of the query schema, its families, and the OpenAPI', () => {
      const read = (name: string) => JSON.parse(readFileSync(join(VECTORS, name), 'utf8'))
      const query = read('query-schema.json').definitions['EPCIS-Query']
      const families = Object.keys(query.patternProperties).map(pattern =>
        pattern
          .replace(/[\^$]/g, '')
          .replace('[A-Z0-9]{2,4}', 'KGM')
          .replace('_[a-z][a-zA-Z0-9_]+', '_po')
          .replace('[a-z][a-zA-Z0-9]*\\\\:\\\\w+', 'ext:field')
          .replace('\\\\w+_\\\\w+', 'bizLocation_site'),
      )
      const openapi = Object.values(read('openapi.json').components.parameters) as { name: string; in: string }[]
      const paging = /^(second|minute|hour|dayOf|month|reportIfEmpty|stream|initialRecordTime)/
      const inQuery = openapi.filter(o => o.in === 'query' && !paging.test(o.name)).map(o => o.name)
      const all = [...Object.keys(query.properties).filter(name => name !== '@context'), ...families, ...inQuery]
      expect(all.length).toBeGreaterThan(170)
      expect(all.filter(name => parameterOf(name) === null)).toEqual([])
    })
  },
)
