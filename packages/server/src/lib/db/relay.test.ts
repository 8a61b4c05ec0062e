import { MessageChannel } from 'node:worker_threads'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../../../../test/support/open-database.ts'
import { freshDatabase } from '../../../../../test/support/platform.ts'
import { byteaArray } from './binary.ts'
import type { Db } from './db.ts'
import { answerQueries, queryThrough } from './relay.ts'
import { sql } from './sql.ts'

let db: Db
let database: Awaited<ReturnType<typeof freshDatabase>>
const { port1, port2 } = new MessageChannel()
const relayed = queryThrough(port2)
beforeAll(async () => {
  database = await freshDatabase()
  db = await openDatabase(database.env)
  answerQueries(port1, db)
})
afterAll(async () => {
  port1.close()
  await db.close()
  await database.remove()
})

it('asks a database through a port as if it were there, spliced statements and bytes too', async () => {
  await relayed.script('create table scratch (n int, b bytea)')
  const rows = sql`select * from unnest(${[1, 2]}::int[], ${byteaArray([Buffer.from([0, 255]), null])}::bytea[])`
  expect(await relayed.run(sql`insert into scratch ${rows}`)).toBe(2)
  const answers = await Promise.all([
    relayed.rows<{ n: number; b: Buffer | null }>(sql`select n, b from scratch order by n`),
    relayed.row(sql`select sum(n)::int as sum from scratch where n > ${0}`),
    relayed.row(sql`select n from scratch where false`),
  ])
  expect(answers).toEqual([
    [
      { n: 1, b: Buffer.from([0, 255]) },
      { n: 2, b: null },
    ],
    { sum: 3 },
    undefined,
  ])
})

it('throws what the database says', async () => {
  await expect(relayed.rows(sql`select * from nowhere`)).rejects.toThrow(/nowhere/)
  await expect(relayed.run(sql`delete from nowhere`)).rejects.toThrow(/nowhere/)
  await expect(relayed.script('drop table nowhere')).rejects.toThrow(/nowhere/)
})
