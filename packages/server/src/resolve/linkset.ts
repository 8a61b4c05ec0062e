import type { WebLink } from './choose.ts'
import type { LinkTypes } from './link-types.ts'
import type { Level } from './offer.ts'

interface Target {
  href: string
  title: string
  type?: string
  hreflang?: string[]
  context?: string[]
}

/** One link context of a linkset (RFC 9264 §4.2). */
export type LinkContext = { anchor: string; itemDescription: string } & { [relation: string]: Target[] | string }

export interface Linkset {
  linkset: LinkContext[]
}

/** Where GS1 keeps the JSON-LD context that makes a linkset RDF. */
export const LINKSET_CONTEXT = 'https://ref.gs1.org/standards/resolver/linkset-context'

/**
 * Linkset of a code: one context for each level up to the primary key that has links (GS1-Conformant Resolver 1.2).
 * Anchors are the uncompressed canonical codes; a default stands under its own relation, too, without attributes.
 */
export function linksetOf(types: LinkTypes, levels: readonly Level[]): Linkset {
  return { linkset: levels.filter(level => level.links.length > 0).map(level => contextOf(types, level)) }
}

/** The links among which nothing tells apart, as a linkset under the first level. */
export function linksetOfSome(types: LinkTypes, level: Level, links: readonly WebLink[]): Linkset {
  return linksetOf(types, [{ ...level, links: links.map(({ default: _, ...link }) => link) }])
}

function contextOf(types: LinkTypes, { code, page, description, links }: Level): LinkContext {
  const context: LinkContext = { anchor: /^https?:\/\//.test(code) ? code : page, itemDescription: description }
  const add = (relation: string, target: Target) => {
    const targets = context[relation]
    if (Array.isArray(targets)) targets.push(target)
    else context[relation] = [target]
  }
  for (const link of links) {
    if (link.default === 'single') add(types.uriOf('defaultLink'), { href: link.href, title: link.title })
    if (link.default === 'multi') add(types.uriOf('defaultLinkMulti'), targetOf(link))
    add(link.rel, targetOf(link))
  }
  return context
}

function targetOf({ href, title, type, hreflang, context }: WebLink): Target {
  return { href, title, ...(type && { type }), ...(hreflang && { hreflang }), ...(context && { context }) }
}
