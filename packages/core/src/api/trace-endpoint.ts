import Type from 'typebox'
import { endpoint } from './endpoint.ts'

/** `GET /api/trace`; the answer is a `TraceGraph`, or its records as NDJSON for `Accept: application/x-ndjson`. */
export const getTrace = endpoint({
  id: 'getTrace',
  produces: ['application/json', 'application/x-ndjson'],
  method: 'GET',
  path: '/api/trace',
  permission: 'read',
  summary: { zh: '追溯：来源、去向或两者', en: 'Trace a unit: where it came from, where it went, or both' },
  query: Type.Object(
    {
      code: Type.String({ minLength: 1, maxLength: 4096, description: 'the code in any notation' }),
      direction: Type.Optional(Type.Enum(['backward', 'forward', 'both'], { default: 'backward' })),
      at: Type.Optional(
        Type.String({ maxLength: 40, description: 'ISO 8601 instant: until (backward) or since (forward)' }),
      ),
      known: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 40,
          description:
            'what was known then and no more: an ISO 8601 instant (receipt), or the index of the last log entry that counts',
        }),
      ),
      depth: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
      units: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'budget; default 20,000' })),
      events: Type.Optional(Type.Integer({ minimum: 1, maximum: 5_000_000, description: 'budget; default 100,000' })),
      ms: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000, description: 'budget; default 2,000' })),
    },
    { additionalProperties: false },
  ),
})
