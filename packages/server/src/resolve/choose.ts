/** A link as it is offered. */
export interface WebLink {
  /** URI of the relation */
  rel: string
  href: string
  title: string
  /** media type */
  type?: string
  hreflang?: string[]
  context?: string[]
  /** how it serves as the default of its level */
  default?: 'single' | 'multi'
  /** it leads to this platform's own page */
  own?: boolean
}

/** What a request says about the links it would like, the most preferred first. */
export interface Wish {
  mediaTypes: readonly string[]
  languages: readonly string[]
  context: readonly string[]
}

/** For each aspect: 2 it fits, 1 it says nothing, 0 it contradicts; and how early in the list of wishes it fits. */
interface Rank {
  type: number
  typeAt: number
  language: number
  languageAt: number
  exact: number
  context: number
}

/**
 * The links that fit a request best, by media type before language before context (GS1-Conformant Resolver 1.2, §2.6.3);
 * several where nothing tells them apart.
 */
export function bestOf<L extends WebLink>(links: readonly L[], wish: Wish): L[] {
  let best: L[] = []
  let bestRank: Rank | null = null
  for (const link of links) {
    const rank = rankOf(link, wish)
    const order = bestRank ? compare(rank, bestRank) : 1
    if (order > 0) {
      best = [link]
      bestRank = rank
    } else if (order === 0) best.push(link)
  }
  return best
}

/** Whether a request asks for something that this link says of itself, and for nothing that it contradicts. */
export function fits(link: WebLink, wish: Wish): boolean {
  const { type, language, context } = rankOf(link, wish)
  return Math.min(type, language, context) > 0 && Math.max(type, language, context) === 2
}

function compare(a: Rank, b: Rank): number {
  return (
    a.type - b.type ||
    b.typeAt - a.typeAt ||
    a.language - b.language ||
    b.languageAt - a.languageAt ||
    a.exact - b.exact ||
    a.context - b.context
  )
}

function rankOf(link: WebLink, wish: Wish): Rank {
  const [type, typeAt] = typeRank(link.type?.toLowerCase(), wish.mediaTypes)
  const [language, languageAt, exact] = languageRank(link.hreflang, wish.languages)
  return { type, typeAt, language, languageAt, exact, context: contextRank(link.context, wish.context) }
}

function typeRank(type: string | undefined, wanted: readonly string[]): [number, number] {
  if (type === undefined || wanted.length === 0) return [1, 0]
  const at = wanted.findIndex(w => w === type || w === '*/*' || (w.endsWith('/*') && type.startsWith(w.slice(0, -1))))
  if (at < 0) return [0, 0]
  return wanted[at] === '*/*' ? [1, 0] : [2, at]
}

/** RFC 4647 lookup, also from a more general wish to a more special link: `zh` takes `zh-CN`. */
function languageRank(languages: readonly string[] | undefined, wanted: readonly string[]): [number, number, number] {
  if (!languages?.length || wanted.length === 0) return [1, 0, 0]
  const tags = languages.map(tag => tag.toLowerCase())
  for (const [at, wish] of wanted.entries()) {
    if (wish === '*') return [1, 0, 0]
    if (tags.includes(wish)) return [2, at, 1]
    if (tags.some(tag => tag.split('-')[0] === wish.split('-')[0])) return [2, at, 0]
  }
  return [0, 0, 0]
}

function contextRank(context: readonly string[] | undefined, wanted: readonly string[]): number {
  if (!context?.length) return 1
  if (wanted.length === 0) return 0.5
  return context.some(value => wanted.includes(value.toLowerCase())) ? 2 : 0
}
