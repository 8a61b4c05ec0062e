import type { SuiteId } from '../proof/suite.ts'
import type { SubjectKind } from './signing.ts'

/** The answer of `GET /api/trace`, in the words of the trace specification (docs/design/trace.md). */

export type Direction = 'backward' | 'forward' | 'both'

/** In order of precedence: a unit reached in several ways bears the first. */
export const REACHED_AS = [
  'start',
  'origin',
  'product',
  'lot',
  'item',
  'content',
  'carrier',
  'class',
  'possible',
] as const
export type ReachedAs = (typeof REACHED_AS)[number]

export type UnitLevel = 'class' | 'lot' | 'item' | 'logistic' | 'asset' | 'place' | 'party' | 'document' | 'other'

export interface TraceUnit {
  /** unit key, e.g. `01/06901234567892/10/L42` */
  key: string
  /** canonical `https://id.gs1.org/…` Digital Link, or the URI itself */
  code: string
  level: UnitLevel
  reachedAs: ReachedAs
  /** steps by the origin, product and lot rules from the start (0) */
  depth: number
  /** the limits with which it was reached, ISO 8601; absent = open. A carrier has both ends of its widest window. */
  from?: string
  until?: string
}

export interface EventUnitRef {
  unit: string
  /** EPCIS field: epc, quantity, parent, child, childQuantity, input, inputQuantity, output, outputQuantity, lot */
  role: string
  quantity?: string
  uom?: string
}

/** Who signed an event with a key that was in force when the signature came (docs/adr/0021). */
export interface TraceSignature {
  /** code of the organisation */
  organisation: string
  name: string
  kind: SubjectKind
  suite: SuiteId
  /** claimed time of signing, ISO 8601 */
  signed: string
}

export interface TraceEvent {
  /** eventID */
  id: string
  /** hex key (first 16 bytes of SHA-256 of the id) */
  key: string
  /** ISO 8601 instant, microseconds kept where given */
  time: string
  /** minutes east of UTC */
  zone: number
  type: string
  action: string | null
  step: string | null
  disposition: string | null
  /** site: bizLocation, else readPoint; null where the event names neither */
  place: string | null
  readPoint: string | null
  bizLocation: string | null
  sources: { type: string; value: string }[]
  destinations: { type: string; value: string }[]
  /** party: code of the organisation that reported it */
  reporter: string
  /** its 统一社会信用代码 (GB 32100); null until it is registered */
  reporterCreditCode: string | null
  /** captured at (record time), ISO 8601 */
  recorded: string
  elsewhere: boolean
  disputed: boolean
  /** who signed it; absent: it is only reported */
  signatures?: TraceSignature[]
  /** another organisation sent other content under its id (`GET /api/conflicts`); absent: nobody did */
  contradicted?: true
  /** the units of this trace that it touches */
  units: EventUnitRef[]
}

export interface TraceEdge {
  from: string
  to: string
  /** event id */
  event: string
  /** origin/product: transformation; carrier: packed into; content; lot: item of lot */
  kind: 'transformation' | 'containment' | 'lot'
  possible?: boolean
  quantity?: string
  uom?: string
}

export type GapKind =
  | 'no-receipt'
  | 'no-shipment'
  | 'unknown-origin'
  | 'more-out-than-in'
  | 'time-runs-back'
  | 'class-only'
export interface TraceGap {
  kind: GapKind
  unit: string
  /** event id at which the gap stands */
  event: string | null
  /** who owes the missing record: party or place, where known */
  party: string | null
  /** when an open shipment becomes overdue, or since when it is */
  since?: string
  detail?: Record<string, string>
}

export type AnomalyKind =
  | 'same-time'
  | 'two-lots'
  | 'moved-without-unpacking'
  | 'foreign-transformation'
  | 'unit-not-convertible'
  | 'disputed'
export interface TraceAnomaly {
  kind: AnomalyKind
  unit: string | null
  event: string
  detail?: Record<string, string>
}

export interface HolderBalance {
  unit: string
  holder: string
  uom: string | null
  produced: string
  received: string
  returnedIn: string
  used: string
  shipped: string
  sold: string
  returnedOut: string
  destroyed: string
  book: string
  /** present where a stock-take was recorded: counted − book at that time */
  counted?: string
  difference?: string
}

export interface TraceCut {
  limit: 'units' | 'events' | 'time' | 'depth'
  /** units reached but not expanded, in key order, at most 1,000 of them */
  unexpanded: string[]
  unexpandedTotal: number
}

/** What an answer stands on that was asked for as of a day: everything captured up to a position, and nothing else. */
export interface TraceKnown {
  /** last capture position that counts; 0: nothing was captured yet */
  position: number
  /** index of the last log entry that counts; null: none does, or the log is off */
  index: number | null
  /** ISO 8601: the instant that was asked for, or when that entry was received; null where its content was deleted */
  time: string | null
}

export interface TraceGraph {
  start: string
  code: string
  direction: Direction
  /** ISO 8601; null: everything known */
  at: string | null
  /** only where `known` was asked for */
  known?: TraceKnown
  units: TraceUnit[]
  events: TraceEvent[]
  edges: TraceEdge[]
  gaps: TraceGap[]
  anomalies: TraceAnomaly[]
  balances: HolderBalance[]
  cut: TraceCut | null
}
