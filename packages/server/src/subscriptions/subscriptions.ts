import { Problem, type SubscriptionDraft, type SubscriptionState } from '@yuanliu/core'
import type { Events } from '../events/events.ts'
import { now } from '../lib/clock.ts'
import type { Config } from '../lib/config.ts'
import type { Db } from '../lib/db/db.ts'
import type { AnswerForm } from '../lib/http/answer-form.ts'
import type { Actor } from '../lib/http/mount.ts'
import type { Metrics } from '../lib/metrics.ts'
import { isUuid } from '../lib/uuid.ts'
import type { Line, Readers } from '../log/log.ts'
import type { OwnQuery, Queries } from '../queries/queries.ts'
import { addressRules } from './address.ts'
import { createDeliveries, PACE, type Pace } from './deliveries.ts'
import { instantOf, readDraft, wrong } from './draft.ts'
import { createFeed } from './feed.ts'
import { refuseLimits } from './limits.ts'
import { createPoster, type Resolver } from './post.ts'
import { presentState } from './present.ts'
import { type Authenticate, createSockets, type Sockets } from './sockets.ts'
import * as store from './store.ts'
import { BATCH } from './worker.ts'

export type { SubscriptionRow as OwnSubscription } from './store.ts'

export interface Subscriptions {
  /** Makes one. Throws 400 with pointers. */
  create(query: OwnQuery, draft: SubscriptionDraft, form: AnswerForm, actor: Actor): Promise<store.SubscriptionRow>
  /** Those of a query, in the order in which they were made, behind a place. */
  list(query: OwnQuery, after: store.Place | null, limit: number): Promise<store.SubscriptionRow[]>
  /** Throws 404. */
  find(query: OwnQuery, id: string): Promise<store.SubscriptionRow>
  delete(query: OwnQuery, id: string): Promise<void>
  /** How the delivery of the organisation's subscriptions goes; of all for the administrator. */
  states(actor: Actor, after: store.Place | null, limit: number): Promise<(SubscriptionState & { at: store.Place })[]>
  /** Tries again at once, also what was given up; from a record time on where one is given. Throws 400, 404. */
  resend(id: string, since: string | undefined, actor: Actor): Promise<SubscriptionState>
  sockets: Sockets
  /** Begins to deliver. */
  start(): Promise<void>
  /** Something may have been captured. */
  nudge(position?: number): void
  /** @param release false: as if the process had been killed */
  stop(release?: boolean): Promise<void>
}

export interface SubscriptionParts {
  db: Db
  events: Events
  queries: Queries
  /** up to where is told, and the list of who follows it; the second only for the platform's own */
  line: Line
  readers?: Pick<Readers, 'add'>
  authenticate: Authenticate
  metrics: Pick<Metrics, 'count' | 'observe'>
  config: Pick<Config, 'webhookAllow' | 'scheduleTimeZone' | 'corsOrigins' | 'publicUrl'>
  /** number of this process */
  process: number
  log: (error: unknown, about: string) => void
  /** what tests put in the place of the world */
  world?: { clock?: () => number; resolver?: Resolver; pace?: Partial<Pace>; timeLimit?: number }
}

/** Subscriptions that one organisation may have. */
const MOST = 1_000

/** Who is told of the events of a named query as they are captured: receivers of webhooks, and sockets. */
export function createSubscriptions(parts: SubscriptionParts): Subscriptions {
  const { db, events, queries, config, world = {} } = parts
  const clock = world.clock ?? Date.now
  const rules = addressRules(config.webhookAllow)
  const poster = createPoster(rules, world.resolver, world.timeLimit)
  const { line, readers } = parts
  const feed = createFeed(events.follow, line)
  const zone = config.scheduleTimeZone
  const deliveries = createDeliveries({ ...parts, feed, poster, zone, clock, pace: { ...PACE, ...world.pace } })
  const sockets = createSockets({
    ...parts,
    feed,
    clock,
    zone,
    origins: [...config.corsOrigins, new URL(config.publicUrl).origin],
  })
  readers?.add({
    name: 'subscriptions',
    place: () => store.lastPlace(db, line.seen()),
    lag: () => Math.max(0, line.seen() - (deliveries.last() ?? line.seen())),
    instead: 'POST /api/subscriptions/{id}/resend',
  })
  queries.onDeleted(query => {
    sockets.queryDeleted(query)
    void deliveries.drop(deliveries.ofQuery(query)).catch(error => parts.log(error, 'subscriptions: end'))
  })

  async function find(query: OwnQuery, id: string): Promise<store.SubscriptionRow> {
    await deliveries.flush()
    const row = isUuid(id) ? await store.findSubscription(db, id) : undefined
    if (!row || row.query !== query.id) throw new Problem('subscription-not-found', { detail: id.slice(0, 200) })
    return row
  }

  return {
    sockets,
    async create(query, draft, form, actor) {
      const { since, ...made } = readDraft(draft, rules, zone, clock())
      refuseLimits(query)
      if ((await store.countSubscriptions(db, query.organisation)) >= MOST)
        throw new Problem('too-large', { detail: `最多 ${MOST} 个订阅 at most ${MOST} subscriptions; delete some` })
      const position = since === null ? await events.follow.position() : await events.follow.positionBefore(since)
      const row = {
        ...made,
        query: query.id,
        organisation: query.organisation,
        created: now(),
        created_by: actor.keyId,
        format: draft.epcFormat ?? form.format,
        media: draft.mediaType === undefined ? form.media : draft.mediaType === 'application/xml' ? 'xml' : 'json',
        terms: draft.cbvXmlFormat ?? form.terms,
        min_recorded: since,
        position,
        batch: BATCH,
      }
      if (!(await store.insertSubscription(db, row))) throw new Problem('query-not-found', { detail: query.name })
      await deliveries.take()
      return find(query, row.id)
    },
    list: (query, after, limit) => store.listSubscriptions(db, { query: query.id, organisation: null }, after, limit),
    find,
    async delete(query, id) {
      await find(query, id)
      await store.deleteSubscription(db, id)
      await deliveries.drop([id])
    },
    async states(actor, after, limit) {
      await deliveries.flush()
      const head = await events.follow.position()
      const organisation = actor.permissions.has('admin') ? null : actor.organisation
      const rows = await store.listSubscriptions(db, { query: null, organisation }, after, limit)
      return rows.map(row => ({ ...presentState(row, head), at: { created: row.created, id: row.id } }))
    },
    async resend(id, since, actor) {
      const row = await store.findSubscription(db, id)
      if (!row || (row.organisation !== actor.organisation && !actor.permissions.has('admin')))
        throw new Problem('subscription-not-found', { detail: id })
      const recorded = since === undefined ? null : instantOf(since)
      if (since !== undefined && recorded === null) {
        const message = '应为带时区的时间 an ISO 8601 instant such as 2026-10-01T08:00:00+08:00'
        throw wrong([{ pointer: '/since', message }])
      }
      const from = recorded === null ? null : { position: await events.follow.positionBefore(recorded), recorded }
      await deliveries.flush()
      await deliveries.drop([id])
      await store.reviveSubscription(db, parts.process, id, from)
      await deliveries.take()
      const revived = await store.findSubscription(db, id)
      if (!revived) throw new Problem('subscription-not-found', { detail: id })
      return presentState(revived, await events.follow.position())
    },
    start: () => deliveries.take(db.kind === 'embedded'),
    nudge: line.nudge,
    async stop(release = true) {
      await sockets.stop()
      await deliveries.stop(release)
      poster.close()
    },
  }
}
