import { BIZ_STEPS, DISPOSITIONS } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
})
afterAll(() => p.stop())

const get = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await p.call(path, { headers })
  expect(answer.status, `${path} ${await answer.clone().text()}`).toBe(200)
  return answer
}
const nextOf = (answer: Response) =>
  /^<https:\/\/trace\.example\.org(\/[^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1] ?? null

/** Members of all pages. */
async function members(path: string, perPage = 1000, headers: Record<string, string> = {}): Promise<string[]> {
  const seen: string[] = []
  let next: string | null = `${path}?perPage=${perPage}`
  while (next) {
    const answer: Response = await get(next, headers)
    const body = await answer.json()
    expect(body.type).toBe('Collection')
    expect(body.member.length).toBeLessThanOrEqual(perPage)
    seen.push(...body.member)
    next = nextOf(answer)
  }
  return seen
}
const url = (value: string) => encodeURIComponent(value)

describe('top-level resources', () => {
  it('are the nine of the standard', async () => {
    const nine = 'bizLocations bizSteps capture dispositions epcs eventTypes events queries readPoints'.split(' ')
    for (const root of ['/epcis', '/epcis/']) {
      expect((await (await get(root)).json()).member.toSorted()).toEqual(nine)
    }
    const xml = await p.call('/epcis', { headers: { accept: 'application/xml' } })
    expect(xml.headers.get('content-type')).toBe('application/xml; charset=utf-8')
    expect([...(await xml.text()).matchAll(/<member>(\w+)<\/member>/g)].map(m => m[1]).sort()).toEqual(nine)
    expect((await p.call('/epcis', { headers: { accept: 'text/html' } })).status).toBe(406)
    expect((await p.call('/epcis', { key: null })).status).toBe(401)
  })

  it('list what the standard has and what events name, on pages of any size', async () => {
    const item = 'https://id.gs1.org/01/09521234543213/21/listed'
    const pallet = 'urn:epc:id:sscc:9521234.0000000001'
    const events = [
      objectEvent({
        epcList: [item, pallet],
        bizStep: 'https://own.example.org/step',
        disposition: 'https://own.example.org/state',
        readPoint: { id: 'urn:epc:id:sgln:9521234.00001.0' },
        bizLocation: { id: 'https://own.example.org/yard' },
      }),
      objectEvent({ type: 'ext:OwnEvent', epcList: [item] }),
      objectEvent({
        quantityList: [{ epcClass: 'https://id.gs1.org/01/09521234543213/10/LOT' }],
        epcList: [],
      }),
    ]
    expect((await p.capture(documentOf(events))).counts.accepted).toBe(3)
    for (const perPage of [1000, 7, 1]) {
      expect(await members('/epcis/bizSteps', perPage)).toEqual([...BIZ_STEPS, 'https://own.example.org/step'])
    }
    expect(await members('/epcis/dispositions', 10)).toEqual([...DISPOSITIONS, 'https://own.example.org/state'])
    expect(await members('/epcis/eventTypes', 2)).toEqual([
      'ObjectEvent',
      'AggregationEvent',
      'TransactionEvent',
      'TransformationEvent',
      'AssociationEvent',
      'https://ns.example.org/ext/OwnEvent',
    ])
    expect((await members('/epcis/readPoints')).toSorted()).toEqual([
      'https://id.gs1.org/414/9521234000013',
      'https://id.gs1.org/414/9521321000010',
    ])
    expect(await members('/epcis/bizLocations')).toContain('https://own.example.org/yard')
    // Classes and lots are no EPCs.
    for (const perPage of [1000, 1])
      expect(await members('/epcis/epcs', perPage)).toEqual(['https://id.gs1.org/00/095212340000000013', item])
    const mapped = await (await get('/epcis/eventTypes', { 'gs1-extensions': 'x=https://ns.example.org/ext/' })).json()
    expect(mapped.member.at(-1)).toBe('x:OwnEvent')
    expect(mapped['@context'].at(-1)).toEqual({ x: 'https://ns.example.org/ext/' })
  })

  it('know their values, and the events of each', async () => {
    const values: [string, string, number][] = [
      ['eventTypes', 'ObjectEvent', 2],
      ['eventTypes', 'https://ns.example.org/ext/OwnEvent', 1],
      ['epcs', 'urn:epc:id:sscc:9521234.0000000001', 1],
      ['epcs', 'https://elsewhere.example/01/09521234543213/21/listed', 2],
      ['bizSteps', 'https://own.example.org/step', 1],
      ['bizSteps', 'urn:epcglobal:cbv:bizstep:shipping', 2],
      ['bizSteps', 'killing', 0],
      ['bizLocations', 'https://own.example.org/yard', 1],
      ['readPoints', 'https://id.gs1.org/414/9521234000013', 1],
      ['dispositions', 'https://own.example.org/state', 1],
    ]
    for (const [kind, value, count] of values) {
      expect((await (await get(`/epcis/${kind}/${url(value)}`)).json()).member).toEqual(['events'])
      const found = await (await get(`/epcis/${kind}/${url(value)}/events?GE_eventTime=2026-01-01T00:00:00Z`)).json()
      expect(found.epcisBody.queryResults.resultsBody.eventList, value).toHaveLength(count)
    }
    for (const kind of ['epcs', 'bizSteps', 'bizLocations', 'eventTypes']) {
      const missing = await p.call(`/epcis/${kind}/${url('urn:nobody:names:this')}`)
      expect(missing.status).toBe(404)
      expect((await missing.json()).type).toBe('epcisException:NoSuchResourceException')
    }
    const twice = await p.call('/epcis/bizSteps/shipping/events?EQ_bizStep=receiving')
    expect(twice.status).toBe(400)
    expect((await twice.json()).errors[0].pointer).toBe('/query/EQ_bizStep')
    expect((await p.call('/epcis/bizSteps?perpage=3')).status).toBe(400)
    expect((await p.call('/epcis/bizSteps?nextPageToken=x')).status).toBe(400)
  })

  it('say which parameter nobody knows, also where a path takes none', async () => {
    const event = objectEvent()
    const job = (await p.capture(documentOf([event]))).id
    const values = 'eventTypes/ObjectEvent epcs/urn:x bizSteps/shipping bizLocations/x readPoints/x dispositions/x'
    const paths = ['', '/', `/events/${event.eventID}`, `/capture/${job}`, ...values.split(' ').map(v => `/${v}`)]
    for (const path of paths) {
      const refused = await p.call(`/epcis${path}?foo=1`)
      expect(refused.status, path).toBe(400)
      expect(await refused.json()).toMatchObject({
        type: 'epcisException:QueryParameterException',
        errors: [{ pointer: '/query/foo' }],
      })
    }
    for (const path of paths.slice(0, 4)) expect((await p.call(`/epcis${path}`)).status, path).toBe(200)
  })

  it('take back page tokens', async () => {
    for (const path of ['/epcis/bizSteps?perPage=5', '/epcis/events?perPage=1']) {
      const next = nextOf(await get(path)) as string
      const token = new URL(next, 'http://x').searchParams.get('nextPageToken') as string
      await get(next)
      const { status } = await p.call(`/epcis/nextPageToken/${token}`, { method: 'DELETE' })
      expect(status).toBe(204)
      expect((await p.call(next)).status).toBe(400)
    }
    expect((await p.call('/epcis/nextPageToken/none', { method: 'DELETE' })).status).toBe(404)
  })
})

describe('Always_EPC_URN', () => {
  it('knows company prefixes from the URNs that were seen, also after a restart', async () => {
    const link = 'https://id.gs1.org/01/09529999543219/21/seen'
    const urn = 'urn:epc:id:sgtin:9529999.054321.other'
    const found = async () => {
      const answer = await get(`/epcis/events?MATCH_epc=${url(link)}`, { 'gs1-epc-format': 'Always_EPC_URN' })
      return {
        epc: (await answer.clone().json()).epcisBody.queryResults.resultsBody.eventList[0].epcList[0],
        warning: answer.headers.get('warning'),
      }
    }
    const plain = { readPoint: undefined, bizLocation: undefined }
    await p.capture(documentOf([objectEvent({ ...plain, epcList: [link] })]))
    expect(await found()).toEqual({ epc: link, warning: expect.stringContaining(link) })
    await p.capture(documentOf([objectEvent({ ...plain, epcList: [urn] })]))
    const known = { epc: 'urn:epc:id:sgtin:9529999.054321.seen', warning: null }
    await expect.poll(found, { timeout: 3_000 }).toEqual(known)
    await p.restart()
    expect(await found()).toEqual(known)
    const epcs = await members('/epcis/epcs', 1000, { 'gs1-epc-format': 'Always_EPC_URN' })
    expect(epcs).toContain('urn:epc:id:sgtin:9529999.054321.seen')
  })

  it('names in a warning what a list leaves as Digital Link; no list is as it was sent', async () => {
    const item = 'https://id.gs1.org/01/09529988543213/21/stays'
    const place = 'https://id.gs1.org/414/9529977000017'
    await p.capture(
      documentOf([objectEvent({ epcList: [item], readPoint: { id: place }, bizLocation: { id: place } })]),
    )
    const lists = [
      ['epcs', item],
      ['readPoints', place],
      ['bizLocations', place],
    ] as const
    for (const [kind, left] of lists) {
      const path = `/epcis/${kind}?perPage=1000`
      const urns = await get(path, { 'gs1-epc-format': 'Always_EPC_URN' })
      expect((await urns.clone().json()).member, kind).toContain(left)
      expect(urns.headers.get('warning'), kind).toContain(left)
      expect(urns.headers.get('gs1-epc-format')).toBe('Always_EPC_URN')
      expect((await get(path)).headers.get('warning')).toBeNull()
      const never = await p.call(path, { headers: { 'gs1-epc-format': 'Never_Translates' } })
      expect([never.status, (await never.json()).type]).toEqual([406, 'epcisException:NotAcceptableException'])
    }
    expect((await p.call('/epcis/bizSteps', { headers: { 'gs1-epc-format': 'Never_Translates' } })).status).toBe(200)
    expect((await p.call('/epcis/bizSteps', { headers: { 'gs1-epc-format': 'Roman' } })).status).toBe(406)
  })
})

describe('quarantine', () => {
  it('keeps what it hides out of lists and master data', async () => {
    const strict = await startPlatform({ UNREGISTERED_PARTIES: 'quarantine' })
    try {
      const [key, other] = [await strict.key('unknown-farm'), await strict.key('another-farm')]
      const item = 'https://id.gs1.org/01/09521234543213/21/hidden'
      const event = objectEvent({ epcList: [item], bizStep: 'https://own.example.org/hidden' })
      const master = {
        epcisHeader: {
          epcisMasterData: {
            vocabularyList: [{ type: 'urn:x:places', vocabularyElementList: [{ id: 'urn:x:place', attributes: [] }] }],
          },
        },
      }
      await strict.capture(documentOf([event], master), { key })
      const seen = async (path: string, reader: string | undefined, name: string) =>
        ((await (await strict.call(path, reader ? { key: reader } : {})).json())[name] as unknown[]).length
      for (const [reader, count] of [
        [key, 1],
        [other, 0],
        [undefined, 1],
      ] as const) {
        expect(await seen('/epcis/epcs', reader, 'member')).toBe(count)
        expect(await seen('/epcis/bizSteps?perPage=1000', reader, 'member')).toBe(BIZ_STEPS.length + count)
        expect(await seen('/api/vocabularies', reader, 'vocabularies')).toBe(count)
        const step = await strict.call(`/epcis/bizSteps/${url('https://own.example.org/hidden')}`, {
          ...(reader && { key: reader }),
        })
        expect(step.status).toBe(count ? 200 : 404)
      }
    } finally {
      await strict.stop()
    }
  })
})
