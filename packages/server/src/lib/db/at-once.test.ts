import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../../../test/support/open-database.ts'
import { freshDatabase } from '../../../../../test/support/platform.ts'
import type { Db, Queryable } from './db.ts'
import { isUnmet } from './demand.ts'
import { late, sql } from './sql.ts'

let db: Db
let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => {
  database = await freshDatabase()
  db = await openDatabase(database.env)
  await db.script('create table sent (n bigint primary key)')
})
beforeEach(() => db.script('delete from sent'))
afterAll(async () => {
  await db.close()
  await database.remove()
})

const put = (q: Queryable, n: number) => q.run(sql`insert into sent values (${n})`)
const demandCount = (q: Queryable, n: number) => q.row(sql`select 1 / (count(*) = ${n})::int as met from sent`)
const numbers = async () => (await db.rows<{ n: number }>(sql`select n from sent order by n`)).map(r => r.n)

describe('a transaction that is sent whole', () => {
  it('writes everything and gives the answers', async () => {
    const answers = await db.atOnce(q => Promise.all([put(q, 1), put(q, 2), demandCount(q, 2)]))
    expect(answers).toEqual([1, 1, { met: 1 }])
    expect(await numbers()).toEqual([1, 2])
  })

  it('writes nothing where a demand is not met, and tells that one, not what followed from it', async () => {
    const unmet = db.atOnce(async q => {
      // The first to fail is the last to be heard here: all the same it is told.
      const late = demandCount(q, 7).catch(async error => {
        await Promise.resolve()
        throw error
      })
      await Promise.all([put(q, 2), put(q, 3), late])
    })
    await expect(unmet).rejects.toSatisfy(isUnmet)
    const taken = db.atOnce(q => Promise.all([put(q, 1), put(q, 1), put(q, 2), demandCount(q, 3)]))
    await expect(taken).rejects.toMatchObject({ code: '23505' })
    expect(await numbers()).toEqual([])
  })

  it('is over when its work first waits: what is asked later is refused, and what was asked is committed', async () => {
    const late = db.atOnce(async q => {
      await put(q, 1)
      await put(q, 2)
    })
    await expect(late).rejects.toThrow('The commit has been sent already')
    expect(await numbers()).toEqual([1])
  })

  it('sends nothing of a work that fails by itself, however deep, after some questions', async () => {
    const deep = async (q: Queryable): Promise<void> => {
      await Promise.all([
        put(q, 4),
        (async () => {
          await Promise.resolve()
          throw new Error('on purpose')
        })(),
      ])
    }
    await expect(db.atOnce(async q => Promise.all([put(q, 3), deep(q)]))).rejects.toThrow('on purpose')
    const thrown = () => {
      throw new Error('at once')
    }
    await expect(db.atOnce(thrown)).rejects.toThrow('at once')
    expect(await numbers()).toEqual([])
  })

  it('makes a late statement when what stands before it is on its way', async () => {
    const order: string[] = []
    const made = (n: number) =>
      late(() => {
        order.push(`made ${n}`)
        return sql`insert into sent values (${n})`
      })
    const ask = (q: Queryable) => {
      const asked = Promise.all([put(q, 1), q.run(made(2)), put(q, 3), q.run(made(4)), demandCount(q, 4)])
      order.push('asked')
      return asked
    }
    expect(await db.atOnce(ask)).toEqual([1, 1, 1, 1, { met: 1 }])
    expect(order).toEqual(['asked', 'made 2', 'made 4'])
    expect(await numbers()).toEqual([1, 2, 3, 4])
    // Nor does it matter where it is asked otherwise.
    expect(await db.tx(tx => tx.run(made(5)))).toBe(1)
    expect(await db.run(made(6))).toBe(1)
  })

  it('writes nothing where a late statement cannot be made, and goes on as before', async () => {
    const broken = late(() => {
      throw new Error('on purpose')
    })
    const behind = late(() => {
      throw new Error('nobody asks for it')
    })
    const asked = (q: Queryable) => Promise.all([put(q, 1), q.run(broken), put(q, 2), q.run(behind)])
    // Several at once: each has a connection to give back.
    const all = await Promise.allSettled([db.atOnce(asked), db.atOnce(q => put(q, 7)), db.atOnce(asked)])
    expect(all.map(one => (one.status === 'rejected' ? String(one.reason) : one.value))).toEqual([
      'Error: on purpose',
      1,
      'Error: on purpose',
    ])
    for (let n = 10; n < 30; n++) await db.atOnce(q => put(q, n))
    expect(await numbers()).toEqual([7, ...Array.from({ length: 20 }, (_, i) => 10 + i)])
  })

  it('keeps its order with others of its kind, with transactions that wait, and after ones that fail', async () => {
    const add = (q: Queryable) => q.run(sql`insert into sent select coalesce(max(n), 0) + 1 from sent`)
    const lock = sql`lock table sent in share row exclusive mode`
    const once = () => db.atOnce(q => Promise.all([q.run(lock), add(q)]))
    const waiting = () =>
      db.tx(async tx => {
        await tx.run(lock)
        await new Promise(resolve => setTimeout(resolve, 1))
        await add(tx)
      })
    const failing = () => db.atOnce(q => Promise.all([q.run(lock), add(q), demandCount(q, -1)]))
    const all = Array.from({ length: 30 }, (_, i) => [once, waiting, failing][i % 3]?.())
    const results = await Promise.allSettled(all)
    expect(results.map(r => r.status)).toEqual(all.map((_, i) => (i % 3 === 2 ? 'rejected' : 'fulfilled')))
    expect(await numbers()).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  })

  it('finds the schema that it was asked in, whoever asks in between', async () => {
    await db.script(
      'create schema room_a; create schema room_b; create table room_a.sent (n bigint); create table room_b.sent (n bigint)',
    )
    const rooms = [db.within('room_a'), db.within('room_b'), db]
    await Promise.all(Array.from({ length: 30 }, (_, i) => rooms[i % 3]?.atOnce(q => put(q, i))))
    for (const [i, room] of rooms.entries())
      expect(await room.row(sql`select count(*) as n, sum(n % 3)::bigint as rest from sent`)).toEqual({
        n: 10,
        rest: i * 10,
      })
    await Promise.all(rooms.slice(0, 2).map(room => room.close()))
    await db.script('drop schema room_a cascade; drop schema room_b cascade')
  })
})
