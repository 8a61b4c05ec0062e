import type { Case } from './case.ts'
import { mediaTypeOf } from './exchange.ts'
import { expectEqual, expectEvents, expectHeader, expectProblem, expectStatus, expectThat } from './expect.ts'
import { requireNamedQueries } from './named-query-cases.ts'
import { documentOf, loneEvent, newCodes, objectEvent } from './sample.ts'

const FORMAT = '§12.8; GS1-EPC-Format'
const REFUSED = { zh: '406 NotAcceptableException', en: '406 NotAcceptableException' }

/** What is asked by a header, and which notation comes of an EPC URN that was captured. */
const FORMATS: readonly [name: string, headers: Record<string, string>, notation: 'link' | 'urn'][] = [
  ['default', {}, 'link'],
  ['Always_GS1_Digital_Link', { 'GS1-EPC-Format': 'Always_GS1_Digital_Link' }, 'link'],
  ['Always_EPC_URN', { 'GS1-EPC-Format': 'Always_EPC_URN' }, 'urn'],
  ['Never_Translates', { 'GS1-EPC-Format': 'Never_Translates' }, 'urn'],
]

/** Headers that no server of version 2.0 can satisfy. */
const VERSIONS: readonly [header: string, value: string][] = [
  ['GS1-EPCIS-Max', '1.2'],
  ['GS1-EPCIS-Min', '99.0'],
  ['GS1-CBV-Max', '1.2'],
  ['GS1-CBV-Min', '99.0'],
]

/** Formats, versions and media types (EPCIS 2.0 §12.8). */
export const NEGOTIATION_CASES: readonly Case[] = [
  ...FORMATS.map(
    ([name, headers, notation]): Case => ({
      id: `negotiation/format-${name}`,
      clause: FORMAT,
      does: { zh: `采集 EPC URN，读取时格式为 ${name}`, en: `captures an EPC URN and reads it as ${name}` },
      expects: {
        zh: notation === 'link' ? 'GS1 Digital Link' : 'EPC URN',
        en: notation === 'link' ? 'a GS1 Digital Link' : 'the EPC URN',
      },
      async run(tester) {
        const codes = newCodes()
        const written = { link: codes.item(1, 'F1'), urn: codes.itemUrn(1, 'F1') }
        const event = objectEvent({ epcList: [written.urn] })
        await tester.capture([event])
        const answer = await tester.get(`/events/${encodeURIComponent(String(event.eventID))}`, headers)
        expectEqual(answer, '/eventList/0/epcList', expectEvents(answer)[0]?.epcList, [written[notation]])
        if (notation === 'link') expectHeader(answer, 'GS1-EPC-Format', /^Always_GS1_Digital_Link$/)
      },
    }),
  ),
  {
    id: 'negotiation/format-unknown',
    clause: `${FORMAT} 406`,
    does: { zh: 'GS1-EPC-Format: Always_Latin', en: 'GS1-EPC-Format: Always_Latin' },
    expects: REFUSED,
    async run(tester) {
      const answer = await tester.get('/events?perPage=1', { 'GS1-EPC-Format': 'Always_Latin' })
      expectProblem(answer, [406], 'NotAcceptableException')
    },
  },
  ...VERSIONS.map(
    ([header, value]): Case => ({
      id: `negotiation/${header.slice(4).toLowerCase()}`,
      clause: `§12.8; ${header}`,
      does: { zh: `${header}: ${value}`, en: `${header}: ${value}` },
      expects: REFUSED,
      async run(tester) {
        expectProblem(await tester.get('/events?perPage=1', { [header]: value }), [406], 'NotAcceptableException')
      },
    }),
  ),
  ...(['GS1-EPCIS-Version', 'GS1-CBV-Version'] as const).map(
    (header): Case => ({
      id: `negotiation/${header.slice(4).toLowerCase()}-sent`,
      clause: `§12.8; ${header}; POST /events 406`,
      does: { zh: `${header}: 99.0 采集事件`, en: `captures an event with ${header}: 99.0` },
      expects: REFUSED,
      async run(tester) {
        const answer = await tester.send('POST', '/events', { body: loneEvent(), headers: { [header]: '99.0' } })
        expectProblem(answer, [406], 'NotAcceptableException')
      },
    }),
  ),
  {
    id: 'negotiation/versions-that-fit',
    clause: '§12.8; GS1-EPCIS-Min, GS1-EPCIS-Max',
    does: { zh: '版本范围为 2.0 至 2.0', en: 'asks for versions from 2.0 to 2.0' },
    expects: { zh: '200', en: '200' },
    async run(tester) {
      expectStatus(await tester.get('/events?perPage=1', { 'GS1-EPCIS-Min': '2.0', 'GS1-EPCIS-Max': '2.0' }), 200)
    },
  },
  ...(['/events?perPage=1', '/bizSteps', '/', '/capture', '/queries'] as const).map(
    (path): Case => ({
      id: `negotiation/accept${path === '/' ? '-root' : path.replace('/', '-').replace(/\?.*/, '')}`,
      clause: `§12.8; GET ${path.replace(/\?.*/, '')} 406`,
      does: { zh: `${path} Accept: text/csv；JSON、XML 均 q=0`, en: `${path} Accept: text/csv; JSON and XML with q=0` },
      expects: REFUSED,
      async run(tester) {
        if (path === '/queries') await requireNamedQueries(tester)
        for (const accept of ['text/csv', 'application/json;q=0, application/xml;q=0'])
          expectProblem(await tester.get(path, { accept }), [406], 'NotAcceptableException')
      },
    }),
  ),
  {
    id: 'negotiation/accept-of-capture',
    clause: '§12.8; POST /capture 406',
    does: { zh: '采集文档，Accept: text/html', en: 'captures a document with Accept: text/html' },
    expects: { zh: '406，事件没有采集', en: '406, and nothing is captured' },
    async run(tester) {
      const event = objectEvent()
      const sending = { body: documentOf([event]), headers: { accept: 'text/html' } }
      expectProblem(await tester.send('POST', '/capture', sending), [406], 'NotAcceptableException')
      expectStatus(await tester.get(`/events/${encodeURIComponent(String(event.eventID))}`), 404)
    },
  },
  {
    id: 'negotiation/json',
    clause: '§12.8; GET /events 200',
    does: { zh: '查询事件，Accept: application/json', en: 'queries events with Accept: application/json' },
    expects: { zh: 'application/json 或 application/ld+json', en: 'application/json or application/ld+json' },
    async run(tester) {
      const answer = expectStatus(await tester.get('/events?perPage=1'), 200)
      const type = mediaTypeOf(answer)
      expectThat(answer, 'application/json | application/ld+json', /^application\/(ld\+)?json$/.test(type), type)
    },
  },
]
