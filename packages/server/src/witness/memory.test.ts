import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ED25519_COSIGNATURE, SM2_COSIGNATURE } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { backupTo, createPlaces, ENGINE, migrations, openPlace } from '../backup/databases.fixture.ts'
import { restoreBackup } from '../backup/restore.ts'
import { readConfig } from '../lib/config.ts'
import { sql } from '../lib/db/sql.ts'
import { nodeCrypto } from '../lib/signing/node-crypto.ts'
import { createSigningKey } from '../lib/signing/signing-key.ts'
import { type Running, start } from '../start.ts'
import { dishonestLog } from './log.fixture.ts'
import { createWitness, openWitness } from './witness.ts'

/** A witness whose database goes back, by a backup or by other means, and what stands beside the database. */

const crypto = await nodeCrypto()
const folder = mkdtempSync(join(tmpdir(), 'yuanliu-witness-memory-'))
const places = createPlaces()
const file = (name: string) => join(folder, name)
const KEYS = { WITNESS_KEY_FILE: file('key'), WITNESS_SM_KEY_FILE: file('sm-key'), WITNESS_LOGS: file('logs') }
const OTHER = { WITNESS_KEY_FILE: file('key-2'), WITNESS_SM_KEY_FILE: file('sm-key-2') }
const [log, sm, later] = [
  dishonestLog('city.example/log'),
  dishonestLog('city.example/log/sm', 'sm3-sm2'),
  dishonestLog('later.example/log'),
]
let p: Platform
let store: string

beforeAll(async () => {
  for (const [paths, name] of [
    [KEYS, 'witness.example'],
    [OTHER, 'witness.example/2'],
  ] as const) {
    createSigningKey(paths.WITNESS_KEY_FILE, name, ED25519_COSIGNATURE, crypto)
    createSigningKey(paths.WITNESS_SM_KEY_FILE, `${name}/sm`, SM2_COSIGNATURE, crypto)
  }
  writeFileSync(KEYS.WITNESS_LOGS, `${[log, sm, later].map(l => l.line).join('\n')}\n`)
  store = file('store')
  p = await startPlatform({ LOG: 'off', LOG_LEVEL: 'silent', CHECKPOINT_STORE: store, ...KEYS })
})
afterAll(async () => {
  await p?.stop().catch(() => {})
  await places.remove()
  rmSync(folder, { recursive: true, force: true })
})

const add = async (on: Running, body: Promise<Uint8Array>) => {
  const { status, body: text } = await on.rooms.witness.add(await body)
  return { status, text }
}
const cosigned = async (on: Running, origin: string) =>
  Number((await on.rooms.witness.about()).logs.find(l => l.origin === origin)?.size)

describe('a witness whose database goes back', { timeout: 60_000 }, () => {
  it('takes over what it has cosigned from the files beside it, and cosigns no fork', async () => {
    for (const l of [log, sm]) {
      expect((await add(p.running, l.body(0, 5))).status).toBe(200)
      const before = await rowOf(l.origin)
      expect((await add(p.running, l.body(5, 20))).status).toBe(200)
      await putBack(l.origin, before)
    }
    // While it runs, too: not a start alone compares.
    expect(await add(p.running, log.body(5, 30, true))).toMatchObject({ status: 409, text: '20\n' })
    await p.restart()
    for (const l of [log, sm]) {
      expect(await cosigned(p.running, l.origin)).toBe(20)
      expect((await add(p.running, l.body(20, 30, true))).status).toBe(422)
      expect((await add(p.running, l.body(20, 30))).status).toBe(200)
    }
  })

  it('gives no cosignature that is not remembered, and remembers what it may have given', async () => {
    const ground = await openWitness(readConfig(p.env), p.running.parts.db.kind)
    if (!ground) throw new Error('no witness')
    const failing = { ...ground.memory, write: () => Promise.reject(new Error('disk full')) }
    const witness = createWitness(p.running.parts, { ...ground, memory: failing })
    await expect(witness.add(await log.body(30, 40))).rejects.toThrow('disk full')
    expect(await cosigned(p.running, log.origin)).toBe(30)
    // On disk before the commit: where that fails, the file is ahead, and is believed.
    await ground.memory.write(log.origin, await log.noteAt(40))
    expect(await add(p.running, log.body(30, 50, true))).toMatchObject({ status: 409, text: '40\n' })
    expect((await add(p.running, log.body(40, 50))).status).toBe(200)
    await ground.memory.close()
  })

  it('does not start with a file that is damaged, or that says otherwise for the same size', async () => {
    const path = join(
      store,
      readdirSync(store).find(f => readFileSync(join(store, f)).includes(`${sm.origin}\n`)) ?? '',
    )
    const right = readFileSync(path)
    const refused = async (bytes: Uint8Array | string) => {
      writeFileSync(path, bytes)
      return p.restart().then(
        () => null,
        error => (error as Error).message,
      )
    }
    expect(await refused('')).toMatch(/witness-checkpoint\.[0-9a-f]{64}: damaged .*见证记录文件损坏/)
    expect(await refused(String(right).replace('\n30\n', '\n31\n'))).toMatch(/damaged/)
    expect(await refused(await log.noteAt(50))).toMatch(/damaged \(it is of the log "city\.example\/log"\)/)
    expect(await refused(await sm.noteAt(30, true))).toMatch(/different checkpoints of 30 entries .*cosigned both/)
    expect(await refused(right)).toBe(null)
  })
})

describe('a witness that was restored from a backup', { timeout: 120_000 }, () => {
  const said: string[] = []
  let older: string
  beforeAll(async () => {
    older = places.file('older')
    await backupTo(p.running.parts.db, older)
    expect((await add(p.running, log.body(50, 60))).status).toBe(200)
    expect((await add(p.running, later.body(0, 9))).status).toBe(200)
  })

  /** Restores, starts with these settings, and does something with what runs. */
  async function restored(settings: Record<string, string>, work: (on: Running) => Promise<void>): Promise<void> {
    const place = await places.empty(ENGINE)
    const env = { ...p.env, DATABASE_URL: '', ...place, CHECKPOINT_STORE: join(place.DATA_DIR ?? '', 'store') }
    const settled = readConfig({ ...env, ...settings })
    const restoring = { path: older, open: () => openPlace(place), config: settled, migrations }
    const { db } = await restoreBackup({ ...restoring, say: words => said.push(words) })
    await db.close()
    for (const again of [false, true]) {
      const on = await start(settled)
      try {
        await (again ? Promise.resolve() : work(on))
      } finally {
        await on.stop()
      }
    }
  }

  it('does not go on under its key where nobody knows what it cosigned since, of no log; it says so', async () => {
    await restored({}, async on => {
      expect(said.join('\n')).toMatch(
        /was a witness of city\.example\/log, city\.example\/log\/sm\..*witness-checkpoint/,
      )
      // The last one is not in the backup: it may have been cosigned after it.
      for (const body of [log.body(50, 60, true), log.body(50, 60), sm.body(30, 40), later.body(0, 9, true)])
        expect(await add(on, body)).toMatchObject({
          status: 503,
          text: expect.stringMatching(/does not cosign: this database was restored.*暂不联署/),
        })
      expect((await on.rooms.witness.health())?.remark).toMatch(/witness\.example does not cosign.*new key/)
      expect(await cosigned(on, log.origin)).toBe(50)
    })
  })

  it('goes on under a new key and name', async () => {
    await restored(OTHER, async on => {
      expect((await on.rooms.witness.health())?.remark).not.toMatch(/does not cosign/)
      expect((await add(on, log.body(50, 61))).status).toBe(200)
      expect((await add(on, later.body(0, 9))).status).toBe(200)
    })
  })

  it('goes on under its key where the files are brought along, from where they are', async () => {
    const brought = file('brought')
    mkdirSync(brought)
    cpSync(store, brought, { recursive: true })
    await restored({ CHECKPOINT_STORE: brought }, async on => {
      expect(await add(on, log.body(50, 61, true))).toMatchObject({ status: 409, text: '60\n' })
      expect(await add(on, later.body(0, 12, true))).toMatchObject({ status: 409, text: '9\n' })
      expect((await add(on, log.body(60, 70))).status).toBe(200)
      expect((await on.rooms.witness.health())?.remark).not.toMatch(/does not cosign/)
    })
  })
})

type Row = { note: Buffer; cosigned: Buffer; cosigned_s: number }
async function rowOf(origin: string): Promise<Row> {
  const row = await p.running.parts.db.row<Row>(
    sql`select note, cosigned, cosigned_s from witness_log where origin = ${origin}`,
  )
  if (!row) throw new Error('no row')
  return row
}

async function putBack(origin: string, { note, cosigned, cosigned_s }: Row): Promise<void> {
  await p.running.parts.db.run(
    sql`update witness_log set note = ${note}, cosigned = ${cosigned}, cosigned_s = ${cosigned_s} where origin = ${origin}`,
  )
}
