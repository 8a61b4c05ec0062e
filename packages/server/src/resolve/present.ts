import type { Alias, Codes, ForeignPlatform, Link } from '@yuanliu/core'
import { iso } from '../lib/clock.ts'
import type { AliasRow, LinkRow, PlatformRow } from './store.ts'

const timeOrNull = (micros: number | null) => (micros === null ? null : iso(micros))

/** Canonical code of a place at which links are registered; a variant of a product is no unit of its own. */
export function codeOfAnchor(codes: Pick<Codes, 'codeOf'>, anchor: string): string {
  return /^\d{2,4}\//.test(anchor) ? `https://id.gs1.org/${anchor}` : codes.codeOf(anchor)
}

export function linkOf(codes: Pick<Codes, 'codeOf'>, row: LinkRow): Link {
  return {
    id: row.id,
    code: codeOfAnchor(codes, row.anchor),
    linkType: row.link_type,
    href: row.href,
    title: row.title,
    languages: row.languages,
    mediaType: row.media_type,
    context: row.context,
    default: row.default_as,
    organisation: row.organisation_code,
    created: iso(row.created),
    from: timeOrNull(row.valid_from),
    until: timeOrNull(row.valid_until),
  }
}

export function aliasOf(codes: Pick<Codes, 'codeOf'>, row: AliasRow): Alias {
  return {
    id: row.id,
    former: row.former,
    code: codes.codeOf(row.target),
    kind: row.kind,
    since: row.since,
    organisation: row.organisation_code,
    created: iso(row.created),
  }
}

export function platformAnswer(row: PlatformRow): ForeignPlatform {
  return {
    id: row.id,
    match: row.match,
    prefix: row.prefix,
    name: { zh: row.name_zh, en: row.name_en },
    home: row.home,
    query: row.query,
    state: row.state,
    organisation: row.organisation_code,
    created: iso(row.created),
  }
}
