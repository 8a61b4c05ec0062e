import Type, { type Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { getSandbox, OrganisationPath } from './sandbox.ts'

/** One case of the profile (data/admission) and what it found in the sandbox. */
export const AdmissionCase = Type.Object({
  id: Type.String(),
  title: Type.Object({ zh: Type.String(), en: Type.String() }),
  passed: Type.Boolean(),
  checked: Type.Integer({ description: 'events, codes or receipts that it was about' }),
  failed: Type.Integer(),
  faults: Type.Array(Type.Object({ eventID: Type.Union([Type.String(), Type.Null()]), message: Type.String() }), {
    description: 'the first ones',
  }),
})
export type AdmissionCase = Static<typeof AdmissionCase>

export const Admission = Type.Object({
  organisation: Type.String(),
  at: Type.String(),
  profile: Type.String({ description: 'id and version of the profile' }),
  passed: Type.Boolean(),
  cases: Type.Array(AdmissionCase),
})
export type Admission = Static<typeof Admission>

export const runAdmission = endpoint({
  id: 'runAdmission',
  method: 'POST',
  path: '/api/organisations/:code/admission',
  permission: getSandbox.permission,
  summary: {
    zh: '按接入检查逐项核对沙箱中的数据，保存并返回报告',
    en: 'Check what the sandbox holds against the profile of admission; the report is kept',
  },
  params: OrganisationPath,
  reply: Admission,
})

export const getAdmission = endpoint({
  id: 'getAdmission',
  method: 'GET',
  path: '/api/organisations/:code/admission',
  permission: getSandbox.permission,
  summary: { zh: '最近一次接入检查的报告', en: 'The last report of admission' },
  params: OrganisationPath,
  reply: Admission,
})
