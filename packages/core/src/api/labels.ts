import Type, { type Static } from 'typebox'
import { CARRIER_CONTENTS } from '../labels/label-files.ts'
import { CODE_LIMITS } from './code-ranges.ts'
import { endpoint } from './endpoint.ts'

/** Most labels that one answer holds; longer jobs go on at `Link: rel="next"`. */
export const LABELS_PER_ANSWER = 500
/** Most labels of one job: the largest range of codes once. */
export const LABELS_PER_JOB = CODE_LIMITS.range
/** Most codes that a job may list. */
export const CODES_PER_JOB = 20_000

const CodeText = Type.String({ minLength: 1, maxLength: 4096 })
const CarrierId = Type.String({ maxLength: 40, description: 'id of a carrier, see /api/labels/forms' })
const Content = Type.Enum([...CARRIER_CONTENTS], {
  description: 'what the carrier holds, where there is a choice: the page address or the code as given',
})
const Dpi = Type.Integer({ minimum: 72, maximum: 600, description: 'dots an inch of the printer' })
const Line = Type.String({ minLength: 1, maxLength: 200 })

/** Carriers and papers that there are. */
export const listLabelForms = endpoint({
  id: 'listLabelForms',
  method: 'GET',
  path: '/api/labels/forms',
  permission: 'read',
  summary: { zh: '可用的载体与标签纸', en: 'Carriers and label papers that there are' },
  reply: Type.Object({
    carriers: Type.Array(
      Type.Object({
        id: Type.String(),
        title: Type.Object({ zh: Type.String(), en: Type.String() }),
        holds: Type.Array(Type.String()),
        module: Type.Object({ min: Type.Number(), target: Type.Number(), max: Type.Number() }),
      }),
    ),
    sheets: Type.Array(
      Type.Object({
        id: Type.String(),
        title: Type.Object({ zh: Type.String(), en: Type.String() }),
        perPage: Type.Integer(),
      }),
    ),
  }),
})

/** One carrier; `image/svg+xml` or `image/png`. */
export const drawCarrier = endpoint({
  id: 'drawCarrier',
  produces: ['image/svg+xml', 'image/png'],
  method: 'GET',
  path: '/api/labels/carrier',
  permission: 'read',
  summary: { zh: '把编码画成二维码或条码（SVG、PNG）', en: 'Draw a code as a carrier (SVG, PNG)' },
  query: Type.Object(
    {
      code: CodeText,
      carrier: Type.Optional(CarrierId),
      content: Type.Optional(Content),
      format: Type.Optional(Type.Enum(['svg', 'png'])),
      module: Type.Optional(
        Type.Number({ minimum: 0.05, maximum: 5, description: 'width of a module (X) in millimetres' }),
      ),
      dpi: Type.Optional(Dpi),
    },
    { additionalProperties: false },
  ),
})

const sheetOptions = {
  sheet: Type.Optional(Type.String({ maxLength: 40, description: 'id of a paper, see /api/labels/forms' })),
  carrier: Type.Optional(CarrierId),
  content: Type.Optional(Content),
  dpi: Type.Optional(Dpi),
  copies: Type.Optional(
    Type.Integer({ minimum: 1, maximum: LABELS_PER_JOB, description: 'labels of each code, one after the other' }),
  ),
  from: Type.Optional(
    Type.Integer({ minimum: 0, maximum: LABELS_PER_JOB, description: 'first label of this answer, from 0' }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LABELS_PER_ANSWER })),
  skip: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 1_000, description: 'places of the first sheet that are used already' }),
  ),
  shiftX: Type.Optional(Type.Number({ minimum: -20, maximum: 20, description: 'millimetres to the right' })),
  shiftY: Type.Optional(Type.Number({ minimum: -20, maximum: 20, description: 'millimetres down' })),
  name: Type.Optional(Line),
  lot: Type.Optional(Line),
  made: Type.Optional(Line),
  expires: Type.Optional(Line),
  lang: Type.Optional(Type.Enum(['zh', 'en'])),
}

/** What a sheet of labels may be told beside its codes; lengths in millimetres. */
export const SheetOptions = Type.Object(sheetOptions, { additionalProperties: false })
export type SheetOptions = Static<typeof SheetOptions>

/**
 * A print page of labels, `text/html`; `Link: rel="next"` leads on. Of codes that are named, with `read`; or of a range
 * that the organisation took, with `code:issue`. Changes no state.
 */
export const printLabels = endpoint({
  id: 'printLabels',
  produces: ['text/html'],
  answers: { Link: 'rel="next" leads on' },
  method: 'GET',
  path: '/api/labels/sheet',
  permission: ['read', 'code:issue'],
  summary: {
    zh: '标签打印页：列出的编码，或一段领用的编码',
    en: 'A page of labels to print: codes by name, or a range',
  },
  query: Type.Object(
    {
      code: Type.Optional(Type.Array(CodeText, { minItems: 1, maxItems: 1_000 })),
      range: Type.Optional(
        Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'id of a range, instead of codes' }),
      ),
      ...sheetOptions,
    },
    { additionalProperties: false },
  ),
})

/** The same for a long list; the same body posted to the address in `Link: rel="next"` gives the next page. */
export const printLabelList = endpoint({
  id: 'printLabelList',
  produces: ['text/html'],
  answers: { Link: 'rel="next" leads on' },
  method: 'POST',
  path: '/api/labels/sheet',
  permission: 'read',
  summary: { zh: '标签打印页，编码以 JSON 列出', en: 'A page of labels to print, for a list of codes' },
  query: SheetOptions,
  body: Type.Object(
    { codes: Type.Array(CodeText, { minItems: 1, maxItems: CODES_PER_JOB }) },
    { additionalProperties: false },
  ),
})
