import type { Queryable } from '../lib/db/db.ts'
import type { Finished } from './finished-store.ts'
import type { Tally } from './job-store.ts'
import type { MasterElement } from './master-store.ts'
import type { Prepared } from './prepare.ts'
import type { Settled } from './settle.ts'
import type { Place } from './staging.ts'
import type { BlockRow } from './store.ts'

/** Where the events of a batch will be found. */
export interface Packed {
  /** block, slot and salt of each event, in the order of `events` */
  places: readonly Place[]
  /** blocks to write with it; empty where they are already staged, or come with another batch of the transaction */
  blocks: readonly BlockRow[]
  /** its block holds events of other captures, too */
  isShared: boolean
}

/** One chunk of one document, checked and identified, to be written whole or not at all. */
export interface Batch {
  capture: string
  organisation: number
  organisationCode: string
  context: number
  /** number of the capture */
  document: number
  events: readonly Prepared[]
  /** null: so small that it shares blocks with others of its transaction */
  packed: Packed | null
  masterData: readonly MasterElement[]
  /** what tells a duplicate from a conflict */
  content(event: Prepared): string
  /** the capture's own row where it is born with its events, or what its job needs in the same transaction */
  record: Finished | Recording
  /** what the notes over its events need in the same transaction, where there are any */
  sign?: ((db: Queryable, settled: readonly Settled[] | null) => Promise<void>) | undefined
}

export type PackedBatch = Batch & { packed: Packed }

/** @param settled what became of the events; null: all were new */
type Recording = (db: Queryable, tally: Omit<Tally, 'applied'>, settled: readonly Settled[] | null) => Promise<void>

export interface Outcome {
  /** null: all were new and are accepted */
  settled: Settled[] | null
  recorded: number
  /** the last position taken; what was written is at or before it */
  position: number
}
