import { type Codes, translateEvent } from '@yuanliu/core'
import type { AnswerForm } from '../lib/http/answer-form.ts'
import type { EventReading } from '../lib/xml/stored-context.ts'
import type { Contextual } from './contexts.ts'
import { withKnown } from './known-members.ts'
import { watchedUrns } from './warning.ts'

export type EventJson = Record<string, unknown>

export interface PresentedEvent extends Contextual {
  id: string
  /** microseconds since the epoch */
  recorded: number
  reading: EventReading
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

export const NAMELESS: Heading = { queryName: 'SimpleEventQuery' }

export interface Notation extends AnswerForm {
  codes: Codes
  prefixLength: (digits: string) => number | null
}

/** An event in the notation asked for, with what the repository knows. */
export function filled(
  event: PresentedEvent,
  { media, format, terms, codes, prefixLength }: Notation,
  untranslated: Set<string>,
): EventJson {
  const toUrn = watchedUrns(codes, untranslated)
  const chosen = format === 'No_Preference' ? 'Always_GS1_Digital_Link' : format
  const { reading, bytes } = event
  const isAsSent = media === 'xml' && terms === 'Never_Translates'
  const sent = isAsSent ? reading.valueAsSent(bytes) : reading.value(bytes)
  const value = translateEvent(sent, chosen, { toDigitalLink: codes.toDigitalLink, toUrn }, prefixLength)
  for (const name of LISTS) if (Array.isArray(value[name])) value[name] = unrepeated(value[name], sent[name])
  return withKnown(value, event)
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
