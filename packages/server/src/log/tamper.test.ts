import { randomUUID } from 'node:crypto'
import { parseCheckpoint, parseNote, textOf } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { packBlock, unpackBlock } from '../events/events.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import type { LogItem, Run } from './log.ts'
import { auditOf, crypto, logged, proven } from './reading.fixture.ts'
import { logKeyFolder } from './signing.fixture.ts'
import { verifyDatabase } from './verify.ts'

const keys = logKeyFolder('trace.example.org/log', crypto)
let platform: Platform
const ids = Array.from({ length: 520 }, () => `urn:uuid:${randomUUID()}`)
beforeAll(async () => {
  platform = await startPlatform({ LOG: 'sha256-ed25519,sm3-sm2', ...keys.env })
  await platform.capture(documentOf(ids.map(eventID => objectEvent({ eventID }))))
  await logged(platform)
})
afterAll(async () => {
  await platform.stop()
  keys.remove()
})

const db = () => platform.running.parts.db
const room = () => platform.running.rooms.log
const outside = {
  key: () => null,
  known: async () => [],
  get codes() {
    return platform.running.parts.codes
  },
}
const verify = () => verifyDatabase(db(), outside)
class Undo extends Error {}

/** Findings while something is altered; the database is as before afterwards. */
async function findingsWith(alter: (tx: Queryable) => Promise<unknown>): Promise<string[]> {
  let found: string[] = []
  await db()
    .tx(async tx => {
      await alter(tx)
      found = (await verifyDatabase({ ...db(), ...tx }, outside)).findings.map(f => `${f.at}: ${f.words.en}`)
      throw new Undo()
    })
    .catch(error => {
      if (!(error instanceof Undo)) throw error
    })
  return found
}

/** One byte of a column of the first row of a table altered, where a condition holds. */
const flip = (table: string, column: string, where: string, at: number) => (tx: Queryable) =>
  tx.script(`update ${table} set ${column} = set_byte(${column}, ${at}, get_byte(${column}, ${at}) # 1) where ${where}`)
const eventAt = (position: number) => `position = ${position}`

describe('log verify', () => {
  it('finds nothing where nothing was altered', async () => {
    expect(await verify()).toMatchObject({ findings: [], opened: 520, deleted: 0, waiting: 0 })
  })

  const bundle = 'entries'
  const cases: [string, (tx: Queryable) => Promise<unknown>, RegExp][] = [
    ['one byte of an event', tx => alterBlock(tx), /^entry 300: Event urn:uuid:\S+ \(position 301\): bytes or/],
    [
      'a salt',
      flip('event_block', 'salts', 'id = (select block from event where position = 7)', 0),
      /^entry \d+: Event/,
    ],
    [
      'the time of receipt',
      tx => tx.script(`update event set recorded = recorded + 1 where ${eventAt(9)}`),
      /^entry 8: Event/,
    ],
    ['the reporter', tx => reporter(tx), /^entry 8: Event/],
    [
      'the id of an event',
      tx => tx.script(`update event set id = id || 'x' where ${eventAt(5)}`),
      /^entry 4: .*its id/,
    ],
    [
      'an event that is gone',
      tx => tx.script(`delete from event where ${eventAt(400)}`),
      /^entry 399: Its event is missing/,
    ],
    [
      'an event that is gone under a forged tombstone',
      tx => tx.script(FORGED),
      /^entry 399: Its event is missing: a row .* but no tombstone entry of the log opens that row/,
    ],
    [
      'a tombstone that the log does not have',
      tx => tx.script(FORGED),
      /^log_tombstone 9000: It says that the content of entry 399 is deleted, and no tombstone entry/,
    ],
    [
      'a tombstone at the place of an event',
      tx => tx.script(FORGED.replace('9000', '17')),
      /^log_tombstone 17: It says that the content of entry 399/,
    ],
    ['an event put in later', tx => tx.script(INSERTED), /^event urn:uuid:\S+: It stands at position/],
    [
      'an event that was never handed over',
      tx => tx.script(UNLOGGED),
      /^event urn:uuid:\S+: It stands at position 590/,
    ],
    ['two events changed about', tx => tx.script(SWAPPED), /^entry 19: Event/],
    [
      'a full bundle',
      flip('log_bundle', 'body', 'n = 1', 40),
      /^entry 256: The entry does not agree with tile\/0\/001/,
    ],
    ['the order in a bundle', tx => tx.script(REORDERED), /^entry 1: Its capture position 1 is not behind 2/],
    ['the open end', flip('log_queue', 'body', 'true', 64 * 515), /^checkpoint: The 520 entries do not give the root/],
    ['a full tile', flip('log_tile', 'body', 'suite = 1 and level = 0 and n = 0', 99), /^entry 3: .*tile\/0\/000/],
    ['a tile above', flip('log_tile', 'body', 'suite = 1 and level = 1', 5), /^tile\/1\/000\.p\/2: The tile differs/],
    [
      'a tile of the other suite',
      flip('log_tile', 'body', 'suite = 2 and level = 1', 5),
      /^tile\/1\/000\.p\/2: The tile/,
    ],
    [
      'a tile that is gone',
      tx => tx.script('delete from log_tile where suite = 1 and level = 0 and n = 1'),
      /^entry 256|^tile|^checkpoint/,
    ],
    [
      'a bundle that is gone',
      tx => tx.script('delete from log_bundle where n = 0'),
      new RegExp(`^tile/${bundle}/000: .*missing`),
    ],
    ['the signed checkpoint', flip('log_tree', 'note', 'suite = 1', 30), /^checkpoint: /],
    ['the signature', flip('log_tree', 'note', 'suite = 2', 150), /^checkpoint: /],
    ['a run', tx => tx.script('update log_range set first_position = first_position + 1'), /log_range does not lead/],
  ]
  it.each(cases)('finds %s', async (_what, alter, expected) => {
    const found = await findingsWith(alter)
    expect(
      found.find(f => expected.test(f)),
      found.slice(0, 3).join('\n') || 'nothing was found',
    ).toBeDefined()
  })

  it('finds a log that was rewritten as a whole, by a checkpoint from outside', async () => {
    const note = room().published('sha256-ed25519')?.note ?? new Uint8Array(0)
    const known = { ...parseCheckpoint(textOf(parseNote(note).text)) }
    const other = { ...known, size: 300n, root: new Uint8Array(32) }
    const { findings } = await verifyDatabase(db(), { key: () => null, known: async () => [other, known] })
    expect(findings.some(f => f.words.en.includes('The first 300 entries are not those'))).toBe(true)
    const larger = await verifyDatabase(db(), { key: () => null, known: async () => [{ ...known, size: 521n }] })
    expect(larger.findings.map(f => f.words.en).join()).toContain('a checkpoint of 521 entries was published')
  })
})

describe('an event past its retention', () => {
  it('is deleted with a tombstone, its commitment cannot be opened any more, and the log still verifies', async () => {
    const [gone = '', kept = ''] = [ids[10], ids[11]]
    const { opening } = await proven(platform, gone)
    const organisation = await db().row<{ id: number; code: string }>(sql`select id, code from organisation limit 1`)
    const statement = { decidedBy: 'records office', ground: 'retention of 2 years ended' }
    if (!organisation) throw new Error('no organisation')
    const deletion = { event: gone, part: 0, reason: 'retention-ended' as const, statement, organisation }
    expect(await room().deleteContent(deletion)).toBe(10)
    await expect(room().deleteContent(deletion)).rejects.toThrow('eventID')
    await platform.capture(documentOf([objectEvent()]))
    expect(await logged(platform)).toBe(522)
    expect(await verify()).toMatchObject({ findings: [], opened: 520, deleted: 1 })
    for (const suite of ['sha256-ed25519', 'sm3-sm2'] as const)
      expect((await auditOf(platform, suite)).findings).toEqual([])
    expect((await platform.call(`/epcis/events/${gone}`)).status).toBe(404)
    expect((await platform.call(`/api/log/opening?event=${gone}`)).status).toBe(404)
    await proven(platform, kept)
    const blocks = await db().rows<{ body: Buffer; salts: Buffer }>(sql`select body, salts from event_block`)
    const salt = Buffer.from(opening.salt, 'base64')
    expect(blocks.some(b => b.salts.includes(salt))).toBe(false)
    expect(blocks.some(b => unpackBlock(b.body).some(e => e.bytes.includes(gone)))).toBe(false)
    const found = await findingsWith(tx => tx.script("update log_tombstone set statement = '{}'"))
    expect(found[0]).toContain('entry 520: The tombstone stored is not the one that was logged')
    expect(found[1]).toContain(
      'entry 10: Its event is missing: a row of log_tombstone says why, but no tombstone entry',
    )
    const salted = await findingsWith(flip('log_tombstone', 'salt', 'true', 3))
    expect(salted).toEqual(found)
    const without = await findingsWith(tx => tx.script('delete from log_tombstone'))
    expect(without.join()).toContain('entry 10: Its event is missing, and no tombstone says why')
    // One that was logged for another event says nothing of this one.
    const moved = await findingsWith(tx => tx.script(`${GONE}; update log_tombstone set target = 399`))
    expect(moved).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^entry 520: The tombstone stored is not the one/),
        expect.stringMatching(/^entry 399: Its event is missing: a row/),
        expect.stringMatching(/^entry 10: Its event is missing, and no tombstone/),
      ]),
    )
  })
})

describe('a reader of the log', () => {
  it('gets every entry once and in order, goes on where it was, and can be rebuilt', async () => {
    const seen: LogItem[] = []
    let fail = true
    const follower = {
      name: 'test-reader',
      batch: 100,
      async take(run: Run, tx: Queryable) {
        const items = await run.items()
        if (fail && (items[0]?.index ?? 0) >= 200) throw new Error('injected fault')
        await tx.rows(sql`select 1`)
        seen.push(...items)
      },
      async clear(tx: Queryable) {
        await tx.rows(sql`select 1`)
        seen.length = 0
      },
    }
    const first = room().readers.follow(follower)
    await expect(first.catchUp()).rejects.toThrow('injected fault')
    expect([seen.length, first.position()]).toEqual([200, 200])
    expect(first.lag()).toBe(322)
    fail = false
    await first.catchUp()
    expect(seen.map(i => i.index)).toEqual(Array.from({ length: 522 }, (_, i) => i))
    expect(seen.slice(9, 12).map(i => i.kind)).toEqual(['event', 'deleted', 'event'])
    expect(seen[520]).toMatchObject({ kind: 'tombstone', target: 10 })
    expect(seen[3]).toMatchObject({ kind: 'event', position: 4, event: { id: ids[3], part: 0 } })
    const metrics = await (await platform.call('/metrics', { key: null })).text()
    expect(metrics).toContain('yuanliu_log_reader_lag_test_reader 0')

    await platform.capture(documentOf([objectEvent(), objectEvent()]))
    await logged(platform)
    await first.catchUp()
    expect(seen.length).toBe(524)
    await first.rebuild()
    await first.catchUp()
    expect(seen.map(i => i.index)).toEqual(Array.from({ length: 524 }, (_, i) => i))
  })
})

async function alterBlock(tx: Queryable): Promise<void> {
  const row = await tx.row<{ id: number; body: Buffer; slot: number }>(
    sql`select b.id, b.body, e.slot from event_block b, event e where e.position = 301 and e.block = b.id`,
  )
  if (!row) throw new Error('no block')
  const events = unpackBlock(row.body).map((e, slot) => {
    if (slot !== row.slot) return e
    return { ...e, bytes: Buffer.from(e.bytes.toString().replace('in_transit', 'in_trans1t')) }
  })
  const body = await packBlock(events)
  await tx.run(sql`update event_block set body = ${body} where id = ${row.id}`)
}

async function reporter(tx: Queryable): Promise<void> {
  await tx.script(
    `insert into organisation (code, name, created) values ('another', 'another', 0);
     update event set organisation = (select id from organisation where code = 'another') where position = 9`,
  )
}

const COLUMNS =
  'part, id, type, action, time, zone, recorded, biz_step, disposition, read_point, biz_location, organisation, context, document, flags, block, slot, units, flow, declaration'
const INSERTED = `insert into event (key, position, ${COLUMNS})
  select gen_random_uuid(), 0, ${COLUMNS} from event where position = 3`
const UNLOGGED = `update capture_clock set position = 600; insert into event (key, position, ${COLUMNS})
  select gen_random_uuid(), 590, ${COLUMNS} from event where position = 3`
/** Everything of an event that a deletion takes away, and a tombstone that nobody logged. */
const GONE = `delete from event_unit where event = (select key from event where position = 400);
  delete from event where position = 400`
const FORGED = `${GONE}; insert into log_tombstone (position, target, reason, statement, salt, recorded, organisation)
  select 9000, 399, 1, '{"decidedBy":"nobody"}', decode(repeat('ab', 16), 'hex'), 1, min(id) from organisation`
const SWAPPED = `update event set position = -1 where position = 20; update event set position = 20 where position = 21;
  update event set position = 21 where position = -1`
const REORDERED = `update log_bundle set body = substring(body from 79 for 78) || substring(body from 1 for 78) || substring(body from 157) where n = 0`
