import Type, { type Static } from 'typebox'
import { CODE_STATES } from '../issuing/code-state.ts'
import { endpoint } from './endpoint.ts'

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const State = Type.Enum([...CODE_STATES])

/** Most codes of one range, of one page of its list, and named one by one in one request. */
export const CODE_LIMITS = { range: 1_000_000_000, page: 100_000, named: 10_000, pieces: 50_000 } as const

export const CodeRange = Type.Object({
  id: Type.Integer(),
  scheme: Type.String(),
  of: Nullable(Type.String({ description: 'canonical code of the product, or the company prefix' })),
  organisation: Type.String(),
  label: Type.String(),
  style: Type.Enum(['sequential', 'random']),
  count: Type.Integer({ description: 'codes; they are numbered from 0' }),
  check: Type.Boolean({ description: 'each serial has a check character of its own' }),
  guess: Type.Number({
    description: 'probability that a guessed serial of the block of the range is one of its codes',
  }),
  created: Type.String(),
  by: Type.String({ description: 'id of the key' }),
  first: Type.String({ description: 'code number 0' }),
  last: Type.String(),
})
export type CodeRange = Static<typeof CodeRange>

export const CodeRangeDraft = Type.Object(
  {
    scheme: Type.String({ minLength: 1, maxLength: 64, description: 'a file of data/issuing' }),
    of: Type.Optional(Type.String({ minLength: 1, maxLength: 4096, description: 'product code or company prefix' })),
    count: Type.Integer({ minimum: 1, maximum: CODE_LIMITS.range }),
    style: Type.Optional(Type.Enum(['sequential', 'random'])),
    length: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 20, description: 'symbols of a serial without check character' }),
    ),
    check: Type.Optional(
      Type.Boolean({ description: 'a check character in each serial, where the scheme leaves that open' }),
    ),
    from: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'sequential: leave out the numbers before',
      }),
    ),
    label: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { additionalProperties: false },
)
export type CodeRangeDraft = Static<typeof CodeRangeDraft>

const RangeId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

export const createCodeRange = endpoint({
  id: 'createCodeRange',
  headers: Type.Object({
    'Idempotency-Key': Type.Optional(Type.String({ pattern: '^[\\x21-\\x7e]{1,200}$' })),
  }),
  status: 201,
  method: 'POST',
  path: '/api/codes/ranges',
  permission: 'code:issue',
  summary: {
    zh: '领取一段编码；带 Idempotency-Key 重发得到同一段',
    en: 'Take a range of codes; sent again with the same Idempotency-Key it is the same range',
  },
  body: CodeRangeDraft,
  reply: CodeRange,
})

export const listCodeRanges = endpoint({
  id: 'listCodeRanges',
  method: 'GET',
  path: '/api/codes/ranges',
  permission: 'code:issue',
  summary: { zh: '本单位的编码段，新的在前', en: "The organisation's ranges, newest first; all of them for admin" },
  query: Type.Object(
    {
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      nextPageToken: Type.Optional(Type.String({ maxLength: 1_000 })),
    },
    { additionalProperties: false },
  ),
  reply: Type.Object({ ranges: Type.Array(CodeRange) }),
})

export const CodeChange = Type.Object({
  first: Type.Integer(),
  last: Type.Integer(),
  state: State,
  at: Type.String(),
  organisation: Type.String(),
  by: Type.String({ description: 'id of the key' }),
  note: Type.String(),
})
export type CodeChange = Static<typeof CodeChange>

export const getCodeRange = endpoint({
  id: 'getCodeRange',
  method: 'GET',
  path: '/api/codes/ranges/:id',
  permission: 'code:issue',
  summary: {
    zh: '一段编码：各状态的数量与变更记录',
    en: 'A range with the number of codes in each state and its latest changes',
  },
  params: RangeId,
  reply: Type.Object({
    ...CodeRange.properties,
    states: Type.Record(Type.String(), Type.Integer()),
    changes: Type.Array(CodeChange, { description: 'newest first, at most 100' }),
  }),
})

export const listRangeCodes = endpoint({
  id: 'listRangeCodes',
  produces: ['application/x-ndjson', 'text/csv', 'text/plain'],
  answers: { Link: 'rel="next" leads on' },
  method: 'GET',
  path: '/api/codes/ranges/:id/codes',
  permission: 'code:issue',
  summary: {
    zh: '一段编码的清单，分页；NDJSON、CSV 或纯文本',
    en: 'The codes of a range, page by page, as NDJSON, CSV or text; Link rel="next" leads on',
  },
  params: RangeId,
  query: Type.Object(
    {
      from: Type.Optional(
        Type.Integer({ minimum: 0, maximum: CODE_LIMITS.range, description: 'number of the first code' }),
      ),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: CODE_LIMITS.page, default: 1000 })),
      format: Type.Optional(Type.Enum(['ndjson', 'csv', 'text'])),
    },
    { additionalProperties: false },
  ),
})

/** One line of the list. */
export interface ListedCode {
  n: number
  /** canonical */
  code: string
  /** as it is printed */
  text: string
  /** what the QR code holds */
  url: string
  state: (typeof CODE_STATES)[number]
}

export const setCodeStates = endpoint({
  id: 'setCodeStates',
  method: 'POST',
  path: '/api/codes/states',
  permission: 'code:issue',
  summary: {
    zh: '设置编码状态：整段、一部分或逐个；已在该状态的不变',
    en: 'Set the state of a whole range, a part of it, or single codes; what is in that state already stays as it is',
  },
  body: Type.Object(
    {
      state: Type.Enum(CODE_STATES.filter(state => state !== 'issued')),
      range: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
      first: Type.Optional(
        Type.Integer({ minimum: 0, maximum: CODE_LIMITS.range, description: 'number in the range' }),
      ),
      last: Type.Optional(Type.Integer({ minimum: 0, maximum: CODE_LIMITS.range, description: 'number in the range' })),
      codes: Type.Optional(
        Type.Array(Type.String({ minLength: 1, maxLength: 4096 }), { minItems: 1, maxItems: CODE_LIMITS.named }),
      ),
      only: Type.Optional(
        Type.Array(State, {
          minItems: 1,
          uniqueItems: true,
          description: 'codes in other states are left as they are',
        }),
      ),
      note: Type.Optional(Type.String({ maxLength: 500 })),
    },
    { additionalProperties: false },
  ),
  reply: Type.Object({
    state: State,
    changed: Type.Integer(),
    unchanged: Type.Integer({ description: 'in that state already, or left out by "only"' }),
  }),
})

export const lookUpCode = endpoint({
  id: 'lookUpCode',
  method: 'GET',
  path: '/api/codes/lookup',
  permission: 'code:issue',
  summary: { zh: '一个编码的领用、状态与变更记录', en: 'Range, number, state and history of one code' },
  query: Type.Object({ code: Type.String({ minLength: 1, maxLength: 4096 }) }, { additionalProperties: false }),
  reply: Type.Object({
    code: Type.String(),
    range: CodeRange,
    n: Type.Integer(),
    state: State,
    since: Type.String(),
    changes: Type.Array(CodeChange, { description: 'of this code, newest first' }),
  }),
})
