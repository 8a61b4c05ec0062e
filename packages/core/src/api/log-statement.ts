import Type, { type Static } from 'typebox'
import { endpoint } from './endpoint.ts'

/** Names of the suites, as docs/adr/0012 has them. */
const SuiteName = Type.Enum(['sha256-ed25519', 'sm3-sm2'])

/** A statement of the log on a subject that signs (docs/adr/0027), with what opens it and the proof. Bytes are base64. */
export const LogStatement = Type.Object({
  position: Type.Integer(),
  says: Type.Enum(['key-registered', 'key-revoked', 'signature']),
  index: Type.Integer({ description: 'of the entry, from 0' }),
  entry: Type.String({ description: 'the entry, as the bundle has it' }),
  salt: Type.String(),
  bytes: Type.String({ description: 'what the statement binds: JSON on the key, or the signed note' }),
  mediaType: Type.String(),
  receivedAt: Type.String({ description: 'microseconds since 1970-01-01T00:00:00Z' }),
  reporter: Type.String({ description: 'code of the organisation whose key it is' }),
  proof: Type.String({ description: 'the .tlog-proof file' }),
})
export type LogStatement = Static<typeof LogStatement>

export const getLogStatement = endpoint({
  id: 'getLogStatement',
  method: 'GET',
  path: '/api/log/statements/:position',
  permission: 'read',
  summary: {
    zh: '日志中关于签名主体的声明（公钥登记、吊销、收到的签名）及其证明',
    en: 'A statement of the log on a subject that signs: a key registered or revoked, a signature received; with its proof',
  },
  params: Type.Object({ position: Type.Integer({ minimum: 0 }) }),
  query: Type.Object({ suite: Type.Optional(SuiteName) }),
  reply: LogStatement,
})
