import * as api from '@yuanliu/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../lib/config.ts'
import { acceptedMedia, XML_TYPE } from '../lib/http/accept.ts'
import { cbvXmlFormat, epcFormat, gs1Headers } from '../lib/http/gs1-headers.ts'
import { type Actor, mount } from '../lib/http/mount.ts'
import { nextLink } from '../lib/http/page-token.ts'
import type { Paged, Reader, Search } from './event-search.ts'
import type { Events } from './events.ts'
import type { AnswerForm, Presented } from './notation.ts'
import type { Parameters } from './query.ts'

/** Bytes of a search: ten thousand ids of two thousand characters, and room for the rest. */
const SEARCH_BYTES = 32 * 1024 * 1024

/** EPCIS queries (EPCIS 2.0 §12.7) and the search that takes more ids than fit an address. */
export function eventRoutes(app: FastifyInstance, events: Events, config: Config): void {
  app.get('/epcis/events', { config: { permission: 'read' } }, async (request, reply) => {
    const form = answerForm(request)
    const search: Search = { parameters: urlParameters(request), at: '/query/', reader: readerOf(request) }
    const page = await events.search(search, form)
    return answer(paged(request, reply, page), page, form)
  })

  app.get<{ Params: { id: string } }>(
    '/epcis/events/:id',
    { config: { permission: 'read' } },
    async (request, reply) => {
      const form = answerForm(request)
      return answer(reply, await events.byId(request.params.id, form, readerOf(request)), form)
    },
  )

  mount(
    app,
    api.searchEvents,
    async ({ body, query, request, reply }) => {
      // The next page is the same body posted to the address in the Link header.
      const token = query.nextPageToken
      const parameters = token === undefined ? body : { ...body, nextPageToken: token }
      const search: Search = { parameters, at: '/', reader: readerOf(request) }
      if (/\bapplication\/x-ndjson\b/.test(request.headers.accept ?? '')) {
        const page = await events.records(search)
        return paged(request, reply, page)
          .header('vary', 'Authorization, Accept')
          .header('cache-control', 'no-cache')
          .type('application/x-ndjson; charset=utf-8')
          .send(page.records.map(record => `${JSON.stringify(record)}\n`).join(''))
      }
      const form = answerForm(request)
      const page = await events.search(search, form)
      return answer(paged(request, reply, page), page, form)
    },
    { bodyBytes: SEARCH_BYTES },
  )

  function paged(request: FastifyRequest, reply: FastifyReply, { next }: Paged): FastifyReply {
    if (!next) return reply
    return reply
      .header('link', nextLink(config.publicUrl, request.url, 'nextPageToken', next.token))
      .header('gs1-next-page-token-expires', new Date(next.expires).toISOString())
  }
}

/** What the client asks for, by its headers. Throws 406. */
function answerForm(request: FastifyRequest): AnswerForm {
  return { media: acceptedMedia(request), format: epcFormat(request), terms: cbvXmlFormat(request) }
}

function answer(reply: FastifyReply, shown: Presented, { media, format, terms }: AnswerForm): FastifyReply {
  if (media === 'xml') reply.header('gs1-cbv-xml-format', terms === 'No_Preference' ? 'Always_Web_URI' : terms)
  if (shown.untranslated.length) reply.header('warning', untranslatedWarning(shown.untranslated))
  return gs1Headers(reply)
    .header('gs1-epc-format', format === 'No_Preference' ? 'Always_GS1_Digital_Link' : format)
    .header('vary', 'Authorization, Accept, GS1-EPC-Format, GS1-CBV-XML-Format')
    .header('cache-control', 'no-cache')
    .type(media === 'xml' ? XML_TYPE : 'application/json; charset=utf-8')
    .send(shown.body)
}

function readerOf(request: FastifyRequest): Reader {
  const { organisation, permissions } = request.actor as Actor
  return { organisation, isAdmin: permissions.has('admin') }
}

/** Named in the header, at most so many: headers have limits. */
const NAMED = 10

/** RFC 7234 §5.5, code 199: a warning of its own kind, for people and logs. */
function untranslatedWarning(codes: readonly string[]): string {
  const named = codes.slice(0, NAMED).map(code => encodeURI(code).replace(/["\\]/g, encodeURIComponent).slice(0, 300))
  const more = codes.length > NAMED ? ` and ${codes.length - NAMED} more` : ''
  return `199 - "length of the company prefix unknown, left as Digital Link: ${named.join(' ')}${more}"`
}

/** Parameters of the address: lists are divided by `|` (EPCIS 2.0 §12.7); each parameter may stand once. */
function urlParameters(request: FastifyRequest): Parameters {
  const { url } = request
  const from = url.indexOf('?')
  const parameters = new Map<string, string | string[]>()
  for (const [name, value] of new URLSearchParams(from < 0 ? '' : url.slice(from + 1))) {
    if (parameters.has(name)) {
      const message = '同一参数只能出现一次，多个值用 | 分隔 a parameter stands once, its values divided by |'
      throw new api.Problem('invalid-query', {
        detail: `${name}: ${message}`,
        errors: [{ pointer: `/query/${name}`, message }],
      })
    }
    parameters.set(name, value.includes('|') ? value.split('|') : value)
  }
  return Object.fromEntries(parameters)
}
