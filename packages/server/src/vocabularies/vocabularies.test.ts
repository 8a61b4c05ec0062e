import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONTEXT, documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
})
afterAll(() => p.stop())

const LOCATIONS = 'urn:epcglobal:epcis:vtype:BusinessLocation'
const SITE = 'urn:epc:id:sgln:9521234.00001.0'
const HALL = 'https://id.gs1.org/414/9521234000013/254/hall'
const SHELF = 'https://own.example.org/shelf/1'
const url = (value: string) => encodeURIComponent(value)

interface Element {
  id: string
  attributes?: { id: string; attribute: unknown }[]
  children?: string[]
}
function masterData(elements: Element[], type = LOCATIONS) {
  return {
    '@context': [CONTEXT, { ext: 'https://ns.example.org/ext/' }],
    epcisHeader: {
      epcisMasterData: { vocabularyList: [{ type, vocabularyElementList: elements }] },
    },
  }
}
const city = (attribute: string) => [{ id: 'cbvmda:city', attribute }]
const at = (place: string) => objectEvent({ bizLocation: { id: place }, readPoint: { id: place } })
const get = async (path: string) => {
  const answer = await p.call(path)
  expect(answer.status, await answer.clone().text()).toBe(200)
  return answer.json()
}
const find = async (query: Record<string, string>) => {
  const body = await get(
    `/epcis/events?${new URLSearchParams({ orderBy: 'recordTime', orderDirection: 'ASC', ...query })}`,
  )
  return body.epcisBody.queryResults.resultsBody.eventList.map((e: { eventID: string }) => e.eventID)
}

let events: Record<string, unknown>[]
let before: string

describe('master data', () => {
  it('are kept in versions, with attributes by full name and hierarchies', async () => {
    events = [at(SITE), at(HALL), at(SHELF), at('urn:example:elsewhere')]
    const elements = [
      { id: SITE, attributes: city('Hangzhou'), children: [HALL] },
      {
        id: HALL,
        attributes: [{ id: 'ext:cold', attribute: 'yes' }],
        children: [SHELF, 'urn:epc:id:sgln:9521234.00001.0'],
      },
      { id: SHELF },
    ]
    await p.capture(documentOf(events, masterData(elements)))
    before = new Date(Date.now() + 5).toISOString()
    await new Promise(resolve => setTimeout(resolve, 20))
    await p.capture(documentOf([], masterData([{ id: SITE, attributes: city('Ningbo'), children: [HALL] }])))
    // Nobody describes what another described first.
    const key = await p.key('somebody-else')
    await p.capture(documentOf([], masterData([{ id: SITE, attributes: city('Nowhere') }])), { key })

    expect((await get('/api/vocabularies')).vocabularies).toEqual([{ type: LOCATIONS, elements: 3 }])
    const listed = await get(`/api/vocabularies/${url(LOCATIONS)}`)
    expect(listed.elements.map((e: Element) => e.id)).toEqual(['https://id.gs1.org/414/9521234000013', HALL, SHELF])
    expect(listed.elements[1]).toMatchObject({
      attributes: [{ id: 'https://ns.example.org/ext/cold', attribute: 'yes' }],
      children: [SHELF, 'https://id.gs1.org/414/9521234000013'],
    })
    const now = await get(`/api/vocabularies/${url(LOCATIONS)}/${url(SITE)}`)
    expect(now.attributes).toEqual([{ id: 'urn:epcglobal:cbv:mda:city', attribute: 'Ningbo' }])
    expect(now.versions.map((v: { inForce: boolean }) => v.inForce)).toEqual([true, true, false])
    const then = await get(`/api/vocabularies/${url(LOCATIONS)}/${url(SITE)}?at=${url(before)}`)
    expect(then.attributes[0].attribute).toBe('Hangzhou')
    expect(then.versions).toHaveLength(1)
    const missing = await p.call(`/api/vocabularies/${url(LOCATIONS)}/${url('urn:x:none')}`)
    expect(missing.status).toBe(404)
    expect((await p.call(`/api/vocabularies/${url('urn:x:none')}`)).status).toBe(404)
    expect((await p.call(`/api/vocabularies/${url(LOCATIONS)}/${url(SITE)}?at=soon`)).status).toBe(400)
    expect((await p.call(`/api/vocabularies/${url(LOCATIONS)}/${url(SITE)}?at=2000-01-01T00:00:00Z`)).status).toBe(404)
  })

  it('are paged', async () => {
    const seen: string[] = []
    let next: string | null = `/api/vocabularies/${url(LOCATIONS)}?perPage=1`
    while (next) {
      const answer: Response = await p.call(next)
      seen.push(...(await answer.json()).elements.map((e: Element) => e.id))
      next = /^<https:\/\/trace\.example\.org([^>]+)>/.exec(answer.headers.get('link') ?? '')?.[1] ?? null
    }
    expect(seen).toHaveLength(3)
  })

  it('widen queries to all that stands below a place, circles notwithstanding', async () => {
    const [site, hall, shelf] = events.map(e => e.eventID)
    expect(await find({ WD_bizLocation: 'https://id.gs1.org/414/9521234000013' })).toEqual([site, hall, shelf])
    expect(await find({ WD_readPoint: SHELF })).toEqual([shelf])
    expect(await find({ WD_readPoint: 'urn:example:elsewhere' })).toEqual([events[3]?.eventID])
    expect(await find({ WD_bizLocation: 'urn:example:unknown' })).toEqual([])
  })

  it('narrow queries to what has an attribute', async () => {
    const [site, hall] = events.map(e => e.eventID)
    for (const name of ['cbvmda:city', 'urn:epcglobal:cbv:mda:city', 'city'])
      expect(await find({ HASATTR_bizLocation: name })).toEqual([site])
    expect(await find({ HASATTR_readPoint: 'cbvmda:city|ext:cold' })).toEqual([site, hall])
    expect(await find({ 'EQ_ATTR_bizLocation_cbvmda:city': 'Ningbo|Wuhan' })).toEqual([site])
    // What is no longer in force, and what was not the describer's to say.
    expect(await find({ 'EQ_ATTR_bizLocation_cbvmda:city': 'Hangzhou' })).toEqual([])
    expect(await find({ 'EQ_ATTR_bizLocation_cbvmda:city': 'Nowhere' })).toEqual([])
    expect(await find({ 'EQ_ATTR_bizLocation_https://ns.example.org/ext/#cold': 'yes' })).toEqual([hall])
    const wrong = await p.call('/epcis/events?HASATTR_colour=x')
    expect(wrong.status).toBe(400)
    expect((await wrong.json()).errors[0].pointer).toBe('/query/HASATTR_colour')
  })

  it('say what classes, parties and own fields are like', async () => {
    const lot = 'urn:epc:class:lgtin:9521234.012345.L'
    const owner = 'urn:epc:id:pgln:9521234.00001'
    const event = objectEvent({
      quantityList: [{ epcClass: 'https://id.gs1.org/01/09521234123453/10/L' }],
      sourceList: [{ type: 'owning_party', source: owner }],
      'ext:vet': 'urn:example:vet',
    })
    const plain = objectEvent({ 'ext:vet': 'urn:example:another' })
    const kinds: [string, string][] = [
      [lot, 'urn:epcglobal:epcis:vtype:EPCClass'],
      ['https://id.gs1.org/417/9521234000013', 'urn:epcglobal:epcis:vtype:SourceDest'],
      ['urn:example:vet', 'https://ns.example.org/ext/Vet'],
    ]
    await p.capture(documentOf([event, plain]))
    for (const [id, type] of kinds)
      await p.capture(documentOf([], masterData([{ id, attributes: [{ id: 'ext:rank', attribute: 7 }] }], type)))
    const step = { id: 'urn:epcglobal:cbv:bizstep:killing', attributes: [{ id: 'ext:rank', attribute: 7 }] }
    const killed = objectEvent({ bizStep: 'killing' })
    await p.capture(documentOf([killed], masterData([step], 'urn:epcglobal:epcis:vtype:BusinessStep')))
    expect(await find({ 'EQ_ATTR_bizStep_ext:rank': '7' })).toEqual([killed.eventID])
    for (const field of ['epcClass', 'source', 'ext:vet']) {
      expect(await find({ [`HASATTR_${field}`]: 'ext:rank' }), field).toEqual([event.eventID])
      expect(await find({ [`EQ_ATTR_${field}_ext:rank`]: '7' }), field).toEqual([event.eventID])
      expect(await find({ [`EQ_ATTR_${field}_ext:rank`]: '8' }), field).toEqual([])
    }
  })
})
