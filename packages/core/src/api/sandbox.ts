import Type, { type Static } from 'typebox'
import { CaptureMode, Key } from './access.ts'
import { endpoint } from './endpoint.ts'

/** The organisation in the path. */
export const OrganisationPath = Type.Object({
  code: Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' }),
})
const Time = Type.Union([Type.String(), Type.Null()])

/** What a sandbox holds, what it may hold, and when it goes away by itself. */
export const Sandbox = Type.Object({
  organisation: Type.String(),
  created: Type.String(),
  reset: Time,
  lastUsed: Type.String({ description: 'exact to a minute' }),
  expires: Type.String({ description: 'dropped then, unless it is used before' }),
  open: Type.Boolean({ description: 'this process holds it open at the moment' }),
  events: Type.Integer(),
  bytes: Type.Integer({ description: 'of its tables and indexes, those of an empty one included' }),
  limits: Type.Object({ events: Type.Integer(), bytes: Type.Integer(), documentEvents: Type.Integer() }),
  keys: Type.Array(Key, { description: 'keys that open it, newest last; revoked ones are left out' }),
})
export type Sandbox = Static<typeof Sandbox>

/** Who may look at a sandbox and reset it: `admin`, or a key of the organisation, that of the sandbox included. */
const ITS_OWN = ['admin', 'capture', 'read'] as const

export const openSandbox = endpoint({
  id: 'openSandbox',
  status: 201,
  method: 'POST',
  path: '/api/organisations/:code/sandbox',
  permission: 'admin',
  summary: {
    zh: '为单位开通沙箱并发给密钥（yls_…，只显示一次）；已开通则另发一把',
    en: 'Open a sandbox for an organisation and give a key to it (yls_…, shown once); a further key where it is open',
  },
  params: OrganisationPath,
  body: Type.Object(
    {
      label: Type.Optional(Type.String({ maxLength: 200 })),
      capture: Type.Optional(CaptureMode),
      expires: Type.Optional(Type.String({ description: 'ISO 8601 instant' })),
    },
    { additionalProperties: false },
  ),
  reply: Type.Object({ key: Type.String(), ...Key.properties }),
})

export const getSandbox = endpoint({
  id: 'getSandbox',
  method: 'GET',
  path: '/api/organisations/:code/sandbox',
  permission: ITS_OWN,
  summary: { zh: '沙箱状态：数据量、限额、最近使用', en: 'State of a sandbox: what it holds, limits, last use' },
  params: OrganisationPath,
  reply: Sandbox,
})

export const resetSandbox = endpoint({
  id: 'resetSandbox',
  method: 'DELETE',
  path: '/api/organisations/:code/sandbox/data',
  permission: ITS_OWN,
  summary: {
    zh: '清空沙箱：其中数据全部删除，密钥仍可用；正式数据不受影响',
    en: 'Reset a sandbox: everything in it is gone, its keys stay; real data are not touched',
  },
  params: OrganisationPath,
  reply: Sandbox,
})

export const closeSandbox = endpoint({
  id: 'closeSandbox',
  status: 204,
  method: 'DELETE',
  path: '/api/organisations/:code/sandbox',
  permission: 'admin',
  summary: { zh: '关闭沙箱：数据与密钥一并作废', en: 'Close a sandbox: its data are gone, its keys revoked' },
  params: OrganisationPath,
})
