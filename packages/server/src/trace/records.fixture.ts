import type {
  HolderBalance,
  TraceAnomaly,
  TraceCut,
  TraceEdge,
  TraceEvent,
  TraceGap,
  TraceGraph,
  TraceUnit,
} from '@yuanliu/core'

/** One line of a streamed trace; every line has one member. */
export type TraceRecord =
  | { trace: Pick<TraceGraph, 'start' | 'code' | 'direction' | 'at'> }
  | { unit: TraceUnit }
  | { event: TraceEvent }
  | { edge: TraceEdge }
  | { gap: TraceGap }
  | { anomaly: TraceAnomaly }
  | { balance: HolderBalance }
  | { cut: TraceCut | null }

/** A graph as records for NDJSON. The last is always `cut`, so that a reader knows that nothing is lacking. */
export function* traceRecords(graph: TraceGraph): Generator<TraceRecord> {
  const { start, code, direction, at } = graph
  yield { trace: { start, code, direction, at } }
  for (const unit of graph.units) yield { unit }
  for (const event of graph.events) yield { event }
  for (const edge of graph.edges) yield { edge }
  for (const gap of graph.gaps) yield { gap }
  for (const anomaly of graph.anomalies) yield { anomaly }
  for (const balance of graph.balances) yield { balance }
  yield { cut: graph.cut }
}
