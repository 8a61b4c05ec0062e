import type { PublicDocument } from '@yuanliu/core'
import { bestOf, fits, type WebLink, type Wish } from './choose.ts'
import type { LinkTypes } from './link-types.ts'
import type { LinkRow } from './store.ts'

/** One level of a code with the links that stand there: the serial number, the lot, the product. */
export interface Level {
  /** canonical code */
  code: string
  /** address of this platform's page of it */
  page: string
  description: string
  /** this platform has something to show of it */
  known: boolean
  links: WebLink[]
}

/** What a request asks for, beside the code. */
export interface Asked extends Wish {
  /** URI of a relation; null: the default link */
  linkType: string | null
}

export type Choice =
  /** this platform's own page answers, in place */
  | { kind: 'here' }
  | { kind: 'redirect'; link: WebLink }
  /** nothing tells these apart */
  | { kind: 'several'; links: WebLink[] }
  | { kind: 'none' }

const OWN_TITLE = { zh: '产品追溯页', en: 'Product tracing page' }

/**
 * The links of a level: this platform's own where it knows something, then those that organisations registered. The
 * platform's page is the default unless an organisation has set another.
 */
export function linksOfLevel(
  types: LinkTypes,
  level: Pick<Level, 'page' | 'known'>,
  rows: readonly LinkRow[],
  documents: readonly PublicDocument[],
): WebLink[] {
  const registered = rows.map(linkOfRow)
  if (!level.known) return registered
  const voc = (name: string) => types.uriOf(name)
  const page = { rel: voc('pip'), type: 'text/html', own: true }
  const own: WebLink[] = [
    { ...page, href: level.page, title: `${OWN_TITLE.zh} ${OWN_TITLE.en}` },
    { ...page, href: `${level.page}?lang=zh`, title: OWN_TITLE.zh, hreflang: ['zh'] },
    { ...page, href: `${level.page}?lang=en`, title: OWN_TITLE.en, hreflang: ['en'] },
    {
      rel: voc('traceability'),
      href: `${level.page}?format=json`,
      title: '追溯数据 Tracing data',
      type: 'application/json',
      own: true,
    },
    ...documents.flatMap(({ link, code }) =>
      link ? [{ rel: voc('certificationInfo'), href: link, title: `证书 Certificate ${code}`.slice(0, 200) }] : [],
    ),
  ]
  if (!registered.some(link => link.default === 'single')) own[0]!.default = 'single'
  return [...own, ...registered]
}

function linkOfRow(row: LinkRow): WebLink {
  return {
    rel: row.link_type,
    href: row.href,
    title: row.title,
    ...(row.media_type !== null && { type: row.media_type }),
    ...(row.languages.length > 0 && { hreflang: row.languages }),
    ...(row.context.length > 0 && { context: row.context }),
    ...(row.default_as !== 'none' && { default: row.default_as }),
  }
}

/**
 * Which link answers a request (GS1-Conformant Resolver 1.2, §2.6): of the requested type at the nearest level that has
 * one, else the nearest default.
 * @param levels the most specific first
 * @param stay the own page warns of something (a recall): no default of an organisation hides that
 */
export function choose(types: LinkTypes, levels: readonly Level[], asked: Asked, stay: boolean): Choice {
  const { linkType } = asked
  if (linkType === null) return defaultOf(levels, asked, stay)
  if (linkType === types.uriOf('defaultLink')) {
    const choice = defaultOf(levels, asked, stay)
    if (choice.kind !== 'here') return choice
    const page = levels.find(level => level.known)?.links[0]
    return page ? { kind: 'redirect', link: page } : { kind: 'none' }
  }
  const isWanted = (link: WebLink) =>
    linkType === types.uriOf('defaultLinkMulti') ? link.default === 'multi' : link.rel === linkType
  for (const level of levels) {
    const best = bestOf(level.links.filter(isWanted), asked)
    const chosen = best.find(link => link.default === 'single') ?? (best.length === 1 ? best[0] : undefined)
    if (chosen) return { kind: 'redirect', link: chosen }
    if (best.length > 1) return { kind: 'several', links: best }
  }
  return { kind: 'none' }
}

function defaultOf(levels: readonly Level[], asked: Asked, stay: boolean): Choice {
  if (stay && levels.some(level => level.known)) return { kind: 'here' }
  for (const { links } of levels) {
    const single = links.find(link => link.default === 'single')
    const multi = links.filter(link => link.default === 'multi')
    const refined = bestOf(
      multi.filter(link => fits(link, asked)),
      asked,
    )
    const chosen = refined.length === 1 ? refined[0] : (single ?? multi[0])
    if (chosen) return chosen.own ? { kind: 'here' } : { kind: 'redirect', link: chosen }
  }
  // nobody said which is the default: the first that was registered, nearest to what was asked
  const first = levels.flatMap(level => level.links)[0]
  return first ? { kind: 'redirect', link: first } : { kind: 'none' }
}

/**
 * Where a redirect leads: the target with the query string of the request, unchanged (§2.12). This platform's own pages
 * do not get the two words that chose them, else they would choose again.
 * @param query without `?`
 */
export function locationOf(link: Pick<WebLink, 'href' | 'own'>, query: string): string {
  const passed = link.own
    ? query
        .split('&')
        .filter(pair => !/^(?:linkType|context)(?:=|$)/.test(pair))
        .join('&')
    : query
  if (!passed) return link.href
  const hash = link.href.indexOf('#')
  const [before, after] = hash < 0 ? [link.href, ''] : [link.href.slice(0, hash), link.href.slice(hash)]
  const joint = !before.includes('?') ? '?' : /[?&]$/.test(before) ? '' : '&'
  return before + joint + passed + after
}
