import { type Codes, type EventRecord, Problem } from '@yuanliu/core'
import type { Parties } from '../access/access.ts'
import type { Queryable } from '../lib/db/db.ts'
import { TOKEN_LIFE } from '../lib/http/page-token.ts'
import type { ReleasedTokens } from '../lib/released-tokens.ts'
import type { Terms } from '../lib/terms.ts'
import type { Units } from '../lib/units.ts'
import type { Vocabularies } from '../vocabularies/vocabularies.ts'
import { documentsInSteps } from './documents.ts'
import { NO_PREFIXES, namesOf } from './names.ts'
import type { Heading, Notation, Presented, PresentedEvent } from './notation.ts'
import { orderedEvents } from './ordered.ts'
import { type Place, queryMark, readToken, writeToken } from './page.ts'
import type { Language } from './parameter.ts'
import type { StoredPrefixes } from './prefixes.ts'
import { present } from './present.ts'
import { type EventQuery, type Parameters, parseQuery, type Test } from './query.ts'
import { recordsOf } from './records.ts'
import { type ScanParts, scanEvents } from './scan.ts'
import { soughtOf } from './sought.ts'
import { countEvents, type FoundEvent, type Selection, selectEvents } from './store.ts'

export interface SearchParts {
  db: Queryable
  terms: Terms
  /** capture position: everything acknowledged is at or before it */
  position: () => Promise<number>
  parties: Pick<Parties, 'of' | 'hiddenFrom' | 'quarantine'>
  units: Units
  vocabularies: Vocabularies
  /** prefixes that documents declared */
  stored: StoredPrefixes
  tokens: Pick<ReleasedTokens, 'isReleased'>
  /** milliseconds that a page may take over what is decided event by event */
  budgetMs: number
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
  /** namespaces by prefix for the names of parameters, as `GS1-Extensions` gives them */
  extensions?: Readonly<Record<string, string>>
}

/** A page ends when its events are larger than this together, whatever `perPage` says. */
const PAGE_BYTES = 8 * 1024 * 1024

/**
 * One page of the events that fulfil the parameters; short of `perPage`, with a token to go on, where the time for it is
 * used up. Throws 400 for a wrong parameter, 413 where there are more than `maxEventCount`, or where all would have to
 * be looked at and the time does not suffice.
 */
export function searchEvents(
  parts: SearchParts,
  search: Search,
  notation: Notation,
  heading?: Heading,
): Promise<EventPage> {
  return onePage(parts, search, notation.codes, async rows =>
    present(await load(parts.db, rows), notation, false, heading),
  )
}

/** The same without the events: who reported each, and where it happened. */
export function searchRecords(parts: SearchParts, search: Search, codes: Codes): Promise<RecordPage> {
  return onePage(parts, search, codes, async rows => {
    const records = await recordsOf(parts, rows)
    return { records, count: records.length }
  })
}

/** Parameters whose values may be names with a prefix. */
const NAMING = /^(?:orderBy|eventType|EQ_(?:bizStep|disposition|persistentDisposition_(?:un)?set|errorReason|type))$/

/** What the parameters are read by: units of measure, and the prefixes that the query or any document declares. */
export async function languageOf(
  { units, stored }: Pick<SearchParts, 'units' | 'stored'>,
  { parameters, extensions }: Pick<Search, 'parameters' | 'extensions'>,
  codes: Codes,
): Promise<Language> {
  const prefixed = Object.entries(parameters).some(
    ([name, value]) => /:|ATTR_/.test(name) || (NAMING.test(name) && [value].flat().some(hasPrefix)),
  )
  const prefixes = prefixed ? await stored() : NO_PREFIXES
  return { codes, units, names: namesOf(extensions ?? {}, parameters['@context'], prefixes) }
}

function hasPrefix(value: unknown): boolean {
  return typeof value === 'string' && value.includes(':')
}

/** What was found for a page: one more than are shown where there are more, or how far the search went. */
interface Found {
  rows: FoundEvent[]
  /** where to go on when all rows are shown; null: nothing is left */
  further: FoundEvent | null
}

async function onePage<Shown extends { count: number }>(
  parts: SearchParts,
  search: Search,
  codes: Codes,
  show: (rows: FoundEvent[]) => Promise<Shown>,
): Promise<Shown & Paged> {
  const { db } = parts
  const { parameters, at } = search
  const deadline = performance.now() + parts.budgetMs
  const query = parseQuery(parameters, at, codes, await languageOf(parts, search, codes))
  const mark = queryMark(parameters, search.extensions)
  const place = query.nextPageToken === null ? null : readToken(query.nextPageToken, mark, at)
  if (query.nextPageToken !== null && (await parts.tokens.isReleased(query.nextPageToken))) throw tokenGone(at)
  const upTo = place?.upTo ?? (await parts.position())
  const left = place ? place.left : query.eventCountLimit
  const size = Math.min(query.perPage, left ?? query.perPage)
  const hidden = await parts.parties.hiddenFrom(search.reader)
  const { sought, tests } = await soughtOf(query.conditions, { ...parts, hidden, upTo })
  const selection: Selection = {
    conditions: sought,
    hidden,
    upTo,
    orderBy: query.orderBy,
    descending: query.descending,
    after: place,
    limit: size + 1,
  }
  const scan: ScanParts = { db, describe: things => parts.vocabularies.describe(things, hidden) }
  const found = isHopeless(selection)
    ? { rows: [], further: null }
    : query.orderField
      ? await findOrdered(scan, selection, tests, { query, field: query.orderField, place, at, deadline })
      : await find(scan, selection, tests, { query, first: !place, deadline })
  const { rows } = found
  const shown = await show(rows.slice(0, size))
  const from = shown.count < rows.length ? rows[shown.count - 1] : found.further
  const leftThen = left === null ? null : left - shown.count
  if (!from || leftThen === 0) return { ...shown, next: null }
  const issued = Date.now()
  const token = writeToken({ query: mark, upTo, time: from.time, position: from.position, left: leftThen, issued })
  return { ...shown, next: { token, expires: issued + TOKEN_LIFE } }
}

async function find(
  scan: ScanParts,
  selection: Selection,
  tests: readonly Test[],
  { query, first, deadline }: { query: EventQuery; first: boolean; deadline: number },
): Promise<Found> {
  if (first && query.maxEventCount !== null) await refuseTooMany(scan, selection, tests, query.maxEventCount, deadline)
  if (!tests.length) return { rows: await selectEvents(scan.db, selection), further: null }
  const { rows, last, ended } = await scanEvents(scan, selection, tests, selection.limit, deadline)
  return { rows, further: ended ? null : last }
}

async function refuseTooMany(
  scan: ScanParts,
  selection: Selection,
  tests: readonly Test[],
  most: number,
  deadline: number,
): Promise<void> {
  if (!tests.length) {
    if ((await countEvents(scan.db, selection, most + 1)) > most) throw tooMany(most)
    return
  }
  const { rows, ended } = await scanEvents(scan, selection, tests, most + 1, deadline)
  if (rows.length > most) throw tooMany(most)
  if (!ended) throw tooComplex('maxEventCount')
}

async function findOrdered(
  scan: ScanParts,
  selection: Selection,
  tests: readonly Test[],
  of: { query: EventQuery; field: ReadonlySet<string>; place: Place | null; at: string; deadline: number },
): Promise<Found> {
  const all = await orderedEvents(scan, selection, tests, of.field, of.deadline)
  if (!all) throw tooComplex('orderBy')
  const most = of.query.maxEventCount
  if (most !== null && all.length > most) throw tooMany(most)
  const { place } = of
  const from = place ? all.findIndex(row => row.position === place.position) + 1 : 0
  if (place && from === 0) throw tokenGone(of.at)
  return { rows: all.slice(from, from + selection.limit), further: null }
}

function tokenGone(at: string): Problem {
  const message = '翻页标记已失效，请从第一页重新查询 the token is good no longer; begin again with the first page'
  return new Problem('invalid-query', { detail: message, errors: [{ pointer: `${at}nextPageToken`, message }] })
}

function tooMany(most: number): Problem {
  return new Problem('too-many-results', { detail: `多于 ${most} 个事件 more than ${most} events (maxEventCount)` })
}

function tooComplex(parameter: string): Problem {
  return new Problem('query-too-complex', {
    detail: `${parameter}: 须看完全部事件，限定时间内无法完成；请用时间、地点或编码缩小范围 all events would have to be looked at, and the time does not suffice; narrow the search by time, place or code`,
  })
}

/** No event can have a term that was never stored. */
function isHopeless({ conditions }: Selection): boolean {
  return conditions.some(c => 'numbers' in c && c.numbers.length === 0)
}

/** Events with their bytes, from the front, until these are more than `most` together. */
export async function load(
  db: Queryable,
  rows: readonly FoundEvent[],
  most: number = PAGE_BYTES,
): Promise<PresentedEvent[]> {
  const events: PresentedEvent[] = []
  let bytes = 0
  for await (const step of documentsInSteps(db, rows, most)) {
    for (const { ref, document } of step) {
      events.push({ ...document, id: ref.id, recorded: ref.recorded })
      bytes += document.bytes.length
    }
    if (bytes >= most) break
  }
  return events
}
