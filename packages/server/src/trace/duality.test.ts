import { ROLE, type TraceGraph } from '@yuanliu/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { arraySource } from './array-source.fixture.ts'
import { arbHistory, unitsOf } from './history.fixture.ts'
import { historyOf } from './naive-history.fixture.ts'
import type { StoredEvent } from './source.ts'
import { traceUnit } from './trace.ts'
import { testCodes, vocabProfile } from './vocab.fixture.ts'

const profile = vocabProfile()
const RUNS = Number(process.env.TRACE_RUNS ?? 1)
const CERTAIN = new Set(['start', 'origin', 'product', 'lot', 'item', 'content'])

function parentsOf(history: readonly StoredEvent[]): Set<string> {
  return new Set(history.flatMap(e => e.units.filter((_, i) => e.roles[i] === ROLE.parent)))
}

/** Containers that were made, or are items of a lot, lead their contents forward to what contents do not lead back to. */
function makesParents(history: readonly StoredEvent[], parents: ReadonlySet<string>): boolean {
  return history.some(e =>
    e.units.some(
      (u, i) => parents.has(u) && (e.roles[i] === ROLE.output || e.roles[i] === ROLE.outputQuantity || e.lots?.[i]),
    ),
  )
}

/** A container used up empty brings in its last load. */
function usesUpEmpty(history: readonly StoredEvent[], parents: ReadonlySet<string>): boolean {
  const h = historyOf(history)
  return h.rows.some(row =>
    h
      .all(row, 'input')
      .some(
        p =>
          parents.has(p) &&
          !h.containments.some(
            c => c.parent === p && !c.seen && c.open.rank <= row.rank && (c.close?.rank ?? Infinity) >= row.rank,
          ),
      ),
  )
}

async function certain(history: readonly StoredEvent[], start: string, direction: 'backward' | 'forward') {
  const source = arraySource(history)
  const graph: TraceGraph = await traceUnit(source, { start, direction, profile, codes: testCodes })
  return new Set(graph.units.filter(u => CERTAIN.has(u.reachedAs)).map(u => u.key))
}

it('forward and backward are dual for what is never a container', { timeout: 600_000 }, async () => {
  let links = 0
  await fc.assert(
    fc.asyncProperty(arbHistory, async history => {
      const parents = parentsOf(history)
      fc.pre(!makesParents(history, parents) && !usesUpEmpty(history, parents))
      const units = unitsOf(history).filter(u => !parents.has(u) && testCodes.levelOf(u) !== 'class')
      const back = new Map(await Promise.all(units.map(async u => [u, await certain(history, u, 'backward')] as const)))
      const on = new Map(await Promise.all(units.map(async u => [u, await certain(history, u, 'forward')] as const)))
      for (const u of units) {
        for (const w of units) {
          expect([u, w, back.get(w)?.has(u)]).toEqual([u, w, on.get(u)?.has(w)])
          if (u !== w && on.get(u)?.has(w)) links++
        }
      }
    }),
    { numRuns: 150 * RUNS, maxSkipsPerRun: 1000 },
  )
  // Histories without links would hold it idly.
  expect(links).toBeGreaterThan(100)
})
