import { decodeEntry, provesInclusion } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import type { Queryable } from '../lib/db/db.ts'
import { proveEntries } from './prove-entries.ts'
import { crypto, logged } from './reading.fixture.ts'
import { logKeyFolder } from './signing.fixture.ts'
import { type LogSuite, logSuite } from './suites.ts'

const keys = logKeyFolder('trace.example.org/log', crypto)
let platform: Platform
beforeAll(async () => {
  platform = await startPlatform({ LOG: 'sha256-ed25519,sm3-sm2', ...keys.env })
  await platform.capture(documentOf(Array.from({ length: 300 }, () => objectEvent())))
  await logged(platform)
})
afterAll(async () => {
  await platform.stop()
  keys.remove()
})

const db = () => platform.running.parts.db

function headOf(id: LogSuite['id']) {
  const shown = platform.running.rooms.log.published(id)
  if (!shown) throw new Error('no checkpoint')
  return { size: shown.size, root: shown.root }
}

/** Whether every entry from … to − 1 is given and proved under a head. */
async function proves(suite: LogSuite, head: { size: number; root: Uint8Array }, indexes: number[]) {
  const found = await proveEntries(db(), suite, head, indexes)
  expect(found.length).toBe(indexes.length)
  return found.every(({ entry, path }, i) => {
    const index = indexes[i] as number
    expect(decodeEntry(entry).position).toBe(BigInt(index + 1))
    const claim = {
      index: BigInt(index),
      size: BigInt(head.size),
      leafHash: suite.tree.leaf(entry),
      root: head.root,
      path,
    }
    return provesInclusion(suite.tree, claim)
  })
}

class Undo extends Error {}

/** What a proof says while the database is altered. */
async function proving(statement: string, index: number): Promise<unknown> {
  let said: unknown = null
  await db()
    .tx(async (tx: Queryable) => {
      await tx.script(statement)
      const suite = logSuite('sha256-ed25519', crypto)
      said = await proveEntries(tx, suite, headOf(suite.id), [index]).catch(error => error)
      throw new Undo()
    })
    .catch(error => {
      if (!(error instanceof Undo)) throw error
    })
  return said
}

describe('entries with their proofs', () => {
  it.each(['sha256-ed25519', 'sm3-sm2'] as const)(
    '%s: in full bundles and in the open one, as the log grows',
    async id => {
      const suite = logSuite(id, crypto)
      const before = headOf(id)
      const all = Array.from({ length: before.size }, (_, i) => i)
      expect(await proves(suite, before, all)).toBe(true)
      await platform.capture(documentOf(Array.from({ length: 260 }, () => objectEvent())))
      const size = await logged(platform)
      const now = headOf(id)
      expect(now.size).toBe(size)
      expect(await proves(suite, now, [0, 299, 300, size - 1])).toBe(true)
      // The older checkpoint still holds, though its open bundle is full by now; with and without what was kept.
      expect(await proves(suite, before, all)).toBe(true)
      expect(await proves(logSuite(id, crypto), before, all)).toBe(true)
    },
  )

  it.each([
    [
      'an entry that was altered',
      'update log_bundle set body = set_byte(body, 40, get_byte(body, 40) # 1) where n = 0',
    ],
    ['a bundle that is gone', 'delete from log_bundle where n = 0'],
    ['a tile that was altered', 'update log_tile set body = set_byte(body, 9, get_byte(body, 9) # 1) where suite = 1'],
    ['a tile that is gone', 'delete from log_tile where suite = 1 and level = 0 and n = 0'],
    ['a run of the open end', 'update log_queue set body = set_byte(body, octet_length(body) - 50, 0)'],
  ])('are not given with %s', async (_what, statement) => {
    const told = await proving(statement, 0)
    expect(told).toBeInstanceOf(Error)
    expect((told as Error).message).toMatch(/entry 0|tile\//)
  })
})
