import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { CHARSET_NAMES } from './charset.ts'
import { CHECK_NAMES } from './checks.ts'

/** The shape of `data/schemes/*.json`: one code scheme as data. How to add one: data/schemes/README.md. */

const closed = { additionalProperties: false } as const
const Name = Type.String({ pattern: '^[a-z][A-Za-z0-9-]*$' })
const Title = Type.Object({ zh: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) }, closed)
const AI = Type.String({ pattern: '^[0-9]{2,4}$' })
const Size = Type.Integer({ minimum: 0, maximum: 4096 })
const Level = Type.Enum(['class', 'lot', 'item', 'logistic', 'asset', 'place', 'party', 'document', 'other'])
const Reason = Type.Enum(['format', 'length', 'checksum', 'component'])

/** A stretch of the code. `min` = `max`: of fixed length; only the last part may vary. */
const Part = Type.Object(
  {
    name: Name,
    title: Title,
    charset: Type.Enum(CHARSET_NAMES),
    min: Size,
    max: Size,
    /** the part is always this text */
    constant: Type.Optional(Type.String({ minLength: 1 })),
    /** the level of a code in which this part is not empty, where it differs from the scheme's */
    level: Type.Optional(Level),
  },
  closed,
)

/** `part`: a `value` check's subject or a `digit` check's character; `over`: the parts that a `digit` check reads. */
const CheckUse = Type.Object(
  { check: Type.Enum(CHECK_NAMES), part: Name, over: Type.Optional(Type.Array(Name, { minItems: 1 })) },
  closed,
)

/** An addition under its own application identifier. Their order is the order of the Digital Link path. */
const Qualifier = Type.Object(
  {
    ai: AI,
    name: Name,
    title: Title,
    aliases: Type.Array(Type.String({ pattern: '^[a-z]+$' })),
    charset: Type.Enum(CHARSET_NAMES),
    min: Size,
    max: Size,
    /** whether it takes part in identity, hence in the unit key */
    inKey: Type.Boolean(),
    /** level of a code that bears it */
    level: Type.Optional(Level),
    /** this value says that there is none (GLN extension `0`) */
    none: Type.Optional(Type.String()),
    /** application identifiers that cannot stand beside it */
    excludes: Type.Optional(Type.Array(AI)),
    check: Type.Optional(Type.Enum(CHECK_NAMES)),
  },
  closed,
)

/**
 * An EPC URN: `urn:epc:<type>:<company prefix>.<reference>[.<field>…]`. Company prefix and reference together are the
 * part `body`; with `indicator` the first character of the reference goes before the company prefix (TDS §7).
 */
const Urn = Type.Object(
  {
    type: Type.String({ pattern: '^(id|class|idpat):[a-z]+$' }),
    body: Name,
    indicator: Type.Boolean(),
    /** what follows, in order: part names, application identifiers of qualifiers, `*` for "any" */
    fields: Type.Array(Type.String({ pattern: '^([a-z][A-Za-z0-9-]*|[0-9]{2,4}|\\*)$' })),
  },
  closed,
)

const Forms = Type.Object(
  {
    digitalLink: Type.Optional(
      Type.Object(
        {
          ai: AI,
          aliases: Type.Array(Type.String({ pattern: '^[a-z]+$' })),
          /** shorter lengths in use, filled up with zeros on the left (GTIN-8, -12, -13) */
          short: Type.Optional(Type.Array(Size)),
        },
        closed,
      ),
    ),
    urn: Type.Optional(Type.Array(Urn)),
    /** the code typed or scanned without any mark of its kind: at these lengths; lower rank is listed first */
    bare: Type.Optional(
      Type.Object({ lengths: Type.Array(Size, { minItems: 1 }), rank: Type.Integer({ minimum: 1 }) }, closed),
    ),
  },
  closed,
)

export const SchemeFile = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    title: Title,
    authority: Type.String({ minLength: 1 }),
    standard: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    level: Level,
    /** `verified`: in the standard's own text; `secondary`: in a reliable source; `recalled`: unverified, only warns */
    confidence: Type.Enum(['verified', 'secondary', 'recalled']),
    version: Type.Integer({ minimum: 1 }),
    /** first day on which the scheme is in force; absent: always has been */
    from: Type.Optional(Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })),
    normalise: Type.Optional(
      Type.Object(
        {
          /** characters dropped from a number that a person typed (full-width forms are always read as ASCII) */
          strip: Type.Optional(Type.String()),
          /** small letters are read as capitals */
          upper: Type.Optional(Type.Boolean()),
          /** words dropped from the front, whatever their case, with a colon behind them */
          prefixes: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
        },
        closed,
      ),
    ),
    parts: Type.Array(Part, { minItems: 1 }),
    checks: Type.Array(CheckUse),
    forms: Forms,
    qualifiers: Type.Array(Qualifier),
    examples: Type.Object(
      {
        valid: Type.Array(
          Type.Object({ text: Type.String(), key: Type.String(), lot: Type.Optional(Type.String()) }, closed),
          { minItems: 1 },
        ),
        invalid: Type.Array(Type.Object({ text: Type.String(), reason: Reason, at: Type.Integer() }, closed), {
          minItems: 1,
        }),
      },
      closed,
    ),
  },
  { ...closed, $id: 'SchemeFile', title: 'Code scheme' },
)
export type SchemeFile = Static<typeof SchemeFile>
export type SchemePart = SchemeFile['parts'][number]
export type SchemeQualifier = SchemeFile['qualifiers'][number]
export type SchemeUrn = NonNullable<SchemeFile['forms']['urn']>[number]

/** A scheme file that cannot be used. The message names the file and the place in it. */
export class SchemeError extends Error {
  override name = 'SchemeError'
}

/**
 * A parsed JSON value as a scheme file.
 * @param where the file's path, for the message
 * @throws SchemeError naming file and JSON pointer
 */
export function parseSchemeFile(value: unknown, where: string): SchemeFile {
  if (!Value.Check(SchemeFile, value)) {
    const [fault] = Value.Errors(SchemeFile, value)
    throw new SchemeError(`${where}${fault ? `#${fault.instancePath}: ${fault.message}` : ': no scheme file'}`)
  }
  const fault = inconsistency(value)
  if (fault) throw new SchemeError(`${where}#${fault}`)
  return value
}

/** What the schema cannot say: names that point nowhere, lengths that contradict. Pointer and words, or null. */
function inconsistency(file: SchemeFile): string | null {
  const parts = new Set<string>()
  for (const [i, part] of file.parts.entries()) {
    if (parts.has(part.name)) return `/parts/${i}/name: ${part.name} is there twice`
    parts.add(part.name)
    if (part.min > part.max) return `/parts/${i}/min: greater than max`
    if (part.min < part.max && i < file.parts.length - 1) return `/parts/${i}: only the last part may vary in length`
    if (part.constant !== undefined && part.constant.length !== part.max) return `/parts/${i}/constant: not max long`
  }
  for (const [i, use] of file.checks.entries()) {
    const unknown = [use.part, ...(use.over ?? [])].find(name => !parts.has(name))
    if (unknown !== undefined) return `/checks/${i}: no part is named ${unknown}`
  }
  if (!file.forms.digitalLink) return '/forms: no form by which the code could be read'
  const loose = file.parts.findIndex(part => part.charset !== 'digits' || part.min !== part.max)
  if (loose >= 0 && loose < file.parts.length - 1) return `/parts/${loose}: only the last part may be other than digits`
  const ais = new Set(file.qualifiers.map(q => q.ai))
  for (const [i, urn] of (file.forms.urn ?? []).entries()) {
    if (!parts.has(urn.body)) return `/forms/urn/${i}/body: no part is named ${urn.body}`
    const unknown = urn.fields.find(field => field !== '*' && !parts.has(field) && !ais.has(field))
    if (unknown !== undefined) return `/forms/urn/${i}/fields: neither part nor qualifier: ${unknown}`
  }
  return null
}
