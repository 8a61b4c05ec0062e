import Type, { type Static } from 'typebox'
import { endpoint } from './endpoint.ts'

/** Names of the suites, as docs/adr/0012 has them. */
const SuiteName = Type.Enum(['sha256-ed25519', 'sm3-sm2'])

/** One log of the platform: a suite with its origin, key and the size that a published checkpoint covers. */
export const LogOf = Type.Object({
  suite: SuiteName,
  origin: Type.String(),
  key: Type.String({ description: 'verifier key (C2SP signed-note): name+key id+base64' }),
  url: Type.String({ description: 'prefix under which checkpoint and tiles are served' }),
  size: Type.Integer({ description: 'entries that the checkpoint shown covers' }),
})
export type LogOf = Static<typeof LogOf>

export const getLog = endpoint({
  id: 'getLog',
  method: 'GET',
  path: '/api/log',
  permission: null,
  summary: { zh: '可验证日志：名称、验证密钥、大小', en: 'The logs of this platform: origins, verifier keys, sizes' },
  reply: Type.Object({ logs: Type.Array(LogOf) }),
})

const EventPart = {
  event: Type.String({ minLength: 1, maxLength: 8_192, description: 'id of the event' }),
  part: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 32_767, default: 0, description: '0 the event, 1… its error declarations' }),
  ),
}

export const getLogProof = endpoint({
  id: 'getLogProof',
  method: 'GET',
  path: '/api/log/proof',
  permission: null,
  summary: {
    zh: '事件列入日志的证明文件（c2sp.org/tlog-proof@v1），extra 行为日志条目',
    en: 'Proof that an event stands in the log (.tlog-proof, c2sp.org/tlog-proof@v1); the extra line holds the entry',
  },
  query: Type.Object({ ...EventPart, suite: Type.Optional(SuiteName) }),
})

/** What opens the commitment of an entry (docs/adr/0011). Bytes are base64. */
export const LogOpening = Type.Object({
  event: Type.String(),
  part: Type.Integer(),
  index: Type.Integer({ description: 'of the entry, from 0' }),
  entry: Type.String({ description: 'the entry, as the bundle has it' }),
  salt: Type.String(),
  bytes: Type.String({ description: 'the event, exactly as received' }),
  mediaType: Type.String(),
  context: Type.Union([Type.String(), Type.Null()], {
    description: "JSON text of the document's @context; null: it had none, and the field has no bytes",
  }),
  receivedAt: Type.String({ description: 'microseconds since 1970-01-01T00:00:00Z' }),
  reporter: Type.String({ description: 'code of the organisation whose key brought it' }),
})
export type LogOpening = Static<typeof LogOpening>

export const getLogOpening = endpoint({
  id: 'getLogOpening',
  method: 'GET',
  path: '/api/log/opening',
  permission: 'read',
  summary: {
    zh: '打开日志承诺所需的一切：事件原文、盐值与收录情况',
    en: 'What opens the commitment of an event: its bytes as received, the salt and the circumstances',
  },
  query: Type.Object(EventPart),
  reply: LogOpening,
})
