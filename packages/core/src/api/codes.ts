import Type from 'typebox'
import { endpoint } from './endpoint.ts'

const Message = Type.Object({ zh: Type.String(), en: Type.String() })

const FailedReading = Type.Object({
  ok: Type.Literal(false),
  scheme: Type.String(),
  reason: Type.Enum(['format', 'length', 'checksum', 'component']),
  at: Type.Integer({ description: 'index of the first character that is wrong' }),
  message: Message,
})

const FittingReading = Type.Object({
  ok: Type.Literal(true),
  scheme: Type.String(),
  key: Type.String(),
  level: Type.String(),
  parts: Type.Record(Type.String(), Type.String()),
  canonical: Type.String(),
  forms: Type.Record(Type.String(), Type.String()),
  lot: Type.Union([Type.String(), Type.Null()]),
  warnings: Type.Optional(Type.Array(FailedReading)),
})

/** What a text may mean as a code; needs no key. */
export const parseCode = endpoint({
  id: 'parseCode',
  method: 'GET',
  path: '/api/codes/parse',
  permission: null,
  summary: { zh: '识读任意写法的编码', en: 'Read a code in any notation' },
  query: Type.Object({ text: Type.String({ minLength: 1, maxLength: 4096 }) }),
  reply: Type.Object({ readings: Type.Array(Type.Union([FittingReading, FailedReading])) }),
})
