import { type Codes, formatTime, translateEvent } from '@yuanliu/core'
import type { EpcFormat } from '../lib/http/gs1-headers.ts'
import { type Contextual, jointContext, ownParts, STANDARD_CONTEXT } from './contexts.ts'

export interface PresentedEvent extends Contextual {
  id: string
  /** microseconds since the epoch */
  recorded: number
}

export interface Presented {
  body: Buffer
  /** how many of the events the answer holds; fewer where no one context fits all */
  count: number
  /** codes that are left in their notation because nobody knows how long their company prefix is */
  untranslated: string[]
}

/** What the results are of; without it they are those of a query that has no name. */
export interface Heading {
  queryName: string
  subscriptionID?: string
}

export interface Notation {
  format: EpcFormat
  codes: Codes
  prefixLength: (digits: string) => number | null
}

/**
 * Events as an EPCISQueryDocument (EPCIS 2.0 §9.3). Under `Never_Translates` the bytes received are put in as they
 * are. Else identifiers are in the notation asked for, and what the repository knows is filled in: `recordTime`, and
 * the id where none was sent.
 * @param heading name of the query, and of the subscription, as the document says them
 * @param whole all events must be answered: one that does not fit the others' context bears its own
 */
export function present(
  events: readonly PresentedEvent[],
  notation: Notation,
  whole = false,
  heading: Heading = { queryName: 'SimpleEventQuery' },
): Presented {
  const joint = jointContext(events)
  if (notation.format === 'Never_Translates') {
    const shown = whole ? events : events.slice(0, joint.count)
    const pieces = shown.map((e, i) =>
      i < joint.count ? e.bytes : Buffer.from(JSON.stringify(withOwnContext(parse(e.bytes), e.context))),
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

type EventJson = Record<string, unknown>

function parse(bytes: Buffer): EventJson {
  return JSON.parse(bytes.toString('utf8')) as EventJson
}

function filled(
  event: PresentedEvent,
  { format, codes, prefixLength }: Notation,
  untranslated: Set<string>,
): EventJson {
  const toUrn: Codes['toUrn'] = (uri, length) => {
    const urn = codes.toUrn(uri, length)
    if (urn === null && codes.unit(uri).level !== 'other') untranslated.add(uri)
    return urn
  }
  const chosen = format === 'No_Preference' ? 'Always_GS1_Digital_Link' : format
  const sent = parse(event.bytes)
  const value = translateEvent(sent, chosen, { toDigitalLink: codes.toDigitalLink, toUrn }, prefixLength)
  for (const name of LISTS) if (Array.isArray(value[name])) value[name] = unrepeated(value[name], sent[name])
  return { ...value, eventID: value.eventID || event.id, recordTime: formatTime(event.recorded) }
}

const LISTS = ['epcList', 'childEPCs', 'inputEPCList', 'outputEPCList']

/** A list names nothing twice (EPCIS JSON schema); one that names a thing in two notations keeps one of them as sent. */
function unrepeated(translated: unknown[], sent: unknown): unknown[] {
  const before = sent as unknown[]
  const taken = new Set(before)
  return translated.map((code, i) => {
    if (code === before[i] || taken.has(code)) return before[i]
    taken.add(code)
    return code
  })
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
