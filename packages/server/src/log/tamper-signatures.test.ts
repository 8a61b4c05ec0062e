import { createHash } from 'node:crypto'
import type { Subject } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import { idOf, seconds, subjectsOf } from '../signing/signing.fixture.ts'
import { crypto, logged } from './reading.fixture.ts'
import { logKeyFolder } from './signing.fixture.ts'
import { verifyDatabase } from './verify.ts'

const keys = logKeyFolder('trace.example.org/log', crypto)
let p: Platform
let s: Awaited<ReturnType<typeof subjectsOf>>
let thief: Subject
const [single, other, first, second] = Array.from({ length: 4 }, () => objectEvent()) as [
  object,
  object,
  object,
  object,
]

beforeAll(async () => {
  p = await startPlatform({ LOG: 'sha256-ed25519,sm3-sm2', ...keys.env })
  s = await subjectsOf(p)
  const lab = await s.subject('lab', 'testing', 'sm3-sm2')
  const farm = await s.subject('farm', 'enterprise')
  thief = await s.subject('lost', 'certification')
  for (const [document, by] of [
    [documentOf([single]), lab],
    [documentOf([first, second]), farm],
    [documentOf([other]), thief],
  ] as const)
    expect((await s.send(document, [await s.note(by, document)])).status).toBe(202)
  expect((await s.revoke('lost', thief)).status).toBe(200)
  await logged(p)
})
afterAll(async () => {
  s.remove()
  keys.remove()
  await p.stop()
})

class Undo extends Error {}

/** Findings while something is altered; the database is as before afterwards. */
async function findingsWith(alter: (tx: Queryable) => Promise<unknown>): Promise<string[]> {
  let found: string[] = []
  const { db, codes } = p.running.parts
  await db
    .tx(async tx => {
      await alter(tx)
      const outside = { key: () => null, known: async () => [], codes }
      found = (await verifyDatabase({ ...db, ...tx }, outside)).findings.map(f => `${f.at}: ${f.words.en}`)
      throw new Undo()
    })
    .catch(error => {
      if (!(error instanceof Undo)) throw error
    })
  return found
}

/** A note over the first event by the key that was revoked, put where a note could have stood before. */
async function backdated(tx: Queryable): Promise<void> {
  const note = await s.note(thief, documentOf([single]), seconds())
  const digest = createHash('sha256').update(note).digest()
  const key = await tx.row<{ id: number }>(sql`select id from signing_key where name = 'lost'`)
  const row = await tx.row<{ id: number }>(
    sql`insert into event_signature (signing_key, digest, position, recorded, signed, note, leaves)
        select ${key?.id ?? 0}, ${digest}, max(position) - 1000000, max(recorded), ${Number(seconds())}, ${note}, null
        from event_signature returning id`,
  )
  await tx.run(
    sql`insert into signed_event (event, part, signature, leaf)
        select key, 0, ${row?.id ?? 0}::bigint, 0 from event where id = ${idOf(single as Record<string, unknown>)}`,
  )
}

const script = (text: string) => (tx: Queryable) => tx.script(text)
const ofLab = `signing_key = (select id from signing_key where name = 'lab')`

describe('log verify finds, of subjects that sign,', () => {
  it('nothing where nothing was altered', async () => {
    const { db, codes } = p.running.parts
    const result = await verifyDatabase(db, { key: () => null, known: async () => [], codes })
    expect(result).toMatchObject({ findings: [], signatures: 3, late: 0 })
  })

  const cases: [string, (tx: Queryable) => Promise<unknown>, RegExp][] = [
    [
      'a note by a stolen key with an older position',
      backdated,
      /^event_signature \d+: The log does not say that it came/,
    ],
    [
      'such a note with a statement that has no entry',
      async tx => {
        await backdated(tx)
        await tx.script(`insert into log_statement (position, says, subject, salt)
          select position, 3, id, decode(repeat('00', 16), 'hex') from event_signature order by position limit 1`)
      },
      /^log_statement -\d+: It has no entry in the log|^event_signature/,
    ],
    [
      'a note whose text was altered',
      script(`update event_signature set note = replace(note, 'events 1', 'events 2') where ${ofLab}`),
      /^entry \d+: A signing key or a signature/,
    ],
    [
      'another time of receipt',
      script(`update event_signature set recorded = recorded - 1 where ${ofLab}`),
      /^entry \d+: A signing key or a signature/,
    ],
    [
      'a note that was moved',
      script(`update event_signature set position = position + 1000000 where ${ofLab}`),
      /^event_signature \d+: It is not at the position that the log says/,
    ],
    [
      'a note that is said to sign another event',
      tx =>
        tx.run(
          sql`update signed_event set event = (select key from event where id = ${idOf(other as Record<string, unknown>)})
              where signature = (select id from event_signature where signing_key = (select id from signing_key where name = 'lab'))`,
        ),
      /^event_signature \d+: It does not cover the event/,
    ],
    [
      'events of a document that were exchanged',
      script(`update signed_event set leaf = 1 - leaf where signature =
        (select id from event_signature where leaves is not null)`),
      /^event_signature \d+: It does not cover the event/,
    ],
    [
      'leaves that are not those signed',
      script(
        `update event_signature set leaves = set_byte(leaves, 3, get_byte(leaves, 3) # 1) where leaves is not null`,
      ),
      /^event_signature \d+: Its leaves are not those/,
    ],
    [
      'an enterprise that was made a regulator',
      script(`update signing_key set kind = 'regulator' where name = 'farm'`),
      /^entry \d+: A signing key or a signature/,
    ],
    [
      'a key that was put in',
      script(`insert into signing_key (organisation, kind, key, name, key_id, label, valid_from, registered)
        select organisation, 'regulator', key, 'bureau', key_id, '', valid_from, registered from signing_key where name = 'farm'`),
      /^signing_key bureau\+\w{8}: The log does not say that it was registered/,
    ],
    [
      'a revocation that was taken back',
      script(`update signing_key set revoked = null, revoked_at = null where name = 'lost'`),
      /^signing_key lost\+\w{8}: Whether it is revoked is not what the log says/,
    ],
    [
      'a revocation that was brought forward',
      script(`update signing_key set revoked_at = revoked_at + 50 where name = 'lost'`),
      /^signing_key lost\+\w{8}: It is not revoked at the position/,
    ],
    [
      'a validity that was lengthened',
      script(`update signing_key set valid_until = 4000000000000000 where name = 'lab'`),
      /^entry \d+: A signing key or a signature/,
    ],
    [
      'a note that was taken away',
      script(`delete from signed_event where signature in (select id from event_signature where ${ofLab});
        delete from event_signature where ${ofLab}`),
      /^entry \d+: A signing key or a signature/,
    ],
    [
      'a statement that was taken away',
      script('delete from log_statement where says = 3'),
      /^entry \d+: A signing key or a signature/,
    ],
    [
      'an event that is said to be signed by nothing',
      script('insert into signed_event (event, part, signature, leaf) select key, part, 999999, 0 from event limit 1'),
      /^signed_event \S+: There is no such signature/,
    ],
  ]
  it.each(cases)('%s', async (_what, alter, expected) => {
    const found = await findingsWith(alter)
    expect(found).toEqual(expect.arrayContaining([expect.stringMatching(expected)]))
  })
})
