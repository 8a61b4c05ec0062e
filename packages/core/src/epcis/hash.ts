import type { Context } from './context.ts'
import { elementsOf, nameOf } from './event-element.ts'
import { prehash, type ToDigitalLink } from './prehash.ts'

export interface HashTools {
  /** SHA-256 of the UTF-8 bytes of a text, as 64 lower-case hex digits */
  sha256: (text: string) => string
  /** the canonical GS1 Digital Link of an EPC URN or Digital Link, null for anything else */
  toDigitalLink: ToDigitalLink
  /**
   * Names of top-level fields that do not count, as a document may list them (`…:ignoreFields`). Whoever hashes to see
   * whether two events are the same must not pass what the sender says.
   */
  ignoreFields?: readonly string[]
}

/** An event id that is the hash of its event, CBV 2.0 §8.9. */
const HASH_ID = /^ni:\/\/\/sha-256;([0-9a-f]{64})\?ver=CBV2\.0$/i

/** The text that is hashed, of an event written as JSON-LD. */
export function eventPrehash(event: object, context: Context, tools: Omit<HashTools, 'sha256'>): string {
  const type = (event as { type?: unknown }).type
  const ignored = new Set((tools.ignoreFields ?? []).map(field => nameOf(field, context)))
  const elements = elementsOf(event, context).filter(element => !ignored.has(element.name))
  return prehash(typeof type === 'string' ? nameOf(type, context) : '', elements, tools.toDigitalLink)
}

/**
 * The event hash id of an event, `ni:///sha-256;<hex>?ver=CBV2.0` (CBV 2.0 §8.9). It does not depend on notation:
 * order of members, prefixes, zones, URN or Digital Link. `recordTime`, `eventID` and `errorDeclaration` do not count.
 * @param context names of the event's extensions, from `contextOf`
 */
export function eventHash(event: object, context: Context, tools: HashTools): string {
  return `ni:///sha-256;${tools.sha256(eventPrehash(event, context, tools))}?ver=CBV2.0`
}

/** Whether an event id claims to be an event hash; such an id can be compared with `eventHash`. */
export function isHashId(eventId: string): boolean {
  return HASH_ID.test(eventId)
}
