import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../../../test/support/open-database.ts'
import { freshDatabase } from '../../../../../test/support/platform.ts'
import { byteaArray, int2Array, int4Array, int8Array, textArray, uuidArray } from './binary.ts'
import type { Db } from './db.ts'
import { sql } from './sql.ts'

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

const orNull = <T>(values: fc.Arbitrary<T>) => fc.array(fc.option(values, { freq: 4 }), { maxLength: 40 })
// U+0000 never comes this far: the scanner refuses it. Everything else PostgreSQL keeps.
const text = fc.string({ unit: 'binary', maxLength: 40 }).map(t => t.replaceAll('\0', ''))

/** Sends an array and reads it back as rows, in order. */
async function backAndForth<T>(query: Promise<{ v: T }[]>): Promise<T[]> {
  return (await query).map(r => r.v)
}

describe('arrays in binary form come back as they were sent', () => {
  const runs = { numRuns: 40 }
  it('smallint', () =>
    fc.assert(
      fc.asyncProperty(orNull(fc.integer({ min: -32_768, max: 32_767 })), async values => {
        const query = db.rows<{ v: number }>(
          sql`select v from unnest(${int2Array(values)}::smallint[]) with ordinality as r (v, i) order by i`,
        )
        expect(await backAndForth(query)).toEqual(values)
      }),
      runs,
    ))
  it('integer', () =>
    fc.assert(
      fc.asyncProperty(orNull(fc.integer()), async values => {
        const query = db.rows<{ v: number }>(
          sql`select v from unnest(${int4Array(values)}::int[]) with ordinality as r (v, i) order by i`,
        )
        expect(await backAndForth(query)).toEqual(values)
      }),
      runs,
    ))
  it('bigint, to the last safe integer on both sides', () =>
    fc.assert(
      fc.asyncProperty(orNull(fc.maxSafeInteger()), async some => {
        const values = [...some, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 52, -(2 ** 32), -1, 0, 2 ** 32]
        const query = db.rows<{ v: number }>(
          sql`select v from unnest(${int8Array(values)}::bigint[]) with ordinality as r (v, i) order by i`,
        )
        expect(await backAndForth(query)).toEqual(values)
      }),
      runs,
    ))
  it('text, of any script', () =>
    fc.assert(
      fc.asyncProperty(orNull(text), async some => {
        const lengths = [127, 128, 255, 256, 257, 70_000]
        const ascii = [...lengths.map(n => 'x'.repeat(n)), '', 'a\tb\nc\\"{},NULL', null]
        for (const values of [ascii, [...some, ...ascii, '源流 🐖', `${'x'.repeat(126)}é`, 'é'.repeat(200)]]) {
          const query = db.rows<{ v: string }>(
            sql`select v from unnest(${textArray(values)}::text[]) with ordinality as r (v, i) order by i`,
          )
          expect(await backAndForth(query)).toEqual(values)
        }
      }),
      runs,
    ))
  it('bytes', () =>
    fc.assert(
      fc.asyncProperty(orNull(fc.uint8Array({ maxLength: 60 })), async some => {
        const values = [...some.map(v => v && Buffer.from(v)), Buffer.alloc(0), null]
        const query = db.rows<{ v: Buffer | null }>(
          sql`select v from unnest(${byteaArray(values)}::bytea[]) with ordinality as r (v, i) order by i`,
        )
        expect((await backAndForth(query)).map(v => v?.toString('hex') ?? null)).toEqual(
          values.map(v => v?.toString('hex') ?? null),
        )
      }),
      runs,
    ))
  it('uuid, with and without hyphens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uuid()), async values => {
        for (const sent of [values, values.map(v => v.replaceAll('-', ''))]) {
          const query = db.rows<{ v: string }>(
            sql`select v from unnest(${uuidArray(sent)}::uuid[]) with ordinality as r (v, i) order by i`,
          )
          expect(await backAndForth(query)).toEqual(values)
        }
      }),
      runs,
    )
    for (const wrong of ['', 'x'.repeat(32), '0'.repeat(31)]) expect(() => uuidArray([wrong])).toThrow('not a uuid')
  })
  it('no elements at all', async () => {
    const empty = { a: [], b: [], c: [], d: [], e: [], f: [] }
    expect(
      await db.row(
        sql`select ${int2Array([])}::smallint[] as a, ${int4Array([])}::int[] as b, ${int8Array([])}::bigint[] as c,
              ${textArray([])}::text[] as d, ${byteaArray([])}::bytea[] as e, ${uuidArray([])}::uuid[] as f`,
      ),
    ).toEqual(empty)
  })
  it('numbers that do not fit are refused, not cut', () => {
    expect(() => int2Array([32_768])).toThrow()
    expect(() => int4Array([2 ** 31])).toThrow()
  })
})
