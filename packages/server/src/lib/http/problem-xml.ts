import { EPCIS_2, escapeXml, type FaultAt } from '@yuanliu/core'

/** Namespace of problem documents in XML (RFC 9457, appendix B), for what the EPCIS schema has no element for. */
const PROBLEM = 'urn:ietf:rfc:7807'

/** The members of RFC 9457, in the order of the EPCIS schema's `EPCISException`. */
export interface ProblemBody {
  type: string
  title: string
  status: number
  detail?: string
  instance?: string
  errors?: FaultAt[]
}

/** A problem as `epcis:EPCISException` (EPCIS 2.0 schema); the list of errors follows in a namespace of its own. */
export function problemXml(problem: ProblemBody): string {
  const errors = problem.errors?.length
    ? `<errors xmlns="${PROBLEM}">${problem.errors.map(e => `<error>${members(e, FAULT)}</error>`).join('')}</errors>`
    : ''
  return `<?xml version="1.0" encoding="UTF-8"?>\n<epcis:EPCISException xmlns:epcis="${EPCIS_2}">${members(problem, BODY)}${errors}</epcis:EPCISException>\n`
}

const BODY = ['type', 'title', 'status', 'detail', 'instance'] as const
const FAULT = ['pointer', 'message', 'code', 'line', 'column'] as const

function members<N extends string>(of: { readonly [name in N]?: unknown }, names: readonly N[]): string {
  return names
    .flatMap(name => (of[name] === undefined ? [] : [`<${name}>${escapeXml(String(of[name]))}</${name}>`]))
    .join('')
}
