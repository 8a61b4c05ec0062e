import Type, { type Static } from 'typebox'
import { endpoint } from './endpoint.ts'

/**
 * Parameters of an event query by name (EPCIS 2.0 §8.2.7.1): a text, or a list of texts where the parameter takes
 * several. The server knows which parameters there are and says which one is wrong.
 */
export type EventQueryParameters = Readonly<Record<string, string | number | readonly (string | number)[]>>

export const EventQueryParameters = Type.Unsafe<EventQueryParameters>(
  Type.Object({}, { additionalProperties: true, title: 'Event query parameters' }),
)

/** What the repository knows of an event beside what it says: a line of `POST /api/events/search` as NDJSON. */
export const EventRecord = Type.Object({
  eventID: Type.String(),
  reporter: Type.String({ description: 'party: code of the organisation that reported it' }),
  reporterCreditCode: Type.Union([Type.String(), Type.Null()], { description: '统一社会信用代码, once registered' }),
  site: Type.Union([Type.String(), Type.Null()], {
    description: 'unit key of bizLocation, else readPoint; null where the event names neither',
  }),
  recorded: Type.String({ description: 'record time, ISO 8601' }),
  quarantined: Type.Boolean({ description: 'kept, but not in force until its reporter is registered' }),
})
export type EventRecord = Static<typeof EventRecord>

export const searchEvents = endpoint({
  id: 'searchEvents',
  produces: ['application/json', 'application/x-ndjson'],
  answers: { Link: 'rel="next" leads on' },
  method: 'POST',
  path: '/api/events/search',
  permission: 'read',
  summary: {
    zh: '按 EPCIS 查询参数查找事件；参数以 JSON 给出，每个列表最多 10,000 个值；Accept: application/x-ndjson 则逐条答复上报单位与地点',
    en: 'Find events by EPCIS query parameters, given as JSON, up to 10,000 values a list; post the same body to the address in Link rel="next" for the next page; with Accept: application/x-ndjson a line per event says who reported it and where',
  },
  query: Type.Object({ nextPageToken: Type.Optional(Type.String({ maxLength: 1_000 })) }),
  body: EventQueryParameters,
})
