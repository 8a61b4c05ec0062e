import { LIMITS } from '../lib/http/limits.ts'
import { COUNT, type Parameter, parameter, texts, word } from './parameter.ts'

const ORDER = texts(
  'eventTime | recordTime | 扩展字段的全名 the full name of an extension field',
  (text, { names }) => {
    if (text === 'eventTime' || text === 'recordTime') return text
    return /[:#]/.test(text) ? names.full(text) : null
  },
)

/** Order, limits and pages (EPCIS 2.0 §8.2.7.1, §12.7). */
export const PAGE_PARAMETERS: readonly Parameter[] = [
  parameter('orderBy', { ...ORDER, many: false }, ([order], into) => {
    if (typeof order === 'string') into.orderBy = order
    else into.orderField = order
    return undefined
  }),
  parameter('orderDirection', word(['ASC', 'DESC']), ([direction], into) => {
    into.descending = direction === 'DESC'
    return undefined
  }),
  parameter('eventCountLimit', COUNT, ([n], into) => {
    into.eventCountLimit = n
    return undefined
  }),
  parameter('maxEventCount', COUNT, ([n], into) => {
    into.maxEventCount = n
    return undefined
  }),
  parameter('perPage', COUNT, ([n], into) => {
    into.perPage = Math.min(n, LIMITS.perPage)
    return undefined
  }),
  parameter(
    'nextPageToken',
    { many: false, expected: '应为本服务给出的翻页标记 a token of this service', read: given => String(given ?? '') },
    ([token], into) => {
      into.nextPageToken = token
      return undefined
    },
  ),
]
