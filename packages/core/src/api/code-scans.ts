import Type, { type Static } from 'typebox'
import { endpoint } from './endpoint.ts'

const Query = Type.Object(
  {
    code: Type.String({ minLength: 1, maxLength: 4096 }),
    region: Type.Optional(
      Type.String({ pattern: '^[1-9]\\d{5}$', description: 'area code (GB/T 2260), kept to the city only' }),
    ),
    lang: Type.Optional(Type.Enum(['zh', 'en'])),
  },
  { additionalProperties: false },
)

export const ScanCount = Type.Object({
  code: Type.String(),
  counted: Type.Boolean({ description: 'this request was counted' }),
  times: Type.Union([Type.Integer(), Type.Null()], { description: 'null: scans of this code are not counted' }),
  since: Type.Union([Type.String(), Type.Null()], { description: 'hour of the first one, ISO 8601' }),
  text: Type.String({ description: 'the same in words' }),
  places: Type.Optional(
    Type.Array(Type.Object({ region: Type.String(), title: Type.String() }), {
      description: 'where no place is known: what the reader may choose from, if he likes',
    }),
  ),
})
export type ScanCount = Static<typeof ScanCount>

export const recordScan = endpoint({
  id: 'recordScan',
  method: 'POST',
  path: '/scan',
  permission: null,
  summary: {
    zh: '计一次扫码并说明此码已验证几次；不保存个人信息',
    en: 'Count a scan of an item code and say how often it was verified; nothing personal is kept',
  },
  query: Query,
  reply: ScanCount,
})

export const readScans = endpoint({
  id: 'readScans',
  method: 'GET',
  path: '/scan',
  permission: null,
  summary: { zh: '此码已验证几次（不计数）', en: 'How often an item code was verified; counts nothing' },
  query: Query,
  reply: ScanCount,
})

export const ScanSignal = Type.Object({
  code: Type.String(),
  rule: Type.String(),
  title: Type.Object({ zh: Type.String(), en: Type.String() }),
  organisations: Type.Array(Type.String(), { description: 'who issued the code or reported on it' }),
  first: Type.String({ description: 'when it was first seen' }),
  last: Type.String(),
  detail: Type.Record(Type.String(), Type.Unknown()),
})
export type ScanSignal = Static<typeof ScanSignal>

export const listScanSignals = endpoint({
  id: 'listScanSignals',
  method: 'GET',
  path: '/api/codes/signals',
  permission: 'signal:read',
  summary: {
    zh: '扫码异常：本单位发放或上报的编码；监管与管理员可见全部',
    en: 'Suspicious scans of codes that the organisation issued or reported; all of them for oversight and admin',
  },
  query: Type.Object(
    {
      since: Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601 instant' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      nextPageToken: Type.Optional(Type.String({ maxLength: 1_000 })),
    },
    { additionalProperties: false },
  ),
  reply: Type.Object({ signals: Type.Array(ScanSignal) }),
})
