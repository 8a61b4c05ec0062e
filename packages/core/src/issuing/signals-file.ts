import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'

const Title = Type.Object({ zh: Type.String(), en: Type.String() }, { additionalProperties: false })
const Rule = {
  id: Type.String({ pattern: '^[a-z][a-z-]*$' }),
  title: Title,
  hours: Type.Integer({ minimum: 1, maximum: 720, description: 'hours looked back, the current one included' }),
}

/** data/signals/scans.json: what is suspicious in the scans of one item code. */
const ScanSignalsFile = Type.Object(
  {
    title: Title,
    note: Title,
    rules: Type.Array(
      Type.Union([
        Type.Object(
          {
            ...Rule,
            kind: Type.Literal('many'),
            scans: Type.Integer({ minimum: 2 }),
            provinces: Type.Integer({ minimum: 1 }),
          },
          { additionalProperties: false },
        ),
        Type.Object(
          {
            ...Rule,
            kind: Type.Literal('journey'),
            kilometresPerHour: Type.Number({ exclusiveMinimum: 0 }),
            slackKilometres: Type.Number({
              minimum: 0,
              description: 'how far a place may be from the point it stands for',
            }),
          },
          { additionalProperties: false },
        ),
      ]),
      { minItems: 1 },
    ),
    robots: Type.String({ description: 'regular expression on User-Agent; what it matches is not counted' }),
    keepDays: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false },
)
export type ScanSignalsFile = Static<typeof ScanSignalsFile>

/** data/signals/places.json: a point for each province-level area (GB/T 2260, first two digits). */
const PlacesFile = Type.Object(
  {
    title: Title,
    note: Title,
    places: Type.Record(
      Type.String({ pattern: '^[1-9][0-9]$' }),
      Type.Object(
        {
          title: Title,
          latitude: Type.Number({ minimum: -90, maximum: 90 }),
          longitude: Type.Number({ minimum: -180, maximum: 180 }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)
export type PlacesFile = Static<typeof PlacesFile>

/** @throws Error naming the file and the place in it that is wrong */
export function parseScanSignals(value: unknown, path: string): ScanSignalsFile {
  if (Value.Check(ScanSignalsFile, value)) return value
  const first = Value.Errors(ScanSignalsFile, value)[0]
  throw new Error(`${path}: ${first?.instancePath ?? ''} ${first?.message ?? 'not valid'}`)
}

/** @throws Error naming the file and the place in it that is wrong */
export function parsePlaces(value: unknown, path: string): PlacesFile {
  if (Value.Check(PlacesFile, value)) return value
  const first = Value.Errors(PlacesFile, value)[0]
  throw new Error(`${path}: ${first?.instancePath ?? ''} ${first?.message ?? 'not valid'}`)
}
