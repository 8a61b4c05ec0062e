import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../../../test/support/open-database.ts'
import { freshDatabase } from '../../../../../test/support/platform.ts'
import type { Db, Queryable } from './db.ts'
import { sql } from './sql.ts'
import { DatabaseUnavailable } from './unavailable.ts'

let db: Db
let one: Db
let two: Db
let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => {
  database = await freshDatabase()
  db = await openDatabase(database.env)
  await db.script('create schema one; create schema two; create table thing (n int); insert into thing values (0)')
  one = db.within('one')
  two = db.within('two')
  await one.script('create table thing (n int); insert into thing values (1)')
  await two.script('create table thing (n int); insert into thing values (2)')
})
afterAll(async () => {
  await one.close()
  await two.close()
  await db.close()
  await database.remove()
})

// One statement, prepared under one name, seen from three places.
const numbers = async (q: Queryable) => (await q.rows<{ n: number }>(sql`select n from thing order by n`)).map(r => r.n)

describe('a view of the database within a schema', () => {
  it('means its own tables by their names, whoever asks before, after and at the same time', async () => {
    const seen = await Promise.all([db, one, two, one, db, two, two, db, one].map(numbers))
    expect(seen).toEqual([[0], [1], [2], [1], [0], [2], [2], [0], [1]])
    const within = await Promise.all(
      [one, db, two].map(view => view.tx(async tx => [await numbers(tx), await numbers(tx)])),
    )
    expect(within).toEqual([
      [[1], [1]],
      [[0], [0]],
      [[2], [2]],
    ])
  })

  it('does not fall back to tables outside', async () => {
    await db.script('create table outside (n int)')
    await expect(one.rows(sql`select n from outside`)).rejects.toThrow('"outside" does not exist')
    await expect(
      one.tx(tx => tx.run(sql`insert into organisation (code, name, created) values ('x', 'x', 0)`)),
    ).rejects.toThrow('does not exist')
    await one.script('create table outside (n int); insert into outside values (1); drop table outside')
    expect(await db.rows(sql`select n from outside`)).toEqual([])
  })

  it('keeps to its tables after errors and what was rolled back', async () => {
    for (const view of [one, db]) {
      const broken = view.tx(async tx => {
        await tx.run(sql`insert into thing values (7)`)
        await tx.run(sql`select 1 / 0`)
      })
      await expect(broken).rejects.toMatchObject({ code: '22012' })
      expect([await numbers(db), await numbers(one), await numbers(two)]).toEqual([[0], [1], [2]])
    }
  })

  it('is unavailable once its schema is dropped or it is closed, and takes nobody along', async () => {
    await db.script('create schema three')
    const three = db.within('three')
    await three.script('create table thing (n int)')
    expect(await numbers(three)).toEqual([])
    await db.script('drop schema three cascade')
    await expect(numbers(three)).rejects.toThrow(DatabaseUnavailable)
    await expect(three.script('create table thing (n int)')).rejects.toThrow(DatabaseUnavailable)
    await three.close()
    await expect(three.tx(numbers)).rejects.toThrow(DatabaseUnavailable)
    expect([await numbers(db), await numbers(one)]).toEqual([[0], [1]])
    expect(() => db.within('three; drop table thing')).toThrow('not the name of a schema')
  })
})
