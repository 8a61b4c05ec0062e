import type { Direction, TraceGraph } from '@yuanliu/core'
import { arraySource } from './array-source.fixture.ts'
import type { StoredEvent } from './source.ts'
import { type Thing, type Told, transformation } from './story.fixture.ts'
import { type Budget, traceUnit } from './trace.ts'
import { testCodes, vocabProfile } from './vocab.fixture.ts'

export const profile = vocabProfile()
const START = Date.UTC(2026, 0, 1) * 1000
export const minute = (n: number) => START + n * 60_000_000

/** Traces a story told in a test. */
export async function trace(
  events: readonly StoredEvent[],
  start: string,
  direction: Direction,
  more: { at?: number; depth?: number; budget?: Partial<Budget> } = {},
): Promise<TraceGraph> {
  return traceUnit(arraySource(events), { start, direction, profile, codes: testCodes, ...more })
}

export const ways = (graph: TraceGraph) => Object.fromEntries(graph.units.map(u => [u.key, u.reachedAs]))
export const ids = (graph: TraceGraph) => graph.events.map(e => e.id)
export const keys = (graph: TraceGraph) => graph.units.map(u => u.key).sort()

export const kg = (key: string, quantity: number): Thing => [key, String(quantity), 'KGM']
export const make = (id: string, at: number, inputs: Thing[], outputs: Thing[], told: Partial<Told> = {}) =>
  transformation({ id, at, ...told }, inputs, outputs)
