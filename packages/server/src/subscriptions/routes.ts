import * as api from '@yuanliu/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../lib/config.ts'
import type { AnswerForm } from '../lib/http/answer-form.ts'
import { discover, discoverable } from '../lib/http/discovery.ts'
import { cbvXmlFormat, epcFormat, gs1Headers } from '../lib/http/gs1-headers.ts'
import { LIMITS } from '../lib/http/limits.ts'
import { listPage, onlyParameters } from '../lib/http/list-page.ts'
import { type Actor, mount } from '../lib/http/mount.ts'
import type { ListPages } from '../lib/http/page-token.ts'
import { isUuid } from '../lib/uuid.ts'
import type { Queries } from '../queries/queries.ts'
import { presentSubscription } from './present.ts'
import type { Place } from './store.ts'
import type { Subscriptions } from './subscriptions.ts'

/** Subscriptions to named queries (EPCIS 2.0 §12.7) and how they go. */
export function subscriptionRoutes(
  app: FastifyInstance,
  subscriptions: Subscriptions,
  queries: Queries,
  { config, pages }: { config: Config; pages: ListPages },
): void {
  const ONE = '/epcis/queries/:name/subscriptions/:id'
  discoverable(app, { '/epcis/queries/:name/subscriptions': 'GET, HEAD, OPTIONS, POST' })
  app.options<{ Params: { name: string; id: string }; Querystring: { organisation?: string } }>(
    ONE,
    { config: { permission: 'read' }, schema: { params: api.getSubscription.params, querystring: api.QueryOwner } },
    async (request, reply) => {
      const { params, query } = request
      const of = await queries.find(params.name, request.actor as Actor, query.organisation)
      const { minRecordTime } = presentSubscription(await subscriptions.find(of, params.id))
      return discover(reply, 'DELETE, GET, HEAD, OPTIONS').header('gs1-query-min-record-time', minRecordTime).send()
    },
  )

  mount(app, api.createSubscription, async ({ params, query, body, actor, request, reply }) => {
    onlyParameters(request, 'organisation')
    const of = await queries.find(params.name, actor, query.organisation)
    const row = await subscriptions.create(of, body, messageForm(request), actor)
    const place = `${config.publicUrl}/epcis/queries/${encodeURIComponent(of.name)}/subscriptions/${row.id}`
    gs1Headers(reply).status(201).header('location', place)
    return presentSubscription(row)
  })

  mount(app, api.listSubscriptions, async ({ params, query, actor, request, reply }) => {
    const { limit, token } = listPage(request, 'organisation')
    const of = await queries.find(params.name, actor, query.organisation)
    const list = `subscriptions of ${of.id}`
    const rows = await subscriptions.list(of, await pages.place(list, token, isPlace), limit + 1)
    leadOn(reply, request.url, list, rows.length > limit ? rows[limit - 1] : undefined)
    gs1Headers(reply).header('cache-control', 'no-cache')
    return rows.slice(0, limit).map(presentSubscription)
  })

  mount(app, api.getSubscription, async ({ params, query, actor, request, reply }) => {
    onlyParameters(request, 'organisation')
    const of = await queries.find(params.name, actor, query.organisation)
    gs1Headers(reply).header('cache-control', 'no-cache')
    return presentSubscription(await subscriptions.find(of, params.id))
  })

  mount(app, api.deleteSubscription, async ({ params, query, actor, request, reply }) => {
    onlyParameters(request, 'organisation')
    await subscriptions.delete(await queries.find(params.name, actor, query.organisation), params.id)
    return gs1Headers(reply).status(204).send()
  })

  mount(app, api.listSubscriptionStates, async ({ query, actor, request, reply }) => {
    const limit = Math.min(query.perPage ?? 30, LIMITS.perPage)
    const after = await pages.place('subscriptions', query.nextPageToken, isPlace)
    const found = await subscriptions.states(actor, after, limit + 1)
    leadOn(reply, request.url, 'subscriptions', found.length > limit ? found[limit - 1]?.at : undefined)
    reply.header('cache-control', 'no-cache')
    return { subscriptions: found.slice(0, limit).map(({ at, ...state }) => state) }
  })

  mount(app, api.resendSubscription, ({ params, body, actor }) => subscriptions.resend(params.id, body.since, actor))

  function leadOn(reply: FastifyReply, url: string, list: string, last: Place | undefined): void {
    if (last) pages.lead(reply, url, list, { created: last.created, id: last.id })
  }
}

/**
 * What messages are to be written in. `GS1-CBV-XML-Format` is for those who want XML (EPCIS 2.0 §12.8): who sends it with a
 * subscription gets its messages so, unless the body says otherwise. Throws 406.
 */
function messageForm(request: FastifyRequest): AnswerForm {
  const media = request.headers['gs1-cbv-xml-format'] === undefined ? 'json' : 'xml'
  return { media, format: epcFormat(request), terms: cbvXmlFormat(request) }
}

function isPlace(value: unknown): value is Place {
  const v = value as { created?: unknown; id?: unknown } | null
  return Number.isSafeInteger(v?.created) && typeof v?.id === 'string' && isUuid(v.id)
}
