import type { Codes, PublicTrace, PublicVerdict, TraceGraph } from '@yuanliu/core'
import type { Attribute, PublicFields } from './public-fields.ts'
import type { EventDocument, PublicOrganisation } from './store.ts'

/** What is known beside the trace when an answer is made. Raw: only `disclose` may take from it. */
export interface Knowledge {
  codes: Codes
  fields: PublicFields
  publicUrl: string
  /** everything is marked as demonstration data */
  demo: boolean
  /** milliseconds since the epoch */
  now: number
  /** master data by unit key */
  descriptions: ReadonlyMap<string, readonly Attribute[]>
  /** events as received, by event key */
  documents: ReadonlyMap<string, EventDocument>
  /** organisations by code */
  organisations: ReadonlyMap<string, PublicOrganisation>
  /** what other parts of the platform say of the unit: recalled, on hold, void, not active */
  standings: readonly PublicVerdict[]
  /** state of the unit's code, where this platform issues it */
  codeState: PublicTrace['codeState']
  /** a class of products may show its verdict only */
  show: 'all' | 'verdict'
}

/** Where the public may look: the unit, what it came from, what carried it, what it holds; nothing forward. */
const BACKWARD = new Set(['start', 'origin', 'lot', 'content', 'carrier', 'class'])

/** The part of a trace that may be public at all. */
export interface Visible {
  graph: TraceGraph
  /** position of each visible unit in the answer, by key */
  index: ReadonlyMap<string, number>
  units: TraceGraph['units']
  /** newest first */
  events: TraceGraph['events']
  /** the units whose stories an event belongs to, by event id */
  storiesOf(event: TraceGraph['events'][number]): string[]
}

/** Picks the visible units and events. A product code as such shows no events: they are other people's deals. */
export function visiblePart(graph: TraceGraph): Visible {
  if (graph.direction !== 'backward') throw new Error('the public sees backward traces only')
  const start = graph.units.find(u => u.key === graph.start)
  const units = graph.units
    .filter(u => BACKWARD.has(u.reachedAs))
    .sort((a, b) => Number(b.key === graph.start) - Number(a.key === graph.start))
  const index = new Map(units.map((u, i) => [u.key, i]))
  const events =
    start?.level === 'class'
      ? []
      : graph.events.filter(e => !e.elsewhere && e.units.some(ref => index.has(ref.unit))).reverse()
  return { graph, index, units, events, storiesOf: stories(graph, units, index) }
}

const BOXES = new Set(['logistic', 'asset'])

/**
 * A story is told of the start, of what it was made from and of the goods that it holds. What happened to a lot is part
 * of the story of its item, what happened to a carrier part of the story of what it carried, what happened to a box
 * inside something part of the story of that.
 */
function stories(graph: TraceGraph, units: TraceGraph['units'], index: ReadonlyMap<string, number>) {
  const as = new Map(units.map(u => [u.key, u.reachedAs]))
  const boxes = new Set(units.filter(u => u.reachedAs === 'content' && BOXES.has(u.level)).map(u => u.key))
  const next = new Map<string, string[]>()
  for (const edge of graph.edges) {
    if (edge.kind === 'transformation' || !index.has(edge.from) || !index.has(edge.to)) continue
    // from a lot to its item, from a box to what it is in, from a carrier to what it carried
    const onward = edge.kind === 'lot' || boxes.has(edge.from)
    if (!onward && boxes.has(edge.to)) continue
    const [from, to] = onward ? [edge.from, edge.to] : [edge.to, edge.from]
    next.set(from, [...(next.get(from) ?? []), to])
  }
  const known = new Map<string, Set<string>>()
  function tell(key: string): Set<string> {
    const found = known.get(key)
    if (found) return found
    const told = new Set<string>()
    known.set(key, told)
    const kind = as.get(key)
    if (kind === 'start' || kind === 'origin' || (kind === 'content' && !boxes.has(key))) told.add(key)
    else if (kind === 'lot' || kind === 'carrier' || boxes.has(key))
      for (const other of next.get(key) ?? []) for (const story of tell(other)) told.add(story)
    return told
  }
  const ofEvents = new Map<TraceGraph['events'][number], string[]>()
  return (event: TraceGraph['events'][number]) => {
    const remembered = ofEvents.get(event)
    if (remembered) return remembered
    const refs = event.units.filter(ref => index.has(ref.unit))
    const outputs = refs.filter(ref => ref.role.startsWith('output'))
    const told = [...new Set((outputs.length ? outputs : refs).flatMap(ref => [...tell(ref.unit)]))]
    ofEvents.set(event, told)
    return told
  }
}
