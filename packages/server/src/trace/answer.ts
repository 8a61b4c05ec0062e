import {
  type Direction,
  EVENT_TYPE,
  type EventUnitRef,
  ROLE,
  type TraceEvent,
  type TraceGraph,
  type TraceUnit,
} from '@yuanliu/core'
import { anomaliesOf } from './anomalies.ts'
import { balancesOf } from './balance.ts'
import { edgesOf } from './edges.ts'
import { type Found, limitsOf } from './found.ts'
import { gapsOf, sortGaps } from './gaps.ts'
import { byKey } from './known.ts'
import { isDisputed, type KnownEvent } from './known-event.ts'
import { compare, type Position } from './position.ts'

const TYPE_NAME = new Map(Object.entries(EVENT_TYPE).map(([name, type]) => [type, name]))
const ACTION_NAME = [null, 'ADD', 'OBSERVE', 'DELETE'] as const
const ROLE_NAME = new Map<number, string>(Object.entries(ROLE).map(([name, role]) => [role, name]))
for (const role of [ROLE.lotOfSubject, ROLE.lotOfInput, ROLE.lotOfOutput]) ROLE_NAME.set(role, 'lot')
ROLE_NAME.set(ROLE.transactionParent, 'parent')

/** Puts what was found into the words of the API. */
export function answerOf(
  found: Found,
  start: string,
  direction: Direction,
  at: number | undefined,
  cut: TraceGraph['cut'],
): TraceGraph {
  // A search that was cut has seen part of the events of a lot: a balance would be wrong.
  const { balances, gaps } = cut ? { balances: [], gaps: [] } : balancesOf(found)
  return {
    start,
    code: found.known.codes.codeOf(start),
    direction,
    at: at === undefined ? null : isoTime(at),
    units: unitsOf(found),
    events: eventsOf(found),
    edges: edgesOf(found),
    gaps: sortGaps([...gapsOf(found), ...gaps]),
    anomalies: anomaliesOf(found),
    balances,
    cut,
  }
}

/** An instant in microseconds as ISO 8601 in UTC; microseconds only where there are any. */
export function isoTime(micros: number): string {
  const millis = Math.floor(micros / 1000)
  const rest = micros - millis * 1000
  const text = new Date(millis).toISOString()
  return rest === 0 ? text : `${text.slice(0, -1)}${String(rest).padStart(3, '0')}Z`
}

/** The same few instants come again and again. */
function timeTexts(): (micros: number) => string {
  const texts = new Map<number, string>()
  return micros => {
    let text = texts.get(micros)
    if (text === undefined) {
      text = isoTime(micros)
      texts.set(micros, text)
    }
    return text
  }
}

function unitsOf(found: Found): TraceUnit[] {
  const textOf = timeTexts()
  const units: TraceUnit[] = []
  for (const unit of found.units.values()) {
    const { key, depth } = unit
    const { from, until } = limitsOf(unit)
    const answer: TraceUnit = {
      key,
      code: found.known.codes.codeOf(key),
      level: unit.record.level,
      reachedAs: unit.as,
      depth,
    }
    if (isLimit(from)) answer.from = textOf(from.time)
    if (isLimit(until)) answer.until = textOf(until.time)
    units.push(answer)
  }
  return units.sort((a, b) => a.depth - b.depth || byKey(a.key, b.key))
}

function isLimit(position: Position | null): position is Position {
  return position !== null && Number.isFinite(position.time)
}

function eventsOf(found: Found): TraceEvent[] {
  const events = [...found.events].sort(([a], [b]) => compare(a, b))
  return events.map(([event, elsewhere]) => eventOf(found, event, elsewhere))
}

function eventOf(found: Found, { facts }: KnownEvent, elsewhere: boolean): TraceEvent {
  return {
    id: facts.id,
    key: facts.key,
    time: isoTime(facts.time),
    zone: facts.zone,
    type: TYPE_NAME.get(facts.type) ?? '',
    action: ACTION_NAME[facts.action] ?? null,
    step: facts.bizStep,
    disposition: facts.disposition,
    place: facts.bizLocation ?? facts.readPoint,
    readPoint: facts.readPoint,
    bizLocation: facts.bizLocation,
    sources: pairsOf(facts.sources),
    destinations: pairsOf(facts.destinations),
    reporter: facts.reporterCode,
    recorded: isoTime(facts.recorded),
    elsewhere,
    disputed: isDisputed(facts),
    units: refsOf(found, facts),
  }
}

function refsOf(found: Found, { units, roles, quantities, uoms }: KnownEvent['facts']): EventUnitRef[] {
  const refs: EventUnitRef[] = []
  for (let i = 0; i < units.length; i++) {
    const unit = units[i] as string
    if (!found.units.has(unit)) continue
    const ref: EventUnitRef = { unit, role: ROLE_NAME.get(roles[i] as number) ?? '' }
    const quantity = quantities?.[i]
    const uom = uoms?.[i]
    if (quantity) ref.quantity = quantity
    if (uom) ref.uom = uom
    refs.push(ref)
  }
  return refs
}

function pairsOf(flat: readonly string[]): { type: string; value: string }[] {
  const pairs: { type: string; value: string }[] = []
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push({ type: flat[i] as string, value: flat[i + 1] as string })
  return pairs
}
