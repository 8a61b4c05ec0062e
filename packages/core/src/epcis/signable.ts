import type { SignableEvent } from '../proof/event-signature.ts'
import { type Context, contextOf } from './context.ts'
import { eventPrehash } from './hash.ts'
import type { ToDigitalLink } from './prehash.ts'

export interface SignableTools {
  /** SHA-256 of the UTF-8 bytes of a text, as 64 lower-case hex digits */
  sha256: (text: string) => string
  /** from `canonicalLinks` */
  toDigitalLink: ToDigitalLink
}

/**
 * What is signed of an event as JSON has it: independent of notation, order of members, JSON or XML (docs/adr/0021).
 * @param context names of its extensions, from `contextOf`
 */
export function signableEvent(
  event: object,
  context: Context,
  { sha256, toDigitalLink }: SignableTools,
): SignableEvent {
  const { eventID, errorDeclaration } = event as { eventID?: unknown; errorDeclaration?: unknown }
  const prehash = eventPrehash(event, context, { toDigitalLink })
  const id = typeof eventID === 'string' && eventID !== '' ? eventID : `ni:///sha-256;${sha256(prehash)}?ver=CBV2.0`
  return { id, prehash, ...(errorDeclaration !== undefined && { declaration: errorDeclaration }) }
}

/** The same of each event of a document, or of a bare event, in their order. */
export function signableEvents(document: object, tools: SignableTools): SignableEvent[] {
  const { '@context': context } = document as { '@context'?: unknown }
  const events = eventsIn(document)
  if (!events) return [signableEvent(document, contextOf(context), tools)]
  return events.map(event => {
    const own = (event as { '@context'?: unknown })['@context']
    return signableEvent(event, contextOf(context, own), tools)
  })
}

interface Body {
  eventList?: unknown
  queryResults?: { resultsBody?: { eventList?: unknown } }
}

/** The event list of a document; null where it is a bare event. */
function eventsIn(document: object): object[] | null {
  const { epcisBody } = document as { epcisBody?: Body | null }
  if (epcisBody === undefined || epcisBody === null) return null
  const list = epcisBody.eventList ?? epcisBody.queryResults?.resultsBody?.eventList
  return Array.isArray(list) ? list.filter(event => typeof event === 'object' && event !== null) : []
}
