import { isLocale, type Locale } from '@yuanliu/core'
import type { Asked, LinkTypes } from '../resolve/resolve.ts'
import type { Look } from './layout.ts'
import { type Form, formOf, preferred } from './negotiate.ts'

/** A request, as far as pages depend on it. */
export interface Ask {
  /** as received: path and query */
  url: string
  accept: string | undefined
  language: string | undefined
  /** the language that Accept-Language prefers */
  locale: Locale
  encoding: string | undefined
  ifNoneMatch: string | undefined
}

/** The words of a request that decide its answer. */
export function wordsOf(ask: Ask): string {
  return `${ask.url}\n${ask.accept}\n${ask.language}\n${ask.encoding}`
}

function urlOf(ask: Ask): URL {
  return new URL(URL.canParse(`http://local${ask.url}`) ? `http://local${ask.url}` : 'http://local/')
}

/** How somebody looks at a page, and in which form it is answered; null: in none that we have. */
export function lookOf(ask: Ask, site: { publicUrl: string; demo: boolean }): { look: Look; form: Form | null } {
  const url = urlOf(ask)
  const query = url.searchParams
  const lang = query.get('lang')
  const look: Look = {
    locale: isLocale(lang) ? lang : ask.locale,
    chosen: isLocale(lang),
    large: query.get('size') === 'large',
    publicUrl: site.publicUrl,
    demo: site.demo,
    path: url.pathname,
  }
  const linkType = query.get('linkType')
  const wanted = formOf(ask.accept)
  if (linkType === 'all' || linkType === 'linkset') {
    // a list of links is JSON for everybody; those who know it as JSON or JSON-LD get that
    const list = preferred(ask.accept, { 'application/ld+json': 'ld', 'application/json': 'links' } as const)
    return { look, form: list ?? 'linkset' }
  }
  // whoever names a link type is redirected, whatever the target is
  if (linkType && wanted !== 'linkset') return { look, form: wanted ?? 'json' }
  return { look, form: query.get('format') === 'json' ? 'json' : wanted }
}

/** Which link a request asks for. */
export function askedOf(ask: Ask, types: LinkTypes): Asked & { lot: string | null; query: string } {
  const { searchParams } = urlOf(ask)
  const linkType = searchParams.get('linkType')
  const at = ask.url.indexOf('?')
  return {
    linkType: linkType && linkType !== 'all' && linkType !== 'linkset' ? types.uriOf(linkType.slice(0, 500)) : null,
    mediaTypes: wishes(ask.accept),
    languages: wishes(ask.language),
    context: searchParams
      .getAll('context')
      .flatMap(text => text.split(','))
      .map(text => text.trim().toLowerCase())
      .filter(Boolean)
      .slice(0, 20),
    lot: searchParams.get('10') ?? searchParams.get('lot'),
    query: at < 0 ? '' : ask.url.slice(at + 1),
  }
}

/** `b;q=0.5, a` → a, b; what is not wanted at all is left out. */
function wishes(header: string | undefined): string[] {
  if (!header) return []
  return header
    .slice(0, 1000)
    .split(',')
    .map((part, at) => {
      const [value = '', ...params] = part.trim().toLowerCase().split(';')
      const q = params.map(p => /^\s*q=([\d.]+)/.exec(p)?.[1]).find(Boolean)
      return { value: value.trim(), q: q === undefined ? 1 : Number(q), at }
    })
    .filter(({ value, q }) => value !== '' && q > 0)
    .sort((a, b) => b.q - a.q || a.at - b.at)
    .map(({ value }) => value)
}
