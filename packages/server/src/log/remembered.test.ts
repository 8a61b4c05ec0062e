import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Checkpoint,
  ED25519,
  ED25519_COSIGNATURE,
  formatVerifierKey,
  type NoteSigner,
  parseCheckpoint,
  parseNote,
  type SuiteId,
  signCheckpoint,
  textOf,
  type VerifierKey,
} from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { readConfig } from '../lib/config.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import { createSigningKey, readSigningKey, signerOf } from '../lib/signing/signing-key.ts'
import { checkpointPath } from './checkpoint-store.ts'
import { freePorts } from './cosign/nodes.fixture.ts'
import { outsideOf } from './outside.ts'
import { crypto, logged } from './reading.fixture.ts'
import { logKeyFolder } from './signing.fixture.ts'
import { verifyDatabase } from './verify.ts'

/** Every checkpoint that an installation remembers is opened, and lies on the history of its log. */

const ORIGIN = 'trace.example.org/log'
const SIGNED = 12
const SUITE = 'sha256-ed25519' as const
const keys = logKeyFolder(ORIGIN, crypto)
const folder = mkdtempSync(join(tmpdir(), 'yuanliu-remembered-'))
const file = (name: string, text = '') => {
  if (text) writeFileSync(join(folder, name), text)
  return join(folder, name)
}
let platform: Platform
let witness: VerifierKey
let right: Checkpoint
let signer: NoteSigner

beforeAll(async () => {
  witness = createSigningKey(file('witness'), 'trace.example.org/witness', ED25519_COSIGNATURE, crypto)
  const [port = 0] = await freePorts(1)
  platform = await startPlatform({
    ...keys.env,
    LOG: 'sha256-ed25519,sm3-sm2',
    PORT: String(port),
    LOG_LEVEL: 'silent',
    CHECKPOINT_STORE: file('store'),
    WITNESS_KEY_FILE: file('witness'),
    WITNESS_LOGS: file('logs', `log ${formatVerifierKey(keys.key)}`),
    LOG_POLICY: file('policy', `witness w ${formatVerifierKey(witness)} http://127.0.0.1:${port}/witness\nquorum w`),
    LOG_COSIGN_MS: '3600000',
    ANCHOR: 'file',
    ANCHOR_FILE: file('anchors.jsonl'),
    ANCHOR_SECONDS: '2592000',
  })
  await platform.running.rooms.log.anchoring.stop()
  await capture(SIGNED)
  await db().script('update log_witness set next_ms = 0')
  await room().cosigning.round(SUITE)
  expect(await room().anchoring.step()).toBe(true)
  await capture(9)
  signer = signerOf(await readSigningKey(keys.env.LOG_KEY_FILE, crypto))
  right = parseCheckpoint(textOf(parseNote((await anchored()).note).text))
})
afterAll(async () => {
  await platform.stop()
  keys.remove()
  rmSync(folder, { recursive: true, force: true })
})

const db = () => platform.running.parts.db
const room = () => platform.running.rooms.log
const stored = (suite: SuiteId) => checkpointPath(file('store'), suite)
async function capture(events: number): Promise<void> {
  await platform.capture(documentOf(Array.from({ length: events }, () => objectEvent())))
  await logged(platform)
}
const anchored = async (tx: Queryable = db()) =>
  (await tx.row<{ note: Buffer }>(sql`select note from log_anchor where suite = 1`)) ?? { note: Buffer.of() }

class Undo extends Error {}

/** Findings while the database is altered, by the settings as they are; all is as before afterwards. */
async function findingsWith(alter?: (tx: Queryable) => Promise<unknown>, env = {}, given: VerifierKey[] = []) {
  const outside = await outsideOf(readConfig({ ...platform.env, ...env }), { keys: given })
  let found: string[] = []
  await db()
    .tx(async tx => {
      await alter?.(tx)
      found = (await verifyDatabase({ ...db(), ...tx }, outside)).findings.map(f => `${f.at}: ${f.words.en}`)
      throw new Undo()
    })
    .catch(error => {
      if (!(error instanceof Undo)) throw error
    })
  return found
}

/** Findings while a file of the folder of checkpoints has another content. */
async function findingsOf(path: string, content: Uint8Array | string): Promise<string[]> {
  const before = readFileSync(path)
  writeFileSync(path, content)
  try {
    return await findingsWith()
  } finally {
    writeFileSync(path, before)
  }
}

const flip = (table: string, column: string, at: number) => (tx: Queryable) =>
  tx.script(
    `update ${table} set ${column} = set_byte(${column}, ${at}, get_byte(${column}, ${at}) # 1) where suite = 1`,
  )
const script = (text: string) => (tx: Queryable) => tx.script(text)
const forged = async (checkpoint: Partial<Checkpoint>, by = signer) =>
  Buffer.from(await signCheckpoint({ ...right, ...checkpoint }, [by]))
const OTHER_ROOT = new Uint8Array(32).fill(7)

describe('checkpoints that are remembered', () => {
  it('are all as they were signed, and lie on the history', async () => {
    expect(await findingsWith()).toEqual([])
  })

  const cases: [string, (tx: Queryable) => Promise<unknown>, RegExp][] = [
    ['a cosigned checkpoint', flip('log_cosigned', 'note', 30), /^log_cosigned sha256-ed25519 12: .*is not believed/],
    [
      'its size',
      script('update log_cosigned set size = 13; update log_cosignature set size = 13'),
      /^log_cosigned sha256-ed25519 13: It says 13 entries, its checkpoint 12/,
    ],
    [
      'a cosigned checkpoint of another tree',
      async tx => tx.run(sql`update log_cosigned set note = ${await forged({ root: OTHER_ROOT })} where suite = 1`),
      /^log_cosigned sha256-ed25519 12: The first 12 entries are not those/,
    ],
    [
      'a cosignature',
      flip('log_cosignature', 'line', 60),
      // A wrong signature; no base64 any more where the bit makes another sign of the letter.
      /^log_cosignature sha256-ed25519 12 /,
    ],
    [
      'the name of a witness',
      script("update log_cosignature set witness = 'x+00000000'"),
      /^log_cosignature .*: The cos/,
    ],
    ['a cosignature that is gone', script('delete from log_cosignature'), /^log_cosigned .*cosignatures .* are gone/],
    ['a cosigned checkpoint that is gone', script('delete from log_cosigned'), /^log_cosignature .*is not there/],
    ['an anchored checkpoint', flip('log_anchor', 'note', 30), /^log_anchor sha256-ed25519 12 file: .*not believed/],
    ['its hash', flip('log_anchor', 'note_hash', 3), /^log_anchor sha256-ed25519 12 file: The hash .* is not that/],
    ['its size', script('update log_anchor set size = 11'), /^log_anchor sha256-ed25519 11 file: It says 11 entries/],
    ['its suite', script('update log_anchor set suite = 7 where suite = 1'), /^log_anchor 7 12: There is no suite/],
    [
      'an anchored checkpoint of another tree',
      async tx => tx.run(sql`update log_anchor set note = ${await forged({ root: OTHER_ROOT })} where suite = 1`),
      /^log_anchor sha256-ed25519 12 file: The first 12 entries are not those/,
    ],
    [
      'an anchored checkpoint of more entries than there are',
      async tx =>
        tx.run(
          sql`update log_anchor set size = 99, note = ${Buffer.from(await forged({ size: 99n }))} where suite = 1`,
        ),
      /^log_anchor sha256-ed25519 99 file: .*a checkpoint of 99 entries was published, the database has fewer/,
    ],
    ['what it witnessed of itself', script("update witness_log set note = '\\x00'"), /^witness_log .*not believed/],
    ['the size of the tree', script('update log_tree set size = 20 where suite = 1'), /^log_tree .*says 20 entries/],
    [
      'the name of the log',
      script("update log_tree set origin = 'x.example'"),
      /^log_tree .*It says the log x\.example/,
    ],
    [
      'the key of the log',
      script("update log_tree set key = 'x'"),
      /^checkpoint: The database has another verifier key/,
    ],
    [
      'evidence that the log has forked',
      async tx => {
        const [held, shown] = [await forged({ root: OTHER_ROOT }), (await anchored(tx)).note]
        await tx.run(
          sql`insert into log_fork values ('\\x01', 0, 2, ${ORIGIN}, 'w', 'refused', ${held}, ${shown}, null)`,
        )
      },
      /^log_fork 01 held: The first 12 entries are not those/,
    ],
  ]
  it.each(cases)('a difference is told of %s', async (_what, alter, expected) => {
    const found = await findingsWith(alter)
    expect(
      found.find(f => expected.test(f)),
      found.slice(0, 3).join('\n') || 'nothing was found',
    ).toBeDefined()
  })

  it('a difference is told of the file of anchors, by its line', async () => {
    const lines = readFileSync(file('anchors.jsonl'), 'utf8').trim().split('\n')
    const other = { ...JSON.parse(lines[0] ?? ''), root: `0x${'7'.repeat(64)}` }
    const ANCHOR_FILE = file('forked.jsonl', [...lines, '{"broken', JSON.stringify(other)].join('\n'))
    expect(await findingsWith(undefined, { ANCHOR_FILE })).toEqual([
      expect.stringMatching(
        /^forked\.jsonl 4: The first 12 entries are not those of a checkpoint that was seen before/,
      ),
    ])
  })

  it('a cosignature is held to its form where no key of a witness is known', async () => {
    const none = { LOG_POLICY: '' }
    expect(await findingsWith(undefined, none)).toEqual([])
    expect((await findingsWith(flip('log_cosignature', 'line', 0), none)).join()).toContain('is not believed')
    expect((await findingsWith(script("update log_cosignature set line = line || '\\x0a'"), none)).length).toBe(1)
  })

  it('a key that cannot be read, and no other, is told of and not thrown', async () => {
    const none = { LOG_KEY_FILE: file('none'), LOG_SM_KEY_FILE: file('none') }
    const found = await findingsWith(script("update log_tree set key = 'x'"), none)
    expect(found).toEqual(['sha256-ed25519', 'sm3-sm2'].map(s => `log_tree ${s}: The verifier key cannot be read: x`))
  })

  it('one by an earlier key is believed where that key is given, too', async () => {
    const earlier = createSigningKey(file('earlier'), ORIGIN, ED25519, crypto)
    const note = await forged({}, signerOf(await readSigningKey(file('earlier'), crypto)))
    const alter = async (tx: Queryable) => {
      await tx.run(sql`update log_anchor set note = ${note} where suite = 1`)
      await tx.script('update log_anchor set note_hash = sha256(note) where suite = 1')
    }
    expect(await findingsWith(alter)).toEqual([
      expect.stringMatching(
        /^log_anchor .*No signature by a known key.*where the key .* give the earlier one with --key/,
      ),
    ])
    expect(await findingsWith(alter, {}, [keys.key, earlier, earlier])).toEqual([])
  })
})

describe('the file of the last checkpoint', () => {
  it.each(['sha256-ed25519', 'sm3-sm2'] as const)(
    'of %s: every bit that is flipped is told, none throws',
    async suite => {
      const good = readFileSync(stored(suite))
      for (let at = 0; at < good.length; at += 5) {
        const bad = Buffer.from(good)
        bad[at] = (bad[at] ?? 0) ^ (1 << (at % 8))
        const found = await findingsOf(stored(suite), bad)
        expect(found, `byte ${at}`).toEqual([
          expect.stringContaining(`${stored(suite)}: The checkpoint kept here is not`),
        ])
      }
    },
    120_000,
  )

  it.each<[string, () => Promise<Uint8Array | string>, RegExp]>([
    ['of another tree', () => forged({ root: OTHER_ROOT }), /The first 12 entries are not those/],
    [
      'of more entries',
      () => forged({ size: 400n }),
      /a checkpoint of 400 entries was published, the database has fewer/,
    ],
    ['of another log', () => forged({ origin: 'other.example/log' }), /is of another log: other\.example\/log/],
    ['that is no text', async () => Buffer.from([0xff, 0xfe]), /Not valid UTF-8/],
  ])('%s is told with its place', async (_what, content, expected) => {
    const found = await findingsOf(stored(SUITE), await content())
    expect(found).toEqual([expect.stringMatching(expected)])
    expect(found[0]).toContain(stored(SUITE))
  })

  it('that cannot be read, and a list of ended logs that cannot, are told', async () => {
    const before = readFileSync(stored(SUITE))
    rmSync(stored(SUITE))
    mkdirSync(stored(SUITE))
    const list = join(file('store'), 'log-retired.json')
    writeFileSync(list, '{"retired": [{"suite": 1}]}')
    const aside = `${stored('sm3-sm2')}.retired-1`
    writeFileSync(aside, 'x')
    try {
      const found = await findingsWith()
      expect(found).toEqual([
        expect.stringContaining(`${list}: One of what it says is malformed`),
        expect.stringContaining(`${aside}: What is kept of a log that ended is not believed`),
        expect.stringContaining(`${stored(SUITE)}: The checkpoint cannot be read: EISDIR`),
      ])
      writeFileSync(list, '{"retired')
      expect((await findingsWith())[0]).toContain(`${list}: ${list}: cannot be read`)
    } finally {
      for (const path of [stored(SUITE), list, aside]) rmSync(path, { recursive: true })
      writeFileSync(stored(SUITE), before)
    }
    expect(await findingsWith()).toEqual([])
  })
})
