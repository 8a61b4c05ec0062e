import Type, { type Static } from 'typebox'
import { endpoint } from './endpoint.ts'

const Message = Type.Object({ zh: Type.String(), en: Type.String() })
const Texts = Type.Record(Type.String(), Type.String())

/** Why a reading is none, with the index of the first character that is wrong. */
const Failure = Type.Object({
  scheme: Type.String(),
  ok: Type.Literal(false),
  reason: Type.Enum(['format', 'length', 'checksum', 'component', 'scheme']),
  at: Type.Integer({ description: 'index of the first character that is wrong' }),
  rule: Type.Optional(Type.String({ description: 'the rule that it breaks' })),
  unverified: Type.Optional(Type.Literal(true)),
  message: Message,
})

/** One reading of a text; `scheme` is the id of a file in data/schemes, or `uri` for a URI that stands for itself. */
export const ParsedCode = Type.Union([
  Type.Object({
    scheme: Type.String(),
    ok: Type.Literal(true),
    key: Type.String({ description: 'unit key' }),
    level: Type.String(),
    parts: Texts,
    area: Type.Optional(
      Type.String({
        description: 'name of the administrative area whose code is among the parts, with those above it',
      }),
    ),
    canonical: Type.String({ description: 'URI' }),
    forms: Texts,
    lot: Type.Union([Type.String(), Type.Null()], { description: 'unit key of the lot beside a serial number' }),
    unverified: Type.Optional(Type.Boolean({ description: 'read by rules that no published standard confirms' })),
    warnings: Type.Optional(Type.Array(Failure)),
  }),
  Failure,
])
export type ParsedCode = Static<typeof ParsedCode>

/** A scheme that texts are read by. */
export const KnownScheme = Type.Object({ id: Type.String(), title: Message })
export type KnownScheme = Static<typeof KnownScheme>

/** What a text may mean as a code; needs no key. */
export const parseCode = endpoint({
  id: 'parseCode',
  method: 'GET',
  path: '/api/codes/parse',
  permission: null,
  summary: { zh: '识读任意写法的编码', en: 'Read a code in any notation' },
  query: Type.Object({ text: Type.String({ minLength: 1, maxLength: 4096 }) }),
  reply: Type.Object({
    readings: Type.Array(ParsedCode, { description: 'best first' }),
    schemes: Type.Optional(Type.Array(KnownScheme, { description: 'all that are known, where nothing fits' })),
  }),
})
