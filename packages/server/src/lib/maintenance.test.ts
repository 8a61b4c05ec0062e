import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../../test/support/open-database.ts'
import { freshDatabase } from '../../../../test/support/platform.ts'
import type { Db } from './db/db.ts'
import { sql } from './db/sql.ts'
import { type Maintenance, startMaintenance } from './maintenance.ts'

const DAY = new Date('2026-11-01T12:00:00')
const NIGHT = new Date('2026-11-02T03:00:05')

describe.skipIf(process.env.DATABASE_URL)('maintenance of the embedded database', () => {
  let db: Db
  let maintenance: Maintenance
  let database: Awaited<ReturnType<typeof freshDatabase>>
  const errors: unknown[] = []
  beforeAll(async () => {
    database = await freshDatabase()
    db = await openDatabase(database.env)
    maintenance = startMaintenance(db, error => errors.push(error))
    await db.script('create table loaded (n int primary key); create table "Odd ""name" (n int)')
  })
  afterAll(async () => {
    await maintenance.stop()
    await db.close()
    await database.remove()
    expect(errors).toEqual([])
  })

  const stats = () =>
    db.row<{ rows: number; dead: number; analyzed: number; vacuumed: number }>(
      sql`select reltuples::int as rows, n_dead_tup as dead, analyze_count as analyzed, vacuum_count as vacuumed
          from pg_stat_user_tables join pg_class on oid = relid where pg_class.relname = 'loaded'`,
    )

  /** The database counts at most once a second, unless told to. */
  async function look(at: Date) {
    await db.row(sql`select pg_stat_force_next_flush()`)
    await maintenance.look(at)
    await db.row(sql`select pg_stat_force_next_flush()`)
  }

  it('analyzes a table after a bulk load, and not again until it has grown much', async () => {
    await db.run(sql`insert into loaded select generate_series(1, 3000)`)
    await look(DAY)
    expect((await stats())?.analyzed).toBe(0)
    await db.run(sql`insert into loaded select generate_series(3001, 40000)`)
    await look(DAY)
    expect(await stats()).toMatchObject({ analyzed: 1, rows: 40_000 })
    await db.run(sql`insert into loaded select generate_series(40001, 47000)`)
    await look(DAY)
    expect((await stats())?.analyzed).toBe(1)
    await db.run(sql`insert into loaded select generate_series(47001, 50000)`)
    await look(DAY)
    expect(await stats()).toMatchObject({ analyzed: 2, rows: 50_000 })
  })

  it('cleans a queue meanwhile, and leaves a table alone of which most is still there', async () => {
    await db.script('create table queue (n int); insert into queue select generate_series(1, 400)')
    const vacuumed = async () =>
      (await db.row<{ n: number }>(sql`select vacuum_count::int as n from pg_stat_user_tables where relname = 'queue'`))
        ?.n
    await db.run(sql`delete from queue where n <= 200`)
    await look(DAY)
    expect(await vacuumed()).toBe(0)
    await db.run(sql`delete from queue where n <= 390`)
    await look(DAY)
    expect(await vacuumed()).toBe(1)
    await look(DAY)
    expect(await vacuumed()).toBe(1)
    expect((await stats())?.vacuumed).toBe(0)
  })

  it('cleans every table once a night', async () => {
    await db.run(sql`delete from loaded where n <= 10000`)
    await look(NIGHT)
    expect(await stats()).toMatchObject({ vacuumed: 1, dead: 0, rows: 40_000 })
    await look(new Date(NIGHT.getTime() + 60_000))
    expect((await stats())?.vacuumed).toBe(1)
    await look(new Date(NIGHT.getTime() + 24 * 3_600_000))
    expect((await stats())?.vacuumed).toBe(2)
  })
})
