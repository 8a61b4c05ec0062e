import { Problem } from '@yuanliu/core'

/** What is asked of a report of admission (core/api/admission.ts). */
export interface AdmissionState {
  passed: boolean
  at: string
  cases: readonly { id: string; title: { zh: string; en: string }; passed: boolean }[]
}

/** Throws 403 unless the organisation's last report passed; names the cases that did not. */
export function refuseUnadmitted(organisation: string, state: AdmissionState | undefined): void {
  if (state?.passed) return
  const failed = state?.cases.filter(c => !c.passed) ?? []
  const detail = state
    ? failed.map(c => `${c.id} ${c.title.zh} ${c.title.en}`).join('; ')
    : `没有检查报告 no report: POST /api/organisations/${organisation}/admission`
  throw new Problem('not-admitted', { detail, organisation, failed: failed.map(c => c.id) })
}
