import Type, { type Static } from 'typebox'
import { endpoint } from './endpoint.ts'

const Code = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' })
const Note = (description: string) => Type.String({ minLength: 1, maxLength: 10_000, description })
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()])
const Instant = Type.String({ maxLength: 40, description: 'ISO 8601 instant' })

/** In what capacity somebody signs: enterprise, testing body, certification body, regulator. */
export const SUBJECT_KINDS = ['enterprise', 'testing', 'certification', 'regulator'] as const
export type SubjectKind = (typeof SUBJECT_KINDS)[number]
const Kind = Type.Enum([...SUBJECT_KINDS], {
  description: 'enterprise, testing body, certification body or regulator',
})
const Suite = Type.Enum(['sha256-ed25519', 'sm3-sm2'])

export const SigningKeyRecord = Type.Object({
  keyId: Type.String({ description: '8 hexadecimal digits' }),
  key: Type.String({ description: 'verifier key, name+id+base64 (C2SP signed-note)' }),
  organisation: Code,
  kind: Kind,
  suite: Suite,
  label: Type.String(),
  validFrom: Instant,
  validUntil: orNull(Instant),
  registered: Instant,
  revoked: orNull(Instant),
  revokedAt: orNull(Type.Integer({ description: 'capture position: signatures before it stay valid' })),
  stated: Type.Object(
    { registered: orNull(Type.Integer()), revoked: orNull(Type.Integer()) },
    { description: 'positions of the statements in the log: GET /api/log/statements/{position}' },
  ),
})
export type SigningKeyRecord = Static<typeof SigningKeyRecord>

export const registerSigningKey = endpoint({
  id: 'registerSigningKey',
  status: 201,
  method: 'POST',
  path: '/api/organisations/:organisation/signing-keys',
  permission: ['admin', 'signing:manage'],
  summary: {
    zh: '登记签名公钥，须附持有证明；signing:manage 只能为本单位登记企业类密钥',
    en: 'Register a public key with proof of possession; signing:manage registers keys of its own organisation, as an enterprise',
  },
  params: Type.Object({ organisation: Code }),
  body: Type.Object(
    {
      key: Type.String({
        minLength: 1,
        maxLength: 400,
        description: 'verifier key; its name is the code, or the code with / and more',
      }),
      possession: Note('signed note that shows possession of the key (docs/guide/signing.md)'),
      kind: Type.Optional(Kind),
      label: Type.Optional(Type.String({ maxLength: 200 })),
      validFrom: Type.Optional(Instant),
      validUntil: Type.Optional(Instant),
    },
    { additionalProperties: false },
  ),
  reply: SigningKeyRecord,
})

export const listSigningKeys = endpoint({
  id: 'listSigningKeys',
  method: 'GET',
  path: '/api/organisations/:organisation/signing-keys',
  permission: ['read', 'admin', 'signing:manage'],
  summary: { zh: '单位的签名公钥，含已吊销的', en: 'Public keys of an organisation, revoked ones too' },
  params: Type.Object({ organisation: Code }),
  reply: Type.Object({ keys: Type.Array(SigningKeyRecord) }),
})

export const revokeSigningKey = endpoint({
  id: 'revokeSigningKey',
  method: 'DELETE',
  path: '/api/organisations/:organisation/signing-keys/:id',
  permission: ['admin', 'signing:manage'],
  summary: {
    zh: '吊销签名公钥；此前已收到的签名仍然有效',
    en: 'Revoke a public key; what was signed and received before stays valid',
  },
  params: Type.Object({ organisation: Code, id: Type.String({ pattern: '^[0-9a-f]{8}$' }) }),
  reply: SigningKeyRecord,
})

export const EventSignature = Type.Object({
  organisation: Code,
  name: Type.String(),
  kind: Kind,
  suite: Suite,
  key: Type.String({ description: 'verifier key' }),
  signed: Type.String({ description: 'claimed time of signing, ISO 8601' }),
  received: Type.String({ description: 'ISO 8601 instant' }),
  position: Type.Integer({ description: 'capture position: its place among captures and revocations' }),
  revoked: orNull(Type.Integer({ description: 'capture position at which the key was revoked later' })),
  note: Type.String({ description: 'signed note' }),
  leaf: Type.String({ description: 'what was signed of this event: id and hashes, line by line' }),
  index: Type.Integer({ description: 'place of the event in the tree' }),
  path: Type.Array(Type.String({ description: 'base64' }), {
    description: 'audit path, the sibling of the leaf first',
  }),
  stated: orNull(
    Type.Integer({ description: 'position of its statement in the log: GET /api/log/statements/{position}' }),
  ),
})
export type EventSignature = Static<typeof EventSignature>

const EventId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 65_536 }) })

export const signEvent = endpoint({
  id: 'signEvent',
  status: 201,
  method: 'POST',
  path: '/api/events/:id/signatures',
  permission: ['capture', 'admin'],
  summary: {
    zh: '为已采集的事件补交签名；同一密钥的再次提交得到先前的签名（200）',
    en: 'Add a signature to an event captured before; a second one by the same key gets the first (200)',
  },
  params: EventId,
  body: Type.Object({ signature: Note('signed note over this event alone') }, { additionalProperties: false }),
  reply: EventSignature,
})

export const listEventSignatures = endpoint({
  id: 'listEventSignatures',
  method: 'GET',
  path: '/api/events/:id/signatures',
  permission: 'read',
  summary: {
    zh: '事件的签名及验证所需的全部材料',
    en: 'Signatures of an event, with all that a stranger needs to verify them',
  },
  params: EventId,
  reply: Type.Object({ signatures: Type.Array(EventSignature) }),
})
