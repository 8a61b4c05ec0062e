import Type from 'typebox'
import { endpoint } from './endpoint.ts'

/**
 * Parameters of an event query by name (EPCIS 2.0 §8.2.7.1): a text, or a list of texts where the parameter takes
 * several. The server knows which parameters there are and says which one is wrong.
 */
export type EventQueryParameters = Readonly<Record<string, string | number | readonly (string | number)[]>>

export const EventQueryParameters = Type.Unsafe<EventQueryParameters>(
  Type.Object({}, { additionalProperties: true, title: 'Event query parameters' }),
)

export const searchEvents = endpoint({
  id: 'searchEvents',
  method: 'POST',
  path: '/api/events/search',
  permission: 'read',
  summary: {
    zh: '按 EPCIS 查询参数查找事件；参数以 JSON 给出，每个列表最多 10,000 个值',
    en: 'Find events by EPCIS query parameters, given as JSON, up to 10,000 values a list; post the same body to the address in Link rel="next" for the next page',
  },
  query: Type.Object({ nextPageToken: Type.Optional(Type.String({ maxLength: 1_000 })) }),
  body: EventQueryParameters,
})
