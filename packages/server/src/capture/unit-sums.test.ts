import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../../test/support/open-database.ts'
import { freshDatabase } from '../../../../test/support/platform.ts'
import type { Db } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import { type UnitOwner, unitColumns } from './columns.ts'
import { insertUnits } from './store.ts'
import { createUnitSums, differingBuckets, storedSums, sumKey } from './unit-sums.ts'

let db: Db
let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => {
  database = await freshDatabase()
  db = await openDatabase(database.env)
})
afterAll(async () => {
  await db.close()
  await database.remove()
})

/** Numbers of units of measure, as the dictionary would give them. */
const term = (text: string | null) => (text === null ? null : text.length)

/** Keys may hold whatever a URI can, and signs of several bytes. */
const unit = fc.string({ unit: fc.constantFrom('a', '7', '|', '/', '%', '源', '𠀀', "'", '\\', ' '), minLength: 1 })
const owner: fc.Arbitrary<UnitOwner> = fc
  .record({
    key: fc.uuid().map(id => id.replaceAll('-', '')),
    time: fc.integer({ min: 0, max: 2 ** 50 }),
    units: fc.uniqueArray(unit, { minLength: 1, maxLength: 6 }),
    quantity: fc.option(fc.integer({ min: -1e9, max: 1e9 }).map(n => String(n / 1000))),
    uom: fc.option(fc.constantFrom('KGM', 'LTRS')),
    isPacked: fc.boolean(),
  })
  .map(({ key, time, units, quantity, uom, isPacked }) => ({
    part: 0,
    event: {
      key,
      facts: {
        type: isPacked ? 1 : 0,
        action: 1,
        time,
        units,
        // parent and children, or items
        roles: units.map((_, i) => (isPacked ? (i === 0 ? 3 : 5) : 2)),
        quantities: units.map(() => quantity),
        uoms: units.map(() => uom),
      },
    },
  }))

const ALTERATIONS = [
  sql`update event_unit set time = time + 1 where ctid = (select min(ctid) from event_unit)`,
  sql`update event_unit set role = role + 1 where ctid = (select min(ctid) from event_unit)`,
  sql`update event_unit set kind = kind + 1 where ctid = (select min(ctid) from event_unit)`,
  sql`update event_unit set unit = unit || '|' where ctid = (select min(ctid) from event_unit)`,
  sql`update event_unit set parent = coalesce(parent || ' ', '') where ctid = (select min(ctid) from event_unit)`,
  sql`update event_unit set quantity = coalesce(quantity, 0) + 1 where ctid = (select min(ctid) from event_unit)`,
  sql`update event_unit set uom = coalesce(uom, 0) + 1 where ctid = (select min(ctid) from event_unit)`,
  sql`delete from event_unit where ctid = (select min(ctid) from event_unit)`,
]

describe('sums of the rows of event_unit', () => {
  it('are the same here and in the database, whatever the rows are, and others where a row is altered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(owner, { selector: o => o.event.key, minLength: 1, maxLength: 8 }),
        fc.constantFrom(...ALTERATIONS),
        async (owners, alteration) => {
          await db.script('truncate event_unit')
          await insertUnits(db, unitColumns(owners, term))
          const key = sumKey()
          // Two who share the work.
          const parties = [createUnitSums(key, term), createUnitSums(key, term)]
          for (const [i, one] of owners.entries()) parties[i % 2]?.add([one])
          const differing = async () =>
            differingBuckets(
              parties.map(p => p.sums),
              await storedSums(db, key),
            )
          expect(await differing()).toEqual([])
          const { bucket } = (await db.row<{ bucket: number }>(
            sql`select get_byte(uuid_send(event), 0) as bucket from event_unit where ctid = (select min(ctid) from event_unit)`,
          )) ?? { bucket: -1 }
          expect(await db.run(alteration)).toBe(1)
          expect(await differing()).toEqual([bucket])
        },
      ),
      { numRuns: 40 },
    )
  })

  it('are of all pages of the table', async () => {
    await db.script('truncate event_unit')
    // more than the 256 pages that are summed at once
    await db.script(`insert into event_unit (unit, time, event, role, kind)
      select repeat('x', 1000) || n, n, gen_random_uuid(), 1, 0 from generate_series(1, 2500) as n`)
    const rows = await db.rows<{ unit: string; time: number; key: string }>(
      sql`select unit, time, replace(event::text, '-', '') as key from event_unit`,
    )
    const key = sumKey()
    const sums = createUnitSums(key, term)
    for (const { unit, time, key } of rows) {
      const facts = { type: 0, action: 0, time, units: [unit], roles: [1], quantities: null, uoms: null } as const
      sums.add([{ part: 0, event: { key, facts: { ...facts, units: [unit], roles: [1] } } }])
    }
    expect(differingBuckets([sums.sums], await storedSums(db, key))).toEqual([])
  })
})
