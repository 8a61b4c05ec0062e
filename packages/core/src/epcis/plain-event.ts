import type { EventFields, QuantityElement } from './event-fields.ts'
import type { EventTypeName } from './facts.ts'
import { CLOSE_OBJECT, jsonCursor, NOT_PLAIN, OPEN_OBJECT, type UriMemory } from './json-cursor.ts'
import { FIELDS, type Field, fieldAt, isEventType, isWhole } from './plain-rules.ts'
import { isBizStep, isBizTransactionType, isDisposition, isSourceDestType, isUom } from './schema/value.ts'
import { parseZone } from './time.ts'

/** A valid event of a standard type that has nothing but the common fields, an id among them, all of them in ASCII. */
export interface PlainEvent extends EventFields {
  eventID: string
  /** eventTime, microseconds since 1970-01-01T00:00:00Z */
  time: number
  /** eventTimeZoneOffset in minutes */
  zone: number
  /** how many business transactions it names */
  transactions: number
}

/** Reads plain events, the greater part of all, in one pass over their text: parsed, checked and reduced at once. */
export interface PlainEventReader {
  /**
   * The event that begins at `from`, valid until the next one is read. Null where it is not plain or where there is
   * any doubt: it may be faulty, or only less common, and has to be parsed and checked the long way. An event that is
   * read is one that `checkEvent` finds no fault with.
   * @param text JSON in ASCII; other characters may stand around the event
   */
  read(text: string, from: number): PlainEvent | null
  /** the offset behind the event last read */
  end(): number
}

/** A reader; it holds one event. */
export function plainEventReader(): PlainEventReader {
  const cursor = jsonCursor()
  const { pass, opens, more, follows, is, name, word, uri, time, number, list } = cursor
  // What the last event had: an event is mostly like the one before it, written in the same order.
  const order: number[] = []
  const last = { type: '', action: '', bizStep: '', disposition: '', zone: '', place: '' }
  const memories = { id: memory(), place: memory(), unit: memory(), transaction: memory(), party: memory() }
  const unit = () => uri(memories.unit)

  function place(): { id: string } {
    pass(OPEN_OBJECT)
    if (!follows('"id":')) name(isId)
    if (!is(last.place)) last.place = uri(memories.place)
    pass(CLOSE_OBJECT)
    return { id: last.place }
  }

  /** An object with members of these names, each at most once: `read` takes one by the index of its name. */
  function members(names: readonly string[], must: number, read: (index: number) => void): void {
    let seen = 0
    if (!opens(OPEN_OBJECT, CLOSE_OBJECT)) throw NOT_PLAIN
    do {
      const index = name((text, from, until) => {
        for (let i = 0; i < names.length; i++)
          if (names[i]!.length === until - from && text.startsWith(names[i]!, from)) return i
        return undefined
      })
      if (seen & (1 << index)) throw NOT_PLAIN
      seen |= 1 << index
      read(index)
    } while (more(CLOSE_OBJECT))
    if ((seen & must) !== must) throw NOT_PLAIN
  }

  function quantityElement(): QuantityElement {
    const element: QuantityElement = { epcClass: '' }
    members(QUANTITY_ELEMENT, 1, index => {
      if (index === 0) element.epcClass = unit()
      else if (index === 1) element.quantity = number()
      else element.uom = word(isUom)
    })
    return element
  }

  /** A URI and its type. */
  function typed(names: readonly string[], must: number, isType: (text: string) => boolean, remembered: UriMemory) {
    const pair = { type: '', uri: '' }
    members(names, must, index => {
      if (index === 0) pair.uri = uri(remembered)
      else pair.type = word(isType)
    })
    return pair
  }

  /** of `last.zone`, in minutes */
  let zone = 0
  function isZone(text: string): boolean {
    const minutes = parseZone(text)
    if (minutes === null) return false
    zone = minutes
    return true
  }

  const bizTransaction = () => typed(BIZ_TRANSACTION, 1, isBizTransactionType, memories.transaction)
  const source = () => {
    const pair = typed(SOURCE, 3, isSourceDestType, memories.party)
    return { type: pair.type, source: pair.uri }
  }
  const destination = () => {
    const pair = typed(DESTINATION, 3, isSourceDestType, memories.party)
    return { type: pair.type, destination: pair.uri }
  }

  function readField(e: PlainEvent, field: Field): void {
    switch (field) {
      case 'type':
        last.type = word(isEventType, last.type)
        e.type = last.type as EventTypeName
        break
      case 'eventID':
        e.eventID = uri(memories.id)
        break
      case 'eventTime':
        e.time = time()
        break
      case 'eventTimeZoneOffset':
        last.zone = word(isZone, last.zone)
        e.zone = zone
        break
      case 'recordTime':
        time()
        break
      case 'action':
        last.action = word(isAction, last.action)
        e.action = last.action as NonNullable<PlainEvent['action']>
        break
      case 'bizStep':
        last.bizStep = word(isBizStep, last.bizStep)
        e.bizStep = last.bizStep
        break
      case 'disposition':
        last.disposition = word(isDisposition, last.disposition)
        e.disposition = last.disposition
        break
      case 'readPoint':
      case 'bizLocation':
        e[field] = place()
        break
      case 'bizTransactionList':
        e.transactions = list(bizTransaction).length
        break
      case 'sourceList':
        e.sourceList = list(source)
        break
      case 'destinationList':
        e.destinationList = list(destination)
        break
      case 'parentID':
      case 'transformationID':
        e[field] = unit()
        break
      case 'epcList':
      case 'childEPCs':
      case 'inputEPCList':
      case 'outputEPCList':
        e[field] = list(unit)
        break
      default:
        e[field] = list(quantityElement)
    }
  }

  function readEvent(): PlainEvent | null {
    const event = emptyEvent()
    let seen = 0
    let rank = 0
    pass(OPEN_OBJECT)
    do {
      const likely = order[rank]
      const i = likely !== undefined && follows(MEMBERS[likely]!) ? likely : name(fieldAt)
      order[rank++] = i
      if (seen & (1 << i)) return null
      seen |= 1 << i
      readField(event, FIELDS[i]!)
    } while (more(CLOSE_OBJECT))
    // An id that is a hash has to be compared with the event's own.
    return isWhole(event, seen) && !event.eventID.startsWith('ni:') ? event : null
  }

  return {
    end: cursor.at,
    read(text, from) {
      cursor.start(text, from)
      try {
        return readEvent()
      } catch (error) {
        if (error === NOT_PLAIN) return null
        throw error
      }
    },
  }
}

const memory = (): UriMemory => ({ head: '' })

/** Names of members as they mostly stand. */
const MEMBERS = FIELDS.map(field => `"${field}":`)

const QUANTITY_ELEMENT = ['epcClass', 'quantity', 'uom']
const BIZ_TRANSACTION = ['bizTransaction', 'type']
const SOURCE = ['source', 'type']
const DESTINATION = ['destination', 'type']

function isId(text: string, from: number, until: number): true | undefined {
  return until - from === 2 && text.startsWith('id', from) ? true : undefined
}

function isAction(text: string): boolean {
  return text === 'OBSERVE' || text === 'ADD' || text === 'DELETE'
}

/** All fields in one order: one shape for all events. */
function emptyEvent(): PlainEvent {
  return {
    type: '' as EventTypeName,
    eventID: '',
    time: 0,
    zone: 0,
    transactions: 0,
    action: undefined,
    bizStep: undefined,
    disposition: undefined,
    readPoint: undefined,
    bizLocation: undefined,
    sourceList: undefined,
    destinationList: undefined,
    parentID: undefined,
    epcList: undefined,
    quantityList: undefined,
    childEPCs: undefined,
    childQuantityList: undefined,
    inputEPCList: undefined,
    inputQuantityList: undefined,
    outputEPCList: undefined,
    outputQuantityList: undefined,
    transformationID: undefined,
  }
}
