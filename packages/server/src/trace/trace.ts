import type { Direction, TraceCut, TraceGraph } from '@yuanliu/core'
import { answerOf, graphOf, type TraceAnswer } from './answer.ts'
import { leadsBack, walkBack } from './backward.ts'
import { startOfClass } from './class-start.ts'
import { leadsOn, walkOn } from './forward.ts'
import { find } from './found.ts'
import { type Known, type KnownUnit, load, newKnown, type TraceCodes, unitOf } from './known.ts'
import { eachUnit, type Lane, type Reached } from './lane.ts'
import { areCarriersKnown } from './ledger.ts'
import { BEGINNING, END, sinceTime, untilTime } from './position.ts'
import type { TraceProfile } from './profile.ts'
import { AHEAD, type Budget, cutOf, newSearch, type Search } from './search.ts'
import type { TraceSource } from './source.ts'

export { type Attested, graphOf, type TraceAnswer } from './answer.ts'
export type { TraceCodes } from './known.ts'
export { traceJson, traceLines } from './lines.ts'
export { parseProfile, type TraceProfile } from './profile.ts'
export type { Budget } from './search.ts'

export interface TraceRequest {
  /** unit key */
  start: string
  direction: Direction
  /** µs since the epoch: backward until then, forward since then; default everything known */
  at?: number
  /** steps by the origin, product, lot and item rules; default no limit */
  depth?: number
  budget?: Partial<Budget>
  profile: TraceProfile
  codes: TraceCodes
}

const DEFAULT_BUDGET: Budget = { units: 20_000, events: 100_000, ms: 2000 }

/**
 * The trace of a unit, as docs/design/trace.md defines it. A unit that no effective event mentions is answered with
 * itself and no events: whether that is a 404 is for the caller to say.
 */
export async function traceUnit(source: TraceSource, request: TraceRequest): Promise<TraceGraph> {
  return graphOf(await searchUnit(source, request))
}

/** The same, not yet in words: `traceLines` and `traceJson` tell it, `graphOf` makes it whole. */
export async function searchUnit(source: TraceSource, request: TraceRequest): Promise<TraceAnswer> {
  const { start, direction, at, codes, profile } = request
  const budget = { ...DEFAULT_BUDGET, ...request.budget }
  const depth = request.depth ?? Number.POSITIVE_INFINITY
  const known = newKnown(source, codes, profile)
  if (codes.levelOf(start) === 'class') return startOfClass(known, start, direction, at, budget)
  // The clock of the budget runs from here: however busy the database was, what the start says has come.
  await load(known, [unitOf(known, start)], () => false, AHEAD[direction === 'forward' ? 'forward' : 'backward'])
  const startedAt = performance.now()
  const begin = (way: 'backward' | 'forward') => newSearch(known, budget, depth, startedAt, way)
  const until = at === undefined ? END : untilTime(at)
  const since = at === undefined ? BEGINNING : sinceTime(at)
  const back = direction === 'forward' ? null : begin('backward')
  const backward = back && { search: back, lane: await walkBack(back, start, until) }
  const on = direction === 'backward' ? null : begin('forward')
  const forward = on && { search: on, lanes: await walkOn(on, start, since) }
  if (back) cutByDepth(back, [backward?.lane], reached => leadsBack(back, reached))
  if (on) cutByDepth(on, [forward?.lanes.forward, forward?.lanes.possible], leadsOn)
  const found = find(known, backward, forward, direction === 'backward' ? until : END)
  let cut = joined(back && cutOf(back), on && cutOf(on))
  if (!cut && !(await loadCarriers(known, found, startedAt, budget)))
    cut = { limit: 'time', unexpanded: [], unexpandedTotal: 0 }
  return answerOf(found, start, direction, at, cut)
}

/** Balances count what was inside of what was shipped, also outside the limits of the walks. */
async function loadCarriers(known: Known, found: ReturnType<typeof find>, startedAt: number, budget: Budget) {
  const expired = () => performance.now() - startedAt > budget.ms
  const missing = new Set<KnownUnit>()
  while (!areCarriersKnown(found, missing)) {
    if (expired() || !(await load(known, missing, expired))) return false
    missing.clear()
  }
  return true
}

/** Names the units at the depth limit that lead on. */
function cutByDepth(search: Search, lanes: (Lane | undefined)[], leads: (reached: Reached) => boolean): void {
  if (!Number.isFinite(search.depth)) return
  for (const lane of lanes) {
    for (const reached of lane?.reached ?? []) {
      if (reached.depth < search.depth || !leads(reached)) continue
      search.cut ??= { limit: 'depth', keys: new Set() }
      const { limit, keys } = search.cut
      if (limit === 'depth') eachUnit(reached, unit => keys.add(unit.key))
    }
  }
}

function joined(a: TraceCut | null, b: TraceCut | null): TraceCut | null {
  if (!a || !b) return a ?? b
  const all = [...new Set([...a.unexpanded, ...b.unexpanded])].sort()
  return { limit: a.limit, unexpanded: all.slice(0, 1000), unexpandedTotal: a.unexpandedTotal + b.unexpandedTotal }
}
