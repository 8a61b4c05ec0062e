import { createHash } from 'node:crypto'
import { Problem } from '@yuanliu/core'
import { decodeToken, encodeToken, TOKEN_LIFE } from '../lib/http/page-token.ts'
import type { Parameters } from './query.ts'

/** A place in the results of one query. */
export interface Place {
  /** the query that it belongs to */
  query: string
  /** capture position when the first page was asked: later events are not part of the results */
  upTo: number
  /** the last event shown */
  time: number
  position: number
  /** how many more may be shown, null for all */
  left: number | null
  /** when the token was given, milliseconds since the epoch */
  issued: number
}

/**
 * What binds a token to its query: all parameters but those that only say how to page, and the prefixes of their names.
 */
export function queryMark(parameters: Parameters, extensions: Readonly<Record<string, string>> = {}): string {
  const own = [...Object.entries(parameters), ...Object.entries(extensions)].filter(
    ([name]) => name !== 'nextPageToken' && name !== 'perPage',
  )
  own.sort(([a], [b]) => (a < b ? -1 : 1))
  const plain = own.map(([name, value]) => [name, (Array.isArray(value) ? value : [value]).map(textOf)])
  return createHash('sha256').update(JSON.stringify(plain)).digest('base64url').slice(0, 22)
}

/** A number in a body and its digits in an address are one value. */
function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export function writeToken(place: Place): string {
  const { query, upTo, time, position, left, issued } = place
  return encodeToken([1, query, upTo, time, position, left, issued])
}

/** The place that a token means. Throws 400 for a token of another query, an expired one, and what is none. */
export function readToken(token: string, query: string, at: string, now = Date.now()): Place {
  const [, of, upTo, time, position, left, issued] = decodeToken(token, isToken)
  const refuse = (message: string) =>
    new Problem('invalid-query', { detail: message, errors: [{ pointer: `${at}nextPageToken`, message }] })
  if (of !== query) throw refuse('翻页标记属于另一个查询 the token belongs to another query')
  if (now > issued + TOKEN_LIFE) {
    throw refuse('翻页标记已过期，请从第一页重新查询 the token has expired; begin again with the first page')
  }
  return { query: of, upTo, time, position, left, issued }
}

type Token = [
  version: 1,
  query: string,
  upTo: number,
  time: number,
  position: number,
  left: number | null,
  issued: number,
]

function isToken(value: unknown): value is Token {
  if (!Array.isArray(value) || value.length !== 7 || value[0] !== 1 || typeof value[1] !== 'string') return false
  const [upTo, time, position, left, issued] = value.slice(2) as unknown[]
  if (left !== null && !(Number.isSafeInteger(left) && (left as number) > 0)) return false
  return [upTo, time, position, issued].every(Number.isSafeInteger)
}
