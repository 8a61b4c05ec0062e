import { Problem } from '@yuanliu/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Media type of XML answers. */
export const XML_TYPE = 'application/xml; charset=utf-8'

type Media = 'json' | 'xml'

const MEDIA: Record<string, Media> = {
  'application/json': 'json',
  'application/ld+json': 'json',
  'application/problem+json': 'json',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'application/problem+xml': 'xml',
}

/** How much a client wants each binding (RFC 9110 §12.5.1); 0 for not at all. */
function wanted(accept: string): Record<Media, number> {
  const q = { json: -1, xml: -1 }
  /** of a range: what says more is stronger (RFC 9110 §12.5.1) */
  const any = { 'application/*': -1, '*/*': -1 }
  for (const part of accept.split(',').slice(0, 30)) {
    const [type = '', ...parameters] = part.trim().toLowerCase().split(';')
    const weight = /^\s*q=([\d.]+)\s*$/.exec(parameters.find(p => /^\s*q=/.test(p)) ?? '')?.[1]
    const quality = Math.min(1, Number(weight ?? 1) || 0)
    const name = type.trim()
    const media = MEDIA[name]
    if (media) q[media] = Math.max(q[media], quality)
    else if (name === 'application/*' || name === '*/*') any[name] = Math.max(any[name], quality)
  }
  const rest = Math.max(0, any['application/*'] < 0 ? any['*/*'] : any['application/*'])
  return { json: q.json < 0 ? rest : q.json, xml: q.xml < 0 ? rest : q.xml }
}

/** The binding to answer in: JSON unless the client wants XML more. Throws 406 where it wants neither. */
export function acceptedMedia(request: FastifyRequest): Media {
  const { accept } = request.headers
  if (accept === undefined) return 'json'
  const { json, xml } = wanted(accept)
  if (json > 0 || xml > 0) return xml > json ? 'xml' : 'json'
  throw new Problem('not-acceptable', { detail: 'Accept: application/json, application/xml' })
}

/** Throws 406 where JSON is not wanted: the answer has no other form. */
function demandJson({ headers: { accept } }: FastifyRequest): void {
  if (accept === undefined || wanted(accept).json > 0) return
  throw new Problem('not-acceptable', { detail: 'Accept: application/json' })
}

/** Addresses whose answers are in either binding: the root, a capture job, events. */
const EITHER = /^\/epcis\/?$|^\/epcis\/capture\/:id$|^\/epcis\/events\/:id$|\/events$/

/** Whether what an address answers is JSON alone; where it answers with problems only, these are in either binding. */
function isJsonAlone(method: string, url: string): boolean {
  if (method === 'GET' || method === 'HEAD') return !EITHER.test(url)
  return method === 'POST' && /\/(queries|subscriptions)$/.test(url)
}

/**
 * Refuses with 406 what accepts no form that an address under /epcis has, before anything is done (EPCIS 2.0 §12.8). To be
 * called before routes are mounted.
 */
export function negotiateMedia(app: FastifyInstance): void {
  app.addHook('preValidation', (request, _reply, done) => {
    const { method, routeOptions, headers } = request
    const url = routeOptions.url ?? ''
    if (headers.accept === undefined || headers.accept === '*/*') return done()
    if (!/^\/epcis(\/|$)/.test(url) || method === 'OPTIONS') return done()
    try {
      if (isJsonAlone(method, url)) demandJson(request)
      else acceptedMedia(request)
      done()
    } catch (error) {
      done(error as Problem)
    }
  })
}

/** Whether a client wants its problems as XML: it says so, and takes JSON less gladly. */
export function wantsXmlProblem(request: FastifyRequest): boolean {
  const { accept } = request.headers
  if (accept === undefined || !accept.includes('xml')) return false
  const { json, xml } = wanted(accept)
  return xml > json
}
