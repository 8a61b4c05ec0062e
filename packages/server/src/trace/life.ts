import type { UnitLevel } from '@yuanliu/core'
import { holdsOf } from './holds.ts'
import type { Known, KnownUnit } from './known.ts'
import { type KnownEvent, PARENT, partBit } from './known-event.ts'
import type { Membership } from './lots.ts'
import { eachNaming } from './names.ts'
import type { Nesting } from './nesting.ts'
import { compare } from './position.ts'

/**
 * What happened to a unit: the effective events that mention it, and what follows from them alone. Units that the same
 * events name in the same way share one life, as the items of a carton do: of 200,000 items made and packed together
 * there are as many lives as cartons. Lots, containers and whatever bears a quantity have a life of their own.
 */
export interface Life {
  readonly level: UnitLevel
  /** whether several units may have it; none of these ever contained anything */
  readonly isShared: boolean
  /** by position */
  readonly events: readonly KnownEvent[]
  /** beside each event, the parts that it gives the unit */
  readonly parts: readonly number[]
  /** all those parts */
  readonly all: number
  /** whether any of the events sends, receives or takes back a shipment */
  readonly isShipped: boolean
  /** what it was packed into, as far as evaluated */
  nesting: Nesting | null
  /** the lot it belongs to; undefined until evaluated */
  membership: Membership | null | undefined
  /** events that end whatever it contains, by position; for aggregation and for association */
  ends: { aggregation: KnownEvent[]; association: KnownEvent[] } | null
  /** questions that were answered with nothing, and would be for every unit that shares the life; see `QUIET` */
  quiet: number
}

/** What was looked for in a life and not found, as bits. */
export const QUIET = { containments: 1, lots: 2, beginning: 4 } as const

/** Lives that can be shared, by a hash of what makes them. */
export interface Lives {
  readonly shared: Map<number, SharedLife>
  /** the naming of a unit that is being settled */
  readonly events: KnownEvent[]
  readonly at: number[]
}

interface SharedLife extends Life {
  /** beside each event, the role in which it names the unit */
  readonly roles: readonly number[]
  /** the product class of its units where a lot is given; null where none is */
  readonly product: string | null
  /** another with the same hash */
  readonly next: SharedLife | null
}

export function newLives(): Lives {
  return { shared: new Map(), events: [], at: [] }
}

/** Gives a unit its life: all events that name it are known now. */
export function settle(known: Known, unit: KnownUnit): void {
  const { events, at } = known.lives
  events.length = 0
  at.length = 0
  eachNaming(known.names, unit, (event, i) => {
    events.push(event)
    at.push(i)
  })
  putInOrder(events, at)
  unit.life = isSharable(unit, events, at) ? sharedLife(known, unit, events, at) : ownLife(unit, events, at)
}

/** Short histories by position; longer ones are put in order when the namings of one event are one. */
const SHORT = 8

function putInOrder(events: KnownEvent[], at: number[]): void {
  if (events.length > SHORT) return
  for (let n = 1; n < events.length; n++) {
    const event = events[n] as KnownEvent
    const i = at[n] as number
    let k = n
    for (; k > 0 && compare(events[k - 1] as KnownEvent, event) > 0; k--) {
      events[k] = events[k - 1] as KnownEvent
      at[k] = at[k - 1] as number
    }
    events[k] = event
    at[k] = i
  }
}

/** Whether nothing but its key tells the unit from others with the same namings. */
function isSharable(unit: KnownUnit, events: readonly KnownEvent[], at: readonly number[]): boolean {
  if (unit.level === 'lot' || unit.level === 'class' || events.length > SHORT) return false
  for (let n = 0; n < events.length; n++) {
    const event = events[n] as KnownEvent
    const i = at[n] as number
    const { roles, lots, quantities } = event.facts
    if (event.repeats || quantities?.[i] || (lots && lots[i] !== lots[0]) || partBit(roles[i]) === PARENT) return false
  }
  return true
}

function sharedLife(known: Known, unit: KnownUnit, events: readonly KnownEvent[], at: readonly number[]): Life {
  const { shared } = known.lives
  let hash = events.length
  let givesLot = false
  for (let n = 0; n < events.length; n++) {
    const { facts, number } = events[n] as KnownEvent
    hash = (Math.imul(hash, 31) + number * 16 + (facts.roles[at[n] as number] as number)) | 0
    if (facts.lots?.[at[n] as number]) givesLot = true
  }
  const product = givesLot ? known.codes.classKey(unit.key) : null
  const first = shared.get(hash) ?? null
  for (let life = first; life; life = life.next)
    if (life.level === unit.level && life.product === product && isSame(life, events, at)) return life
  const roles = events.map((event, n) => event.facts.roles[at[n] as number] as number)
  const made = { ...newLife(unit, events.slice(), roles.map(partBit)), isShared: true, roles, product, next: first }
  shared.set(hash, made)
  return made
}

function isSame(life: SharedLife, events: readonly KnownEvent[], at: readonly number[]): boolean {
  if (life.events.length !== events.length) return false
  for (let n = 0; n < events.length; n++) {
    const event = events[n] as KnownEvent
    if (life.events[n] !== event || life.roles[n] !== event.facts.roles[at[n] as number]) return false
  }
  return true
}

function ownLife(unit: KnownUnit, namedBy: readonly KnownEvent[], at: readonly number[]): Life {
  const events: KnownEvent[] = []
  const parts: number[] = []
  for (let n = 0; n < namedBy.length; n++) {
    const event = namedBy[n] as KnownEvent
    const bit = partBit(event.facts.roles[at[n] as number])
    // The namings of one event come one after the other, but for the very first.
    const last = events.length - 1
    const there = event === events[last] ? last : event === events[0] ? 0 : -1
    if (there >= 0) parts[there] = (parts[there] as number) | bit
    else {
      events.push(event)
      parts.push(bit)
    }
  }
  if (!isSorted(events)) {
    const order = events.map((_, i) => i)
    order.sort((a, b) => compare(events[a] as KnownEvent, events[b] as KnownEvent))
    return lifeOf(
      unit,
      order.map(i => events[i] as KnownEvent),
      order.map(i => parts[i] as number),
    )
  }
  return lifeOf(unit, events, parts)
}

function isSorted(events: readonly KnownEvent[]): boolean {
  for (let i = 1; i < events.length; i++)
    if (compare(events[i - 1] as KnownEvent, events[i] as KnownEvent) > 0) return false
  return true
}

/** Events that do not mention a lot but name items of it are no part of its life. */
function lifeOf(unit: KnownUnit, events: KnownEvent[], parts: number[]): Life {
  if (unit.level !== 'lot' || !parts.includes(0)) return newLife(unit, events, parts)
  holdsOf(unit).pointers = events.filter((_, i) => parts[i] === 0)
  return newLife(
    unit,
    events.filter((_, i) => parts[i] !== 0),
    parts.filter(part => part !== 0),
  )
}

function newLife({ level }: KnownUnit, events: readonly KnownEvent[], parts: readonly number[]): Life {
  let all = 0
  for (const part of parts) all |= part
  return {
    level,
    isShared: false,
    events,
    parts,
    all,
    isShipped: events.some(event => event.meaning.gap !== null),
    nesting: null,
    membership: undefined,
    ends: null,
    quiet: 0,
  }
}
