import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../../../test/support/open-database.ts'
import { freshDatabase } from '../../../../../test/support/platform.ts'
import type { Db, Queryable } from './db.ts'
import { sql } from './sql.ts'

let db: Db
let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => {
  database = await freshDatabase()
  db = await openDatabase(database.env)
  await db.script('create table scratch (n bigint primary key); insert into scratch values (1)')
})
afterAll(async () => {
  await db.close()
  await database.remove()
})

const numbers = async (q: Queryable) =>
  (await q.rows<{ n: number }>(sql`select n from scratch order by n`)).map(r => r.n)
const reset = () => db.script('delete from scratch; insert into scratch values (1)')

describe('the database interface, the same on every engine', () => {
  it('gives rows, the first row, and the number written; 8-byte integers as numbers', async () => {
    expect(await db.row(sql`select 9007199254740991::bigint as n`)).toEqual({ n: Number.MAX_SAFE_INTEGER })
    expect(await db.row(sql`select 1 where false`)).toBeUndefined()
    expect(await db.run(sql`insert into scratch select generate_series(2, 4)`)).toBe(3)
    expect(await db.rows(sql`select count(*) as n from scratch`)).toEqual([{ n: 4 }])
    await reset()
  })

  it('rolls back what an error leaves, throws that error, and goes on working', async () => {
    const failure = new Error('on purpose')
    const thrown = db.tx(async tx => {
      await tx.run(sql`insert into scratch values (7)`)
      expect(await numbers(tx)).toEqual([1, 7])
      throw failure
    })
    await expect(thrown).rejects.toBe(failure)
    const broken = db.tx(async tx => {
      await tx.run(sql`insert into scratch values (8)`)
      await tx.run(sql`insert into scratch values (1)`)
    })
    await expect(broken).rejects.toMatchObject({ code: '23505' })
    expect(await numbers(db)).toEqual([1])
  })

  it('an error that is caught inside still ends the transaction: nothing of it stays', async () => {
    const after = db.tx(async tx => {
      await tx.run(sql`insert into scratch values (9)`)
      await tx.run(sql`insert into scratch values (1)`).catch(() => {})
    })
    await expect(after).rejects.toThrow('rolled back')
    expect(await numbers(db)).toEqual([1])
  })

  it('keeps transactions and statements that run at the same time apart', async () => {
    const moveOn = () =>
      db.tx(async tx => {
        const row = await tx.row<{ n: number }>(sql`update scratch set n = n + 1 returning n`)
        await new Promise(resolve => setTimeout(resolve, 2))
        return row?.n
      })
    const seen: (number | undefined)[] = []
    const reads: number[][] = []
    await Promise.all([
      ...Array.from({ length: 12 }, async () => seen.push(await moveOn())),
      ...Array.from({ length: 12 }, async () => reads.push(await numbers(db))),
      db
        .tx(async tx => {
          await tx.run(sql`insert into scratch values (1000)`)
          throw new Error('rolled back')
        })
        .catch(() => {}),
    ])
    expect(seen.sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 12 }, (_, i) => i + 2))
    expect(reads.filter(r => r.length !== 1)).toEqual([])
    await reset()
  })

  it('a statement that fails leaves its name usable', async () => {
    const divide = (by: number) => db.row<{ n: number }>(sql`select 10 / ${by}::int as n`)
    await expect(divide(0)).rejects.toMatchObject({ code: '22012' })
    expect(await divide(5)).toEqual({ n: 2 })
  })
})
