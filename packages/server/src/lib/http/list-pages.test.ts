import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../../test/support/platform.ts'
import { TOKEN_LIFE } from './page-token.ts'

let p: Platform
let subscriptions: string
beforeAll(async () => {
  p = await startPlatform()
  const post = async (path: string, body: unknown) =>
    expect((await p.call(path, { method: 'POST', body: JSON.stringify(body) })).status).toBe(201)
  for (const name of ['first', 'second']) {
    await post('/epcis/queries', { name, query: { eventType: ['ObjectEvent'] } })
    const schedule = { hour: '3', minute: '15' }
    for (let n = 0; n < 2; n++)
      await post(`/epcis/queries/${name}/subscriptions`, { dest: 'https://a.example.cn/', schedule })
  }
  subscriptions = '/epcis/queries/first/subscriptions'
  const places = ['urn:epc:id:sgln:9521234.00001.0', 'urn:epc:id:sgln:9521234.00002.0']
  for (const id of places)
    await p.capture(
      documentOf([
        objectEvent({ readPoint: { id }, epcList: [`urn:epc:id:sgtin:9521234.054321.${randomUUID().slice(0, 8)}`] }),
      ]),
    )
})
afterAll(() => p.stop())

const tokenOf = (answer: Response) => {
  const next = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1]
  return new URL(next ?? 'http://none').searchParams.get('nextPageToken') as string
}
/** The token as if it had been given so many milliseconds earlier. */
const aged = (token: string, by: number) => {
  const place = JSON.parse(Buffer.from(token, 'base64url').toString())
  place[place.length - 1] -= by
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

const LISTS = [
  '/epcis/capture',
  '/epcis/queries',
  'subscriptions',
  '/api/subscriptions',
  '/epcis/bizSteps',
  '/epcis/epcs',
]

describe('page tokens of a list', () => {
  it.each(LISTS)('expire, and can be given back: %s', async list => {
    const path = list === 'subscriptions' ? subscriptions : list
    const first = await p.call(`${path}?perPage=1`)
    expect(first.status).toBe(200)
    const token = tokenOf(first)
    expect(token).toBeTruthy()
    const expires = Date.parse(first.headers.get('gs1-next-page-token-expires') ?? '')
    expect(Math.abs(expires - Date.now() - TOKEN_LIFE)).toBeLessThan(60_000)
    const next = async (of: string) => (await p.call(`${path}?perPage=1&nextPageToken=${of}`)).status
    expect(await next(token)).toBe(200)
    expect(await next(aged(token, TOKEN_LIFE - 60_000))).toBe(200)
    expect(await next(aged(token, TOKEN_LIFE))).toBe(400)
    expect(await next(Buffer.from('["capture",null,5]').toString('base64url'))).toBe(400)
    expect(await next('x')).toBe(400)
    expect((await p.call(`/epcis/nextPageToken/${token}`, { method: 'DELETE' })).status).toBe(204)
    const gone = await p.call(`${path}?nextPageToken=${token}`)
    expect(gone.status).toBe(400)
    expect((await gone.json()).errors[0].pointer).toBe('/query/nextPageToken')
  })

  it('are good for that list alone', async () => {
    const token = tokenOf(await p.call(`${subscriptions}?perPage=1`))
    expect((await p.call(`${subscriptions}?nextPageToken=${token}`)).status).toBe(200)
    for (const other of ['/epcis/queries/second/subscriptions', '/epcis/capture', '/api/subscriptions'])
      expect((await p.call(`${other}?nextPageToken=${token}`)).status, other).toBe(400)
  })

  it('are taken back from whoever captures and does not read', async () => {
    const key = await p.key('sends-only', ['capture'])
    for (let n = 0; n < 2; n++) await p.capture(documentOf([objectEvent()]), { key })
    const token = tokenOf(await p.call('/epcis/capture?perPage=1', { key }))
    expect((await p.call(`/epcis/nextPageToken/${token}`, { method: 'DELETE', key })).status).toBe(204)
    expect((await p.call(`/epcis/capture?nextPageToken=${token}`, { key })).status).toBe(400)
  })
})
