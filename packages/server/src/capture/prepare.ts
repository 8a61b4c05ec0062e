import { createHash, hash } from 'node:crypto'
import {
  type Codes,
  canonicalLinks,
  contextOf,
  EVENT_TYPE,
  type EventFacts,
  eventHash,
  factsOf,
  factsOfPlain,
  type PlainEvent,
  plainEventReader,
} from '@yuanliu/core'
import { eventKey } from '../events/events.ts'
import { now } from '../lib/clock.ts'
import type { EventReading } from '../lib/xml/stored-context.ts'
import { FLAG, flagOf } from './flags.ts'
import { longDigits } from './long-digits.ts'

/** One for all: it is done with an event when it returns. */
const plainEvents = plainEventReader()

/** An event further ahead of its receipt is remarked upon. */
export const FUTURE_MICROS = 10 * 60 * 1_000_000

export interface Prepared {
  ordinal: number
  id: string
  /** first 16 bytes of SHA-256 of the id, 32 hex digits */
  key: string
  facts: EventFacts
  flags: number
  /** SHA-256 of what the error declaration says, for telling a repeated one */
  declaration: Buffer | null
  bytes: Buffer
}

export interface Preparer {
  /** @param overlooked flags of what lenient capture overlooked in it */
  prepare(ordinal: number, value: unknown, bytes: Buffer, overlooked?: number): Prepared
  /** The same of an event that was read as a plain one: it depends on no context. */
  preparePlain(ordinal: number, event: PlainEvent, bytes: Buffer): Prepared
  /** The same from the bytes of an event that is known to be valid. */
  prepareBytes(ordinal: number, bytes: Buffer): Prepared
  /** CBV hash id of an event from its bytes. */
  hash(bytes: Buffer): string
  /** The same, and behind it the digits that the hash does not see: what tells a duplicate from a conflict. */
  content(bytes: Buffer): string
}

export interface PreparerOptions {
  /** the reporter held `event:void` */
  mayVoid: boolean
  /** what was overlooked is flagged again when an event is read from its bytes */
  lenient?: boolean
  /** flags of the document, which all its events bear */
  flags?: number
}

/**
 * Identifies events of one document: units, places and times by `factsOf`, the id given or the CBV hash.
 * @param reading how its events are read; null where the context is not known yet and does not matter
 */
export function createPreparer(codes: Codes, reading: EventReading | null, options: PreparerOptions): Preparer {
  const { mayVoid, lenient = false, flags: ofAll = 0 } = options
  const documentContext = reading?.context
  const ofDocument = contextOf(documentContext, undefined)
  const latest = now() + FUTURE_MICROS
  const toDigitalLink = canonicalLinks(codes)
  const contextFor = (value: object) => {
    const own = (value as Record<string, unknown>)['@context']
    return own === undefined ? ofDocument : contextOf(documentContext, own)
  }
  function hashOf(value: unknown): string {
    return eventHash(value as object, contextFor(value as object), { sha256, toDigitalLink })
  }
  function preparePlain(ordinal: number, event: PlainEvent, bytes: Buffer): Prepared {
    const facts = factsOfPlain(event, codes)
    const id = event.eventID
    const flags = ofAll | (facts.time > latest ? FLAG.future : 0)
    return { ordinal, id, key: eventKey(id), facts, flags, declaration: null, bytes }
  }

  function prepare(ordinal: number, value: unknown, bytes: Buffer, overlooked = 0): Prepared {
    const event = value as { eventID?: string; errorDeclaration?: unknown }
    const facts = factsOf(value, { codes, expand: contextFor(event).expand })
    let flags = ofAll | overlooked | (facts.time > latest ? FLAG.future : 0)
    let id = event.eventID
    if (id === undefined || id === '') {
      id = hashOf(value)
      flags |= FLAG.idAssigned
    } else if (id.startsWith('ni:///sha-256') && hashOf(value) !== id) flags |= FLAG.foreignHash
    let declaration: Buffer | null = null
    if (facts.declaration) {
      declaration = createHash('sha256').update(canonical(event.errorDeclaration)).digest()
      if (mayVoid) flags |= FLAG.mayVoid
    }
    return { ordinal, id, key: eventKey(id), facts, flags, declaration, bytes }
  }

  function valueIn(bytes: Buffer): unknown {
    return reading ? reading.value(bytes) : JSON.parse(bytes.toString('utf8'))
  }

  return {
    hash: bytes => hashOf(valueIn(bytes)),
    content(bytes) {
      const value = valueIn(bytes)
      return [hashOf(value), ...longDigits(value)].join(' ')
    },
    prepare,
    preparePlain,
    prepareBytes(ordinal, bytes) {
      const plain = reading?.isXml ? null : plainEvents.read(bytes.toString('latin1'), 0)
      if (plain && plainEvents.end() === bytes.length) return preparePlain(ordinal, plain, bytes)
      // Of XML, unknown terms are remarked upon in either mode.
      if (!reading || !(lenient || reading.isXml)) return prepare(ordinal, valueIn(bytes), bytes)
      const { value, overlooked } = reading.judged(bytes)
      return prepare(
        ordinal,
        value,
        bytes,
        overlooked.reduce((flags, one) => flags | flagOf(one), 0),
      )
    },
  }
}

/**
 * Whether an event can be prepared before its document's `@context` is known, which may come last: names of extensions
 * matter only to lots (ILMD), to the hash, and to extended types.
 */
export function needsContext(value: unknown): boolean {
  const event = value as { type: string; eventID?: string; ilmd?: unknown; '@context'?: unknown }
  const { type, eventID } = event
  return (
    !eventID ||
    event.ilmd !== undefined ||
    event['@context'] !== undefined ||
    eventID.startsWith('ni:') ||
    !Object.hasOwn(EVENT_TYPE, type)
  )
}

/** SHA-256 in hex; `crypto.hash` (Node 20.12) is twice as fast as a hash object for short texts. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex')
}

/** JSON with member names in order, for comparing contents. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, v: unknown) =>
    v && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  )
}
