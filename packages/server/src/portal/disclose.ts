import {
  type IssuedState,
  type PublicCoverage,
  type PublicFact,
  type PublicTrace,
  type PublicUnit,
  type PublicVerdict,
  type TraceGraph,
  type TraceUnit,
  VERDICTS,
  type VerdictKind,
} from '@yuanliu/core'
import { pageOf } from '../resolve/resolve.ts'
import { documentsOf, type Fact, factsOfUnits } from './facts-of-units.ts'
import { gapsOf } from './gaps-of-trace.ts'
import { type Knowledge, type Visible, visiblePart } from './knowledge.ts'
import { productOf } from './party.ts'
import { stepsOf } from './steps-of-trace.ts'

/** Who reads: anybody, or a key with the permission `read`. */
export type Viewer = 'public' | 'all'

/**
 * Stands between the trace and every reader. A holder of a key with `read` sees the trace as it is; the public sees an
 * object that is built field by field from what may be public: nothing gets into it by being in the trace.
 */
export function disclose(viewer: 'all', graph: TraceGraph, known?: Knowledge): TraceGraph
export function disclose(viewer: 'public', graph: TraceGraph, known: Knowledge): Disclosed
export function disclose(viewer: Viewer, graph: TraceGraph, known?: Knowledge): TraceGraph | Disclosed {
  if (viewer === 'all') return graph
  if (!known) throw new Error('the public answer needs to know its words')
  return disclosePublic(graph, known)
}

export interface Disclosed {
  trace: PublicTrace
  /** next moment (milliseconds since the epoch) at which time alone changes the answer; Infinity: never */
  changesAt: number
}

function disclosePublic(graph: TraceGraph, known: Knowledge): Disclosed {
  const visible = visiblePart(graph)
  const facts = factsOfUnits(known, visible)
  const units = visible.units.map(unit => unitOf(known, visible, unit, facts))
  const steps = stepsOf(known, visible)
  const gaps = gapsOf(known, visible)
  const start = units[0]
  if (!start) throw new Error('a trace has a start')
  const expiries = expiriesOf(visible, facts)
  const trace: PublicTrace = {
    code: start.code,
    page: pageOf(known.publicUrl, graph.start),
    level: start.level,
    verdict: verdictOf(known, start, graph.start, steps.length, expiries),
    codeState: known.codeState,
    units,
    steps,
    gaps,
    documents: documentsOf(known, visible),
    coverage: coverageOf(graph, steps, gaps),
    insteadOf: null,
    formerly: [],
    links: [],
    elsewhere: null,
    demonstration: known.demo,
  }
  const moments = [...expiries.map(at => at + 1), ...gaps.flatMap(gap => (gap.dueBy ? [Date.parse(gap.dueBy)] : []))]
  const changesAt = Math.min(...moments.filter(at => at > known.now), Number.POSITIVE_INFINITY)
  return { trace: known.show === 'verdict' ? verdictOnly(trace) : trace, changesAt }
}

function unitOf(
  known: Knowledge,
  visible: Visible,
  unit: TraceUnit,
  facts: ReadonlyMap<string, readonly Fact[]>,
): PublicUnit {
  const { index, graph } = visible
  const names = namesIn(known, unit.key)
  const lotKey = lotOf(visible, unit.key)
  const own = factsFor(visible, unit.key, facts)
  return {
    code: known.codes.codeOf(unit.key),
    level: unit.level,
    reachedAs: unit.reachedAs,
    depth: unit.depth,
    product: productOf(known, unit),
    lot: names.lot ?? (lotKey ? namesIn(known, lotKey).lot : null),
    serial: names.serial,
    facts: own.map(({ id, block, kind, title, value }): PublicFact => ({ id, block, kind, title, value })),
    madeFrom: [
      ...new Set(
        graph.edges
          .filter(edge => edge.kind === 'transformation' && edge.to === unit.key)
          .flatMap(edge => index.get(edge.from) ?? []),
      ),
    ],
  }
}

function lotOf({ graph, index }: Visible, item: string): string | null {
  return graph.edges.find(edge => edge.kind === 'lot' && edge.to === item && index.has(edge.from))?.from ?? null
}

/** What is said of a unit, then what is said of its lot. */
function factsFor(visible: Visible, key: string, facts: ReadonlyMap<string, readonly Fact[]>): Fact[] {
  const own = facts.get(key) ?? []
  const lot = lotOf(visible, key)
  const lots = (lot && facts.get(lot)) || []
  return [...own, ...lots.filter(fact => !own.some(o => o.id === fact.id))]
}

function namesIn(known: Knowledge, key: string): { lot: string | null; serial: string | null } {
  const [reading] = known.codes.identify(known.codes.codeOf(key))
  return reading?.ok
    ? { lot: reading.parts.lot ?? null, serial: reading.parts.serial ?? null }
    : { lot: null, serial: null }
}

function expiriesOf(visible: Visible, facts: ReadonlyMap<string, readonly Fact[]>): number[] {
  return factsFor(visible, visible.graph.start, facts).flatMap(fact => fact.expires ?? [])
}

function verdictOf(
  known: Knowledge,
  start: PublicUnit,
  key: string,
  steps: number,
  expiries: readonly number[],
): PublicVerdict {
  const expired = expiries.filter(at => at < known.now)
  const said: PublicVerdict[] = [...known.standings]
  if (known.codeState) said.push(...saidByState(known.codeState))
  if (expired.length) said.push({ kind: 'expired', since: new Date(Math.min(...expired) + 1).toISOString() })
  if (steps > 0) said.push({ kind: 'normal' })
  else if (start.level === 'class' && start.product) said.push({ kind: 'product' })
  else said.push({ kind: known.descriptions.has(key) ? 'described' : 'unknown' })
  const [most] = said.sort((a, b) => VERDICTS.indexOf(a.kind) - VERDICTS.indexOf(b.kind))
  return most as PublicVerdict
}

/** What the state of its code says of a unit (R-COD-06). One in force says that the code is registered, no more. */
function saidByState({ state, since }: NonNullable<Knowledge['codeState']>): PublicVerdict[] {
  const kind = VERDICT_OF_STATE[state]
  return [since === null ? { kind } : { kind, since }]
}

const VERDICT_OF_STATE = {
  issued: 'inactive',
  printed: 'inactive',
  active: 'described',
  used: 'used',
  retired: 'retired',
  void: 'void',
  unissued: 'unissued',
} as const satisfies Record<IssuedState, VerdictKind>

function coverageOf(graph: TraceGraph, steps: PublicTrace['steps'], gaps: PublicTrace['gaps']): PublicCoverage {
  const recorded = steps.map(step => step.recorded).sort()
  return {
    steps: steps.length,
    organisations: new Set(steps.map(step => step.reporter)).size,
    gaps: gaps.filter(gap => gap.dueBy === null).length,
    disputed: steps.filter(step => step.disputed).length,
    signed: steps.filter(step => step.signatures.length > 0).length,
    disagreeing: steps.filter(step => step.attested === 'disagrees').length,
    latest: recorded.at(-1) ?? null,
    cut: graph.cut !== null,
  }
}

function verdictOnly(trace: PublicTrace): PublicTrace {
  const [start] = trace.units
  return {
    ...trace,
    units: start ? [{ ...start, madeFrom: [] }] : [],
    steps: [],
    gaps: [],
    documents: [],
    coverage: { steps: 0, organisations: 0, gaps: 0, disputed: 0, signed: 0, disagreeing: 0, latest: null, cut: false },
  }
}
