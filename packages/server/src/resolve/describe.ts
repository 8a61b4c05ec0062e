import type { Codes } from '@yuanliu/core'
import type { LinkTypes } from './link-types.ts'
import { LINKSET_CONTEXT } from './linkset.ts'

/** `/.well-known/gs1resolver` (GS1-Conformant Resolver 1.2 §3 and its JSON schema). */
export interface ResolverDescription {
  name: string
  resolverRoot: string
  /** application identifiers of the primary keys, all of whose qualifiers are understood */
  supportedPrimaryKeys: string[]
  supportedLinkType: { namespace: string; prefix: string }[]
  linkTypeDefaultCanBeLinkset: boolean
  jsonLdContextLocation: string
}

/** Primary keys that the description file may name (its JSON schema); others are resolved all the same. */
const NAMED = '00 01 253 255 401 402 410 411 412 413 414 415 417 8003 8004 8006 8010 8013 8017 8018'.split(' ')

export function describeResolver(
  codes: Pick<Codes, 'schemes'>,
  types: LinkTypes,
  publicUrl: string,
): ResolverDescription {
  const known = new Set([...codes.schemes.values()].flatMap(({ forms }) => forms.digitalLink?.ai ?? []))
  return {
    name: '源流 Yuanliu',
    resolverRoot: publicUrl,
    supportedPrimaryKeys: NAMED.filter(ai => known.has(ai)),
    supportedLinkType: [{ namespace: types.namespace, prefix: 'gs1:' }],
    linkTypeDefaultCanBeLinkset: false,
    jsonLdContextLocation: LINKSET_CONTEXT,
  }
}
