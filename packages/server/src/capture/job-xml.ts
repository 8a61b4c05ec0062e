import { type CaptureJob, EPCIS_2, escapeXml } from '@yuanliu/core'

/** Namespace of what the EPCIS schema has no element for: how many events became what. */
const OURS = 'urn:yuanliu:capture'

/** A capture job as `epcis:EPCISCaptureJob` (EPCIS 2.0 schema). */
export function jobXml(job: CaptureJob): string {
  const { running, success, captureID, captureErrorBehaviour, createdAt, finishedAt, errors, counts } = job
  const attributes = ` running="${running}" success="${success}" captureID="${escapeXml(captureID)}"`
  const list = errors.map(error => `<error>${problem(error as Record<string, unknown>)}</error>`).join('')
  const parts = [
    element('captureErrorBehaviour', captureErrorBehaviour),
    element('createdAt', createdAt),
    finishedAt === undefined ? '' : element('finishedAt', finishedAt),
    list && `<errors>${list}</errors>`,
    `<counts xmlns="${OURS}">${Object.entries(counts)
      .map(([name, count]) => element(name, count))
      .join('')}</counts>`,
  ]
  return `<?xml version="1.0" encoding="UTF-8"?>\n<epcis:EPCISCaptureJob xmlns:epcis="${EPCIS_2}"${attributes}>${parts.join('')}</epcis:EPCISCaptureJob>\n`
}

function problem(error: Record<string, unknown>): string {
  return ['type', 'title', 'status', 'detail']
    .flatMap(name => (error[name] === undefined ? [] : [element(name, error[name])]))
    .join('')
}

function element(name: string, value: unknown): string {
  return `<${name}>${escapeXml(String(value))}</${name}>`
}
