import {
  type Direction,
  EVENT_TYPE,
  type EventUnitRef,
  ROLE,
  type TraceEvent,
  type TraceGraph,
  type TraceSignature,
  type TraceUnit,
} from '@yuanliu/core'
import { anomaliesOf } from './anomalies.ts'
import { balancesOf } from './balance.ts'
import { edgesOf } from './edges.ts'
import { type Found, type FoundUnit, limitsOf } from './found.ts'
import { gapsOf, sortGaps } from './gaps.ts'
import { byKey } from './known.ts'
import { isDisputed, type KnownEvent } from './known-event.ts'
import { compare, type Position } from './position.ts'
import { isoTime, timeTexts } from './times.ts'

const TYPE_NAME = new Map(Object.entries(EVENT_TYPE).map(([name, type]) => [type, name]))
const ACTION_NAME = [null, 'ADD', 'OBSERVE', 'DELETE'] as const
const ROLE_NAME = new Map<number, string>(Object.entries(ROLE).map(([name, role]) => [role, name]))
for (const role of [ROLE.lotOfSubject, ROLE.lotOfInput, ROLE.lotOfOutput]) ROLE_NAME.set(role, 'lot')
ROLE_NAME.set(ROLE.transactionParent, 'parent')

/** What is known of an event beside what it says. */
export interface Attested {
  signatures: TraceSignature[]
  contradicted: boolean
}

/** What a trace answers, found but not yet in words: a large answer is told piece by piece and never held whole. */
export interface TraceAnswer {
  readonly head: Pick<TraceGraph, 'start' | 'code' | 'direction' | 'at' | 'known'>
  readonly found: Found
  readonly gaps: TraceGraph['gaps']
  readonly anomalies: TraceGraph['anomalies']
  readonly balances: TraceGraph['balances']
  readonly cut: TraceGraph['cut']
  /** by event key; those of which nothing is known are left out */
  readonly attested: ReadonlyMap<string, Attested>
}

/** Judges what was found: gaps, anomalies and balances. */
export function answerOf(
  found: Found,
  start: string,
  direction: Direction,
  at: number | undefined,
  cut: TraceGraph['cut'],
): TraceAnswer {
  // A search that was cut has seen part of the events of a lot: a balance would be wrong.
  const { balances, gaps } = cut ? { balances: [], gaps: [] } : balancesOf(found)
  return {
    head: { start, code: found.known.codes.codeOf(start), direction, at: at === undefined ? null : isoTime(at) },
    found,
    gaps: sortGaps([...gapsOf(found), ...gaps]),
    anomalies: anomaliesOf(found),
    balances,
    cut,
    attested: NOTHING,
  }
}

const NOTHING: TraceAnswer['attested'] = new Map()

/** Signatures and contradiction as members of an event; none where nothing is known. */
export function attestedOf(
  { attested }: TraceAnswer,
  { facts }: KnownEvent,
): Pick<TraceEvent, 'signatures' | 'contradicted'> | null {
  const known = attested.get(facts.key)
  if (!known) return null
  return {
    ...(known.signatures.length && { signatures: known.signatures }),
    ...(known.contradicted && { contradicted: true }),
  }
}

/** The whole answer in the words of the API. */
export function graphOf(answer: TraceAnswer): TraceGraph {
  const { head, found, gaps, anomalies, balances, cut } = answer
  const [textOf, recordedOf] = [timeTexts(), timeTexts()]
  const { codes } = found.known
  return {
    ...head,
    units: unitsInOrder(found).map(unit => unitOf(unit, codes.codeOf(unit.key), textOf)),
    events: eventsInOrder(found).map(([event, elsewhere]) => ({
      ...eventOf(event, elsewhere, textOf, recordedOf),
      ...attestedOf(answer, event),
      units: refsOf(event),
    })),
    edges: [...edgesOf(found)],
    gaps,
    anomalies,
    balances,
    cut,
  }
}

/** Units by depth and key. */
export function unitsInOrder(found: Found): FoundUnit[] {
  return [...found.units].sort((a, b) => a.standing.depth - b.standing.depth || byKey(a.key, b.key))
}

/** Events by position; true: elsewhere. */
export function eventsInOrder(found: Found): [KnownEvent, boolean][] {
  return [...found.events].sort(([a], [b]) => compare(a, b))
}

/** A unit in the words of the API. */
export function unitOf(unit: FoundUnit, code: string, textOf: (micros: number) => string): TraceUnit {
  const { from, until } = limitsOf(unit.standing)
  const { as, depth } = unit.standing
  const answer: TraceUnit = { key: unit.key, code, level: unit.level, reachedAs: as, depth }
  if (isLimit(from)) answer.from = textOf(from.time)
  if (isLimit(until)) answer.until = textOf(until.time)
  return answer
}

/** Whether a limit is a moment that can be named. */
export function isLimit(position: Position | null): position is Position {
  return position !== null && Number.isFinite(position.time)
}

/** An event in the words of the API, but for its units. */
export function eventOf(
  { facts }: KnownEvent,
  elsewhere: boolean,
  textOf: (micros: number) => string,
  recordedOf: (micros: number) => string,
): Omit<TraceEvent, 'units'> {
  return {
    id: facts.id,
    key: facts.key,
    time: textOf(facts.time),
    zone: facts.zone,
    type: typeName(facts),
    action: actionName(facts),
    step: facts.bizStep,
    disposition: facts.disposition,
    place: facts.bizLocation ?? facts.readPoint,
    readPoint: facts.readPoint,
    bizLocation: facts.bizLocation,
    sources: pairsOf(facts.sources),
    destinations: pairsOf(facts.destinations),
    reporter: facts.reporterCode,
    reporterCreditCode: facts.reporterCreditCode ?? null,
    recorded: recordedOf(facts.recorded),
    elsewhere,
    disputed: isDisputed(facts),
  }
}

/** What the API calls the type of an event. */
export function typeName(facts: Pick<KnownEvent['facts'], 'type'>): string {
  return TYPE_NAME.get(facts.type) ?? ''
}

/** What the API calls its action; null where the type has none. */
export function actionName(facts: Pick<KnownEvent['facts'], 'action'>): string | null {
  return ACTION_NAME[facts.action] ?? null
}

/** The field by which an event names a unit, as the API calls it. */
export function roleName(role: number | undefined): string {
  return ROLE_NAME.get(role ?? 0) ?? ''
}

/** What an event names of an answer. */
export function refsOf({ facts, named }: KnownEvent): EventUnitRef[] {
  const { roles, quantities, uoms } = facts
  const refs: EventUnitRef[] = []
  for (const [i, { key, standing }] of named.entries()) {
    if (!standing) continue
    const ref: EventUnitRef = { unit: key, role: roleName(roles[i]) }
    const quantity = quantities?.[i]
    const uom = uoms?.[i]
    if (quantity) ref.quantity = quantity
    if (uom) ref.uom = uom
    refs.push(ref)
  }
  return refs
}

/** Sources or destinations, type and value in turn, as the API has them. */
export function pairsOf(flat: readonly string[]): { type: string; value: string }[] {
  const pairs: { type: string; value: string }[] = []
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push({ type: flat[i] as string, value: flat[i + 1] as string })
  return pairs
}
