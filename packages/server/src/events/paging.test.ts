import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONTEXT, documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { TOKEN_LIFE } from '../lib/http/page-token.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
})
afterAll(() => p.stop())

const PUBLIC = 'https://trace.example.org'

async function page(path: string, headers: Record<string, string> = {}) {
  const answer = await p.call(path, { headers })
  const body = await answer.json()
  expect(answer.status, JSON.stringify(body)).toBe(200)
  const link = answer.headers.get('link')
  return {
    document: body,
    events: body.epcisBody.queryResults.resultsBody.eventList as Record<string, unknown>[],
    next: link && (/^<(.*)>; rel="next"$/.exec(link)?.[1]?.slice(PUBLIC.length) as string),
  }
}

const TIMES = [
  '2026-10-01T00:00:00Z',
  '2026-10-01T00:00:00.000001Z',
  '2026-10-02T08:00:00+08:00',
  '2026-10-03T00:00:00Z',
]
let count = 0
function some(n: number, epc: string) {
  return Array.from({ length: n }, () =>
    objectEvent({
      epcList: [epc],
      eventTime: TIMES[count++ % TIMES.length],
      eventTimeZoneOffset: '+00:00',
      'ext:run': epc,
    }),
  )
}

describe('pages', () => {
  it.each([
    ['eventTime', 'ASC', 'MATCH_epc'],
    ['eventTime', 'DESC', 'MATCH_epc'],
    ['recordTime', 'ASC', 'MATCH_epc'],
    ['recordTime', 'DESC', 'MATCH_epc'],
    ['eventTime', 'DESC', 'EQ_ext:run'],
    ['ext:run', 'ASC', 'EQ_ext:run'],
  ])(
    'by %s %s of %s give every earlier event exactly once while capture goes on, later ones at most once',
    async (by, direction, parameter) => {
      const mark = `${by}${direction}${parameter}`.replace(/\W/g, '')
      const epc = `urn:epc:id:sgtin:9521234.054321.${mark}`
      const before = some(60, epc)
      await p.capture(documentOf(before))
      let stop = false
      const later: string[] = []
      const writing = (async () => {
        while (!stop) {
          const events = some(7, epc)
          later.push(...events.map(e => e.eventID as string))
          await p.capture(documentOf(events))
        }
      })()
      const seen: string[] = []
      let next: string | null = `/epcis/events?${parameter}=${epc}&orderBy=${by}&orderDirection=${direction}&perPage=4`
      try {
        while (next) {
          const shown = await page(next)
          expect(shown.events.length).toBeLessThanOrEqual(4)
          seen.push(...shown.events.map(e => e.eventID as string))
          next = shown.next
        }
      } finally {
        stop = true
        await writing
      }
      expect(new Set(seen).size).toBe(seen.length)
      expect(before.filter(e => !seen.includes(e.eventID as string))).toEqual([])
      expect(later.length).toBeGreaterThan(0)
      const all = await page(`/epcis/events?MATCH_epc=${epc}&perPage=1000`)
      expect(all.events).toHaveLength(60 + later.length)
    },
  )

  it('belong to their query and end with their day', async () => {
    await p.capture(documentOf(some(3, 'urn:epc:id:sgtin:9521234.054321.bound')))
    const path = '/epcis/events?MATCH_epc=urn:epc:id:sgtin:9521234.054321.bound&perPage=2'
    const { next } = await page(path)
    const token = new URL(next ?? '', PUBLIC).searchParams.get('nextPageToken') as string
    expect((await page(`${path.replace('perPage=2', 'perPage=1')}&nextPageToken=${token}`)).events).toHaveLength(1)
    const refused = await p.call(`/epcis/events?EQ_action=OBSERVE&nextPageToken=${token}`)
    expect(refused.status).toBe(400)
    expect((await refused.json()).detail).toContain('another query')
    const aged = (by: number) => {
      const place = JSON.parse(Buffer.from(token, 'base64url').toString())
      place[place.length - 1] -= by
      return Buffer.from(JSON.stringify(place)).toString('base64url')
    }
    expect((await p.call(`${path}&nextPageToken=${aged(TOKEN_LIFE - 60_000)}`)).status).toBe(200)
    const expired = await p.call(`${path}&nextPageToken=${aged(TOKEN_LIFE)}`)
    expect(expired.status).toBe(400)
    expect((await expired.json()).detail).toContain('expired')
  })

  it('are cut where contexts clash, and each event is read back as sent', async () => {
    const epc = 'urn:epc:id:sgtin:9521234.054321.clash'
    const contexts = ['a', 'b', 'a', 'c'].map(host => [CONTEXT, { ext: `https://${host}.example.org/` }])
    const documents = contexts.map(context =>
      documentOf([objectEvent({ epcList: [epc], 'ext:field': { 'ext:inner': 1 } })], { '@context': context }),
    )
    for (const document of documents) await p.capture(document)
    const read: unknown[] = []
    let next: string | null = `/epcis/events?MATCH_epc=${epc}&orderBy=recordTime&orderDirection=ASC`
    while (next) {
      const shown = await page(next, { 'gs1-epc-format': 'Never_Translates' })
      for (const event of shown.events) read.push([shown.document['@context'], event])
      next = shown.next
    }
    const sent = documents.map((d, i) => {
      const [event] = (d.epcisBody as { eventList: object[] }).eventList
      return [contexts[i], { ...event, recordTime: expect.any(String) }]
    })
    expect(read).toEqual(sent)
    const translated = await page(`/epcis/events?MATCH_epc=${epc}`)
    expect(translated.events).toHaveLength(4)
    expect((await p.capture(translated.document)).counts).toMatchObject({ events: 4, duplicate: 4 })
  })

  it('hold 1,000 events at most', async () => {
    const epc = 'urn:epc:id:sgtin:9521234.054321.many'
    await p.capture(documentOf(some(1_001, epc)))
    for (const perPage of [1_000, 1_001, 1_000_000]) {
      const first = await page(`/epcis/events?MATCH_epc=${epc}&perPage=${perPage}`)
      expect(first.events).toHaveLength(1_000)
      expect((await page(first.next as string)).events).toHaveLength(1)
    }
  })

  it('end before they grow too large', async () => {
    const epc = 'urn:epc:id:sgtin:9521234.054321.large'
    const large = () => objectEvent({ epcList: [epc], 'ext:text': 'x'.repeat(1_000_000) })
    const events = Array.from({ length: 12 }, large)
    for (let i = 0; i < 12; i += 6) await p.capture(documentOf(events.slice(i, i + 6)))
    const first = await page(`/epcis/events?MATCH_epc=${epc}`)
    expect(first.events.length).toBeLessThan(12)
    const second = await page(first.next as string)
    expect(second.next).toBeNull()
    expect(first.events.length + second.events.length).toBe(12)
  })
})
