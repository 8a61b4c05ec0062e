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

/** Remarks on an event, as bits; stored, never renumber. */
export const FLAG = {
  /** eventTime is more than ten minutes after it was received */
  future: 1,
  /** the id looks like a CBV hash but is not the hash of this event */
  foreignHash: 2,
  /** no id was sent: the CBV hash is the id */
  idAssigned: 4,
  /** an error declaration whose reporter held `event:void` */
  mayVoid: 8,
} as const

/** One for all: it is done with an event when it returns. */
const plainEvents = plainEventReader()

const FUTURE_MICROS = 10 * 60 * 1_000_000

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
  prepare(ordinal: number, value: unknown, bytes: Buffer): Prepared
  /** The same of an event that was read as a plain one: it depends on no context. */
  preparePlain(ordinal: number, event: PlainEvent, bytes: Buffer): Prepared
  /** The same from the bytes of an event that is known to be valid. */
  prepareBytes(ordinal: number, bytes: Buffer): Prepared
  /** CBV hash id of an event from its bytes, for telling a duplicate from a conflict. */
  hash(bytes: Buffer): string
}

/**
 * Identifies events of one document: units, places and times by `factsOf`, the id given or the CBV hash.
 * @param documentContext the document's `@context`
 */
export function createPreparer(codes: Codes, documentContext: unknown, mayVoid: boolean): Preparer {
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
    const flags = facts.time > latest ? FLAG.future : 0
    return { ordinal, id, key: eventKey(id), facts, flags, declaration: null, bytes }
  }

  function prepare(ordinal: number, value: unknown, bytes: Buffer): Prepared {
    const event = value as { eventID?: string; errorDeclaration?: unknown }
    const facts = factsOf(value, { codes, expand: contextFor(event).expand })
    let flags = facts.time > latest ? FLAG.future : 0
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

  return {
    hash: bytes => hashOf(JSON.parse(bytes.toString('utf8'))),
    prepare,
    preparePlain,
    prepareBytes(ordinal, bytes) {
      const plain = plainEvents.read(bytes.toString('latin1'), 0)
      return plain && plainEvents.end() === bytes.length
        ? preparePlain(ordinal, plain, bytes)
        : prepare(ordinal, JSON.parse(bytes.toString('utf8')), bytes)
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
