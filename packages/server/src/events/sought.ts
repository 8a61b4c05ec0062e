import { canonicalTerm } from '@yuanliu/core'
import type { Queryable } from '../lib/db/db.ts'
import type { Terms } from '../lib/terms.ts'
import type { Vocabularies } from '../vocabularies/vocabularies.ts'
import type { Condition, TermColumn, Test } from './query.ts'
import { eventFrom, lastRecordedWithin, type Sought } from './store.ts'

export interface SoughtParts {
  db: Queryable
  terms: Terms
  vocabularies: Vocabularies
  /** organisations of which nothing counts */
  hidden: readonly number[]
  /** the last capture position of the search */
  upTo: number
}

/** Clocks of the processes that write may differ by so many microseconds. */
export const CLOCK_SKEW = 10 * 60 * 1_000_000

/**
 * Conditions as the database takes them, and the tests that are left: terms as numbers, what master data say as terms,
 * bounds on the record time as bounds on the position too.
 */
export async function soughtOf(
  conditions: readonly Condition[],
  parts: SoughtParts,
): Promise<{ sought: Sought[]; tests: Test[] }> {
  const { db, terms, upTo } = parts
  const sought: Sought[] = []
  const tests: Test[] = []
  for (const c of conditions) {
    if (c.on === 'event') tests.push(c.test)
    else if ('texts' in c) sought.push({ on: c.on, numbers: await terms.find(c.texts) })
    else if ('roots' in c || 'attribute' in c)
      sought.push({ on: c.on, numbers: await terms.find(await described(c, parts)) })
    else sought.push(c)
    if (c.on !== 'recorded') continue
    if (c.from !== undefined) sought.push({ on: 'position', from: await positionAt(db, c.from - CLOCK_SKEW, upTo) })
    if (c.until !== undefined) sought.push({ on: 'position', until: await positionAt(db, c.until + CLOCK_SKEW, upTo) })
  }
  return { sought, tests }
}

async function described(
  condition: Extract<Condition, { roots: string[] } | { attribute: unknown }>,
  { vocabularies, hidden }: SoughtParts,
): Promise<string[]> {
  if ('roots' in condition) return vocabularies.below(condition.roots, hidden)
  const ids = await vocabularies.having(condition.attribute, hidden)
  return ids.map(id => spelled(condition.on, id))
}

/** Master data name a step by its URI, events by its word. */
function spelled(column: TermColumn, id: string): string {
  return column === 'bizStep' || column === 'disposition' ? canonicalTerm(column, id) : id
}

/**
 * The position from which events were recorded at `time` or later: record times grow with positions but for the
 * difference of clocks, so halving finds it without an index.
 */
export async function positionAt(db: Queryable, time: number, upTo: number): Promise<number> {
  let low = 0
  let high = upTo + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const event = await eventFrom(db, middle)
    if (!event || event.recorded >= time) high = middle
    else low = event.position + 1
  }
  return low
}

/** How many events of several writers may stand in another order than that of their record times. */
const DISORDER = 10_000

/**
 * Position of the last event that was recorded at `time` (microseconds) or before, 0 for none. Where writers overlap, a
 * later position may have been recorded earlier: the last one counts, among as many events as may be out of order.
 */
export async function lastRecorded(db: Queryable, time: number, upTo: number): Promise<number> {
  let last = (await positionAt(db, time + 1, upTo)) - 1
  for (;;) {
    const further = await lastRecordedWithin(db, time, last, Math.min(upTo, last + DISORDER))
    if (further === null) return last
    last = further
  }
}
