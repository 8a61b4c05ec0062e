import * as api from '@yuanliu/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { STANDARD_CONTEXT, TOKEN_LIFE } from '../events/events.ts'
import type { CompanyPrefixes } from '../lib/company-prefixes.ts'
import type { Config } from '../lib/config.ts'
import { acceptedMedia, XML_TYPE } from '../lib/http/accept.ts'
import { epcFormat, gs1Headers } from '../lib/http/gs1-headers.ts'
import { LIMITS } from '../lib/http/limits.ts'
import type { Actor } from '../lib/http/mount.ts'
import { requireJsonAccepted } from '../lib/http/negotiate.ts'
import { decodeToken, encodeToken, nextLink } from '../lib/http/page-token.ts'
import type { ReleasedTokens } from '../lib/released-tokens.ts'
import type { Place, ResourceKind, Resources } from './resources.ts'

/** What the root lists (EPCIS 2.0 §12.5). */
const TOP_LEVEL = [
  'capture',
  'events',
  'queries',
  'eventTypes',
  'epcs',
  'bizSteps',
  'bizLocations',
  'readPoints',
  'dispositions',
]
const KINDS = ['eventTypes', 'epcs', 'bizSteps', 'bizLocations', 'readPoints', 'dispositions'] as const
/** Kinds whose members are keys of places and things. */
const KEYED: ReadonlySet<ResourceKind> = new Set(['epcs', 'bizLocations', 'readPoints'])
const PER_PAGE = 30

/** The root, the top-level resources and what is below each value; tokens given back. */
export function resourceRoutes(
  app: FastifyInstance,
  resources: Resources,
  parts: { config: Config; codes: api.Codes; prefixes: CompanyPrefixes; tokens: ReleasedTokens },
): void {
  const { config, codes, prefixes, tokens } = parts
  const read = { config: { permission: 'read' } } as const

  for (const path of ['/epcis', '/epcis/']) {
    app.get(path, read, async (request, reply) => {
      const media = acceptedMedia(request)
      reply.header('vary', 'Authorization, Accept')
      return media === 'xml' ? collectionXml(reply, TOP_LEVEL) : collection(reply, TOP_LEVEL)
    })
  }

  for (const kind of KINDS) {
    app.get(`/epcis/${kind}`, read, async (request, reply) => {
      requireJsonAccepted(request)
      const { limit, token } = pageOf(request)
      const format = epcFormat(request)
      const place = token === null ? { standard: 0, after: '' } : placeOf(kind, token)
      if (token !== null && (await tokens.isReleased(token))) throw released()
      const { members, next } = await resources.list(kind, readerOf(request), place, limit)
      if (next) {
        reply
          .header(
            'link',
            nextLink(
              config.publicUrl,
              request.url,
              'nextPageToken',
              encodeToken([kind, next.standard, next.after, Date.now()]),
            ),
          )
          .header('gs1-next-page-token-expires', new Date(Date.now() + TOKEN_LIFE).toISOString())
      }
      if (!KEYED.has(kind)) return collection(reply, members, request)
      const lengths = format === 'Always_EPC_URN' ? await prefixes.lengths() : null
      const shown = members.map(key => {
        const uri = codes.codeOf(key)
        return (lengths && codes.toUrn(uri, lengths)) ?? uri
      })
      reply.header('gs1-epc-format', lengths ? format : 'Always_GS1_Digital_Link')
      return collection(reply, shown, request)
    })

    app.get<{ Params: { value: string } }>(`/epcis/${kind}/:value`, read, async (request, reply) => {
      requireJsonAccepted(request)
      const { value } = request.params
      if (!(await resources.has(kind, value, readerOf(request)))) {
        throw new api.Problem('not-found', { detail: `/epcis/${kind}/${value.slice(0, 2_000)}` })
      }
      return collection(reply, ['events'])
    })
  }

  app.delete<{ Params: { token: string } }>('/epcis/nextPageToken/:token', read, async (request, reply) => {
    const { token } = request.params
    if (!isToken(token)) throw new api.Problem('not-found', { detail: '没有这个翻页标记 there is no such page token' })
    await tokens.release(token)
    return gs1Headers(reply).status(204).send()
  })
}

function collection(reply: FastifyReply, members: readonly string[], request?: FastifyRequest): FastifyReply {
  const { context, member } = abbreviated(members, request)
  return gs1Headers(reply)
    .header('vary', reply.getHeader('vary') ?? 'Authorization, GS1-EPC-Format, GS1-Extensions')
    .header('cache-control', 'no-cache')
    .type('application/json; charset=utf-8')
    .send({ '@context': context, type: 'Collection', member })
}

/**
 * The one list that the standard offers in XML too (EPCIS 2.0 §12.5). Its schemas have no element for it; this is how
 * OpenAPI writes the object that is declared for both: each member an element, in no namespace.
 */
function collectionXml(reply: FastifyReply, members: readonly string[]): FastifyReply {
  const list = members.map(member => `<member>${api.escapeXml(member)}</member>`).join('')
  return gs1Headers(reply)
    .header('cache-control', 'no-cache')
    .type(XML_TYPE)
    .send(`<?xml version="1.0" encoding="UTF-8"?>\n<Collection>${list}</Collection>\n`)
}

/** Members of namespaces that the client gave a prefix (`GS1-Extensions`) are written with it. */
function abbreviated(members: readonly string[], request: FastifyRequest | undefined) {
  const spaces = Object.entries(api.extensionsOf(request?.headers['gs1-extensions']))
  if (!spaces.length) return { context: STANDARD_CONTEXT, member: members }
  const member = members.map(name => {
    const space = spaces.find(([, namespace]) => name.startsWith(namespace) && name.length > namespace.length)
    return space ? `${space[0]}:${name.slice(space[1].length)}` : name
  })
  return { context: [STANDARD_CONTEXT, Object.fromEntries(spaces)], member }
}

function readerOf(request: FastifyRequest) {
  const { organisation, permissions } = request.actor as Actor
  return { organisation, isAdmin: permissions.has('admin') }
}

function pageOf(request: FastifyRequest): { limit: number; token: string | null } {
  const query = request.query as Record<string, unknown>
  const errors: api.FaultAt[] = []
  for (const name of Object.keys(query)) {
    if (name !== 'perPage' && name !== 'nextPageToken')
      errors.push({ pointer: `/query/${name}`, message: '没有这个查询参数 no such parameter' })
  }
  const { perPage = String(PER_PAGE), nextPageToken = null } = query
  const limit = typeof perPage === 'string' && /^\d{1,9}$/.test(perPage) ? Number(perPage) : 0
  if (limit < 1) errors.push({ pointer: '/query/perPage', message: '应为不小于 1 的整数 a whole number, 1 or more' })
  if (nextPageToken !== null && typeof nextPageToken !== 'string')
    errors.push({ pointer: '/query/nextPageToken', message: '只能给一个值 one value only' })
  if (errors.length) throw new api.Problem('invalid-query', { detail: errors[0]?.message ?? '', errors })
  return { limit: Math.min(limit, LIMITS.perPage), token: nextPageToken as string | null }
}

type Token = [kind: string, standard: number, after: string, issued: number]

function isPlace(value: unknown): value is Token {
  if (!Array.isArray(value) || value.length !== 4) return false
  const [kind, standard, after, issued] = value as unknown[]
  if (typeof kind !== 'string' || typeof after !== 'string' || after.includes('\0')) return false
  return Number.isSafeInteger(standard) && (standard as number) >= 0 && Number.isSafeInteger(issued)
}

function placeOf(kind: ResourceKind, token: string): Place {
  const [of, standard, after, issued] = decodeToken(token, isPlace)
  if (of !== kind || Date.now() > issued + TOKEN_LIFE) throw released()
  return { standard, after }
}

function released(): api.Problem {
  const message =
    '翻页标记已失效，请从第一页重新查询 the token is good no longer or is of another list; begin again with the first page'
  return new api.Problem('invalid-query', { detail: message, errors: [{ pointer: '/query/nextPageToken', message }] })
}

function isToken(text: string): boolean {
  try {
    return Array.isArray(decodeToken(text, (value): value is unknown => Array.isArray(value)))
  } catch {
    return false
  }
}
