import { type Codes, type Locale, type PublicLink, type PublicTrace, t } from '@yuanliu/core'
import {
  type AliasRow,
  codeOfAnchor,
  type Elsewhere,
  type Fitting,
  type Level,
  type LinkRow,
  levelsOf,
  linksOfLevel,
  pageOf,
  type Resolve,
} from '../resolve/resolve.ts'
import type { View } from './views.ts'
import { unitName } from './words.ts'

/** Unit and page that answer a request. */
export interface Shown {
  unit: Fitting
  view: View
}

/** Places of the links of a unit: those that its code names, and the lot of an item as events tell it. */
export function anchorsOf(codes: Codes, { unit, view }: Shown): string[] {
  const anchors = levelsOf(codes, unit)
  const { level, units } = view.trace
  const lot = level === 'item' && units[0]?.lot ? codes.lotKey(view.key, units[0].lot) : null
  if (lot && !anchors.includes(lot)) anchors.splice(1, 0, lot)
  return anchors
}

/** Each level with its links, the most specific first. */
export function levelsWithLinks(
  parts: { codes: Codes; resolve: Resolve; publicUrl: string },
  shown: Shown,
  anchors: readonly string[],
  about: { links: readonly LinkRow[]; elsewhere: Elsewhere | null },
  locale: Locale,
): Level[] {
  const { codes, resolve, publicUrl } = parts
  const { types } = resolve
  const { view } = shown
  const { trace } = view
  const isKnown = knownIn(shown, about.elsewhere !== null)
  return anchors.map((anchor, at) => {
    const code = codeOfAnchor(codes, anchor)
    const level = { page: pageOf(publicUrl, anchor), known: isKnown(anchor, code) }
    const rows = about.links.filter(row => row.anchor === anchor)
    const links = linksOfLevel(types, level, rows, anchor === view.key ? trace.documents : [])
    if (about.elsewhere && at === 0) {
      const { platform, address } = about.elsewhere
      const title = `${platform.name_zh} ${platform.name_en}`.trim()
      links.unshift({ rel: types.uriOf('handledBy'), href: address, title })
    }
    const unit = trace.units.find(u => u.code === code)
    return { ...level, code, links, description: unit ? unitName(unit, locale, t(locale)) : code }
  })
}

/** Whether this platform shows something at a place: the unit shown, its lot, its product where that is described. */
function knownIn({ unit, view }: Shown, elsewhere: boolean): (anchor: string, code: string) => boolean {
  const { trace } = view
  return (anchor, code) => {
    if (anchor === view.key) return elsewhere || trace.verdict.kind !== 'unknown'
    if (anchor === unit.key) return false
    return trace.units.some(u => u.code === code) || trace.units[0]?.product?.code === code
  }
}

/** The trace with what organisations registered about the code. */
export function completed(
  parts: { codes: Codes; resolve: Resolve },
  { unit, view }: Shown,
  about: { links: readonly LinkRow[]; formerly: readonly AliasRow[]; elsewhere: Elsewhere | null },
): PublicTrace {
  const { trace } = view
  const { elsewhere } = about
  return {
    ...trace,
    ...(elsewhere && { verdict: { kind: 'elsewhere' as const } }),
    insteadOf: unit.key === view.key ? null : parts.codes.codeOf(unit.key),
    formerly: about.formerly.map(row => {
      const kind = parts.resolve.kinds.kinds.get(row.kind)
      return {
        number: row.former,
        kind: row.kind,
        title: kind?.title ?? { zh: row.kind, en: row.kind },
        former: kind?.formerly ?? false,
        since: row.since,
      }
    }),
    links: about.links.map(
      (row): PublicLink => ({
        type: row.link_type,
        title: row.title,
        href: row.href,
        languages: row.languages,
        by: row.organisation_code,
      }),
    ),
    elsewhere: elsewhere && {
      name: { zh: elsewhere.platform.name_zh, en: elsewhere.platform.name_en },
      home: elsewhere.platform.home,
      address: elsewhere.address,
      state: elsewhere.platform.state,
    },
  }
}
