import * as api from '@yuanliu/core'
import { isLocale, type Locale, Problem, t } from '@yuanliu/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { iso } from '../lib/clock.ts'
import { mount } from '../lib/http/mount.ts'
import { decodeToken, encodeToken, nextLink } from '../lib/http/page-token.ts'
import { localeOf } from '../lib/http/problem.ts'
import { keyOfText } from '../resolve/resolve.ts'
import type { Counted, ScanRules, Scans, Signals } from './codes.ts'

export interface ScanRouteParts {
  codes: api.Codes
  scans: Scans
  signals: Signals
  rules: ScanRules
  config: { publicUrl: string; regionHeader: string | null }
  /** seconds after which an address may come again; 0: now */
  over(address: string): number
}

/** Counting of scans for the page of an item, and what is suspicious in them. */
export function scanRoutes(app: FastifyInstance, parts: ScanRouteParts): void {
  const { codes, scans, rules, config } = parts

  function handle(count: boolean) {
    return async ({
      query,
      request,
    }: {
      query: api.Input<typeof api.recordScan>['query']
      request: FastifyRequest
    }) => {
      const seconds = parts.over(request.ip)
      if (seconds > 0) throw new Problem('too-many-requests', { retryAfter: seconds })
      const key = keyOfText(codes, query.code, '/query/code')
      const locale = isLocale(query.lang) ? query.lang : localeOf(request)
      const counted = count && !scans.isRobot(request.headers['user-agent'])
      const place = placeOf(query.region ?? regionOf(request, config.regionHeader), rules)
      const { times, since } = await (counted ? scans.count(key, place) : scans.read(key))
      return {
        code: codes.codeOf(key),
        counted: counted && times !== null,
        times,
        since,
        text: inWords({ times, since }, counted, locale),
        ...(place === '' && times !== null && { places: choices(rules, locale) }),
      }
    }
  }

  mount(app, api.recordScan, async ({ query, request, reply }) => {
    reply.header('cache-control', 'no-store')
    const answer = await handle(true)({ query, request })
    // the button of a page without scripts
    if (!/\btext\/html\b/.test(request.headers.accept ?? '')) return answer
    return reply
      .type('text/html; charset=utf-8')
      .send(wordsPage(answer.text, isLocale(query.lang) ? query.lang : localeOf(request)))
  })
  mount(app, api.readScans, ({ query, request, reply }) => {
    reply.header('cache-control', 'no-store')
    return handle(false)({ query, request })
  })
  mount(app, api.listScanSignals, async ({ query, actor, request, reply }) => {
    const limit = query.limit ?? 100
    const after = query.nextPageToken === undefined ? null : decodeToken(query.nextPageToken, isPlace)
    const found = await parts.signals.list(actor, { since: query.since, after, limit: limit + 1 })
    const shown = found.slice(0, limit)
    const last = shown.at(-1)
    if (found.length > limit && last) {
      const token = encodeToken({ last: last.row.last, id: last.row.id })
      reply.header('link', nextLink(config.publicUrl, request.url, 'nextPageToken', token))
    }
    return { signals: shown.map(({ signal }) => signal) }
  })
}

const isPlace = (value: unknown): value is { last: number; id: number } =>
  typeof value === 'object' &&
  value !== null &&
  Number.isSafeInteger((value as { last?: unknown }).last) &&
  Number.isSafeInteger((value as { id?: unknown }).id)

/** What a proxy says of where a request comes from, if the settings name its header. */
function regionOf(request: FastifyRequest, header: string | null): string {
  const value = header === null ? undefined : request.headers[header]
  return typeof value === 'string' ? value.trim() : ''
}

/** Kept to the city: the last two digits name a district. Empty where the province is not known. */
function placeOf(region: string, { places }: ScanRules): string {
  return /^\d{6}$/.test(region) && Object.hasOwn(places, region.slice(0, 2)) ? `${region.slice(0, 4)}00` : ''
}

function choices({ places }: ScanRules, locale: Locale) {
  return Object.entries(places).map(([code, { title }]) => ({ region: `${code}0000`, title: title[locale] }))
}

function inWords({ times, since }: Counted, counted: boolean, locale: Locale): string {
  const { scans: m } = t(locale)
  if (times === null) return m.uncounted
  if (times === 0 || since === null) return m.never
  if (times === 1 && counted) return m.first
  return `${m.times(times, hourText(since))} ${m.many}`
}

/** To the hour, in the time of the platform's country. */
function hourText(since: string): string {
  const local = iso((Date.parse(since) + CHINA_MS) * 1_000)
  return `${local.slice(0, 10)} ${local.slice(11, 13)}:00`
}
const CHINA_MS = 8 * 3_600_000

function wordsPage(text: string, locale: Locale): string {
  const { site, scans } = t(locale)
  const lang = locale === 'zh' ? 'zh-CN' : 'en'
  return `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${scans.title} · ${site.name}</title></head><body><main><h1>${scans.title}</h1><p>${text}</p><p>${scans.privacy}</p></main></body></html>`
}
