import { CAPTURE_CASES } from './capture-cases.ts'
import type { Case } from './case.ts'
import { DISCOVERY_CASES } from './discovery-cases.ts'
import { EVENT_CASES } from './event-cases.ts'
import { NAMED_QUERY_CASES } from './named-query-cases.ts'
import { NEGOTIATION_CASES } from './negotiation-cases.ts'
import { PAGING_CASES } from './paging-cases.ts'
import { QUERY_CASES } from './query-cases.ts'
import { RESOURCE_CASES } from './resource-cases.ts'
import { SUBSCRIPTION_CASES } from './subscription-cases.ts'
import { WEBSOCKET_CASES } from './websocket-cases.ts'
import { XML_CASES } from './xml-cases.ts'

/** Every case, in the order in which they run. */
export const CASES: readonly Case[] = [
  ...DISCOVERY_CASES,
  ...CAPTURE_CASES,
  ...EVENT_CASES,
  ...RESOURCE_CASES,
  ...QUERY_CASES,
  ...PAGING_CASES,
  ...NEGOTIATION_CASES,
  ...NAMED_QUERY_CASES,
  ...SUBSCRIPTION_CASES,
  ...WEBSOCKET_CASES,
  ...XML_CASES,
]

/** Cases whose id is one of the words, or begins with one that ends in `*` or names a family (`query`). */
export function chosen(words: readonly string[]): Case[] {
  if (!words.length) return [...CASES]
  return CASES.filter(({ id }) =>
    words.some(
      word => id === word || id.startsWith(`${word}/`) || (word.endsWith('*') && id.startsWith(word.slice(0, -1))),
    ),
  )
}
