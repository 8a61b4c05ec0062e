import type { TraceEdge } from '@yuanliu/core'
import type { Found, FoundUnit } from './found.ts'
import { byKey, byUnitKey, hasEvents, type KnownUnit } from './known.ts'
import { CHILD, firstNaming, INPUT, type KnownEvent, nextNaming, OUTPUT, partBit, unitsIn } from './known-event.ts'
import { membershipOf } from './lots.ts'
import type { Containment } from './nesting.ts'
import { atOrBefore, compare } from './position.ts'
import { knownContainments } from './ride.ts'
import type { Transformation } from './transformation.ts'
import { holds } from './windows.ts'

/** A transformation with more pairs than this is drawn with one edge for each unit instead of one for each pair. */
const ALL_PAIRS = 1000

/** How the units of an answer hang together, one edge after the other. */
export function* edgesOf(found: Found): Generator<TraceEdge> {
  const drawn: TraceEdge[] = []
  const units = [...found.units].sort(byUnitKey)
  for (const unit of units) {
    if (!hasEvents(unit)) continue
    for (const c of knownContainments(found.known, unit)) if (isShown(unit, c)) yield packed(unit, c)
    const membership = unit.standing.reached ? membershipOf(found.known, unit) : null
    if (membership && found.known.units.get(membership.lot)?.standing?.reached)
      yield { from: membership.lot, to: unit.key, event: membership.since.facts.id, kind: 'lot' }
  }
  for (const unit of units) for (const event of unit.standing.leafEvents ?? []) drawn.push(...leafEdges(unit, event))
  for (const lane of [found.backward, found.forward?.forward, found.forward?.possible])
    for (const t of lane?.transformations ?? []) transformationEdges(t, drawn)
  for (const t of found.forward?.recorded.transformations ?? []) recordedEdges(found, t, drawn)
  yield* unique(drawn)
}

/** Containments that the walks used: of a reached unit within its limit, of a carrier within its windows. */
function isShown({ standing }: FoundUnit, c: Containment): boolean {
  if (!c.parent.standing) return false
  const { reached, until, since, windows } = standing
  if (reached) {
    const back = until !== null && atOrBefore(c.open, until)
    return back || (since !== null && (c.close === null || compare(c.close, since) >= 0))
  }
  return windows.some(w => atOrBefore(c.open, w.to) && (c.close === null || compare(c.close, w.from) >= 0))
}

function packed(child: KnownUnit, c: Containment): TraceEdge {
  return {
    from: child.key,
    to: c.parent.key,
    event: c.open.facts.id,
    kind: 'containment',
    ...quantityIn(c.open, child, CHILD),
  }
}

/** A product without lot or serial as contents. */
function leafEdges(leaf: KnownUnit, event: KnownEvent): TraceEdge[] {
  if (event.parent === null || !event.parentUnit?.standing) return []
  const quantity = quantityIn(event, leaf, CHILD)
  return [{ from: leaf.key, to: event.parent, event: event.facts.id, kind: 'containment', ...quantity }]
}

function quantityIn(event: KnownEvent, unit: KnownUnit, part: number): { quantity?: string; uom?: string } {
  const { roles, quantities, uoms } = event.facts
  if (!quantities) return {}
  for (let i = firstNaming(event, unit); i >= 0; i = nextNaming(event, unit, i)) {
    const quantity = quantities?.[i]
    const uom = uoms?.[i]
    if (partBit(roles[i]) === part && quantity) return uom ? { quantity, uom } : { quantity }
  }
  return {}
}

interface End {
  unit: KnownUnit
  event: KnownEvent
}

function transformationEdges({ events }: Transformation, edges: TraceEdge[]): void {
  const inputs: End[] = []
  const outputs: End[] = []
  for (const event of events) {
    for (const unit of unitsIn(event, INPUT)) if (feeds(unit, event)) inputs.push({ unit, event })
    for (const unit of unitsIn(event, OUTPUT)) if (unit.standing) outputs.push({ unit, event })
  }
  join(inputs, outputs, edges)
}

/** Whether the trace follows an input at that event: it is reached with it in its limits, or carries what is. */
function feeds({ standing }: KnownUnit, event: KnownEvent): boolean {
  if (!standing) return false
  const { leafEvents, until, since, windows } = standing
  if (leafEvents) return true
  if (until && atOrBefore(event, until)) return true
  return (since !== null && compare(event, since) >= 0) || holds(windows, event)
}

function join(inputs: readonly End[], outputs: readonly End[], edges: TraceEdge[]): void {
  const all = inputs.length * outputs.length <= ALL_PAIRS
  for (const [i, input] of inputs.entries()) {
    for (const [o, output] of outputs.entries()) {
      if (!all && i > 0 && o > 0) break
      if (compare(input.event, output.event) > 0) continue
      const possible = output.unit.standing?.as === 'possible'
      edges.push({
        from: input.unit.key,
        to: output.unit.key,
        event: output.event.facts.id,
        kind: 'transformation',
        ...(possible ? { possible } : {}),
        ...quantityIn(input.event, input.unit, INPUT),
      })
    }
  }
}

/** From the items to what was made of their lot, or of something that carried the lot. */
function recordedEdges(found: Found, { events }: Transformation, edges: TraceEdge[]): void {
  const { recorded, recordedFor } = found.forward ?? {}
  const inputs: End[] = []
  for (const event of events) {
    for (const unit of unitsIn(event, INPUT)) {
      const lots = recordedFor?.has(unit) ? [unit] : lotsCarried(found, unit, event)
      if (!recorded) continue
      for (const lot of lots) for (const item of recordedFor?.get(lot) ?? []) inputs.push({ unit: item, event })
    }
  }
  const outputs: End[] = []
  for (const event of events)
    for (const unit of unitsIn(event, OUTPUT)) if (unit.standing?.as === 'possible') outputs.push({ unit, event })
  const before = edges.length
  join(inputs, outputs, edges)
  for (let i = before; i < edges.length; i++) {
    const { quantity, uom, ...edge } = edges[i] as TraceEdge
    edges[i] = { ...edge, possible: true }
  }
}

function lotsCarried(found: Found, carrier: KnownUnit, at: KnownEvent): KnownUnit[] {
  const { recorded, recordedFor } = found.forward ?? {}
  if (!holds(recorded?.carriers.get(carrier)?.windows ?? [], at)) return []
  return [...(recordedFor?.keys() ?? [])].filter(lot =>
    knownContainments(found.known, lot).some(c => c.parent === carrier),
  )
}

function unique(edges: TraceEdge[]): TraceEdge[] {
  const found = new Map<string, TraceEdge>()
  for (const edge of edges) {
    const mark = `${edge.from}\n${edge.to}\n${edge.event}\n${edge.kind}`
    if (!found.has(mark)) found.set(mark, edge)
  }
  return [...found.values()].sort((a, b) => byKey(a.from, b.from) || byKey(a.to, b.to) || byKey(a.event, b.event))
}
