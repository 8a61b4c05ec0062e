import { isPublishedVersion, Problem } from '@yuanliu/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { VERSION } from '../paths.ts'
import { mediaType } from './body.ts'
import { GS1_HEADERS, gs1Headers } from './gs1-headers.ts'

/** What `OPTIONS` says of every address under /epcis beside what every answer says (EPCIS 2.0 §12.8). */
export const DISCOVERY = {
  // Any notation may be asked for.
  'gs1-epc-format': 'No_Preference',
  'gs1-cbv-xml-format': 'No_Preference',
  'gs1-vendor-version': `yuanliu ${VERSION}`,
} as const

/** Addresses that have no `OPTIONS` of the standard's. */
const WITHOUT = /^\/epcis\/nextPageToken\//

/**
 * Refuses with 406 what asks for or sends versions that are not offered: `GS1-EPCIS-Min`, `-Max`, `-Version` and `GS1-CBV-Min`,
 * `-Max`, `-Version` of any request under /epcis. To be called before routes are mounted.
 */
export function negotiateVersions(app: FastifyInstance): void {
  app.addHook('preValidation', (request, _reply, done) => {
    const url = request.routeOptions.url ?? ''
    done(/^\/epcis(\/|$)/.test(url) ? (unsatisfiable(request) ?? undefined) : undefined)
  })
}

/** `OPTIONS` for every address under /epcis that has none. To be called when all routes are mounted. */
export function discoveryRoutes(app: FastifyInstance): void {
  const methods = new Map<string, Set<string>>()
  for (const { method, url } of app.mounted) {
    if (!/^\/epcis(\/|$)/.test(url) || WITHOUT.test(url)) continue
    const known = methods.get(url)
    if (known) known.add(method)
    else methods.set(url, new Set([method]))
  }
  for (const [url, known] of methods) {
    if (known.has('OPTIONS')) continue
    const allow = [...known, 'OPTIONS'].sort().join(', ')
    app.options(url, { config: { permission: null } }, async (_request, reply) =>
      gs1Headers(reply).headers(DISCOVERY).header('allow', allow).status(204).send(),
    )
  }
}

function unsatisfiable(request: FastifyRequest): Problem | null {
  for (const kind of ['epcis', 'cbv'] as const) {
    const offered = GS1_HEADERS[`gs1-${kind}-version`]
    const fault = unknownVersion(request, kind, offered)
    if (fault) return fault
    for (const end of ['min', 'max'] as const) {
      const name = `gs1-${kind}-${end}`
      const given = request.headers[name]
      if (given === undefined || holds(String(given), end, offered)) continue
      const message = `提供的版本是 ${offered} the version offered is ${offered}, not ${String(given).slice(0, 100)}`
      const pointer = `/headers/GS1-${kind.toUpperCase()}-${end === 'min' ? 'Min' : 'Max'}`
      return new Problem('not-acceptable', { detail: `${name}: ${message}`, errors: [{ pointer, message }] })
    }
  }
  return null
}

/** `GS1-EPCIS-Version`, `GS1-CBV-Version` of what is sent: one that there is; before 2.0 there was XML alone. */
function unknownVersion(request: FastifyRequest, kind: 'epcis' | 'cbv', offered: string): Problem | null {
  const given = request.headers[`gs1-${kind}-version`]
  if (given === undefined) return null
  const version = String(given).trim()
  if (isPublishedVersion(version, /xml$/.test(mediaType(request)) ? undefined : 2)) return null
  const name = `GS1-${kind.toUpperCase()}-Version`
  const message = `不接受版本 ${version.slice(0, 100)}，应为 ${offered} that version is not taken, ${offered} is`
  return new Problem('not-acceptable', {
    detail: `${name}: ${message}`,
    errors: [{ pointer: `/headers/${name}`, message }],
  })
}

/** Whether the offered version is within the end of a range; an end that says less (`2`) means all that begin so. */
function holds(given: string, end: 'min' | 'max', offered: string): boolean {
  if (!/^\d{1,9}(\.\d{1,9}){0,5}$/.test(given.trim())) return false
  const parts = given.trim().split('.').map(Number)
  for (const [i, part] of offered.split('.').map(Number).entries()) {
    const wanted = parts[i]
    if (wanted === undefined || wanted === part) continue
    return end === 'min' ? wanted < part : wanted > part
  }
  return true
}
