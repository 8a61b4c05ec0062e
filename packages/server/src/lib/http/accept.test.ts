import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONTEXT, documentOf, objectEvent } from '../../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../../test/support/platform.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
  const body = JSON.stringify({ name: 'mine', query: {} })
  await p.call('/epcis/queries', { method: 'POST', body })
})
afterAll(() => p.stop())

const JSON_ALONE = [
  '/epcis/capture',
  '/epcis/queries',
  '/epcis/queries/mine',
  '/epcis/queries/mine/subscriptions',
  '/epcis/bizSteps',
  '/epcis/bizSteps/shipping',
]
const EITHER = ['/epcis', '/epcis/events', '/epcis/queries/mine/events', '/epcis/bizSteps/shipping/events']

const NOTHING = [
  'text/html',
  'text/csv',
  'application/json;q=0',
  'application/*;q=0, */*',
  'application/json;q=0, text/*',
]

async function statusOf(path: string, accept: string): Promise<number> {
  const answer = await p.call(path, { headers: { accept } })
  if (answer.status === 406) expect(await answer.text()).toContain('epcisException:NotAcceptableException')
  return answer.status
}

describe('Accept', () => {
  it.each(JSON_ALONE)('of what is JSON alone: %s', async path => {
    for (const accept of [...NOTHING, 'application/xml', 'application/json;q=0, */*'])
      expect(await statusOf(path, accept), accept).toBe(406)
    for (const accept of ['application/json', 'application/ld+json', '*/*', 'application/*', 'text/html, */*;q=0.1'])
      expect(await statusOf(path, accept), accept).toBe(200)
    const refusal = await p.call(path, { headers: { accept: 'application/xml' } })
    expect(refusal.headers.get('content-type')).toContain('application/problem+xml')
  })

  it.each(EITHER)('of what is in both bindings: %s', async path => {
    for (const accept of NOTHING) expect(await statusOf(path, accept), accept).toBe(406)
    for (const accept of ['application/json', 'application/xml', 'application/json;q=0, */*', 'text/xml;q=0.1'])
      expect(await statusOf(path, accept), accept).toBe(200)
  })

  it('is refused before anything is done', async () => {
    const event = objectEvent()
    const bodies: [path: string, body: unknown, done: number][] = [
      ['/epcis/capture', documentOf([event]), 202],
      ['/epcis/events', { '@context': CONTEXT, ...objectEvent() }, 201],
      ['/epcis/queries', { name: 'refused', query: {} }, 201],
    ]
    for (const [path, body, done] of bodies) {
      const post = async (accept: string) =>
        (await p.call(path, { method: 'POST', body: JSON.stringify(body), headers: { accept } })).status
      expect(await post('text/html'), path).toBe(406)
      expect(await post('application/json;q=0'), path).toBe(406)
      if (path === '/epcis/capture') expect((await p.call(`/epcis/events/${event.eventID}`)).status).toBe(404)
      if (path === '/epcis/queries') expect((await p.call('/epcis/queries/refused')).status).toBe(404)
      expect(await post('application/json'), path).toBe(done)
    }
    const deleted = await p.call('/epcis/queries/refused', { method: 'DELETE', headers: { accept: 'text/html' } })
    expect(deleted.status).toBe(406)
    expect((await p.call('/epcis/queries/refused')).status).toBe(200)
  })
})
