import { type EventQueryParameters, type NamedQuery, type NamedQueryDraft, Problem } from '@yuanliu/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { EventPage, Events } from '../events/events.ts'
import { iso, now } from '../lib/clock.ts'
import type { Db } from '../lib/db/db.ts'
import type { AnswerForm } from '../lib/http/answer-form.ts'
import { LIMITS } from '../lib/http/limits.ts'
import type { Actor } from '../lib/http/mount.ts'
import * as store from './store.ts'

/** A query of an organisation, as other rooms use it. */
export interface OwnQuery {
  id: number
  organisation: number
  organisationCode: string
  name: string
  parameters: EventQueryParameters
  created: number
}

export interface Queries {
  /** Names a query. Throws 400 with pointers to wrong parameters, 409 where the organisation has one of this name. */
  create(draft: NamedQueryDraft, actor: Actor): Promise<NamedQuery>
  /** Queries that the actor may see, by name, behind a place: `limit` at most, fewer where they are large. */
  list(
    actor: Actor,
    after: { name: string; id: number } | null,
    limit: number,
  ): Promise<{ found: OwnQuery[]; more: boolean }>
  /**
   * The query of a name: the organisation's own; for the administrator also another's, which `organisation` (its code)
   * tells apart where several have one. Throws 404 for what is not there or not the actor's.
   */
  find(name: string, actor: Actor, organisation?: string): Promise<OwnQuery>
  /** Of these, what is still there. */
  byId(ids: readonly number[]): Promise<OwnQuery[]>
  /** One page of its results now. Throws 400 for a wrong page, 413. */
  events(query: OwnQuery, page: EventQueryParameters, actor: Actor, form: AnswerForm): Promise<EventPage>
  /** Deletes it with its subscriptions and tells who listens. */
  delete(query: OwnQuery): Promise<void>
  onDeleted(listener: (id: number) => void): void
}

/** Takes a request for the events of a query that wants to be told of them as they come. */
export type Live = (request: FastifyRequest, reply: FastifyReply, query: OwnQuery, controls: Controls) => Promise<void>
/** Controls of a subscription as they stand in an address, by name. */
export type Controls = ReadonlyMap<string, string>

/** Queries that one organisation may name. */
const MOST = 10_000

/** Named queries (EPCIS 2.0 §8.2.7, §12.7): they belong to the organisation of the key that made them. */
export function createQueries({ db, events }: { db: Db; events: Events }): Queries {
  const listeners: ((id: number) => void)[] = []

  return {
    async create({ name, query }, actor) {
      refusePaging(query)
      await events.follow.query(query, '/query/')
      if ((await store.countQueries(db, actor.organisation)) >= MOST) {
        throw new Problem('query-limit', { detail: `最多 ${MOST} 个命名查询 at most ${MOST} queries; delete some` })
      }
      const created = now()
      const parameters = JSON.stringify(query)
      const { organisation, organisationCode, keyId: by } = actor
      if (!(await store.insertQuery(db, { organisation, name, parameters, created, by }))) {
        const message = `名称已被使用 there is a query of this name: ${name}`
        throw new Problem('already-exists', { detail: message, errors: [{ pointer: '/name', message }] })
      }
      return { name, query, organisation: organisationCode, createdAt: iso(created) }
    },
    async list(actor, after, limit) {
      const places = await store.queryPlaces(db, isAdmin(actor) ? null : actor.organisation, after, limit + 1)
      let bytes = 0
      // A page is no larger than one query may be, unless that is one alone.
      const fits = places.slice(0, limit).filter((place, i) => {
        bytes += place.bytes
        return i === 0 || bytes <= LIMITS.queryBytes
      })
      const rows = await store.queriesById(
        db,
        fits.map(place => place.id),
      )
      const at = new Map(fits.map((place, i) => [place.id, i]))
      const found = rows.map(own).sort((a, b) => (at.get(a.id) ?? 0) - (at.get(b.id) ?? 0))
      return { found, more: places.length > fits.length }
    },
    async find(name, actor, organisation) {
      const [row] = await rowsOf(name, actor, organisation)
      if (!row) throw new Problem('query-not-found', { detail: `${name}`.slice(0, 200) })
      return own(row)
    },
    byId: async ids => (ids.length ? (await store.queriesById(db, ids)).map(own) : []),
    events({ name, parameters }, page, actor, form) {
      const reader = { organisation: actor.organisation, isAdmin: isAdmin(actor) }
      return events.search({ parameters: { ...parameters, ...page }, at: '/query/', reader }, form, {
        queryName: name,
      })
    },
    async delete({ id, name }) {
      if (!(await store.deleteQuery(db, id))) throw new Problem('query-not-found', { detail: name })
      for (const tell of listeners) tell(id)
    },
    onDeleted(listener) {
      listeners.push(listener)
    },
  }

  async function rowsOf(name: string, actor: Actor, organisation: string | undefined): Promise<store.QueryRow[]> {
    if (organisation !== undefined && organisation !== actor.organisationCode) {
      const row = isAdmin(actor) ? await store.findQueryOf(db, name, organisation) : undefined
      return row ? [row] : []
    }
    const mine = await store.findQueries(db, name, actor.organisation)
    if (mine.length || organisation !== undefined || !isAdmin(actor)) return mine
    const all = await store.findQueries(db, name, null)
    if (all.length < 2) return all
    const message = '多个单位有此名称的查询 several organisations have a query of this name: add ?organisation=<code>'
    throw new Problem('invalid-query', { detail: message, errors: [{ pointer: '/query/organisation', message }] })
  }
}

/** How a query is shown (EPCIS 2.0 §12.7). */
export function presentQuery({ name, parameters, organisationCode, created }: OwnQuery): NamedQuery {
  return { name, query: parameters, organisation: organisationCode, createdAt: iso(created) }
}

function own(row: store.QueryRow): OwnQuery {
  const { organisation_code: organisationCode, parameters, ...rest } = row
  return { ...rest, organisationCode, parameters: JSON.parse(parameters) as EventQueryParameters }
}

function isAdmin(actor: Actor): boolean {
  return actor.permissions.has('admin')
}

/** Pages belong to a request. */
function refusePaging(query: EventQueryParameters): void {
  const message = '分页参数属于请求，不属于查询 belongs to the request for events, not to the query'
  const errors = ['perPage', 'nextPageToken']
    .filter(name => Object.hasOwn(query, name))
    .map(name => ({ pointer: `/query/${name}`, message }))
  if (errors.length) throw new Problem('invalid-query', { detail: `${errors[0]?.pointer}: ${message}`, errors })
}
