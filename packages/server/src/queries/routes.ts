import * as api from '@yuanliu/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { untranslatedWarning } from '../events/events.ts'
import type { Config } from '../lib/config.ts'
import { answerForm, formHeaders } from '../lib/http/answer-form.ts'
import { discoverable } from '../lib/http/discovery.ts'
import { gs1Headers } from '../lib/http/gs1-headers.ts'
import { LIMITS } from '../lib/http/limits.ts'
import { listPage, onlyParameters } from '../lib/http/list-page.ts'
import { type Actor, mount } from '../lib/http/mount.ts'
import { type ListPages, leadOn } from '../lib/http/page-token.ts'
import { type Controls, type Live, presentQuery, type Queries } from './queries.ts'

/** Parameters of an address that make a request for events a subscription (EPCIS 2.0 §12.7). */
const CONTROLS = [
  'stream',
  'second',
  'minute',
  'hour',
  'dayOfMonth',
  'month',
  'dayOfWeek',
  'reportIfEmpty',
  'initialRecordTime',
]
const PAGING = ['perPage', 'nextPageToken', 'organisation']

/** Named queries (EPCIS 2.0 §12.7). */
export function queryRoutes(
  app: FastifyInstance,
  queries: Queries,
  { config, pages, live }: { config: Config; pages: ListPages; live: Live },
): void {
  discoverable(app, {
    '/epcis/queries': 'GET, HEAD, OPTIONS, POST',
    '/epcis/queries/:name': 'DELETE, GET, HEAD, OPTIONS',
    '/epcis/queries/:name/events': 'GET, HEAD, OPTIONS',
  })

  mount(
    app,
    api.createQuery,
    async ({ body, actor, request, reply }) => {
      onlyParameters(request)
      const made = await queries.create(body, actor)
      gs1Headers(reply)
        .status(201)
        .header('location', `${config.publicUrl}/epcis/queries/${encodeURIComponent(made.name)}`)
      return made
    },
    { bodyBytes: LIMITS.queryBytes, tooLarge: 'query-limit' },
  )

  mount(app, api.listQueries, async ({ actor, request, reply }) => {
    const { limit, token } = listPage(request)
    const { found, more } = await queries.list(actor, await pages.place('queries', token, isPlace), limit)
    const last = found.at(-1)
    if (more && last) pages.lead(reply, request.url, 'queries', { name: last.name, id: last.id })
    gs1Headers(reply).header('cache-control', 'no-cache')
    return found.map(presentQuery)
  })

  mount(app, api.getQuery, async ({ params, query, actor, request, reply }) => {
    onlyParameters(request, 'organisation')
    gs1Headers(reply).header('cache-control', 'no-cache')
    return presentQuery(await queries.find(params.name, actor, query.organisation))
  })

  mount(app, api.deleteQuery, async ({ params, query, actor, request, reply }) => {
    onlyParameters(request, 'organisation')
    await queries.delete(await queries.find(params.name, actor, query.organisation))
    return gs1Headers(reply).status(204).send()
  })

  app.get<{ Params: { name: string } }>(
    '/epcis/queries/:name/events',
    { config: { permission: 'read' } },
    async (request, reply) => {
      const actor = request.actor as Actor
      const given = parametersOf(request)
      const query = await queries.find(request.params.name, actor, given.get('organisation'))
      const controls = new Map([...given].filter(([name]) => CONTROLS.includes(name)))
      if (/\bwebsocket\b/i.test(request.headers.upgrade ?? '')) return live(request, reply, query, controls)
      refuseControls(controls)
      const form = answerForm(request)
      const { perPage, nextPageToken } = Object.fromEntries(given)
      const paging = {
        ...(perPage !== undefined && { perPage }),
        ...(nextPageToken !== undefined && { nextPageToken }),
      }
      const page = await queries.events(query, paging, actor, form)
      if (page.untranslated.length) reply.header('warning', untranslatedWarning(page.untranslated))
      if (page.next) leadOn(reply, { publicUrl: config.publicUrl, url: request.url, ...page.next })
      return formHeaders(reply, form).send(page.body)
    },
  )
}

/** Parameters of the address; each may stand once. Throws 400 for one that there is not. */
function parametersOf(request: FastifyRequest): Map<string, string> {
  const from = request.url.indexOf('?')
  const given = new Map<string, string>()
  const errors: api.FaultAt[] = []
  for (const [name, value] of new URLSearchParams(from < 0 ? '' : request.url.slice(from + 1))) {
    const pointer = `/query/${name.slice(0, 200).replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (given.has(name)) errors.push({ pointer, message: '同一参数只能出现一次 a parameter stands once' })
    else if (!CONTROLS.includes(name) && !PAGING.includes(name))
      errors.push({
        pointer,
        message: '没有这个参数；查询条件写在命名查询里 no such parameter: the query holds its own',
      })
    given.set(name, value)
  }
  if (errors.length) {
    const [first] = errors
    throw new api.Problem('invalid-query', {
      detail: `${first?.pointer}: ${first?.message}`,
      errors: errors.slice(0, LIMITS.errors),
    })
  }
  return given
}

function refuseControls(controls: Controls): void {
  const [name] = controls.keys()
  if (name === undefined) return
  const message = '实时推送须用 WebSocket，或新建订阅 needs "Upgrade: websocket"; or POST to …/subscriptions'
  throw new api.Problem('subscription-controls', {
    detail: `${name}: ${message}`,
    errors: [...controls.keys()].map(n => ({ pointer: `/query/${n}`, message })),
  })
}

function isPlace(value: unknown): value is { name: string; id: number } {
  const v = value as { name?: unknown; id?: unknown } | null
  return (
    typeof v?.name === 'string' &&
    !v.name.includes('\0') &&
    Number.isInteger(v.id) &&
    Math.abs(v.id as number) < 2 ** 31
  )
}
