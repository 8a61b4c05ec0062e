import { Readable } from 'node:stream'
import * as api from '@yuanliu/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { mount } from '../lib/http/mount.ts'
import { decodeToken, encodeToken, nextLink } from '../lib/http/page-token.ts'
import { type Issuing, LIST_TYPES, type ListFormat } from './codes.ts'

export { scanRoutes } from './scan-routes.ts'

/** Ranges of codes and their states. */
export function codeRoutes(app: FastifyInstance, issuing: Issuing, config: { publicUrl: string }): void {
  mount(app, api.createCodeRange, async ({ body, actor, request, reply }) => {
    const { range, isNew } = await issuing.issue(body, actor, idempotencyKey(request))
    reply.status(isNew ? 201 : 200).header('location', `/api/codes/ranges/${range.id}`)
    return range
  })
  mount(app, api.listCodeRanges, async ({ query, actor, request, reply }) => {
    const limit = query.limit ?? 100
    const before = query.nextPageToken === undefined ? null : decodeToken(query.nextPageToken, isId)
    const ranges = await issuing.list(actor, before, limit + 1)
    const shown = ranges.slice(0, limit)
    const last = shown.at(-1)
    if (ranges.length > limit && last)
      reply.header('link', nextLink(config.publicUrl, request.url, 'nextPageToken', encodeToken(last.id)))
    return { ranges: shown }
  })
  mount(app, api.getCodeRange, ({ params, actor }) => issuing.describe(params.id, actor))
  mount(app, api.listRangeCodes, async ({ params, query, actor, request, reply }) => {
    const { from = 0, limit = 1000 } = query
    const format = query.format ?? formatOf(request.headers.accept)
    const { lines, next } = await issuing.codesOf(params.id, actor, { from, limit, format })
    if (next !== null) reply.header('link', nextLink(config.publicUrl, request.url, 'from', String(next)))
    reply.type(LIST_TYPES[format]).header('vary', 'Accept').header('cache-control', 'no-store')
    return reply.send(Readable.from(lines))
  })
  mount(app, api.setCodeStates, ({ body, actor }) => issuing.set(body, actor))
  mount(app, api.lookUpCode, ({ query, actor }) => issuing.lookUp(query, actor))
}

const isId = (value: unknown): value is number => Number.isSafeInteger(value)

function formatOf(accept = ''): ListFormat {
  if (/\btext\/csv\b/.test(accept)) return 'csv'
  return /\btext\/plain\b/.test(accept) ? 'text' : 'ndjson'
}

/** A word of the caller's for this request: sent again with it, nothing is done twice. Throws 400 for an unfit one. */
function idempotencyKey(request: FastifyRequest): string | null {
  const given = request.headers['idempotency-key']
  if (given === undefined) return null
  const word = String(given)
  if (/^[\x21-\x7e]{1,200}$/.test(word)) return word
  throw new api.Problem('invalid-input', {
    errors: [
      { pointer: '/headers/idempotency-key', message: '1 to 200 printable ASCII characters 1 至 200 个可见字符' },
    ],
  })
}
