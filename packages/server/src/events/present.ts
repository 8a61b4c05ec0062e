import { jointContext, ownParts, STANDARD_CONTEXT } from './contexts.ts'
import { knownInBytes, withKnown } from './known-members.ts'
import {
  type EventJson,
  filled,
  type Heading,
  NAMELESS,
  type Notation,
  type Presented,
  type PresentedEvent,
} from './notation.ts'
import { presentXml } from './present-xml.ts'

/**
 * Events as an EPCISQueryDocument (EPCIS 2.0 §9.3). Under `Never_Translates` the bytes received are put in, else
 * identifiers are in the notation asked for. In either case the repository says what it knows: `recordTime`, and the id
 * where none was sent.
 * @param heading name of the query, and of the subscription, as the document says them
 * @param whole all events must be answered: one that does not fit the others' context bears its own
 */
export function present(
  events: readonly PresentedEvent[],
  notation: Notation,
  whole = false,
  heading: Heading = NAMELESS,
): Presented {
  if (notation.media === 'xml') return presentXml(events, notation, heading)
  const joint = jointContext(events)
  if (notation.format === 'Never_Translates') {
    const shown = whole ? events : events.slice(0, joint.count)
    const pieces = shown.map((e, i) =>
      i < joint.count
        ? jsonBytes(e)
        : Buffer.from(JSON.stringify(withOwnContext(withKnown(e.reading.value(e.bytes), e), e.context))),
    )
    return { body: documentOf(joint.context, pieces, heading), count: shown.length, untranslated: [] }
  }
  const untranslated = new Set<string>()
  const fits = joint.count === events.length
  const pieces = events.map(e => {
    const value = filled(e, notation, untranslated)
    return Buffer.from(JSON.stringify(fits ? value : withOwnContext(value, e.context)))
  })
  return {
    body: documentOf(fits ? joint.context : STANDARD_CONTEXT, pieces, heading),
    count: events.length,
    untranslated: [...untranslated],
  }
}

/** The bytes received, or what they say in the other binding; with what the repository knows. */
function jsonBytes(event: PresentedEvent): Buffer {
  const { reading, bytes } = event
  return reading.isXml ? Buffer.from(JSON.stringify(withKnown(reading.value(bytes), event))) : knownInBytes(event)
}

/** The event with its document's definitions in its own `@context`, before those that it had. */
function withOwnContext(value: EventJson, documentContext: unknown): EventJson {
  const { '@context': own, ...rest } = value
  const parts = [...ownParts(documentContext)]
  // An event captured by itself brought its document's context.
  for (const part of ownParts(own)) if (!parts.some(p => JSON.stringify(p) === JSON.stringify(part))) parts.push(part)
  return parts.length ? { '@context': [STANDARD_CONTEXT, ...parts], ...rest } : value
}

const COMMA = Buffer.from(',')

function documentOf(context: unknown, events: readonly Buffer[], heading: Heading): Buffer {
  const head = {
    '@context': context,
    type: 'EPCISQueryDocument',
    schemaVersion: '2.0',
    creationDate: new Date().toISOString(),
  }
  const pieces: Buffer[] = [
    Buffer.from(
      `${JSON.stringify(head).slice(0, -1)},"epcisBody":{"queryResults":${JSON.stringify(heading).slice(0, -1)},"resultsBody":{"eventList":[`,
    ),
  ]
  events.forEach((bytes, i) => {
    if (i) pieces.push(COMMA)
    pieces.push(bytes)
  })
  pieces.push(Buffer.from(']}}}}'))
  return Buffer.concat(pieces)
}
