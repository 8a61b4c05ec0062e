import type { Case } from './case.ts'
import {
  expectEqual,
  expectEvents,
  expectHeader,
  expectProblem,
  expectStatus,
  expectThat,
  expectVersions,
} from './expect.ts'
import { loneEvent, newCodes, objectEvent } from './sample.ts'
import { pathOf } from './tester.ts'

const CLAUSE = '§12.6; POST /events'
const ONE = '§12.7; GET /events/{eventID}'
/** What must come back as it was sent. */
const FIELDS = ['type', 'eventID', 'action', 'bizStep', 'epcList', 'eventTimeZoneOffset'] as const

const FORMATS = ['No_Preference', 'Always_GS1_Digital_Link', 'Always_EPC_URN', 'Never_Translates'] as const
/** What no server recorded. */
const FORGED = '2001-01-01T00:00:00.000Z'
const DAY = 86_400_000

/** Single events, one by one. */
export const EVENT_CASES: readonly Case[] = [
  {
    id: 'events/create',
    clause: CLAUSE,
    does: { zh: '采集单个事件，再按 Location 读回', en: 'captures one event and reads it at its Location' },
    expects: { zh: '201、Location；读回的内容相同', en: '201 and Location; what is read is what was sent' },
    async run(tester) {
      const event = loneEvent()
      const made = expectStatus(await tester.send('POST', '/events', { body: event }), 201)
      expectVersions(made)
      const path = pathOf(expectHeader(made, 'Location', /\/events\/[^/]+$/), 'events')
      const answer = await tester.get(path, { 'GS1-EPC-Format': 'Never_Translates' })
      const events = expectEvents(answer)
      expectEqual(answer, 'number of events', events.length, 1)
      for (const name of FIELDS) expectEqual(answer, `/eventList/0/${name}`, events[0]?.[name], event[name])
      const time = Date.parse(String(events[0]?.eventTime))
      expectEqual(answer, '/eventList/0/eventTime', time, Date.parse(String(event.eventTime)))
    },
  },
  {
    id: 'events/duplicate',
    clause: `${CLAUSE} 409`,
    does: { zh: '同一编号的事件采集两次', en: 'captures an event under an id that is taken' },
    expects: { zh: '409 ResourceAlreadyExistsException', en: '409 ResourceAlreadyExistsException' },
    async run(tester) {
      const event = loneEvent()
      expectStatus(await tester.send('POST', '/events', { body: event }), 201)
      const again = await tester.send('POST', '/events', { body: event })
      expectProblem(again, [409], 'ResourceAlreadyExistsException')
    },
  },
  ...FORMATS.map(
    (format): Case => ({
      id: `events/record-time-${format}`,
      clause: '§7.4.1; GET /events/{eventID} recordTime',
      does: {
        zh: `采集带有 recordTime 的事件，以 ${format} 读回`,
        en: `captures an event with a recordTime, reads it as ${format}`,
      },
      expects: { zh: 'recordTime 由服务器给出', en: 'a recordTime that the server says itself' },
      async run(tester) {
        const event = loneEvent({ recordTime: FORGED })
        expectStatus(await tester.send('POST', '/events', { body: event }), 201)
        const path = `/events/${encodeURIComponent(String(event.eventID))}`
        const answer = await tester.get(path, { 'GS1-EPC-Format': format })
        const time = String(expectEvents(answer)[0]?.recordTime)
        expectThat(answer, '/eventList/0/recordTime: now', Date.parse(time) > Date.now() - DAY, time)
      },
    }),
  ),
  {
    id: 'events/assigned-id',
    clause: '§7.4.1; GET /events eventID',
    does: { zh: '采集没有编号的事件，以各种格式读回', en: 'captures an event without an id, reads it in each format' },
    expects: { zh: '每次都有同一个 eventID', en: 'the same eventID each time' },
    async run(tester) {
      const epc = newCodes().item(1, 'N1')
      await tester.capture([objectEvent({ eventID: undefined, epcList: [epc] })])
      const ids: unknown[] = []
      for (const format of FORMATS) {
        const answer = await tester.get(`/events?MATCH_epc=${encodeURIComponent(epc)}`, { 'GS1-EPC-Format': format })
        const [event] = expectEvents(answer)
        expectThat(answer, '/eventList/0/eventID', typeof event?.eventID === 'string' && event.eventID !== '', event)
        ids.push(event?.eventID)
        expectEqual(answer, '/eventList/0/eventID', event?.eventID, ids[0])
      }
    },
  },
  {
    id: 'events/declaration',
    clause: '§7.4.1; GET /events/{eventID}',
    does: { zh: '为已采集的事件采集错误声明', en: 'captures an error declaration of an event' },
    expects: { zh: '按编号读到事件及其声明', en: 'its id gives the event and the declaration' },
    async run(tester) {
      const event = loneEvent()
      expectStatus(await tester.send('POST', '/events', { body: event }), 201)
      const errorDeclaration = { declarationTime: '2020-01-01T00:00:00Z', reason: 'did_not_occur' }
      await tester.capture([{ ...event, '@context': undefined, errorDeclaration }])
      const answer = await tester.get(`/events/${encodeURIComponent(String(event.eventID))}`)
      const declared = expectEvents(answer).map(e => e.errorDeclaration !== undefined)
      expectEqual(answer, 'with errorDeclaration', declared.toSorted(), [false, true])
    },
  },
  ...(
    [
      ['no-time', { eventTime: undefined }, '没有 eventTime', 'without eventTime'],
      ['no-day', { eventTime: '2026-02-30T00:00:00Z' }, '不存在的日期', 'on a day that does not exist'],
      ['wrong-epc', { epcList: 'one' }, 'epcList 不是数组', 'whose epcList is no array'],
    ] as const
  ).map(
    ([name, more, zh, en]): Case => ({
      id: `events/${name}`,
      clause: `${CLAUSE} 400`,
      does: { zh: `采集单个事件：${zh}`, en: `captures one event ${en}` },
      expects: { zh: '400 ValidationException', en: '400 ValidationException' },
      async run(tester) {
        expectProblem(await tester.send('POST', '/events', { body: loneEvent(more) }), [400], 'ValidationException')
      },
    }),
  ),
  {
    id: 'events/media-type',
    clause: `${CLAUSE} 415`,
    does: { zh: '以 text/plain 采集单个事件', en: 'captures one event as text/plain' },
    expects: { zh: '415 UnsupportedMediaTypeException', en: '415 UnsupportedMediaTypeException' },
    async run(tester) {
      const headers = { 'content-type': 'text/plain' }
      const answer = await tester.send('POST', '/events', { body: 'hello', headers })
      expectProblem(answer, [415], 'UnsupportedMediaTypeException')
    },
  },
  {
    id: 'events/unknown',
    clause: `${ONE} 404`,
    does: { zh: '读取不存在的事件', en: 'reads an event that does not exist' },
    expects: { zh: '404 NoSuchResourceException', en: '404 NoSuchResourceException' },
    async run(tester) {
      const answer = await tester.get(`/events/${encodeURIComponent(String(loneEvent().eventID))}`)
      expectProblem(answer, [404], 'NoSuchResourceException')
    },
  },
]
