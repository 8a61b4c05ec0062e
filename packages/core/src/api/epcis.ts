import Type from 'typebox'
import { CaptureJob } from './capture.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { DOCUMENT_TYPES, EITHER_BINDING } from './epcis-binding.ts'
import { eventQueryParameters, Paging, StreamControls } from './query-parameters.ts'

/** What EPCIS 2.0 fixes and rooms mount by hand: declared here, so that its description is made like everything else's. */

const Text = Type.String()
const Texts = Type.Array(Text)
const Instant = Type.String({ description: 'ISO 8601 instant with its zone' })

/** Members that do not stand here are extensions or further fields of EPCIS 2.0 §7.4. */
export const EpcisEvent = Type.Object(
  {
    type: Type.String({ description: 'ObjectEvent, AggregationEvent, TransformationEvent, TransactionEvent, …' }),
    eventID: Type.Optional(Type.String({ description: 'URI; the event hash (CBV 2.0 §8.9) where absent' })),
    eventTime: Instant,
    eventTimeZoneOffset: Type.String({ description: '±hh:mm' }),
    action: Type.Optional(Type.Enum(['ADD', 'OBSERVE', 'DELETE'])),
    bizStep: Type.Optional(Text),
    disposition: Type.Optional(Text),
    epcList: Type.Optional(Texts),
  },
  { title: 'EPCIS event' },
)

const EpcisDocument = Type.Object(
  {
    '@context': Type.Unknown(),
    type: Type.Enum(['EPCISDocument', 'EPCISQueryDocument']),
    schemaVersion: Type.String({ description: '2.0' }),
    creationDate: Instant,
    epcisBody: Type.Object({ eventList: Type.Optional(Type.Array(EpcisEvent)) }),
  },
  { title: 'EPCIS document' },
)

/** What a query or a subscription finds. */
export const EpcisQueryDocument = Type.Object(
  {
    '@context': Type.Unknown(),
    type: Type.Literal('EPCISQueryDocument'),
    schemaVersion: Text,
    creationDate: Instant,
    epcisBody: Type.Object({
      queryResults: Type.Object({
        queryName: Text,
        subscriptionID: Type.Optional(Text),
        resultsBody: Type.Object({ eventList: Type.Array(EpcisEvent) }),
      }),
    }),
  },
  { title: 'EPCIS query document' },
)

const Collection = Type.Object({ '@context': Type.Unknown(), type: Type.Literal('Collection'), member: Texts })

const Signatures = {
  'Yuanliu-Signature': Type.Optional(
    Type.String({ description: 'signed notes over its events, a list of byte sequences (docs/guide/signing.md)' }),
  ),
}

export const getEpcisRoot = endpoint({
  id: 'getEpcisRoot',
  method: 'GET',
  path: '/epcis',
  permission: 'read',
  summary: { zh: 'EPCIS 顶层资源', en: 'Top-level resources of EPCIS' },
  reply: Collection,
  produces: EITHER_BINDING,
})

export const captureDocument = endpoint({
  id: 'captureDocument',
  method: 'POST',
  path: '/epcis/capture',
  permission: 'capture',
  summary: {
    zh: '采集一份 EPCIS 文档；立即受理，结果见任务与回执',
    en: 'Capture an EPCIS document; taken at once, the job and its receipts say what became of it',
  },
  headers: Type.Object({
    'GS1-Capture-Error-Behaviour': Type.Optional(Type.Enum(['rollback', 'proceed'], { default: 'rollback' })),
    ...Signatures,
  }),
  body: EpcisDocument,
  accepts: DOCUMENT_TYPES,
  status: 202,
  answers: { Location: 'the capture job', 'GS1-Capture-Error-Behaviour': 'what applies' },
})

export const listCaptureJobs = endpoint({
  id: 'listCaptureJobs',
  method: 'GET',
  path: '/epcis/capture',
  permission: 'capture',
  summary: { zh: '本单位的采集任务，新的在前', en: "The organisation's capture jobs, newest first; all for admin" },
  query: Type.Object(Paging),
  reply: Type.Array(CaptureJob),
})

export const captureEvent = endpoint({
  id: 'captureEvent',
  method: 'POST',
  path: '/epcis/events',
  permission: 'capture',
  summary: { zh: '采集单个事件', en: 'Capture one event' },
  headers: Type.Object(Signatures),
  body: EpcisEvent,
  accepts: DOCUMENT_TYPES,
  status: 201,
  refuses: [409],
  answers: { Location: 'the event' },
})

export const queryEvents = endpoint({
  id: 'queryEvents',
  method: 'GET',
  path: '/epcis/events',
  permission: 'read',
  summary: { zh: '按 EPCIS 查询参数查询事件，分页', en: 'Query events by the parameters of EPCIS, in pages' },
  query: eventQueryParameters(),
  reply: EpcisQueryDocument,
  produces: EITHER_BINDING,
})

export const getEvent = endpoint({
  id: 'getEvent',
  method: 'GET',
  path: '/epcis/events/:id',
  permission: 'read',
  summary: { zh: '一个事件及其错误声明', en: 'An event and its error declarations' },
  params: Type.Object({ id: Type.String({ description: 'eventID' }) }),
  reply: EpcisQueryDocument,
  produces: EITHER_BINDING,
})

const KINDS = [
  ['eventTypes', 'EventType', '事件类型', 'event types', 'eventType'],
  ['epcs', 'Epc', '物品与批次', 'things and lots', 'MATCH_anyEPC'],
  ['bizSteps', 'BizStep', '业务步骤', 'business steps', 'EQ_bizStep'],
  ['bizLocations', 'BizLocation', '业务地点', 'business locations', 'EQ_bizLocation'],
  ['readPoints', 'ReadPoint', '读取点', 'read points', 'EQ_readPoint'],
  ['dispositions', 'Disposition', '处置状态', 'dispositions', 'EQ_disposition'],
] as const
const Value = Type.Object({ value: Text })

/** Top-level resources and what is below them, EPCIS 2.0 §12.5. */
export const epcisResources: readonly Endpoint[] = KINDS.flatMap(([kind, name, zh, en, parameter]) => [
  endpoint({
    id: `list${name}s`,
    method: 'GET',
    path: `/epcis/${kind}`,
    permission: 'read',
    summary: { zh: `${zh}：标准取值与已采集的取值`, en: `All ${en}: of the standard and of the events captured` },
    query: Type.Object(Paging),
    reply: Collection,
  }),
  endpoint({
    id: `get${name}`,
    method: 'GET',
    path: `/epcis/${kind}/:value`,
    permission: 'read',
    summary: { zh: `${zh}之一的下级资源`, en: `What is below one of the ${en}` },
    params: Value,
    reply: Collection,
  }),
  endpoint({
    id: `query${name}Events`,
    method: 'GET',
    path: `/epcis/${kind}/:value/events`,
    permission: 'read',
    summary: { zh: `${zh}之一的事件`, en: `Events of one of the ${en}` },
    params: Value,
    query: eventQueryParameters(parameter),
    reply: EpcisQueryDocument,
    produces: EITHER_BINDING,
  }),
])

export const releasePageToken = endpoint({
  id: 'releasePageToken',
  method: 'DELETE',
  path: '/epcis/nextPageToken/:token',
  permission: ['read', 'capture'],
  summary: { zh: '归还翻页标记', en: 'Give a page token back' },
  params: Type.Object({ token: Text }),
  status: 204,
})

export const runQuery = endpoint({
  id: 'runQuery',
  method: 'GET',
  path: '/epcis/queries/:name/events',
  permission: 'read',
  summary: {
    zh: '命名查询的事件，分页；带 Upgrade: websocket 时实时推送新事件',
    en: 'Events of a named query, in pages; with Upgrade: websocket its new events as they come',
  },
  headers: Type.Object({
    Upgrade: Type.Optional(Type.String({ description: 'websocket' })),
    Connection: Type.Optional(Type.String({ description: 'Upgrade' })),
  }),
  params: Type.Object({ name: Text }),
  query: Type.Object({
    ...Paging,
    ...StreamControls,
    organisation: Type.Optional(Type.String({ description: 'for admin: whose query, where names are ambiguous' })),
  }),
  reply: EpcisQueryDocument,
  produces: EITHER_BINDING,
  upgrades: { zh: '新事件随到随送', en: 'new events as they come' },
})
