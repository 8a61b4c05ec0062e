import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { CHARSET_NAMES } from './charset.ts'
import { CHECK_NAMES } from './checks.ts'
import { inconsistency } from './scheme-consistency.ts'
import { SchemeError } from './scheme-error.ts'

export { SchemeError }

/** The shape of `data/schemes/*.json`: one code scheme as data. How to add one: data/schemes/README.md. */

const closed = { additionalProperties: false } as const
const Name = Type.String({ pattern: '^[a-z][A-Za-z0-9-]*$' })
const Title = Type.Object({ zh: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) }, closed)
/** A remark in both languages and where it is from. */
const Note = Type.Object(
  { zh: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }), source: Type.String({ minLength: 1 }) },
  closed,
)
const AI = Type.String({ pattern: '^[0-9]{2,4}$' })
const Size = Type.Integer({ minimum: 0, maximum: 4096 })
const Level = Type.Enum(['class', 'lot', 'item', 'logistic', 'asset', 'place', 'party', 'document', 'other'])
const Reason = Type.Enum(['format', 'length', 'checksum', 'component'])
/**
 * How a fact is known. `verified`: in the standard's own text; `computed`: recomputed, and right for published values;
 * `secondary`: in a reliable source; `recalled`: not checked. The latter two never refuse a code: they warn.
 */
const Confidence = Type.Enum(['verified', 'computed', 'secondary', 'recalled'])
const Day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })

/** A stretch of the code. `min` = `max`: of fixed length; how others end, see `layouts`. */
const Part = Type.Object(
  {
    name: Name,
    title: Title,
    charset: Type.Enum(CHARSET_NAMES),
    min: Size,
    max: Size,
    /** the characters of the set `listed` */
    chars: Type.Optional(Type.String({ minLength: 1 })),
    /** the part is always this text */
    constant: Type.Optional(Type.String({ minLength: 1 })),
    /** all texts that this part may be, with what they mean; a text that is not here is a fault `component` */
    values: Type.Optional(Type.Record(Type.String({ minLength: 1 }), Title)),
    /** how `constant` or `values` are known, where it differs from the scheme */
    confidence: Type.Optional(Confidence),
    /** the level of a code in which this part is not empty, where it differs from the scheme's */
    level: Type.Optional(Level),
  },
  closed,
)

/**
 * `part`: a `value` check's subject or a `digit` check's character; `over`: the parts that a `digit` check reads; the
 * rest are parameters of the check (checks.ts). `code-of`: the part is a code of `scheme`.
 */
const CheckUse = Type.Object(
  {
    check: Type.Enum(CHECK_NAMES),
    part: Name,
    over: Type.Optional(Type.Array(Name, { minItems: 1 })),
    confidence: Type.Optional(Confidence),
    scheme: Type.Optional(Type.String()),
    weights: Type.Optional(Type.Array(Type.Integer({ minimum: 0, maximum: 999 }), { minItems: 1 })),
    modulus: Type.Optional(Type.Integer({ minimum: 2, maximum: 9999 })),
    alphabet: Type.Optional(Type.String({ minLength: 2, pattern: '^[!-~]+$' })),
    values: Type.Optional(Type.Record(Type.String({ pattern: '^[!-~]$' }), Type.Integer({ minimum: 0, maximum: 999 }))),
    from: Type.Optional(Type.Enum(['left', 'right'])),
    result: Type.Optional(Type.Enum(['remainder', 'complement'])),
    digits: Type.Optional(Type.String({ minLength: 2 })),
    length: Type.Optional(Type.Enum([1, 2])),
    format: Type.Optional(Type.String({ pattern: '^(YYYY|YY|Y|MM|DD)+$' })),
    longest: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  closed,
)

/** An addition under its own application identifier. Their order is the order of the Digital Link path. */
const Qualifier = Type.Object(
  {
    ai: AI,
    name: Name,
    title: Title,
    aliases: Type.Array(Type.String({ pattern: '^[a-zA-Z]+$' })),
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
          aliases: Type.Array(Type.String({ pattern: '^[a-zA-Z]+$' })),
          /** shorter lengths in use, filled up with zeros on the left (GTIN-8, -12, -13) */
          short: Type.Optional(Type.Array(Size)),
        },
        closed,
      ),
    ),
    urn: Type.Optional(Type.Array(Urn)),
    /**
     * The code typed or scanned without any mark of its kind: at these lengths (absent: at every length it can have);
     * lower rank is listed first. `written`: only where it stands as its text form has it, separators included.
     */
    bare: Type.Optional(
      Type.Object(
        {
          lengths: Type.Optional(Type.Array(Size, { minItems: 1 })),
          rank: Type.Integer({ minimum: 1 }),
          written: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
    ),
    /** the code stands alone in the path or query of other people's addresses and is unmistakable there */
    carried: Type.Optional(Type.Boolean()),
    /** in events, too, the address of the code's page (`…/t/<code>`) names what the code names */
    page: Type.Optional(Type.Boolean()),
    /** what URIs of the code begin with, the code follows; the first is canonical (absent: `urn:yuanliu:<id>:`) */
    uri: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z][a-z0-9+.-]*:[!-~]*$' }), { minItems: 1 })),
    /**
     * what of the code its URI and unit key are made of, as a template, where it says more than what it names; absent:
     * the code. Of a URI only these parts are read back.
     */
    identity: Type.Optional(Type.String({ minLength: 3 })),
    /** the code as people write it: `{code}` or parts in braces; absent: as it stands in `layouts` */
    text: Type.Optional(Type.String({ minLength: 1 })),
    /** further ways of writing it, by name */
    texts: Type.Optional(Type.Record(Name, Type.String({ minLength: 1 }))),
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
    confidence: Confidence,
    version: Type.Integer({ minimum: 1 }),
    /** first and last day on which the scheme is in force; absent: always has been, still is */
    from: Type.Optional(Day),
    until: Type.Optional(Day),
    /** the rule that a fault is reported with, e.g. `NMPAB/T 1002-2019` */
    rule: Type.Optional(Type.String({ minLength: 1 })),
    /** what is worth knowing about the scheme */
    notes: Type.Optional(Type.Array(Note)),
    /** what must be shown to who scans it, by which rule */
    shows: Type.Optional(Type.Array(Note)),
    normalise: Type.Optional(
      Type.Object(
        {
          /** characters dropped from a number that a person typed (full-width forms are always read as ASCII) */
          strip: Type.Optional(Type.String()),
          /** small letters are read as capitals */
          upper: Type.Optional(Type.Boolean()),
          /** words dropped from the front, whatever their case, with a colon behind them */
          prefixes: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
          /** characters read as others, one for one, e.g. brackets of other shapes */
          replace: Type.Optional(
            Type.Record(Type.String({ minLength: 1, maxLength: 1 }), Type.String({ maxLength: 1 })),
          ),
        },
        closed,
      ),
    ),
    parts: Type.Array(Part, { minItems: 1 }),
    /**
     * Ways in which the parts make the code, as templates: parts in braces, other text literally. Absent: one, all parts
     * in order. A part of varying length is followed by parts of fixed length only, or by text that it cannot hold.
     * A line break (`\n`) ends a line: blanks around lines and empty lines are dropped, as is the CR before it.
     */
    layouts: Type.Optional(Type.Array(Type.String({ minLength: 3 }), { minItems: 1 })),
    checks: Type.Array(CheckUse),
    forms: Forms,
    qualifiers: Type.Array(Qualifier),
    examples: Type.Object(
      {
        valid: Type.Array(
          Type.Object({ text: Type.String(), key: Type.String(), lot: Type.Optional(Type.String()) }, closed),
          { minItems: 1 },
        ),
        invalid: Type.Array(Type.Object({ text: Type.String(), reason: Reason, at: Type.Integer() }, closed)),
        /** what is read all the same, because the rule it breaks is not certain */
        warned: Type.Optional(
          Type.Array(
            Type.Object({ text: Type.String(), key: Type.String(), reason: Reason, at: Type.Integer() }, closed),
          ),
        ),
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

export type SchemeCheck = SchemeFile['checks'][number]
export type Confidence = SchemeFile['confidence']

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
