import Type, { type Static } from 'typebox'
import { PERMISSIONS } from '../permission.ts'
import { endpoint } from './endpoint.ts'

const Code = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' })

/** `lenient`: capture takes what it can make sense of and remarks upon it in the receipts; `strict`: the schema decides. */
export const CaptureMode = Type.Enum(['strict', 'lenient'])
export type CaptureMode = Static<typeof CaptureMode>

export const Key = Type.Object({
  id: Type.String(),
  organisation: Type.String(),
  label: Type.String(),
  permissions: Type.Array(Type.String()),
  capture: CaptureMode,
  sandbox: Type.Boolean({ description: 'opens the sandbox of the organisation and nothing else' }),
  created: Type.String(),
  expires: Type.Union([Type.String(), Type.Null()]),
  revoked: Type.Union([Type.String(), Type.Null()]),
  lastUsed: Type.Union([Type.String(), Type.Null()]),
})
export type Key = Static<typeof Key>

export const KeyDraft = Type.Object(
  {
    organisation: Code,
    organisationName: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    label: Type.Optional(Type.String({ maxLength: 200 })),
    permissions: Type.Array(Type.Enum([...PERMISSIONS]), { minItems: 1, uniqueItems: true }),
    capture: Type.Optional(CaptureMode),
    expires: Type.Optional(Type.String({ description: 'ISO 8601 instant' })),
  },
  { additionalProperties: false },
)
export type KeyDraft = Static<typeof KeyDraft>

export const createKey = endpoint({
  id: 'createKey',
  status: 201,
  method: 'POST',
  path: '/api/keys',
  permission: 'admin',
  summary: { zh: '新建访问密钥；密钥只显示一次', en: 'Create an access key; it is shown once' },
  body: KeyDraft,
  reply: Type.Object({ key: Type.String(), ...Key.properties }),
})

export const listKeys = endpoint({
  id: 'listKeys',
  method: 'GET',
  path: '/api/keys',
  permission: 'admin',
  summary: { zh: '访问密钥列表', en: 'List access keys' },
  reply: Type.Object({ keys: Type.Array(Key) }),
})

export const revokeKey = endpoint({
  id: 'revokeKey',
  method: 'DELETE',
  path: '/api/keys/:id',
  permission: 'admin',
  summary: { zh: '吊销访问密钥', en: 'Revoke an access key' },
  params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
  reply: Key,
})
