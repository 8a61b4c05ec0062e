import { Problem } from '@yuanliu/core'

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
