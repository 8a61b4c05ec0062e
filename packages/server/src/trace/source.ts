import type { EventFacts } from '@yuanliu/core'

/** One stored event with everything the trace rules need; no document text. */
export interface StoredEvent extends EventFacts {
  /** 32 hex digits: first 16 bytes of SHA-256 of the event id */
  key: string
  id: string
  /** order of capture, never shared by two events; with `time` the event's position */
  position: number
  /** the capture (document) that brought it; events without one count as brought alone */
  document?: string
  /** organisation id of the reporter */
  reporter: number
  reporterCode: string
  /** its verified identity, null until it is registered */
  reporterCreditCode?: string | null
  /** record time, microseconds since the epoch */
  recorded: number
  /** declarations under the same id (parts 1…), in order of capture */
  declarations: Declaration[]
}

/** An error declaration that bears an event's id. */
export interface Declaration {
  position: number
  reporter: number
  /** its reporter held `event:void` when it was captured */
  mayVoid: boolean
}

/**
 * Where the search gets its events from; the one store function it stands on.
 * The same search runs on the database (store.ts) and, in tests, on an array.
 */
export interface TraceSource {
  /**
   * Every event that mentions any of `units` (unit keys or `transformation/<id>`), quarantined ones excluded, voided
   * ones included with their declarations. Those whose keys are in `known` may be left out: they are known already.
   *
   * Where it is cheap, what the units came from may be loaded with them, up to `ahead` levels of it: what they lay in and
   * what they were made of. A backward search asks for that next, and each call saved is a round trip.
   */
  load(units: readonly string[], known: readonly string[], ahead: number): Promise<Loaded>
}

export interface Loaded {
  events: StoredEvent[]
  /** further units of which every event is here or was known */
  also: readonly string[]
}
