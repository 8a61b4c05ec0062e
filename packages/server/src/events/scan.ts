import { type Context, contextOf } from '@yuanliu/core'
import type { Queryable } from '../lib/db/db.ts'
import type { Describes } from '../vocabularies/vocabularies.ts'
import { documentsInSteps, type EventDocument, eventValue } from './documents.ts'
import type { EventView } from './fields.ts'
import type { Test } from './query.ts'
import { type FoundEvent, type Selection, selectEvents } from './store.ts'

export interface ScanParts {
  db: Queryable
  /** what master data say of these things, in force at a capture position */
  describe: (things: ReadonlySet<string>) => Promise<Describes>
}

/** A part of a search: what was found, and how far it went. */
export interface Scanned {
  rows: FoundEvent[]
  /** the last event looked at, null where there was none */
  last: FoundEvent | null
  /** all events were looked at */
  ended: boolean
}

/** Rows of one statement: few at first, for searches that find at once. */
const FEWEST = 64
const MOST = 1_024
const STEP_BYTES = 4 * 1024 * 1024

/**
 * The first `want` events of a selection that pass all tests, in its order: rows are read in runs behind one another
 * (keyset), each event is decoded and tested. Ends early at `deadline` (milliseconds of `performance.now()`), but never
 * before some events were looked at: whoever follows the pages gets on, however slow the machine is.
 */
export async function scanEvents(
  parts: ScanParts,
  selection: Selection,
  tests: readonly Test[],
  want: number,
  deadline: number,
): Promise<Scanned> {
  const scanned: Scanned = { rows: [], last: null, ended: false }
  let looked = 0
  await visitEvents(parts, selection, tests, (row, _event, passes) => {
    if (passes) scanned.rows.push(row)
    scanned.last = row
    looked++
    return scanned.rows.length < want && (looked < FEWEST || performance.now() < deadline)
  }).then(ended => {
    scanned.ended = ended
  })
  return scanned
}

/**
 * Shows every event of a selection, in its order, to `visit`, until it answers false.
 * @returns whether all were shown
 */
export async function visitEvents(
  { db, describe }: ScanParts,
  selection: Selection,
  tests: readonly Test[],
  visit: (row: FoundEvent, event: EventView, passes: boolean) => boolean,
): Promise<boolean> {
  let after = selection.after
  const views = eventViews()
  for (let limit = FEWEST; ; limit = Math.min(MOST, limit * 2)) {
    const rows = await selectEvents(db, { ...selection, after, limit })
    for await (const step of documentsInSteps(db, rows, STEP_BYTES)) {
      const events = step.map(({ document }) => views(document))
      const describes = await describe(thingsOf(events, tests))
      for (const [i, event] of events.entries()) {
        const passes = tests.every(test => test.holds(event, describes))
        if (!visit((step[i] as (typeof step)[0]).ref, event, passes)) return false
      }
    }
    const last = rows[rows.length - 1]
    if (!last || rows.length < limit) return true
    after = last
  }
}

export function thingsOf(events: readonly EventView[], tests: readonly Test[]): Set<string> {
  const things = new Set<string>()
  for (const { things: of } of tests) {
    if (of) for (const event of events) for (const thing of of(event)) things.add(thing)
  }
  return things
}

/** Decodes events; the names of a document's context are worked out once. */
export function eventViews(): (document: EventDocument) => EventView {
  const contexts = new Map<unknown, Context>()
  return document => {
    const value = eventValue(document)
    const own = value['@context']
    let context = own === undefined ? contexts.get(document.context) : contextOf(document.context, own)
    if (!context) {
      context = contextOf(document.context)
      contexts.set(document.context, context)
    }
    const { expand } = context
    return { value, nameOf: name => expand(name) ?? name }
  }
}
