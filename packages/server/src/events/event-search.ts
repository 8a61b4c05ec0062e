import { type Codes, type EventRecord, Problem } from '@yuanliu/core'
import type { Parties } from '../access/access.ts'
import type { Queryable } from '../lib/db/db.ts'
import type { Terms } from '../lib/terms.ts'
import { readDocuments } from './documents.ts'
import type { Notation, Presented, PresentedEvent } from './notation.ts'
import { queryMark, readToken, TOKEN_LIFE, writeToken } from './page.ts'
import { present } from './present.ts'
import { type Condition, type EventQuery, type Parameters, parseQuery } from './query.ts'
import { recordsOf } from './records.ts'
import { countEvents, eventFrom, type FoundEvent, type Selection, type Sought, selectEvents } from './store.ts'

export interface SearchParts {
  db: Queryable
  terms: Terms
  /** capture position: everything acknowledged is at or before it */
  position: () => Promise<number>
  parties: Pick<Parties, 'of' | 'hiddenFrom'>
}

/** Who asks. */
export interface Reader {
  organisation: number
  isAdmin: boolean
}

export interface Paged {
  /** how to go on, null on the last page */
  next: { token: string; expires: number } | null
}
export type EventPage = Presented & Paged
export type RecordPage = { records: EventRecord[] } & Paged

/** What is asked for, and by whom. */
export interface Search {
  parameters: Parameters
  /** what stands before parameters' names in error pointers */
  at: '/query/' | '/'
  /** events in quarantine are shown to their reporter and the administrator only */
  reader: Reader
}

/** A page ends when its events are larger than this together, whatever `perPage` says. */
const PAGE_BYTES = 8 * 1024 * 1024
/** Clocks of the processes that write may differ by so many microseconds. */
const CLOCK_SKEW = 10 * 60 * 1_000_000

/**
 * One page of the events that fulfil the parameters. Throws 400 for a wrong parameter, 413 where there are more than
 * `maxEventCount`.
 */
export function searchEvents(parts: SearchParts, search: Search, notation: Notation): Promise<EventPage> {
  return onePage(parts, search, notation.codes, async rows => present(await load(parts.db, rows), notation))
}

/** The same without the events: who reported each, and where it happened. */
export function searchRecords(parts: SearchParts, search: Search, codes: Codes): Promise<RecordPage> {
  return onePage(parts, search, codes, async rows => {
    const records = await recordsOf(parts, rows)
    return { records, count: records.length }
  })
}

async function onePage<Shown extends { count: number }>(
  parts: SearchParts,
  { parameters, at, reader }: Search,
  codes: Codes,
  show: (rows: FoundEvent[]) => Promise<Shown>,
): Promise<Shown & Paged> {
  const { db, terms } = parts
  const query = parseQuery(parameters, at, codes)
  const mark = queryMark(parameters)
  const place = query.nextPageToken === null ? null : readToken(query.nextPageToken, mark, at)
  const upTo = place?.upTo ?? (await parts.position())
  const left = place ? place.left : query.eventCountLimit
  const size = Math.min(query.perPage, left ?? query.perPage)
  const selection: Selection = {
    conditions: await sought(query.conditions, upTo, parts.db, terms),
    hidden: await parts.parties.hiddenFrom(reader),
    upTo,
    orderBy: query.orderBy,
    descending: query.descending,
    after: place,
    limit: size + 1,
  }
  if (!place) await refuseTooMany(db, query, selection)
  const rows = isHopeless(selection) ? [] : await selectEvents(db, selection)
  const shown = await show(rows.slice(0, size))
  const last = rows[shown.count - 1]
  const leftThen = left === null ? null : left - shown.count
  if (!last || shown.count === rows.length || leftThen === 0) return { ...shown, next: null }
  const issued = Date.now()
  const token = writeToken({ query: mark, upTo, time: last.time, position: last.position, left: leftThen, issued })
  return { ...shown, next: { token, expires: issued + TOKEN_LIFE } }
}

async function refuseTooMany(db: Queryable, { maxEventCount }: EventQuery, selection: Selection): Promise<void> {
  if (maxEventCount === null || isHopeless(selection)) return
  if ((await countEvents(db, selection, maxEventCount + 1)) <= maxEventCount) return
  throw new Problem('too-many-results', {
    detail: `多于 ${maxEventCount} 个事件 more than ${maxEventCount} events (maxEventCount)`,
  })
}

/** No event can have a term that was never stored. */
function isHopeless({ conditions }: Selection): boolean {
  return conditions.some(c => 'numbers' in c && c.numbers.length === 0)
}

/** Conditions as the store takes them: terms as numbers, bounds on the record time as bounds on the position too. */
async function sought(conditions: readonly Condition[], upTo: number, db: Queryable, terms: Terms): Promise<Sought[]> {
  const list: Sought[] = []
  for (const c of conditions) {
    if ('texts' in c) list.push({ on: c.on, numbers: await terms.find(c.texts) })
    else list.push(c)
    if (c.on !== 'recorded') continue
    if (c.from !== undefined) list.push({ on: 'position', from: await positionAt(db, c.from - CLOCK_SKEW, upTo) })
    if (c.until !== undefined) list.push({ on: 'position', until: await positionAt(db, c.until + CLOCK_SKEW, upTo) })
  }
  return list
}

/**
 * The position from which events were recorded at `time` or later: record times grow with positions but for the
 * difference of clocks, so halving finds it without an index.
 */
async function positionAt(db: Queryable, time: number, upTo: number): Promise<number> {
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

/** Events with their bytes, as many from the front as fit a page. */
async function load(db: Queryable, rows: readonly FoundEvent[]): Promise<PresentedEvent[]> {
  const events: PresentedEvent[] = []
  let bytes = 0
  // Few at first: nobody knows yet how large they are.
  let step = 4
  while (events.length < rows.length && bytes < PAGE_BYTES) {
    const some = rows.slice(events.length, events.length + step)
    for (const [i, document] of (await readDocuments(db, some)).entries()) {
      const { id, recorded } = some[i] as FoundEvent
      events.push({ ...document, id, recorded })
      bytes += document.bytes.length
    }
    step = Math.max(1, Math.min(500, Math.floor((PAGE_BYTES - bytes) / (bytes / events.length))))
  }
  return events
}
