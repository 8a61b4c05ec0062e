import type { Queryable } from '../lib/db/db.ts'
import type { Tally } from './job-store.ts'
import type { MasterElement } from './master-store.ts'
import type { Prepared } from './prepare.ts'
import type { Settled } from './settle.ts'
import type { Place } from './staging.ts'
import type { BlockRow } from './store.ts'

/** One chunk of one document, checked and identified, to be written whole or not at all. */
export interface Batch {
  capture: string
  organisation: number
  organisationCode: string
  context: number
  /** number of the capture */
  document: number
  events: readonly Prepared[]
  /** block, slot and salt of each event, in the order of `events` */
  places: readonly Place[]
  /** blocks to write with it; empty where they are already staged */
  blocks: readonly BlockRow[]
  masterData: readonly MasterElement[]
  hash(event: Prepared): string
  /** what the capture's own row needs, in the same transaction */
  record(db: Queryable, tally: Omit<Tally, 'applied'>): Promise<void>
}

export interface Outcome {
  /** null: all were new and are accepted */
  settled: Settled[] | null
  recorded: number
  /** the last position taken; what was written is at or before it */
  position: number
}
