import Type, { type Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { EITHER_BINDING } from './epcis-binding.ts'

/** What is no UUID names nothing either: that is 404, the only answer that EPCIS has for it. */
const Id = Type.Object({ id: Type.String({ maxLength: 400, description: 'captureID, a UUID' }) })

/** A capture job, EPCIS 2.0 §12.6; `counts` is ours. */
export const CaptureJob = Type.Object({
  captureID: Type.String(),
  createdAt: Type.String(),
  finishedAt: Type.Optional(Type.String()),
  running: Type.Boolean(),
  success: Type.Boolean(),
  captureErrorBehaviour: Type.Enum(['rollback', 'proceed']),
  errors: Type.Array(Type.Unknown()),
  counts: Type.Object({
    events: Type.Integer(),
    applied: Type.Integer(),
    accepted: Type.Integer(),
    duplicate: Type.Integer(),
    conflict: Type.Integer(),
    rejected: Type.Integer(),
  }),
})
export type CaptureJob = Static<typeof CaptureJob>

export const getCapture = endpoint({
  id: 'getCapture',
  method: 'GET',
  path: '/epcis/capture/:id',
  permission: 'capture',
  summary: { zh: '采集任务的状态', en: 'State of a capture job' },
  params: Id,
  reply: CaptureJob,
  produces: EITHER_BINDING,
})

export const Receipt = Type.Object({
  ordinal: Type.Integer(),
  status: Type.Enum(['accepted', 'duplicate', 'conflict', 'rejected', 'pending']),
  eventID: Type.Optional(Type.String()),
  reporter: Type.String({ description: 'party: code of the organisation that sent it' }),
  site: Type.Optional(
    Type.Union([Type.String(), Type.Null()], {
      description: 'unit key of bizLocation, else readPoint; null where the event names neither',
    }),
  ),
  firstReporter: Type.Optional(Type.String({ description: 'who reported the event that is in force' })),
  remarks: Type.Optional(Type.Array(Type.String())),
  detail: Type.Optional(Type.String({ description: 'what to do about a remark' })),
  errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), message: Type.String() }))),
})
export type Receipt = Static<typeof Receipt>

export const listReceipts = endpoint({
  id: 'listReceipts',
  produces: ['application/x-ndjson'],
  answers: { Link: 'rel="next" leads on' },
  method: 'GET',
  path: '/api/captures/:id/receipts',
  permission: 'capture',
  summary: {
    zh: '逐条事件的回执（NDJSON，分页）',
    en: 'A receipt per event, one JSON object a line (NDJSON), in pages; Link rel="next" leads on',
  },
  params: Id,
  query: Type.Object({
    from: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1_000 })),
  }),
})

export const Conflict = Type.Object({
  eventID: Type.String(),
  recorded: Type.String(),
  capture: Type.String(),
  ordinal: Type.Integer(),
  reporter: Type.String(),
  firstReporter: Type.String(),
  event: Type.Unknown(),
})

export const listConflicts = endpoint({
  id: 'listConflicts',
  method: 'GET',
  path: '/api/conflicts',
  permission: 'capture',
  summary: {
    zh: '同一编号、不同内容的事件：双方都可见',
    en: 'Events that came under an id already taken by other content; both reporters see them',
  },
  query: Type.Object({
    after: Type.Optional(Type.String({ maxLength: 200 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 })),
  }),
  reply: Type.Object({ conflicts: Type.Array(Conflict), next: Type.Union([Type.String(), Type.Null()]) }),
})
