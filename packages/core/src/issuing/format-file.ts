import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'

const Title = Type.Object({ zh: Type.String(), en: Type.String() }, { additionalProperties: false })

const Style = Type.Object(
  {
    alphabet: Type.Enum(['digits', 'base32']),
    lengths: Type.Array(Type.Integer({ minimum: 1, maximum: 15 }), {
      description:
        'symbols of a serial without its check character, the usual one first; empty: what is left of bodyLength',
    }),
    sparsity: Type.Optional(
      Type.Integer({
        minimum: 1024,
        description: 'random: how many numbers of a range there are for each of its codes',
      }),
    ),
  },
  { additionalProperties: false },
)

/**
 * data/issuing/*.json: how serials become codes of a scheme. A unit key is `prefix` + head + serial + check character.
 * `{of}` in prefix and heads stands for what the caller names, `{issuer}` for a number of the issuer's own.
 */
const IssuingFile = Type.Object(
  {
    scheme: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    title: Title,
    standard: Type.Array(Type.String(), { minItems: 1 }),
    of: Type.Union([
      Type.Null(),
      Type.Object(
        {
          kind: Type.Enum(['unit', 'text']),
          pattern: Type.String({ description: 'unit: of its key; text: of the text' }),
          title: Title,
        },
        { additionalProperties: false },
      ),
    ]),
    prefix: Type.String(),
    heads: Type.Array(Type.String(), { minItems: 1, description: 'the next is begun when one is used up' }),
    bodyLength: Type.Optional(Type.Integer({ description: 'symbols of head and serial, where the scheme fixes them' })),
    check: Type.Object(
      {
        algorithm: Type.Enum(['base32-gf32', 'gs1-mod10']),
        over: Type.Enum(['body', 'serial']),
        use: Type.Enum(['always', 'asked']),
      },
      { additionalProperties: false },
    ),
    styles: Type.Object(
      { sequential: Type.Optional(Style), random: Type.Optional(Style) },
      { additionalProperties: false, minProperties: 1 },
    ),
    display: Type.Enum(['element', 'groups']),
    path: Type.String({ description: 'of the page, {key} or {code} (head, serial and check character) filled in' }),
  },
  { additionalProperties: false },
)
export type IssuingFile = Static<typeof IssuingFile>
export type SerialStyle = 'sequential' | 'random'

/** @throws Error naming the file and the place in it that is wrong */
export function parseIssuingFile(value: unknown, path: string): IssuingFile {
  if (!Value.Check(IssuingFile, value)) {
    const first = Value.Errors(IssuingFile, value)[0]
    throw new Error(`${path}: ${first?.instancePath ?? ''} ${first?.message ?? 'not valid'}`)
  }
  const fault = (place: string, words: string) => new Error(`${path}: ${place}: ${words}`)
  if (value.styles.random && value.styles.random.sparsity === undefined)
    throw fault('/styles/random', 'sparsity is missing')
  for (const [name, style] of Object.entries(value.styles)) {
    if ((style.lengths.length === 0) === (value.bodyLength === undefined))
      throw fault(`/styles/${name}/lengths`, 'either lengths or bodyLength says how long a serial is')
  }
  if (value.of && !isPattern(value.of.pattern)) throw fault('/of/pattern', 'not a regular expression')
  if (!value.of && [value.prefix, ...value.heads].some(text => text.includes('{of}')))
    throw fault('/of', 'prefix or heads name {of}, which nothing gives')
  return value
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp
  } catch {
    return false
  }
}
