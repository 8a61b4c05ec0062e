import Type, { type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'

const Title = Type.Object({ zh: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) })
const Id = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' })
const Length = Type.Number({ exclusiveMinimum: 0, maximum: 2_000 })
const Space = Type.Number({ minimum: 0, maximum: 500 })

/**
 * What a carrier may hold: the address of the product's page, the same for GS1 codes only, a GS1 element string, a GTIN
 * of fourteen or thirteen digits, or the code as it was given.
 */
export const CARRIER_CONTENTS = ['link', 'digital-link', 'element', 'gtin14', 'gtin13', 'text'] as const
export type CarrierContent = (typeof CARRIER_CONTENTS)[number]

/** One carrier of data/labels/carriers.json; lengths in millimetres, quiet zones in modules. */
export const CarrierSpec = Type.Object(
  {
    id: Id,
    title: Title,
    symbology: Type.String({ minLength: 1 }),
    kind: Type.Enum(['matrix', 'linear']),
    holds: Type.Array(Type.Enum([...CARRIER_CONTENTS]), { minItems: 1 }),
    options: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
    module: Type.Object({ min: Length, target: Length, max: Length }),
    quiet: Type.Object({ left: Space, right: Space, top: Space, bottom: Space }),
    height: Type.Optional(Type.Object({ min: Length, target: Length })),
    longest: Type.Optional(Type.Integer({ minimum: 1 })),
    /** it holds any text, several lines too, in UTF-8; else printable ASCII */
    unicode: Type.Optional(Type.Boolean()),
    widest: Type.Optional(Length),
    firstDigit: Type.Optional(Space),
    source: Type.String({ minLength: 1 }),
  },
  { additionalProperties: false },
)
export type CarrierSpec = Static<typeof CarrierSpec>

/** One paper of data/labels/sheets.json; millimetres. */
export const SheetSpec = Type.Object(
  {
    id: Id,
    title: Title,
    page: Type.Object({ width: Length, height: Length }),
    columns: Type.Integer({ minimum: 1, maximum: 20 }),
    rows: Type.Integer({ minimum: 1, maximum: 50 }),
    label: Type.Object({ width: Length, height: Length }),
    margin: Type.Object({ left: Space, top: Space }),
    gap: Type.Object({ x: Space, y: Space }),
    padding: Space,
    text: Length,
    dpi: Type.Optional(Type.Integer({ minimum: 72, maximum: 2_400 })),
  },
  { additionalProperties: false },
)
export type SheetSpec = Static<typeof SheetSpec>

const Carriers = Type.Object({ carriers: Type.Array(CarrierSpec, { minItems: 1 }) })
const Sheets = Type.Object({ sheets: Type.Array(SheetSpec, { minItems: 1 }) })

/** Checks data/labels/carriers.json. @throws Error that names the file and the place */
export function parseCarriers(value: unknown, path: string): CarrierSpec[] {
  const { carriers } = checked(Carriers, value, path)
  distinct(carriers, `${path}: /carriers`)
  for (const [i, { id, kind, height, module }] of carriers.entries()) {
    const place = `${path}: /carriers/${i} (${id})`
    if ((kind === 'linear') !== (height !== undefined))
      throw new Error(`${place}: "height" belongs to linear carriers, and every one needs it`)
    if (module.min > module.target || module.target > module.max)
      throw new Error(`${place}/module: min, target and max must be in this order`)
    if (height && height.min > height.target) throw new Error(`${place}/height: min is above target`)
  }
  return carriers
}

/** Checks data/labels/sheets.json. @throws Error that names the file and the place */
export function parseSheets(value: unknown, path: string): SheetSpec[] {
  const { sheets } = checked(Sheets, value, path)
  distinct(sheets, `${path}: /sheets`)
  for (const [i, s] of sheets.entries()) {
    const place = `${path}: /sheets/${i} (${s.id})`
    const width = s.margin.left + s.columns * s.label.width + (s.columns - 1) * s.gap.x
    const height = s.margin.top + s.rows * s.label.height + (s.rows - 1) * s.gap.y
    if (width > s.page.width + SLACK) throw new Error(`${place}: the labels are wider than the page (${width} mm)`)
    if (height > s.page.height + SLACK) throw new Error(`${place}: the labels are higher than the page (${height} mm)`)
    if (2 * s.padding >= Math.min(s.label.width, s.label.height))
      throw new Error(`${place}/padding: nothing is left of the label`)
  }
  return sheets
}

/** Sums of tenths are not exact. */
const SLACK = 1e-6

function distinct(items: readonly { id: string }[], place: string): void {
  const seen = new Set<string>()
  for (const { id } of items) {
    if (seen.has(id)) throw new Error(`${place}: "${id}" stands there twice`)
    seen.add(id)
  }
}

function checked<S extends TSchema>(schema: S, value: unknown, path: string): Static<S> {
  if (Value.Check(schema, value)) return value
  const [first] = Value.Errors(schema, value)
  throw new Error(`${path}: ${first?.instancePath || '/'} ${first?.message ?? 'is not valid'}`)
}
