import * as api from '@yuanliu/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../lib/config.ts'
import { type AnswerForm, answerForm, formHeaders } from '../lib/http/answer-form.ts'
import { LIMITS } from '../lib/http/limits.ts'
import { onlyParameters } from '../lib/http/list-page.ts'
import { type Actor, mount } from '../lib/http/mount.ts'
import { leadOn } from '../lib/http/page-token.ts'
import type { Paged, Reader, Search } from './event-search.ts'
import type { Events } from './events.ts'
import type { Presented } from './notation.ts'
import type { Parameters } from './query.ts'
import { untranslatedWarning } from './warning.ts'

/** EPCIS queries (EPCIS 2.0 §12.7) and the search that takes more ids than fit an address. */
export function eventRoutes(app: FastifyInstance, events: Events, config: Config): void {
  app.get('/epcis/events', { config: { permission: 'read' } }, async (request, reply) => {
    const form = answerForm(request)
    const search = addressSearch(request)
    const page = await events.search(search, form)
    return answer(paged(request, reply, page), page, form)
  })

  for (const [resource, parameter] of Object.entries(RESOURCES)) {
    app.get<{ Params: { value: string } }>(
      `/epcis/${resource}/:value/events`,
      { config: { permission: 'read' } },
      async (request, reply) => {
        const form = answerForm(request)
        const search = addressSearch(request)
        const { value } = request.params
        const parameters = fixed(search.parameters, parameter, value)
        const page = await events.search({ ...search, parameters }, form).catch(error => {
          throw isAbout(error, parameter)
            ? new api.Problem('not-found', { detail: `/epcis/${resource}/${value.slice(0, 2_000)}` })
            : error
        })
        return answer(paged(request, reply, page), page, form)
      },
    )
  }

  app.get<{ Params: { id: string } }>(
    '/epcis/events/:id',
    { config: { permission: 'read' } },
    async (request, reply) => {
      const form = answerForm(request)
      onlyParameters(request)
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
      const search: Search = { parameters, at: '/', reader: readerOf(request), extensions: extensions(request) }
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
    { bodyBytes: LIMITS.queryBytes },
  )

  function paged(request: FastifyRequest, reply: FastifyReply, { next }: Paged): FastifyReply {
    if (next) leadOn(reply, { publicUrl: config.publicUrl, url: request.url, ...next })
    return reply
  }
}

function answer(reply: FastifyReply, shown: Presented, form: AnswerForm): FastifyReply {
  if (shown.untranslated.length) reply.header('warning', untranslatedWarning(shown.untranslated))
  return formHeaders(reply, form).send(shown.body)
}

/** Events below a top-level resource (EPCIS 2.0 §12.5), and the parameter that its value is. */
const RESOURCES = {
  eventTypes: 'eventType',
  epcs: 'MATCH_anyEPC',
  bizSteps: 'EQ_bizStep',
  bizLocations: 'EQ_bizLocation',
  readPoints: 'EQ_readPoint',
  dispositions: 'EQ_disposition',
} as const

/** Whether a query was refused for the value that the path gives: then there is no such resource. */
function isAbout(error: unknown, parameter: string): boolean {
  if (!(error instanceof api.Problem) || error.kind !== 'invalid-query') return false
  const { errors = [] } = error.details
  return errors.length > 0 && errors.every(({ pointer }) => pointer.split('/')[2] === parameter)
}

/** The parameters with one that the address fixes. Throws 400 where it is given besides. */
function fixed(parameters: Parameters, name: string, value: string): Parameters {
  if (!Object.hasOwn(parameters, name)) return { ...parameters, [name]: [value] }
  const message = '路径已确定此参数 the path says this parameter already'
  throw new api.Problem('invalid-query', {
    detail: `${name}: ${message}`,
    errors: [{ pointer: `/query/${name}`, message }],
  })
}

/** A search by the parameters of the address. */
function addressSearch(request: FastifyRequest): Search {
  return {
    parameters: urlParameters(request),
    at: '/query/',
    reader: readerOf(request),
    extensions: extensions(request),
  }
}

function extensions(request: FastifyRequest): Record<string, string> {
  return api.extensionsOf(request.headers['gs1-extensions'])
}

function readerOf(request: FastifyRequest): Reader {
  const { organisation, permissions } = request.actor as Actor
  return { organisation, isAdmin: permissions.has('admin') }
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
