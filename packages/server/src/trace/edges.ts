import type { TraceEdge } from '@yuanliu/core'
import type { Found, FoundUnit } from './found.ts'
import { byKey, hasEvents, unitOf } from './known.ts'
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
  const units = [...found.units.values()].sort((a, b) => byKey(a.key, b.key))
  for (const unit of units) {
    const record = unit.record
    if (!hasEvents(record)) continue
    for (const c of knownContainments(found.known, record)) if (isShown(found, unit, c)) yield packed(c)
    const membership = unit.reached ? membershipOf(found.known, record) : null
    if (membership && found.units.get(membership.lot)?.reached)
      yield { from: membership.lot, to: unit.key, event: membership.since.facts.id, kind: 'lot' }
  }
  for (const unit of units)
    if (unit.leafEvents) for (const event of unit.leafEvents) drawn.push(...leafEdges(found, unit.key, event))
  for (const lane of [found.backward, found.forward?.forward, found.forward?.possible])
    for (const t of lane?.transformations ?? []) transformationEdges(found, t, drawn)
  for (const t of found.forward?.recorded.transformations ?? []) recordedEdges(found, t, drawn)
  yield* unique(drawn)
}

/** Containments that the walks used: of a reached unit within its limit, of a carrier within its windows. */
function isShown(found: Found, unit: FoundUnit, c: Containment): boolean {
  const parent = found.units.get(c.parent.key)
  if (!parent) return false
  if (unit.reached) {
    const back = unit.until !== null && atOrBefore(c.open, unit.until)
    return back || (unit.since !== null && (c.close === null || compare(c.close, unit.since) >= 0))
  }
  return unit.windows.some(w => atOrBefore(c.open, w.to) && (c.close === null || compare(c.close, w.from) >= 0))
}

function packed(c: Containment): TraceEdge {
  return {
    from: c.child.key,
    to: c.parent.key,
    event: c.open.facts.id,
    kind: 'containment',
    ...quantityIn(c.open, c.child.key, CHILD),
  }
}

/** A product without lot or serial as contents. */
function leafEdges(found: Found, key: string, event: KnownEvent): TraceEdge[] {
  if (event.parent === null || !found.units.has(event.parent)) return []
  const quantity = quantityIn(event, key, CHILD)
  return [{ from: key, to: event.parent, event: event.facts.id, kind: 'containment', ...quantity }]
}

function quantityIn(event: KnownEvent, key: string, part: number): { quantity?: string; uom?: string } {
  const { roles, quantities, uoms } = event.facts
  if (!quantities) return {}
  for (let i = firstNaming(event, key); i >= 0; i = nextNaming(event, key, i)) {
    const quantity = quantities?.[i]
    const uom = uoms?.[i]
    if (partBit(roles[i]) === part && quantity) return uom ? { quantity, uom } : { quantity }
  }
  return {}
}

interface End {
  key: string
  event: KnownEvent
}

function transformationEdges(found: Found, { events }: Transformation, edges: TraceEdge[]): void {
  const inputs: End[] = []
  const outputs: End[] = []
  for (const event of events) {
    for (const key of unitsIn(event, INPUT)) if (feeds(found, key, event)) inputs.push({ key, event })
    for (const key of unitsIn(event, OUTPUT)) if (found.units.has(key)) outputs.push({ key, event })
  }
  join(found, inputs, outputs, edges)
}

/** Whether the trace follows an input at that event: it is reached with it in its limits, or carries what is. */
function feeds(found: Found, key: string, event: KnownEvent): boolean {
  const unit = found.units.get(key)
  if (!unit) return false
  if (unit.leafEvents) return true
  if (unit.until && atOrBefore(event, unit.until)) return true
  return (unit.since !== null && compare(event, unit.since) >= 0) || holds(unit.windows, event)
}

function join(found: Found, inputs: readonly End[], outputs: readonly End[], edges: TraceEdge[]): void {
  const all = inputs.length * outputs.length <= ALL_PAIRS
  for (const [i, input] of inputs.entries()) {
    for (const [o, output] of outputs.entries()) {
      if (!all && i > 0 && o > 0) break
      if (compare(input.event, output.event) > 0) continue
      const possible = found.units.get(output.key)?.as === 'possible'
      edges.push({
        from: input.key,
        to: output.key,
        event: output.event.facts.id,
        kind: 'transformation',
        ...(possible ? { possible } : {}),
        ...quantityIn(input.event, input.key, INPUT),
      })
    }
  }
}

/** From the items to what was made of their lot, or of something that carried the lot. */
function recordedEdges(found: Found, { events }: Transformation, edges: TraceEdge[]): void {
  const { recorded, recordedFor } = found.forward ?? {}
  const inputs: End[] = []
  for (const event of events) {
    for (const key of unitsIn(event, INPUT)) {
      const lots = recordedFor?.has(key) ? [key] : lotsCarried(found, key, event)
      if (!recorded) continue
      for (const lot of lots) for (const item of recordedFor?.get(lot) ?? []) inputs.push({ key: item, event })
    }
  }
  const outputs: End[] = []
  for (const event of events)
    for (const key of unitsIn(event, OUTPUT)) if (found.units.get(key)?.as === 'possible') outputs.push({ key, event })
  const before = edges.length
  join(found, inputs, outputs, edges)
  for (let i = before; i < edges.length; i++) {
    const { quantity, uom, ...edge } = edges[i] as TraceEdge
    edges[i] = { ...edge, possible: true }
  }
}

function lotsCarried(found: Found, key: string, at: KnownEvent): string[] {
  const { recorded, recordedFor } = found.forward ?? {}
  if (!holds(recorded?.carriers.get(unitOf(found.known, key))?.windows ?? [], at)) return []
  return [...(recordedFor?.keys() ?? [])].filter(lot =>
    knownContainments(found.known, unitOf(found.known, lot)).some(c => c.parent.key === key),
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
