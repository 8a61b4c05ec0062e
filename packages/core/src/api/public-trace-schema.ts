import Type, { type Static } from 'typebox'
import { ATTESTED, type PublicTrace } from './public-trace.ts'
import { SUBJECT_KINDS } from './signing.ts'

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()])
const list = Type.Array
const Text = Type.String()
const Index = Type.Integer({ minimum: 0, description: 'index into units or steps' })
const Instant = Type.String({ description: 'ISO 8601 instant' })
const Both = Type.Object({ zh: Text, en: Text })
const Either = Type.Object(
  { zh: orNull(Text), en: orNull(Text) },
  { description: 'a text that may be known in one language only' },
)
const Level = Type.Enum(['class', 'lot', 'item', 'logistic', 'asset', 'place', 'party', 'document', 'other'])

const Party = Type.Object(
  {
    code: orNull(Type.String({ description: 'canonical code or URI' })),
    name: orNull(Either),
    area: orNull(Either),
    phone: orNull(Text),
    licence: orNull(Text),
  },
  { description: 'who or where' },
)

const Product = Type.Object({
  code: Text,
  name: orNull(Either),
  kind: orNull(Either),
  spec: orNull(Text),
  maker: orNull(Party),
  notes: list(Type.Object({ id: Text, text: Either })),
})

const Unit = Type.Object(
  {
    code: Text,
    level: Level,
    reachedAs: Text,
    depth: Type.Integer({ minimum: 0 }),
    product: orNull(Product),
    lot: orNull(Text),
    serial: orNull(Text),
    facts: list(
      Type.Object(
        { id: Text, block: Text, kind: Type.Enum(['date', 'text', 'area']), title: Both, value: Text },
        { description: 'what only some classes of products say; the ids are data' },
      ),
    ),
    madeFrom: list(Index),
  },
  { description: 'what' },
)

const Signature = Type.Object(
  {
    name: orNull(Text),
    code: orNull(Text),
    kind: Type.Enum([...SUBJECT_KINDS]),
    suite: Type.Enum(['sha256-ed25519', 'sm3-sm2']),
  },
  { description: 'who signed it, with a key in force at the time' },
)

const Step = Type.Object(
  {
    time: Instant,
    zone: Type.Integer({ description: 'minutes east of UTC' }),
    type: Text,
    action: orNull(Text),
    step: orNull(Text),
    disposition: orNull(Text),
    place: orNull(Party),
    from: orNull(Party),
    to: orNull(Party),
    reporter: Text,
    reporterCode: Text,
    reporterCreditCode: orNull(Text),
    recorded: Instant,
    disputed: Type.Boolean(),
    attested: Type.Enum([...ATTESTED]),
    signatures: list(Signature),
    units: list(Type.Object({ unit: Index, role: Text })),
    of: list(Index),
    madeFrom: list(Index),
    percent: orNull(Text),
  },
  { description: 'when, where, who, from, to' },
)

/**
 * The common core of what the public learns of any product, as JSON Schema: what, who, where, when, from, to. Every class
 * of product answers with it; members that it does not name are extensions of a class and may be there (R-STD-06).
 */
export const PublicTraceSchema = Type.Object(
  {
    code: Type.String({ description: 'canonical code' }),
    page: Type.String({ description: 'address of its page' }),
    level: Level,
    verdict: Type.Object({ kind: Text, since: Type.Optional(Instant) }),
    units: Type.Array(Unit, { minItems: 1, description: 'the unit itself, what it was made from, what carried it' }),
    steps: Type.Array(Step, { description: 'newest first' }),
    gaps: list(
      Type.Object({ kind: Text, unit: Index, step: orNull(Index), owedBy: orNull(Party), dueBy: orNull(Instant) }),
    ),
    documents: list(Type.Object({ kind: Text, code: Text, link: orNull(Text), by: Text, time: Instant })),
    coverage: Type.Object({
      steps: Type.Integer({ minimum: 0 }),
      organisations: Type.Integer({ minimum: 0 }),
      gaps: Type.Integer({ minimum: 0 }),
      disputed: Type.Integer({ minimum: 0 }),
      signed: Type.Integer({ minimum: 0 }),
      disagreeing: Type.Integer({ minimum: 0 }),
      latest: orNull(Instant),
      cut: Type.Boolean(),
    }),
    insteadOf: orNull(Text),
    formerly: list(Type.Object({ number: Text, kind: Text, title: Both, former: Type.Boolean(), since: orNull(Text) })),
    links: list(Type.Object({ type: Text, title: Text, href: Text, languages: list(Text), by: Text })),
    elsewhere: orNull(
      Type.Object({ name: Both, home: Text, address: Text, state: Type.Enum(['active', 'paused', 'closed']) }),
    ),
    demonstration: Type.Boolean(),
  },
  { $id: 'public-trace', title: 'Public answer for a code: the common core' },
)

/** Fails to compile where the answer has a member of another type than the schema says, or lacks one. */
type Agrees<T extends Static<typeof PublicTraceSchema>> = T
export type PublicTraceAgrees = Agrees<PublicTrace>
