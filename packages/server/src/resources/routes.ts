import * as api from '@yuanliu/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { STANDARD_CONTEXT, untranslatedWarning, watchedUrns } from '../events/events.ts'
import type { CompanyPrefixes } from '../lib/company-prefixes.ts'
import { acceptedMedia, XML_TYPE } from '../lib/http/accept.ts'
import { type EpcFormat, epcFormat, gs1Headers } from '../lib/http/gs1-headers.ts'
import { listPage, onlyParameters } from '../lib/http/list-page.ts'
import type { Actor } from '../lib/http/mount.ts'
import { decodeToken, type ListPages } from '../lib/http/page-token.ts'
import type { ReleasedTokens } from '../lib/released-tokens.ts'
import { abbreviated, type NamedKind } from './names.ts'
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

/** The root, the top-level resources and what is below each value; tokens given back. */
export function resourceRoutes(
  app: FastifyInstance,
  resources: Resources,
  parts: { pages: ListPages; codes: api.Codes; prefixes: CompanyPrefixes; tokens: ReleasedTokens },
): void {
  const { pages, codes, prefixes, tokens } = parts
  const read = { config: { permission: 'read' } } as const

  for (const path of ['/epcis', '/epcis/']) {
    app.get(path, read, async (request, reply) => {
      const media = acceptedMedia(request)
      onlyParameters(request)
      reply.header('vary', 'Authorization, Accept')
      return media === 'xml' ? collectionXml(reply, TOP_LEVEL) : collection(reply, TOP_LEVEL)
    })
  }

  for (const kind of KINDS) {
    app.get(`/epcis/${kind}`, read, async (request, reply) => {
      const { limit, token } = listPage(request)
      const asked = epcFormat(request)
      const format = KEYED.has(kind) ? keyFormat(asked) : null
      const place = (await pages.place(kind, token, isPlace)) ?? { standard: 0, after: '' }
      const { members, next } = await resources.list(kind, readerOf(request), place, limit)
      if (next) pages.lead(reply, request.url, kind, next)
      if (format === null) return named(reply, kind as NamedKind, members, extensionsOf(request))
      const untranslated = new Set<string>()
      const shown = await written(members, format, untranslated)
      if (untranslated.size) reply.header('warning', untranslatedWarning([...untranslated]))
      reply.header('gs1-epc-format', format)
      return collection(reply, shown)
    })

    app.get<{ Params: { value: string } }>(`/epcis/${kind}/:value`, read, async (request, reply) => {
      onlyParameters(request)
      const { value } = request.params
      if (!(await resources.has(kind, value, readerOf(request), extensionsOf(request)))) {
        throw new api.Problem('not-found', { detail: `/epcis/${kind}/${value.slice(0, 2_000)}` })
      }
      return collection(reply, ['events'])
    })
  }

  // Whoever was given one: lists of captures are read by those who capture.
  const either = { config: { permission: ['read', 'capture'] } } as const
  app.delete<{ Params: { token: string } }>('/epcis/nextPageToken/:token', either, async (request, reply) => {
    const { token } = request.params
    if (!isToken(token)) throw new api.Problem('not-found', { detail: '没有这个翻页标记 there is no such page token' })
    await tokens.release(token)
    return gs1Headers(reply).status(204).send()
  })

  /** Codes of units in the notation asked for; what nobody can write so stays a Digital Link, and is noted. */
  async function written(keys: readonly string[], format: KeyFormat, untranslated: Set<string>): Promise<string[]> {
    const uris = keys.map(codes.codeOf)
    if (format !== 'Always_EPC_URN') return uris
    const [toUrn, lengths] = [watchedUrns(codes, untranslated), await prefixes.lengths()]
    return uris.map(uri => toUrn(uri, lengths) ?? uri)
  }
}

type KeyFormat = 'Always_GS1_Digital_Link' | 'Always_EPC_URN'

/**
 * The notation in which places and things are listed. A list has each of them once, in whatever notations events name it:
 * there is none that it came in (docs/adr/0025). Throws 406.
 */
function keyFormat(format: EpcFormat): KeyFormat {
  if (format === 'Always_EPC_URN') return format
  if (format !== 'Never_Translates') return 'Always_GS1_Digital_Link'
  const message = '列表合并各种写法，没有原样可给 a list has each code once, in no form that it was sent in'
  throw new api.Problem('not-acceptable', {
    detail: `GS1-EPC-Format: ${format}: ${message}; Always_GS1_Digital_Link, Always_EPC_URN`,
    errors: [{ pointer: '/headers/GS1-EPC-Format', message }],
  })
}

/** Names, of which those in namespaces that the client gave a prefix (`GS1-Extensions`) are written with it. */
function named(reply: FastifyReply, kind: NamedKind, members: readonly string[], extensions: Record<string, string>) {
  if (!Object.keys(extensions).length) return collection(reply, members)
  const shown = members.map(name => abbreviated(kind, name, extensions))
  return collection(reply, shown, [STANDARD_CONTEXT, extensions])
}

function collection(
  reply: FastifyReply,
  member: readonly string[],
  context: string | [string, Record<string, string>] = STANDARD_CONTEXT,
): FastifyReply {
  return gs1Headers(reply)
    .header('vary', reply.getHeader('vary') ?? 'Authorization, Accept, GS1-EPC-Format, GS1-Extensions')
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

/** Namespaces by prefix that the client declares. */
function extensionsOf(request: FastifyRequest): Record<string, string> {
  return api.extensionsOf(request.headers['gs1-extensions'])
}

function readerOf(request: FastifyRequest) {
  const { organisation, permissions } = request.actor as Actor
  return { organisation, isAdmin: permissions.has('admin') }
}

function isPlace(value: unknown): value is Place {
  const v = value as { standard?: unknown; after?: unknown } | null
  return (
    Number.isSafeInteger(v?.standard) &&
    (v?.standard as number) >= 0 &&
    typeof v?.after === 'string' &&
    !v.after.includes('\0')
  )
}

function isToken(text: string): boolean {
  try {
    return Array.isArray(decodeToken(text, (value): value is unknown => Array.isArray(value)))
  } catch {
    return false
  }
}
