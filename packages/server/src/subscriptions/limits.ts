import type { OwnQuery } from '../queries/queries.ts'
import { wrong } from './draft.ts'

/** A limit asks for one answer: a query with one has no meaning as a standing query. Throws 400. */
export function refuseLimits({ parameters }: Pick<OwnQuery, 'parameters'>): void {
  const limit = ['eventCountLimit', 'maxEventCount'].find(name => Object.hasOwn(parameters, name))
  if (limit === undefined) return
  const message = `查询含 ${limit}，不能订阅 the query has ${limit}, which asks for one answer; it cannot be subscribed to`
  throw wrong([{ pointer: '/path/name', message }])
}
