import type { TraceGraph } from '@yuanliu/core'
import type { Client } from './client.ts'
import { FAMILY_UNITS, familyCode, LEVELS } from './families.ts'
import { randomFrom } from './stats.ts'

/** Address of a trace. */
export function tracePath(code: string, direction: string, more = ''): string {
  return `/api/trace?direction=${direction}${more}&code=${encodeURIComponent(code)}`
}

/** `count` different families out of `families`, the same in every run with the same seed. */
export function chooseFamilies(families: number, count: number, seed: number): number[] {
  const random = randomFrom(seed)
  const chosen = new Set<number>()
  while (chosen.size < Math.min(count, families)) chosen.add(Math.floor(random() * families))
  return [...chosen]
}

/** Milliseconds of the backward traces of these families, one after the other. */
export async function traceTimes(client: Client, families: readonly number[]): Promise<number[]> {
  const times: number[] = []
  for (const family of families) {
    const path = tracePath(familyCode(family), 'backward')
    const began = performance.now()
    const answer = await client.get(path)
    times.push(performance.now() - began)
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body.toString().slice(0, 500)}`)
  }
  return times
}

/** The trace of a family. Throws unless it is the one that the history has: a fast wrong answer is no answer. */
export async function checkedTrace(client: Client, family: number): Promise<TraceGraph> {
  const answer = await client.get(tracePath(familyCode(family), 'backward'))
  if (answer.status !== 200) throw new Error(`trace: ${answer.status} ${answer.body.toString().slice(0, 500)}`)
  const graph = JSON.parse(answer.body.toString()) as TraceGraph
  const depth = Math.max(...graph.units.map(u => u.depth))
  const pallets = graph.units.filter(u => u.key.startsWith('00/')).length
  if (graph.units.length !== FAMILY_UNITS || depth !== LEVELS || pallets !== LEVELS * 4 || graph.cut) {
    throw new Error(
      `family ${family}: ${graph.units.length} units, ${pallets} pallets, depth ${depth}, cut ${JSON.stringify(graph.cut)}`,
    )
  }
  return graph
}

/** The units of a trace by depth: what a search reads level by level. */
export function levelsOf(graph: TraceGraph): string[][] {
  const deepest = Math.max(...graph.units.map(u => u.depth))
  return Array.from({ length: deepest + 1 }, (_, depth) => graph.units.filter(u => u.depth === depth).map(u => u.key))
}
