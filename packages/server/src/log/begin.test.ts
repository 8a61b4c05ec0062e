import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { readConfig } from '../lib/config.ts'
import { openGround } from './log.ts'
import { auditOf, crypto, logged } from './reading.fixture.ts'
import { logKeyFolder } from './signing.fixture.ts'
import { verifyDatabase } from './verify.ts'

const keys = logKeyFolder('trace.example.org/log', crypto)
let platform: Platform
beforeAll(async () => {
  platform = await startPlatform({ LOG: 'off' })
})
afterAll(async () => {
  await platform.stop().catch(() => {})
  keys.remove()
})

const both = 'sha256-ed25519,sm3-sm2'
const noKey = () => join(platform.env.DATA_DIR ?? '', 'no-key')
const db = () => platform.running.parts.db
const capture = (events: number) => platform.capture(documentOf(Array.from({ length: events }, () => objectEvent())))
const verify = () => verifyDatabase(db(), { key: () => null, known: async () => [] })
const health = async () => (await (await platform.call('/health')).json()).log
const checkpoint = () => join(platform.env.DATA_DIR ?? '', 'log-checkpoint.sha256-ed25519')

/** Stops, and starts again under other settings; the reason where that is refused. */
async function startAgain(settings: Record<string, string>): Promise<string | null> {
  const before = { ...platform.env }
  Object.assign(platform.env, settings)
  try {
    await platform.restart()
    return null
  } catch (error) {
    Object.assign(platform.env, before)
    return (error as Error).message
  }
}

/** Why a start under these settings is refused, before anything is signed; null where it is not. */
async function refusal(settings: Record<string, string>): Promise<string | null> {
  try {
    const ground = await openGround(db(), readConfig({ ...platform.env, ...settings }))
    await ground?.store.close()
    return null
  } catch (error) {
    return (error as Error).message
  }
}

describe('a log', () => {
  it('is not there under LOG=off', async () => {
    await capture(3)
    expect(await health()).toBe(null)
    for (const path of ['/log/checkpoint', '/log/tile/0/000', '/log/policy'])
      expect((await platform.call(path, { key: null })).status).toBe(404)
    expect((await (await platform.call('/api/log', { key: null })).json()).logs).toEqual([])
    const proof = await platform.call('/api/log/proof?event=a', { key: null })
    expect([proof.status, (await proof.json()).type]).toEqual([404, expect.stringMatching(/log-off$/)])
  })

  it('that begins later takes in everything captured before, also from before there were salts', async () => {
    const twice = objectEvent()
    await platform.capture(documentOf([twice]))
    await platform.capture(documentOf([twice, objectEvent()]))
    await capture(700)
    await db().script('update event_block set salts = null where first_ordinal < 300')
    expect(await startAgain({ LOG: 'sha256-ed25519', ...keys.env })).toBe(null)
    expect(await logged(platform, 705)).toBe(705)
    await capture(10)
    expect(await logged(platform, 715)).toBe(715)
    expect(await verify()).toMatchObject({ findings: [], opened: 715 })
    expect((await auditOf(platform)).findings).toEqual([])
  })

  it('gets a second suite over all its entries, which can be switched off and on again', async () => {
    expect(await startAgain({ LOG: both })).toBe(null)
    // It catches up by itself, also where nothing is captured.
    await expect.poll(() => platform.running.rooms.log.published('sm3-sm2')?.size, { timeout: 20_000 }).toBe(715)
    await capture(5)
    await logged(platform, 720)
    expect(platform.running.rooms.log.published('sm3-sm2')?.size).toBe(720)
    for (const suite of ['sha256-ed25519', 'sm3-sm2'] as const)
      expect((await auditOf(platform, suite)).findings).toEqual([])
    expect(await startAgain({ LOG: 'sha256-ed25519', LOG_KEY_FILE: noKey() })).toBe(null)
    expect((await platform.call('/log/sm/checkpoint', { key: null })).status).toBe(404)
  })

  it('is never led without its key, which /health says; captures go on and are logged later', async () => {
    await capture(900)
    const wait = await platform.call('/epcis/capture', {
      method: 'POST',
      body: JSON.stringify(documentOf([objectEvent()])),
      headers: { prefer: 'wait=1' },
    })
    expect([wait.status, wait.headers.get('preference-applied')]).toEqual([202, null])
    expect(await health()).toMatchObject({ size: 720, leads: false, missingKey: expect.stringContaining('no-key') })
    expect(existsSync(noKey())).toBe(false)
    // One suite goes on alone; the other catches up when it is on again.
    expect(await startAgain({ LOG_KEY_FILE: keys.env.LOG_KEY_FILE })).toBe(null)
    expect(await logged(platform, 1621)).toBe(1621)
    expect(await startAgain({ LOG: both })).toBe(null)
    await capture(5)
    expect(await logged(platform, 1626)).toBe(1626)
    expect((await auditOf(platform, 'sm3-sm2')).checkpoint?.size).toBe(1626n)
    expect(await verify()).toMatchObject({ findings: [], opened: 1626 })
  })

  it('stops the start, in words, where it was switched off, has another key, or is less than was published', async () => {
    const other = logKeyFolder('trace.example.org/log', crypto)
    expect(await refusal({ LOG: 'off' })).toContain('LOG=off, but this database has the log "trace.example.org/log"')
    expect(await refusal({ LOG_KEY_FILE: other.env.LOG_KEY_FILE })).toContain(
      'is not the key of the log in this database',
    )
    expect(await refusal({ LOG_KEY_FILE: keys.env.LOG_SM_KEY_FILE })).toContain('sha256-ed25519 needs ed25519')
    expect(await refusal({})).toBe(null)
    other.remove()

    // What was published is kept; the database goes back to a copy without the log.
    await platform.running.rooms.log.stop()
    expect(readFileSync(checkpoint(), 'utf8')).toContain('\n1626\n')
    await db().script('truncate log_state, log_tree, log_queue, log_range, log_bundle, log_tile')
    expect(await refusal({})).toContain('does not exist. Has an older copy been put back, or an empty database')
    expect(await startAgain({})).toContain('does not exist. Has an older copy been put back')
  })
})

describe.skipIf(process.env.DATABASE_URL)('on the embedded database', () => {
  it('the first start makes a key for its owner alone, sealed where there is a passphrase', async () => {
    const passphrase = '口令 of many characters'
    const fresh = await startPlatform({ LOG: 'sm3-sm2', LOG_KEY_PASSPHRASE: passphrase })
    try {
      const path = join(fresh.env.DATA_DIR ?? '', 'log-sm-key')
      expect(statSync(path).mode & 0o777).toBe(0o600)
      expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ sealed: { cipher: 'sm4-ctr-hmac-sm3' } })
      await fresh.capture(documentOf([objectEvent()]))
      expect(await fresh.running.rooms.log.covered(1, 10_000)).toBe(true)
      expect((await auditOf(fresh, 'sm3-sm2')).findings).toEqual([])
      fresh.env.LOG_KEY_PASSPHRASE = 'another passphrase'
      await expect(fresh.restart()).rejects.toThrow('the passphrase is wrong')
    } finally {
      await fresh.stop().catch(() => {})
    }
  })
})
