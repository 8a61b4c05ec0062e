import { type Action, type Codes, type EventType, rememberedCodes } from '@yuanliu/core'
import { decodeUnits } from '../events/events.ts'
import type { Queryable } from '../lib/db/db.ts'
import { createTerms, type Terms } from '../lib/terms.ts'
import { eventReading } from '../lib/xml/stored-context.ts'
import { termsOf, type UnitOwner, unitColumns } from './columns.ts'
import * as store from './derived-store.ts'
import { createPreparer, type Prepared, type Preparer } from './prepare.ts'
import { differingColumns, type StoredColumns } from './stored-columns.ts'
import { createUnitSums, differingBuckets } from './unit-sums.ts'

/** An event that is stored, and what its bytes give. */
export interface Derived {
  stored: StoredColumns
  event: Prepared
}

/**
 * Derives from the bytes of events, with the code that captures, every column that is derived, and compares.
 * Not derived: what the log's commitment binds already (time of receipt, reporter, context), the number of the capture,
 * and whether the reporter might void.
 */
export interface Rederiver {
  /** Reads an event from its bytes, as capture did. Throws whatever reading throws. */
  prepare(bytes: Buffer, context: { id: number; body: string }): Prepared
  /**
   * Compares events with their columns in `event`, and adds the rows that they give in `event_unit` to the sums.
   * @returns for each that differs its place in `events` and the names of the columns
   */
  compare(events: readonly Derived[]): Promise<{ n: number; columns: string }[]>
  /** sums of the rows of `event_unit` that the events compared so far give (unit-sums.ts) */
  readonly sums: Uint8Array
}

/** A row of `event_unit` that no event gives, or that is missing or other than its event gives it. */
export interface UnitDifference {
  /** id of the event, or its key where there is none */
  event: string
  /** `event_unit` with what is wrong there */
  what: string
}

/** A number that no term has: of a text that is not stored. */
const NO_TERM = -1
const PAGE = 5_000
/** Rows that are named: where many differ, the first say enough. */
const NAMED = 1_000

/** @param key of the sums: drawn for this comparison (unit-sums.ts), the same for all who take part in it */
export function createRederiver(db: Queryable, schemes: Codes, key: string): Rederiver {
  const codes = rememberedCodes(schemes)
  const terms = createTerms(db)
  const term = termOf(terms)
  const preparers = new Map<number, Preparer>()
  const sums = createUnitSums(key, term)

  function preparerOf({ id, body }: { id: number; body: string }): Preparer {
    const known = preparers.get(id)
    if (known) return known
    if (preparers.size > 1_000) preparers.clear()
    // Whatever a lenient capture overlooked is found again; in what a strict one took there is nothing to overlook.
    const preparer = createPreparer(codes, eventReading(body), { mayVoid: false, lenient: true })
    preparers.set(id, preparer)
    return preparer
  }

  return {
    prepare: (bytes, context) => preparerOf(context).prepareBytes(0, bytes),

    async compare(events) {
      await learn(terms, termsOf(events))
      sums.add(events.map(({ event, stored: { part } }) => ({ event, part })))
      const differing: { n: number; columns: string }[] = []
      for (const [n, { stored, event }] of events.entries()) {
        const columns = differingColumns(stored, event, term)
        if (columns.length) differing.push({ n, columns: columns.join(', ') })
      }
      return differing
    },

    sums: sums.sums,
  }
}

/**
 * Rows of `event_unit` that are not those of events, after the columns of all events have been compared with their bytes.
 * @param stored sums of what the database has (unit-sums.ts)
 * @param summed the sums of all who compared
 */
export async function differingUnitRows(
  db: Queryable,
  { stored, summed }: { stored: ReadonlyMap<number, bigint>; summed: readonly Uint8Array[] },
): Promise<UnitDifference[]> {
  const buckets = differingBuckets(summed, stored)
  if (!buckets.length) return []
  const terms = createTerms(db)
  const found: UnitDifference[] = []
  for (const bucket of buckets) {
    for await (const difference of wrongRows(db, bucket, terms)) {
      found.push(difference)
      if (found.length >= NAMED) return found
    }
  }
  for await (const difference of strayRows(db, buckets)) {
    found.push(difference)
    if (found.length >= NAMED) return found
  }
  return found
}

/** Rows of a bucket that events ought to have and that are missing or differ: by what `event` says of their units. */
async function* wrongRows(db: Queryable, bucket: number, terms: Terms): AsyncIterable<UnitDifference> {
  let after = '0'.repeat(32)
  for (;;) {
    const events = await store.eventsOfBucket(db, bucket, after, PAGE)
    const last = events.at(-1)
    if (!last) return
    after = last.key
    const owners = events.map(ownerOf)
    await learn(
      terms,
      owners.flatMap(o => o.event.facts.uoms ?? []),
    )
    const ids = new Map(events.map(e => [e.key, e.id]))
    for (const { event, unit, role, columns } of await store.differingUnits(db, unitColumns(owners, termOf(terms))))
      yield { event: ids.get(event) ?? event, what: `event_unit (${columns || 'missing'}) ${unit}, role ${role}` }
  }
}

function ownerOf({ key, type, action, time, units }: store.UnitsOfEvent): UnitOwner {
  const facts = { ...decodeUnits(units), type: type as EventType, action: action as Action, time }
  return { part: 0, event: { key, facts } }
}

/** Rows of buckets that no event has. */
async function* strayRows(db: Queryable, buckets: readonly number[]): AsyncIterable<UnitDifference> {
  let after = { unit: '', time: 0, event: '0'.repeat(32), role: -1 }
  for (;;) {
    const rows = await store.unitsAfter(db, after, buckets, PAGE)
    const last = rows.at(-1)
    if (!last) return
    after = last
    const texts = await store.unitTexts(db, [...new Set(rows.map(r => r.event))])
    const known = new Map(texts.map(({ event, id, units, time }) => [event, { id, facts: decodeUnits(units), time }]))
    for (const { unit, time, event, role } of rows) {
      const told = known.get(event)
      const has = told?.time === time && told.facts.units.some((key, i) => key === unit && told.facts.roles[i] === role)
      if (!has) yield { event: told?.id ?? event, what: `event_unit (one too many) ${unit}, role ${role}` }
    }
  }
}

async function learn(terms: Terms, texts: Iterable<string | null>): Promise<void> {
  const unknown = new Set<string>()
  for (const text of texts) if (text && terms.knownId(text) === undefined) unknown.add(text)
  if (unknown.size) await terms.find([...unknown])
}

const termOf = (terms: Terms) => (text: string | null) => (text === null ? null : (terms.knownId(text) ?? NO_TERM))
