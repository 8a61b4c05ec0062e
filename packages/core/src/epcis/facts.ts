/**
 * What an event says, reduced to what is stored and searched: one flat record per event.
 * `factsOf` (facts-of.ts) makes it from EPCIS JSON; the store keeps it in columns; trace reads it back.
 */

/** Event types, EPCIS 2.0 §7.4; 0 for an extended type (`example:OwnEvent`). Numbers are stored: never renumber. */
export const EVENT_TYPE = {
  extended: 0,
  ObjectEvent: 1,
  AggregationEvent: 2,
  TransactionEvent: 3,
  TransformationEvent: 4,
  AssociationEvent: 5,
} as const
export type EventTypeName = Exclude<keyof typeof EVENT_TYPE, 'extended'>
export type EventType = (typeof EVENT_TYPE)[keyof typeof EVENT_TYPE]

/** Actions, EPCIS 2.0 §7.3.2; 0 where the type has none. Numbers are stored: never renumber. */
export const ACTION = { none: 0, ADD: 1, OBSERVE: 2, DELETE: 3 } as const
export type Action = (typeof ACTION)[keyof typeof ACTION]

/** The field by which an event names a unit. Numbers are stored: never renumber. */
export const ROLE = {
  epc: 1,
  quantity: 2,
  parent: 3,
  child: 4,
  childQuantity: 5,
  input: 6,
  inputQuantity: 7,
  output: 8,
  outputQuantity: 9,
  /** TransactionEvent parentID: a subject, but never matched by MATCH_epc */
  transactionParent: 10,
  /** a lot that the event gives to its subjects, inputs or outputs without naming it as a unit (derived) */
  lotOfSubject: 11,
  lotOfInput: 12,
  lotOfOutput: 13,
  /** pseudo-unit `transformation/<transformationID>` under which the events of one transformation are found */
  transformation: 14,
  /**
   * pseudo-mention of the lot of an item whose code carries lot and serial, where the event does not mention the lot:
   * by it the items of a lot are found; it plays no part
   */
  lotMember: 15,
} as const
export type Role = (typeof ROLE)[keyof typeof ROLE]

/** The five parts a unit can play in trace (docs/design/trace.md §1); 0 for the pseudo-unit. */
export type Part = 'subject' | 'parent' | 'child' | 'input' | 'output' | 'none'
const PART_OF_ROLE: readonly Part[] = [
  'none',
  'subject',
  'subject',
  'parent',
  'child',
  'child',
  'input',
  'input',
  'output',
  'output',
  'subject',
  'subject',
  'input',
  'output',
  'none',
  'none',
]
/** The part that a role plays in a trace. */
export function partOf(role: number): Part {
  return PART_OF_ROLE[role] ?? 'none'
}

/** One event, reduced. Arrays `units`, `roles`, `lots`, `quantities`, `uoms` run in parallel. */
export interface EventFacts {
  type: EventType
  action: Action
  /** eventTime, microseconds since 1970-01-01T00:00:00Z */
  time: number
  /** eventTimeZoneOffset in minutes */
  zone: number
  /** canonical: CBV terms bare (`shipping`), anything else as its URI */
  bizStep: string | null
  disposition: string | null
  /** unit keys (`414/…`, `414/…/254/…`) or URIs */
  readPoint: string | null
  bizLocation: string | null
  /** flat pairs: type (CBV terms bare), value (unit key or URI), type, value, … */
  sources: string[]
  destinations: string[]
  units: string[]
  roles: number[]
  /** lot key given to the item at the same index (ILMD lotNumber or a code carrying lot and serial); null if none is */
  lots: (string | null)[] | null
  /** decimal as text */
  quantities: (string | null)[] | null
  /** UN/ECE Rec 20 code; null: a count of class instances */
  uoms: (string | null)[] | null
  transformationID: string | null
  /** the event bears an errorDeclaration */
  declaration: boolean
}
