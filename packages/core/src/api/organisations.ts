import Type, { type Static } from 'typebox'
import { endpoint } from './endpoint.ts'

const Code = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' })

export const Organisation = Type.Object({
  organisation: Type.String({ description: 'the short code under which its keys are made' }),
  name: Type.String(),
  creditCode: Type.Union([Type.String(), Type.Null()], { description: 'unified social credit code, GB 32100' }),
  created: Type.String(),
})
export type Organisation = Static<typeof Organisation>

export const registerOrganisation = endpoint({
  id: 'registerOrganisation',
  status: 201,
  method: 'POST',
  path: '/api/organisations',
  permission: 'admin',
  summary: {
    zh: '登记单位或补充其统一社会信用代码；一个代码只能登记一个单位',
    en: 'Register an organisation, or its credit code; one code names one organisation',
  },
  body: Type.Object(
    {
      organisation: Code,
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      creditCode: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
    },
    { additionalProperties: false },
  ),
  reply: Organisation,
})

export const listOrganisations = endpoint({
  id: 'listOrganisations',
  method: 'GET',
  path: '/api/organisations',
  permission: 'admin',
  summary: { zh: '单位列表', en: 'List organisations' },
  query: Type.Object(
    { after: Type.Optional(Code), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) },
    { additionalProperties: false },
  ),
  reply: Type.Object({ organisations: Type.Array(Organisation) }),
})
