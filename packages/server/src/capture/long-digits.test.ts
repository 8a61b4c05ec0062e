import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { longDigits } from './long-digits.ts'

describe('texts that the hash takes for numbers', () => {
  it('are told where a double does not hold them, wherever they stand', () => {
    const event = {
      a: '81000010000000000001',
      'ex:b': [{ c: ' 1.2345678901234567 ' }],
      d: 'urn:x:81000010000000000001',
    }
    expect(longDigits(event)).toEqual(['1.2345678901234567', '81000010000000000001'])
    expect(longDigits({ a: '123456789012345', b: 2 ** 70, c: '2026-10-01T00:00:00.000000Z' })).toEqual([])
  })
})

describe('events without an id that differ in such a text only', () => {
  let p: Platform
  beforeAll(async () => {
    p = await startPlatform()
  })
  afterAll(() => p.stop())

  const json = (code: string) => ({
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld', { ex: 'https://ex.example.org/' }],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-10-01T00:00:00Z',
    epcisBody: {
      eventList: [
        {
          type: 'ObjectEvent',
          eventTime: '2026-10-01T00:00:00Z',
          eventTimeZoneOffset: '+08:00',
          action: 'OBSERVE',
          epcList: ['urn:x:1'],
          'ex:code': code,
        },
      ],
    },
  })
  const xml = (code: string) =>
    `<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" xmlns:ex="https://ex.example.org/" schemaVersion="2.0" creationDate="2026-10-01T00:00:00Z"><EPCISBody><EventList><ObjectEvent><eventTime>2026-10-01T00:00:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcList><epc>urn:x:1</epc></epcList><action>OBSERVE</action><ex:code>${code}</ex:code></ObjectEvent></EventList></EPCISBody></e:EPCISDocument>`

  it('are a conflict, which is kept, and the same one again is a duplicate, in JSON and XML', async () => {
    expect((await p.capture(json('81000010000000000001'))).counts.accepted).toBe(1)
    expect((await p.capture(json('81000010000000000002'))).counts.conflict).toBe(1)
    expect((await p.capture(json('81000010000000000001'))).counts.duplicate).toBe(1)
    const answer = await p.call('/epcis/capture', {
      method: 'POST',
      body: xml('81000010000000000001'),
      headers: { 'content-type': 'application/xml', prefer: 'wait' },
    })
    expect(answer.status).toBe(202)
    const id = answer.headers.get('location')?.split('/').at(-1)
    const receipts = await (await p.call(`/api/captures/${id}/receipts`)).text()
    expect(receipts).toContain('"status":"duplicate"')
    const conflicts = await (await p.call('/api/conflicts')).text()
    expect(conflicts).toContain('81000010000000000002')
  })
})
