import { Mismatch } from './case.ts'
import { brief, type Exchange, eventsOf, jsonOf, mediaTypeOf, memberOf } from './exchange.ts'

/** The answer has one of these statuses. */
export function expectStatus(exchange: Exchange, ...statuses: number[]): Exchange {
  if (statuses.includes(exchange.status)) return exchange
  throw new Mismatch(`status ${statuses.join(' | ')}`, `${exchange.status} ${brief(exchange.text)}`.trim(), exchange)
}

/** The answer has a header whose value fits. @returns its value */
export function expectHeader(exchange: Exchange, name: string, fits: RegExp): string {
  const value = exchange.headers.get(name)
  if (value !== null && fits.test(value)) return value
  throw new Mismatch(`header ${name}: ${fits.source}`, value === null ? 'no such header' : brief(value), exchange)
}

/** What was found in the answer is what it should be; compared as JSON. */
export function expectEqual(exchange: Exchange, what: string, got: unknown, expected: unknown): void {
  if (JSON.stringify(got) === JSON.stringify(expected)) return
  throw new Mismatch(`${what} = ${JSON.stringify(expected)}`, brief(JSON.stringify(got) ?? 'absent'), exchange)
}

/** `holds` of the answer, in words. */
export function expectThat(exchange: Exchange, what: string, holds: boolean, got: unknown): void {
  if (holds) return
  throw new Mismatch(what, brief(typeof got === 'string' ? got : (JSON.stringify(got) ?? 'absent')), exchange)
}

/** The answer is JSON that holds a member of this type. @returns the member */
export function expectMember<T = unknown>(exchange: Exchange, type: string, ...path: (string | number)[]): T {
  const value = memberOf(jsonOf(exchange), ...path)
  const found = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  if (found === type) return value as T
  throw new Mismatch(`/${path.join('/')}: ${type}`, `${found} in ${brief(exchange.text)}`, exchange)
}

/** The events of an answer of 200. */
export function expectEvents(exchange: Exchange): Record<string, unknown>[] {
  expectStatus(exchange, 200)
  const events = eventsOf(exchange)
  expectEqual(exchange, '/type', memberOf(jsonOf(exchange), 'type'), 'EPCISQueryDocument')
  if (events) return events
  throw new Mismatch('/epcisBody/queryResults/resultsBody/eventList: array', brief(exchange.text), exchange)
}

/** The answer is a problem document (RFC 7807) of one of these kinds. */
export function expectProblem(exchange: Exchange, statuses: readonly number[], ...exceptions: string[]): void {
  expectStatus(exchange, ...statuses)
  expectEqual(exchange, 'Content-Type', mediaTypeOf(exchange), 'application/problem+json')
  const type = expectMember<string>(exchange, 'string', 'type')
  const names = exceptions.map(name => `epcisException:${name}`)
  expectThat(exchange, `/type: ${names.join(' | ')}`, names.includes(type), type)
  expectMember(exchange, 'string', 'title')
  const status = memberOf(jsonOf(exchange), 'status')
  if (status !== undefined) expectEqual(exchange, '/status', status, exchange.status)
}

/** The answer to OPTIONS says what an address allows and what the server speaks (EPCIS 2.0 §12.8). */
export function expectDiscovery(exchange: Exchange, allows: readonly string[]): void {
  expectStatus(exchange, 200, 204)
  const allow = expectHeader(exchange, 'Allow', /./).split(/\s*,\s*/)
  const missing = allows.filter(method => !allow.includes(method))
  expectThat(exchange, `Allow: ${allows.join(', ')}`, missing.length === 0, allow.join(', '))
  expectVersions(exchange)
  for (const name of ['GS1-EPCIS-Min', 'GS1-EPCIS-Max', 'GS1-CBV-Min', 'GS1-CBV-Max'])
    expectHeader(exchange, name, /^\d+(\.\d+)*$/)
  expectHeader(exchange, 'GS1-EPC-Format', /No_Preference|Always_|Never_Translates/)
  expectHeader(exchange, 'GS1-CBV-XML-Format', /No_Preference|Always_|Never_Translates/)
  expectHeader(exchange, 'GS1-Extensions', /=/)
  expectHeader(exchange, 'GS1-Vendor-Version', /./)
}

/** The version headers of EPCIS 2.0 §12.8 that every answer bears. */
export function expectVersions(exchange: Exchange): void {
  for (const name of ['GS1-EPCIS-Version', 'GS1-CBV-Version']) expectHeader(exchange, name, /^2(\.\d+)*$/)
}
