import Type, { type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'

const Title = Type.Object({ zh: Type.String(), en: Type.String() })
const Titles = Type.Record(Type.String(), Title)
const Attribute = Type.Object({ names: Type.Array(Type.String()), en: Type.Array(Type.String()) })

/** data/vocab/public-fields.json: the whitelist of what the public may see beyond the trace itself. */
const PublicFieldsFile = Type.Object({
  complaints: Type.Object({ phone: Type.String(), title: Title }),
  dayEndsAt: Type.String({ pattern: '^[+-]\\d\\d:\\d\\d$' }),
  ilmd: Type.Array(
    Type.Object({
      id: Type.String(),
      block: Type.String(),
      kind: Type.Enum(['date', 'text', 'area']),
      expires: Type.Optional(Type.Boolean()),
      title: Title,
      names: Type.Array(Type.String(), { minItems: 1 }),
    }),
  ),
  description: Type.Record(Type.String(), Attribute),
  labels: Titles,
  noReceiver: Type.Array(Type.String()),
})
export type PublicFieldsFile = Static<typeof PublicFieldsFile>

/** data/vocab/cbv-titles.json: what business steps, deeds, dispositions and documents are called. */
const TitlesFile = Type.Object({ steps: Titles, deeds: Titles, dispositions: Titles, documents: Titles })
export type TitlesFile = Static<typeof TitlesFile>

/** @throws Error naming the file and the place in it that is wrong */
export function parsePublicFields(value: unknown, path: string): PublicFieldsFile {
  return checked(PublicFieldsFile, value, path)
}

/** @throws Error naming the file and the place in it that is wrong */
export function parseTitles(value: unknown, path: string): TitlesFile {
  return checked(TitlesFile, value, path)
}

function checked<S extends TSchema>(schema: S, value: unknown, path: string): Static<S> {
  if (Value.Check(schema, value)) return value
  const first = Value.Errors(schema, value)[0]
  throw new Error(`${path}: ${first?.instancePath ?? ''} ${first?.message ?? 'not valid'}`)
}
