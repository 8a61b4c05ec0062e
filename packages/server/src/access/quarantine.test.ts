import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'

const gs1 = (path: string) => `https://id.gs1.org/${path}`
const SITE = '414/9521321000010'
const LOT = '01/09521321000100/10/Q1'
const PRODUCT = gs1('01/09521321000100')
const MILL_CODE = '91350100M000100Y43'
const SHOP_CODE = '91320621MA1MRHG205'

let platform: Platform
let mill: string
let shop: string
let other: string
beforeAll(async () => {
  platform = await startPlatform({ UNREGISTERED_PARTIES: 'quarantine', PAGE_GRACE_MS: '0' })
  mill = await platform.key('mill')
  shop = await platform.key('shop')
  other = await platform.key('other')
  expect((await register('shop', SHOP_CODE)).status).toBe(200)
})
afterAll(() => platform.stop())

const register = (organisation: string, creditCode: string) =>
  platform.call('/api/organisations', { method: 'POST', body: JSON.stringify({ organisation, creditCode }) })

const about = (lot: string, more: Record<string, unknown> = {}) =>
  objectEvent({ epcList: undefined, quantityList: [{ epcClass: gs1(lot), quantity: 5, uom: 'KGM' }], ...more })

const made = about(LOT, { action: 'ADD', bizStep: 'commissioning', eventTime: '2026-10-01T08:00:00+08:00' })
const sold = about(LOT, { bizStep: 'receiving', eventTime: '2026-10-02T08:00:00+08:00' })

const described = {
  epcisHeader: {
    epcisMasterData: {
      vocabularyList: [
        {
          type: 'urn:epcglobal:epcis:vtype:EPCClass',
          vocabularyElementList: [
            { id: PRODUCT, attributes: [{ id: 'urn:epcglobal:cbv:mda#descriptionShort', attribute: '未登记者的油' }] },
          ],
        },
      ],
    },
  },
}

interface Told {
  id: string
  place: string
  reporter: string
  reporterCreditCode: string | null
  disputed: boolean
}

async function traced(lot = LOT): Promise<Told[] | number> {
  const answer = await platform.call(`/api/trace?code=${encodeURIComponent(gs1(lot))}`, { key: shop })
  return answer.status === 200 ? (await answer.json()).events : answer.status
}

interface Page {
  /** of the answer, where there is no page */
  status?: number
  units: { product: { name: { zh: string } } | null }[]
  steps: Record<string, unknown>[]
}

async function page(lot = LOT): Promise<Page> {
  const answer = await platform.call(`/${lot}`, { key: null, headers: { accept: 'application/json' } })
  return answer.json()
}

async function records(key: string, body: Record<string, unknown>, query = '') {
  const headers = { accept: 'application/x-ndjson' }
  const init = { method: 'POST', key, headers, body: JSON.stringify(body) }
  const answer = await platform.call(`/api/events/search${query}`, init)
  const lines = (await answer.text()).split('\n').filter(Boolean)
  return { link: answer.headers.get('link'), found: lines.map(line => JSON.parse(line)) }
}

/** Ids that a key is shown: by search, by query, by name. */
async function shown(key: string | undefined, id: unknown): Promise<boolean[]> {
  const init = key === undefined ? {} : { key }
  const seen = async (answer: Response) => JSON.stringify(await answer.json()).includes(`"eventID":"${id}"`)
  const body = JSON.stringify({ EQ_eventID: [id] })
  return Promise.all([
    platform.call('/api/events/search', { ...init, method: 'POST', body }).then(seen),
    platform.call('/epcis/events?perPage=100', init).then(seen),
    platform.call(`/epcis/events/${encodeURIComponent(String(id))}`, init).then(a => a.status === 200),
  ])
}

async function receipts(capture: string, key: string) {
  const text = await (await platform.call(`/api/captures/${capture}/receipts`, { key })).text()
  return text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
}

describe('an organisation without a registered credit code', () => {
  let capture = ''

  it('is told at once, and on the receipt, that its events are kept aside and what to do', async () => {
    const single = await platform.call('/epcis/events', {
      method: 'POST',
      key: mill,
      body: JSON.stringify({ '@context': documentOf([])['@context'], ...about('01/09521321000100/10/Q9') }),
    })
    expect(single.status).toBe(201)
    expect(single.headers.get('warning')).toContain('POST /api/organisations')
    const { id, counts } = await platform.capture(documentOf([made], described), { key: mill })
    expect(counts).toMatchObject({ events: 1, accepted: 1 })
    capture = id
    expect(await receipts(id, mill)).toEqual([
      {
        ordinal: 0,
        status: 'accepted',
        eventID: made.eventID,
        reporter: 'mill',
        site: SITE,
        remarks: ['quarantined'],
        detail: expect.stringMatching(/登记该单位.*POST \/api\/organisations/),
      },
    ])
  })

  it('has no part in a trace or a page; its own key and the administrator read its events', async () => {
    expect(await traced()).toBe(404)
    expect((await page()).status).toBe(404)
    expect(await shown(mill, made.eventID)).toEqual([true, true, true])
    expect(await shown(undefined, made.eventID)).toEqual([true, true, true])
    expect(await shown(other, made.eventID)).toEqual([false, false, false])

    const bought = await platform.capture(documentOf([sold]), { key: shop })
    expect(await receipts(bought.id, shop)).toEqual([
      { ordinal: 0, status: 'accepted', eventID: sold.eventID, reporter: 'shop', site: SITE },
    ])
    expect(await traced()).toMatchObject([
      { id: sold.eventID, place: SITE, reporter: 'shop', reporterCreditCode: SHOP_CODE },
    ])
    const { steps, units } = await page()
    expect(steps).toMatchObject([
      { reporterCode: 'shop', reporterCreditCode: SHOP_CODE, place: { code: gs1(SITE) }, step: 'receiving' },
    ])
    expect(units[0]?.product ?? null).toBeNull()
    const { eventID } = made
    const record = { eventID, reporter: 'mill', reporterCreditCode: null, site: SITE, recorded: expect.any(String) }
    expect((await records(mill, { EQ_eventID: [eventID] })).found).toEqual([{ ...record, quarantined: true }])
    expect((await records(other, { EQ_eventID: [eventID] })).found).toEqual([])
  })

  it('cannot make the event of another disputed, nor void it', async () => {
    const errorDeclaration = { declarationTime: '2026-10-03T00:00:00Z', reason: 'incorrect_data' }
    const voider = await platform.key('mill', ['capture', 'event:void'])
    await platform.capture(documentOf([{ ...sold, errorDeclaration }]), { key: voider })
    expect(await traced()).toMatchObject([{ id: sold.eventID, disputed: false }])
    expect((await page()).steps).toMatchObject([{ disputed: false }])
    const document = await platform.call(`/epcis/events/${encodeURIComponent(String(sold.eventID))}`, { key: other })
    expect(await document.text()).not.toContain('errorDeclaration')
  })

  it('is not registered under the code of another', async () => {
    const refused = await register('mill', SHOP_CODE)
    expect(refused.status).toBe(409)
    expect((await refused.json()).organisation).toBe('shop')
    expect(await traced()).toMatchObject([{ reporter: 'shop' }])
  })

  it('once registered has all that it reported in force: traces, pages kept before, receipts, readers', async () => {
    const lot = '01/09521321000100/10/Q2'
    await platform.capture(documentOf([about(lot)]), { key: mill })
    expect((await page(lot)).status).toBe(404)

    expect((await register('mill', MILL_CODE)).status).toBe(200)
    expect((await page(lot)).steps).toMatchObject([{ reporterCode: 'mill', reporterCreditCode: MILL_CODE }])
    // The one declaration of mill, whose key could void, is in force now as well.
    expect(await traced()).toMatchObject([{ id: made.eventID, reporter: 'mill', reporterCreditCode: MILL_CODE }])
    const { steps, units } = await page()
    expect(steps).toMatchObject([{ step: 'commissioning' }])
    expect(units[0]?.product?.name.zh).toBe('未登记者的油')
    expect(await shown(other, made.eventID)).toEqual([true, true, true])
    const both = { EQ_eventID: [made.eventID, sold.eventID], perPage: 1, orderBy: 'eventTime', orderDirection: 'ASC' }
    const first = await records(other, both)
    expect(first.found).toMatchObject([{ reporter: 'mill', reporterCreditCode: MILL_CODE, quarantined: false }])
    const [, next = ''] = /<[^?>]*(\?[^>]*)>; *rel="next"/.exec(first.link ?? '') ?? []
    expect((await records(other, both, next)).found).toMatchObject([{ eventID: sold.eventID, reporter: 'shop' }])
    const [receipt] = await receipts(capture, mill)
    expect(receipt.remarks).toBeUndefined()
    const again = await platform.call('/epcis/capture', {
      method: 'POST',
      key: mill,
      body: JSON.stringify(documentOf([about(lot)])),
    })
    expect([again.status, again.headers.get('warning')]).toEqual([202, null])
  })
})

describe('where parties need not be registered', () => {
  it('everything is in force, and pages follow a registration all the same', async () => {
    const open = await startPlatform({ PAGE_GRACE_MS: '0' })
    try {
      const key = await open.key('mill')
      const answer = await open.capture(documentOf([made], described), { key })
      expect(answer.counts.accepted).toBe(1)
      const json = async (path: string) =>
        (await open.call(path, { key, headers: { accept: 'application/json' } })).json()
      const trace = `/api/trace?code=${encodeURIComponent(gs1(LOT))}`
      expect((await json(trace)).events).toMatchObject([{ reporter: 'mill', reporterCreditCode: null }])
      expect((await json(`/${LOT}`)).steps).toMatchObject([{ reporterCode: 'mill', reporterCreditCode: null }])
      const body = JSON.stringify({ organisation: 'mill', creditCode: MILL_CODE })
      await open.call('/api/organisations', { method: 'POST', body })
      expect((await json(`/${LOT}`)).steps).toMatchObject([{ reporterCreditCode: MILL_CODE }])
    } finally {
      await open.stop()
    }
  })
})
