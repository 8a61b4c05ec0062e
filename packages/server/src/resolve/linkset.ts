import type { PublicTrace } from '@yuanliu/core'

const GS1 = 'https://gs1.org/voc/'

interface Target {
  href: string
  title: string
  type?: string
  hreflang?: string[]
}

/** One link context of a linkset (RFC 9264 §4.2). */
export type LinkContext = { anchor: string; itemDescription: string } & { [relation: string]: Target[] | string }

export interface Linkset {
  linkset: LinkContext[]
}

/**
 * Linkset of a unit's page, GS1 link types, one context for each level up to the primary key (GS1-Conformant Resolver
 * 1.2). Anchors are the canonical codes.
 * @param pageOf address of the page of a canonical code
 * @param parents canonical codes of the levels above: product, lot
 */
export function linksetOf(
  trace: PublicTrace,
  parents: readonly string[],
  pageOf: (code: string) => string,
  describe: (code: string) => string,
): Linkset {
  const links = trace.documents.flatMap(d => (d.link ? [{ href: d.link, title: '证书 Certificate' }] : []))
  return {
    linkset: [
      context(trace.code, trace.page, describe(trace.code), links),
      ...parents.map(code => context(code, pageOf(code), describe(code), [])),
    ],
  }
}

function context(code: string, page: string, itemDescription: string, certificates: Target[]): LinkContext {
  const title = '产品追溯页 Product tracing page'
  const found: LinkContext = {
    anchor: /^https?:\/\//.test(code) ? code : page,
    itemDescription,
    [`${GS1}defaultLink`]: [{ href: page, title }],
    [`${GS1}pip`]: [
      { href: `${page}?lang=zh`, title: '产品追溯页', type: 'text/html', hreflang: ['zh'] },
      { href: `${page}?lang=en`, title: 'Product tracing page', type: 'text/html', hreflang: ['en'] },
    ],
    [`${GS1}traceability`]: [{ href: `${page}?format=json`, title: '追溯数据 Tracing data', type: 'application/json' }],
  }
  if (certificates.length) found[`${GS1}certificationInfo`] = certificates
  return found
}
