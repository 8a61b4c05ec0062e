/** A request as it was sent (without its key) and the answer. */
export interface Exchange {
  method: string
  url: string
  requestHeaders: Readonly<Record<string, string>>
  requestBody: string | null
  status: number
  headers: Headers
  text: string
}

/** The answer's JSON; undefined where it is none. */
export function jsonOf({ text }: Exchange): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** A member of an answer, by names from the outside in; undefined where there is none. */
export function memberOf(value: unknown, ...path: (string | number)[]): unknown {
  let at = value
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined
    at = (at as Record<string | number, unknown>)[name]
  }
  return at
}

/** Events of an EPCISQueryDocument; undefined where the answer is none. */
export function eventsOf(exchange: Exchange): Record<string, unknown>[] | undefined {
  const list = memberOf(jsonOf(exchange), 'epcisBody', 'queryResults', 'resultsBody', 'eventList')
  return Array.isArray(list) ? (list as Record<string, unknown>[]) : undefined
}

/** A text in one line, cut. */
export function brief(text: string, length = 300): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > length ? `${line.slice(0, length)}…` : line
}

/** Media type without parameters, lower-cased. */
export function mediaTypeOf({ headers }: Exchange): string {
  return (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

/** The query part of the address in `Link: rel="next"`; null on the last page. */
export function nextOf({ headers, url }: Exchange): string | null {
  for (const [, target = '', parameters = ''] of (headers.get('link') ?? '').matchAll(/<([^>]*)>([^,<]*)/g)) {
    if (/rel="?next"?/.test(parameters)) return new URL(target, url).search
  }
  return null
}
