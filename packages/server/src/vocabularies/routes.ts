import * as api from '@yuanliu/core'
import type { FastifyInstance } from 'fastify'
import { type Actor, mount } from '../lib/http/mount.ts'
import { decodeToken, encodeToken, nextLink } from '../lib/http/page-token.ts'
import type { Vocabularies } from './vocabularies.ts'

const isName = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0')

/** Master data: vocabularies, their elements, and versions of an element. */
export function vocabularyRoutes(app: FastifyInstance, vocabularies: Vocabularies, publicUrl: string): void {
  const reader = ({ organisation, permissions }: Actor) => ({ organisation, isAdmin: permissions.has('admin') })
  const page = (query: { perPage?: number | undefined; nextPageToken?: string | undefined }) => ({
    limit: query.perPage ?? 100,
    after: query.nextPageToken === undefined ? '' : decodeToken(query.nextPageToken, isName),
  })

  mount(app, api.listVocabularies, async ({ query, actor, request, reply }) => {
    const { limit, after } = page(query)
    const { items, next } = await vocabularies.types(reader(actor), after, limit)
    if (next !== null) reply.header('link', nextLink(publicUrl, request.url, 'nextPageToken', encodeToken(next)))
    return { vocabularies: items }
  })

  mount(app, api.listVocabularyElements, async ({ params, query, actor, request, reply }) => {
    const { limit, after } = page(query)
    const { items, next } = await vocabularies.elements(params.type, reader(actor), after, limit)
    if (next !== null) reply.header('link', nextLink(publicUrl, request.url, 'nextPageToken', encodeToken(next)))
    return { type: params.type, elements: items }
  })

  mount(app, api.getVocabularyElement, async ({ params, query, actor }) => {
    const at =
      query.at === undefined ? Number.MAX_SAFE_INTEGER : api.parseTime(query.at.replace(/ (?=\d\d:\d\d$)/, '+'))
    if (at === null) {
      const message = '应为带时区的时间 an ISO 8601 instant such as 2026-10-01T08:00:00+08:00'
      throw new api.Problem('invalid-query', { detail: message, errors: [{ pointer: '/query/at', message }] })
    }
    return vocabularies.element(params.type, params.id, reader(actor), at)
  })
}
