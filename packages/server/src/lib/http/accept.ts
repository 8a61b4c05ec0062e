import { Problem } from '@yuanliu/core'
import type { FastifyRequest } from 'fastify'

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
  let any = -1
  for (const part of accept.split(',').slice(0, 30)) {
    const [type = '', ...parameters] = part.trim().toLowerCase().split(';')
    const weight = /^\s*q=([\d.]+)\s*$/.exec(parameters.find(p => /^\s*q=/.test(p)) ?? '')?.[1]
    const quality = Math.min(1, Number(weight ?? 1) || 0)
    const media = MEDIA[type.trim()]
    if (media) q[media] = Math.max(q[media], quality)
    else if (/^(\*|application)\/\*$/.test(type.trim())) any = Math.max(any, quality)
  }
  return { json: q.json < 0 ? Math.max(0, any) : q.json, xml: q.xml < 0 ? Math.max(0, any) : q.xml }
}

/** The binding to answer in: JSON unless the client wants XML more. Throws 406 where it wants neither. */
export function acceptedMedia(request: FastifyRequest): Media {
  const { accept } = request.headers
  if (accept === undefined) return 'json'
  const { json, xml } = wanted(accept)
  if (json > 0 || xml > 0) return xml > json ? 'xml' : 'json'
  throw new Problem('not-acceptable', { detail: 'Accept: application/json, application/xml' })
}

/** Whether a client wants its problems as XML: it says so, and takes JSON less gladly. */
export function wantsXmlProblem(request: FastifyRequest): boolean {
  const { accept } = request.headers
  if (accept === undefined || !accept.includes('xml')) return false
  const { json, xml } = wanted(accept)
  return xml > json
}
