import Type, { type Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { EventQueryParameters } from './events.ts'

/** Name of a query, in any script; without what has a meaning in addresses. */
export const QueryName = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[^\\p{C}\\p{Z}./\\\\?#%][^\\p{C}/\\\\?#%]*$',
})
export const QueryPath = Type.Object({ name: Type.String({ minLength: 1, maxLength: 400 }) })
/** Names are an organisation's own; only the administrator may have to say whose query is meant. */
export const QueryOwner = Type.Object({ organisation: Type.Optional(Type.String({ maxLength: 64 })) })
export const ListPage = Type.Object({
  perPage: Type.Optional(Type.Integer({ minimum: 1, description: 'default 30; the server may give fewer' })),
  nextPageToken: Type.Optional(Type.String({ maxLength: 1_000 })),
})

/** A named query, EPCIS 2.0 §12.7; `organisation` and `createdAt` are ours. */
export const NamedQuery = Type.Object({
  name: Type.String(),
  query: EventQueryParameters,
  organisation: Type.String(),
  createdAt: Type.String(),
})
export type NamedQuery = Static<typeof NamedQuery>

export const NamedQueryDraft = Type.Object(
  { name: QueryName, query: EventQueryParameters },
  { additionalProperties: false },
)
export type NamedQueryDraft = Static<typeof NamedQueryDraft>

export const createQuery = endpoint({
  id: 'createQuery',
  method: 'POST',
  path: '/epcis/queries',
  permission: 'read',
  summary: { zh: '新建命名查询；查询参数当即检查', en: 'Name a query; its parameters are checked at once' },
  body: NamedQueryDraft,
  reply: NamedQuery,
  status: 201,
  answers: { Location: 'the query' },
  refuses: [409],
})

export const listQueries = endpoint({
  id: 'listQueries',
  method: 'GET',
  path: '/epcis/queries',
  permission: 'read',
  summary: { zh: '本单位的命名查询', en: "The organisation's named queries; all of them for admin" },
  query: ListPage,
  reply: Type.Array(NamedQuery),
})

export const getQuery = endpoint({
  id: 'getQuery',
  method: 'GET',
  path: '/epcis/queries/:name',
  permission: 'read',
  summary: { zh: '命名查询的定义', en: 'Definition of a named query' },
  params: QueryPath,
  query: QueryOwner,
  reply: NamedQuery,
})

export const deleteQuery = endpoint({
  id: 'deleteQuery',
  method: 'DELETE',
  path: '/epcis/queries/:name',
  permission: 'read',
  summary: { zh: '删除命名查询，其订阅随之终止', en: 'Delete a named query; its subscriptions end' },
  params: QueryPath,
  query: QueryOwner,
  status: 204,
})
