import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ED25519_COSIGNATURE, formatVerifierKey } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { readConfig } from '../lib/config.ts'
import { createSigningKey } from '../lib/signing/signing-key.ts'
import { anchorAdapter, createAnchoring } from '../log/anchor/anchoring.ts'
import { startGateway } from '../log/anchor/gateway.fixture.ts'
import { crypto, logged } from '../log/reading.fixture.ts'
import { logKeyFolder } from '../log/signing.fixture.ts'
import { readRelations } from './catalogue-store.ts'
import { backupTo, createPlaces, ENGINE, migrations, openPlace } from './databases.fixture.ts'
import { restoreBackup } from './restore.ts'

/** Restores on a machine that remembers nothing, while a witness and an anchor elsewhere do. */

const folder = mkdtempSync(join(tmpdir(), 'yuanliu-published-'))
const places = createPlaces()
const keys = logKeyFolder('trace.example.org/log', crypto)
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const QUIET = { LOG_LEVEL: 'silent', LOG_COSIGN_MS: '3600000' }
const ANCHORED = { ANCHOR: 'file', ANCHOR_FILE: join(folder, 'anchors.jsonl') }
let witness: Platform
let platform: Platform
let witnessed: Record<string, string>
let place: Record<string, string>

const capture = async (count: number) => {
  await platform.capture(documentOf(Array.from({ length: count }, () => objectEvent())))
  return logged(platform)
}

beforeAll(async () => {
  const WITNESS_KEY_FILE = join(folder, 'witness-key')
  const key = createSigningKey(WITNESS_KEY_FILE, 'witness.example/witness', ED25519_COSIGNATURE, crypto)
  const WITNESS_LOGS = file('logs', `log ${formatVerifierKey(keys.key)}\n`)
  witness = await startPlatform({ ...QUIET, LOG: 'off', WITNESS_KEY_FILE, WITNESS_LOGS })
  witnessed = { LOG_POLICY: file('policy', `witness w ${formatVerifierKey(key)} ${witness.url}/witness\nquorum w\n`) }
})
beforeAll(async () => {
  platform = await startPlatform({ ...QUIET, ...keys.env, ...witnessed })
})
beforeAll(async () => {
  const { parts, rooms } = platform.running
  expect(await capture(3)).toBe(3)
  await backupTo(parts.db, places.file('older'))
  expect(await capture(3)).toBe(6)
  await backupTo(parts.db, places.file('newer'))
  await parts.db.script('update log_witness set next_ms = 0')
  await rooms.log.cosigning.round('sha256-ed25519')
  const { suites, published } = rooms.log
  const adapter = anchorAdapter(readConfig({ ...platform.env, ...ANCHORED }))
  expect(await createAnchoring({ ...parts, suites, published, adapter, every: 0 }).step()).toBe(true)
  place = await places.empty(ENGINE)
})
afterAll(async () => {
  await platform?.stop()
  await witness?.stop()
  keys.remove()
  await places.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** Restores; what could not be compared, or the words of the refusal. The place is empty again afterwards. */
async function restore(name: string, settings: Record<string, string>): Promise<{ said: string[]; refused?: string }> {
  const said: string[] = []
  const config = readConfig({ ...place, ...keys.env, ...settings })
  const open = () => openPlace(place)
  const restoring = { path: places.file(name), open, config, migrations, say: (words: string) => said.push(words) }
  try {
    const { db, rows } = await restoreBackup(restoring)
    expect(rows).toBeGreaterThan(6)
    await db.script('drop schema public cascade; create schema public')
    await db.close()
    return { said }
  } catch (error) {
    const db = await open()
    expect(await readRelations(db)).toEqual([])
    await db.close()
    return { said, refused: (error as Error).message }
  }
}

describe('a backup older than what was published, and a machine that remembers nothing', { timeout: 300_000 }, () => {
  it('is refused where an anchor shows a longer log', async () => {
    const { refused, said } = await restore('older', ANCHORED)
    expect(refused).toMatch(
      /^A checkpoint of 6 entries of the log "trace.example.org\/log" was anchored \(anchors.jsonl\); the backup has 3\./,
    )
    expect(said).toEqual([])
  })

  it('is refused where a witness holds a longer one that our own key signed', async () => {
    const { refused } = await restore('older', witnessed)
    expect(refused).toMatch(/the witness w .*holds a checkpoint of 6 entries .*but this database has only 3/)
    expect(refused).toContain('signed by this log’s own key')
  })

  it('is restored where it has all that they have seen', async () => {
    expect(await restore('newer', { ...ANCHORED, ...witnessed })).toEqual({ said: [] })
  })

  it('is refused where an anchor has another content of what the backup has', async () => {
    const lines = readFileSync(ANCHORED.ANCHOR_FILE, 'utf8').trim().split('\n')
    const other = lines.map(line => JSON.stringify({ ...JSON.parse(line), root: `0x${'7'.repeat(64)}` }))
    const forked = { ANCHOR: 'file', ANCHOR_FILE: file('forked.jsonl', other.join('\n')) }
    expect((await restore('newer', forked)).refused).toMatch(
      /^Another content of the first 6 entries of the log "trace.example.org\/log" was anchored \(forked.jsonl\)/,
    )
  })

  it('is held against a chain that tells no roots by the anchors that it has', async () => {
    const gateway = await startGateway()
    const chain = { ANCHOR: 'webase', ANCHOR_URL: gateway.url, ANCHOR_USER: `0x${'d'.repeat(40)}` }
    const settings = { ...chain, ANCHOR_CONTRACT: `0x${'c'.repeat(40)}` }
    try {
      const { parts, rooms } = platform.running
      const { suites, published } = rooms.log
      const adapter = anchorAdapter(readConfig({ ...platform.env, ...settings }))
      expect(await createAnchoring({ ...parts, suites, published, adapter, every: 0 }).step()).toBe(true)
      await backupTo(parts.db, places.file('on-chain'))
      expect(await restore('on-chain', settings)).toEqual({ said: [] })
      // One that has no row of it cannot name what it asks for.
      expect((await restore('newer', settings)).said.join()).toContain('has a checkpoint of 6 entries that the backup')
      for (const [key, entry] of gateway.entries) gateway.entries.set(key, { ...entry, root: `0x${'7'.repeat(64)}` })
      expect((await restore('on-chain', settings)).refused).toMatch(
        /^Another content of the first 6 entries .*FISCO BCOS/,
      )
    } finally {
      await gateway.close()
    }
  })

  it('is restored where nobody answers, and says whom it could not ask', async () => {
    await witness.running.stop()
    const gone = { ANCHOR: 'webase', ANCHOR_URL: witness.url, ANCHOR_USER: `0x${'d'.repeat(40)}` }
    const settings = { ...gone, ANCHOR_CONTRACT: `0x${'c'.repeat(40)}`, ...witnessed }
    const { refused, said } = await restore('older', settings)
    expect(refused).toBeUndefined()
    expect(said.join('\n')).toMatch(/could not be asked what was anchored[\s\S]*the witness w could not be asked/)
  })
})
