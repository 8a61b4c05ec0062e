import { type Codes, rememberedCodes } from '@yuanliu/core'
import { decodeUnits } from '../events/events.ts'
import type { Queryable } from '../lib/db/db.ts'
import { createTerms } from '../lib/terms.ts'
import { eventReading } from '../lib/xml/stored-context.ts'
import { eventColumns, type Row, unitColumns } from './columns.ts'
import * as store from './derived-store.ts'
import { FLAG } from './flags.ts'
import { createPreparer, FUTURE_MICROS, type Prepared, type Preparer } from './prepare.ts'

export type { Row as DerivedRow } from './columns.ts'

/** Something stored of an event that is not what its bytes give. */
export interface Difference {
  /** of the event, 32 hex digits */
  key: string
  part: number
  /** `event.<columns>`, or `event_unit` with what is wrong there */
  what: string
}

/**
 * Derives from the bytes of events, with the code that captures, every column that is derived, and has the database compare.
 * Not derived: what the log's commitment binds already (time of receipt, reporter, context), the number of the capture,
 * and whether the reporter might void.
 */
export interface Rederiver {
  /** Reads an event from its bytes, as capture did. Throws whatever reading throws. */
  prepare(bytes: Buffer, context: { id: number; body: string }): Prepared
  /** Compares events with what is stored of them: `event` and `event_unit`. */
  compare(rows: readonly Row[]): Promise<Difference[]>
  /** what was compared so far */
  readonly units: ComparedUnits
}

/** How many rows of `event_unit` events have, and whether all of them were found as they ought to be. */
export interface ComparedUnits {
  expected: number
  differ: boolean
}

const OVERLOOKED =
  FLAG.elementOrder |
  FLAG.strayText |
  FLAG.looseForm |
  FLAG.unknownTerm |
  FLAG.persistentDisposition |
  FLAG.masterDataInQuery |
  FLAG.repeatedItem |
  FLAG.sensorWithoutType

const MASKS: store.FlagMasks = {
  exact: FLAG.foreignHash | FLAG.idAssigned,
  least: OVERLOOKED,
  future: FLAG.future,
  futureMicros: FUTURE_MICROS,
  waitMicros: 3_600_000_000,
  declared: FLAG.mayVoid,
}

/** A number that no term has: of a text that is not stored. */
const NO_TERM = -1
const PAGE = 5_000
/** Strays that are named: where many are, the first say enough. */
const NAMED = 1_000

export function createRederiver(db: Queryable, schemes: Codes): Rederiver {
  const codes = rememberedCodes(schemes)
  const terms = createTerms(db)
  const preparers = new Map<number, Preparer>()
  const compared: ComparedUnits = { expected: 0, differ: false }

  function preparerOf({ id, body }: { id: number; body: string }): Preparer {
    const known = preparers.get(id)
    if (known) return known
    if (preparers.size > 1_000) preparers.clear()
    // Whatever a lenient capture overlooked is found again; in what a strict one took there is nothing to overlook.
    const preparer = createPreparer(codes, eventReading(body), { mayVoid: false, lenient: true })
    preparers.set(id, preparer)
    return preparer
  }

  async function learn(rows: readonly Row[]): Promise<void> {
    const texts = new Set<string>()
    for (const { event } of rows) {
      const { bizStep, disposition, readPoint, bizLocation, uoms } = event.facts
      for (const text of [bizStep, disposition, readPoint, bizLocation, ...(uoms ?? [])]) if (text) texts.add(text)
    }
    const unknown = [...texts].filter(text => terms.knownId(text) === undefined)
    if (unknown.length) await terms.find(unknown)
  }
  const term = (text: string | null) => (text === null ? null : (terms.knownId(text) ?? NO_TERM))

  return {
    prepare: (bytes, context) => preparerOf(context).prepareBytes(0, bytes),

    async compare(rows) {
      if (!rows.length) return []
      await learn(rows)
      const units = unitColumns(rows, term)
      compared.expected += units.count
      const [events, wrong] = await Promise.all([
        store.differingEvents(db, eventColumns(rows, term), MASKS),
        store.differingUnits(db, units),
      ])
      if (wrong.length) compared.differ = true
      return [
        ...events.map(({ n, columns }) => {
          const { event, part } = rows[n - 1] as Row
          return { key: event.key, part, what: `event (${columns})` }
        }),
        ...wrong.map(({ event, unit, role, columns }) => ({
          key: event,
          part: 0,
          what: `event_unit (${columns || 'missing'}) ${unit}, role ${role}`,
        })),
      ]
    },

    units: compared,
  }
}

/** Rows of `event_unit` that no event has, after all events have been compared, by whomever. */
export async function strayUnits(db: Queryable, compared: readonly ComparedUnits[]): Promise<Difference[]> {
  // Every row of an event is there: as many rows as events have can be no others.
  const expected = compared.reduce((sum, { expected }) => sum + expected, 0)
  if (!compared.some(c => c.differ) && (await store.countUnits(db)) === expected) return []
  return findStrays(db)
}

async function findStrays(db: Queryable): Promise<Difference[]> {
  const found: Difference[] = []
  let after = { unit: '', time: 0, event: '0'.repeat(32), role: -1 }
  for (;;) {
    const rows = await store.unitsAfter(db, after, PAGE)
    const last = rows.at(-1)
    if (!last) return found
    after = last
    const texts = await store.unitTexts(db, [...new Set(rows.map(r => r.event))])
    const known = new Map(texts.map(({ event, units, time }) => [event, { facts: decodeUnits(units), time }]))
    for (const { unit, time, event, role } of rows) {
      const told = known.get(event)
      const has = told?.time === time && told.facts.units.some((key, i) => key === unit && told.facts.roles[i] === role)
      if (!has) found.push({ key: event, part: 0, what: `event_unit (one too many) ${unit}, role ${role}` })
      if (found.length >= NAMED) return found
    }
  }
}
