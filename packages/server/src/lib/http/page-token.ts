import { Problem } from '@yuanliu/core'
import type { FastifyReply } from 'fastify'
import type { ReleasedTokens } from '../released-tokens.ts'

/** How long a page token is good, in milliseconds: 24 hours. */
export const TOKEN_LIFE = 24 * 60 * 60 * 1000

/** An opaque token for a place in a list. */
export function encodeToken(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** The place in a token; `check` says whether it has the right form. Throws 400. */
export function decodeToken<T>(token: string, check: (value: unknown) => value is T): T {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
  } catch {
    value = undefined
  }
  if (!check(value)) {
    throw new Problem('invalid-query', {
      detail: 'The page token is not one that this service gave 翻页标记无效',
      errors: [{ pointer: '/query/nextPageToken', message: 'not a token of this service' }],
    })
  }
  return value
}

/** `Link` header value for the next page: the same request with `name` set to `token`. */
export function nextLink(publicUrl: string, url: string, name: string, token: string): string {
  const next = new URL(url, 'http://local')
  next.searchParams.set(name, token)
  return `<${publicUrl}${next.pathname}${next.search}>; rel="next"`
}

/** What a page leads on with: the next page's address, and when its token expires. */
export function leadOn(
  reply: FastifyReply,
  { publicUrl, url, token, expires }: { publicUrl: string; url: string; token: string; expires: number },
): void {
  reply
    .header('link', nextLink(publicUrl, url, 'nextPageToken', token))
    .header('gs1-next-page-token-expires', new Date(expires).toISOString())
}

/** Pages of the lists whose members are no events: captures, queries, subscriptions, resources. */
export interface ListPages {
  /**
   * The place that a token means; null where there is no token.
   * @throws 400 for the token of another list, one that was given back or has expired, and what is none
   */
  place<P>(list: string, token: string | undefined | null, isPlace: (value: unknown) => value is P): Promise<P | null>
  /** Says how to go on behind `place`. */
  lead(reply: FastifyReply, url: string, list: string, place: unknown): void
}

type ListToken = [list: string, place: unknown, issued: number]

export function createListPages(publicUrl: string, tokens: Pick<ReleasedTokens, 'isReleased'>): ListPages {
  return {
    async place(list, token, isPlace) {
      if (token === undefined || token === null) return null
      const [of, place, issued] = decodeToken(token, isListToken)
      if (of !== list || !isPlace(place) || Date.now() > issued + TOKEN_LIFE) throw gone()
      if (await tokens.isReleased(token)) throw gone()
      return place
    },
    lead(reply, url, list, place) {
      const issued = Date.now()
      leadOn(reply, { publicUrl, url, token: encodeToken([list, place, issued]), expires: issued + TOKEN_LIFE })
    },
  }
}

function isListToken(value: unknown): value is ListToken {
  return Array.isArray(value) && value.length === 3 && typeof value[0] === 'string' && Number.isSafeInteger(value[2])
}

function gone(): Problem {
  const message =
    '翻页标记已失效，请从第一页重新查询 the token is good no longer or is of another list; begin again with the first page'
  return new Problem('invalid-query', { detail: message, errors: [{ pointer: '/query/nextPageToken', message }] })
}
