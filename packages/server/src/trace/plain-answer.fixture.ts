import type { TraceGraph } from '@yuanliu/core'
import type { NaiveAnswer } from './naive.fixture.ts'

/** The parts of an answer that the naive evaluation gives too. */
export function plain(graph: TraceGraph): NaiveAnswer {
  return {
    units: new Map(
      graph.units.map(u => [
        u.key,
        { as: u.reachedAs, ...(u.from ? { from: u.from } : {}), ...(u.until ? { until: u.until } : {}) },
      ]),
    ),
    events: new Map(graph.events.map(e => [e.id, e.elsewhere])),
    gaps: [...new Set(graph.gaps.map(g => `${g.kind} ${g.unit} ${g.event}`))].sort(),
    anomalies: graph.anomalies
      .map(a => `${a.kind} ${a.unit ?? '-'} ${a.event} ${JSON.stringify(a.detail ?? null)}`)
      .sort(),
  }
}

/** The same with its maps as sorted lists, to be compared. */
export function sortedMaps(answer: NaiveAnswer) {
  const { units, events, gaps, anomalies } = answer
  const sort = <T>(map: Map<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  return { units: sort(units), events: sort(events), gaps, anomalies }
}
