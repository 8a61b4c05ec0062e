import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatVerifierKey, noteVerifier, openNote } from '@yuanliu/core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { openDatabase } from '../../../../test/support/open-database.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { readConfig } from '../lib/config.ts'
import { createSigningKey } from '../lib/signing/signing-key.ts'
import { start } from '../start.ts'
import { crypto, logged, policyOf, proven } from './reading.fixture.ts'
import { retireLog } from './retire.ts'
import { startSigner } from './signer.fixture.ts'
import { logSuite } from './suites.ts'
import { verifyDatabase } from './verify.ts'

/** Logs whose keys other processes have: they come, go, come back, and sign wrongly. */

const ORIGIN = 'trace.example.org/log'
const folder = mkdtempSync(join(tmpdir(), 'yuanliu-signer-'))
const signers: { stop(): Promise<void> }[] = []
async function signing(socket: string, keyFile: string) {
  const signer = await startSigner(socket, keyFile)
  signers.push(signer)
  return signer
}
const stopSigners = async () => {
  for (const signer of signers.splice(0)) await signer.stop()
}
afterAll(async () => {
  await stopSigners()
  rmSync(folder, { recursive: true, force: true })
})

const BOTH = [
  { suite: 'sha256-ed25519', prefix: 'LOG_', origin: ORIGIN },
  { suite: 'sm3-sm2', prefix: 'LOG_SM_', origin: `${ORIGIN}/sm` },
] as const

// Each engine tries one suite to the end: neither knows of the other.
describe.each(BOTH.filter(({ suite }) => (suite === 'sm3-sm2') === (process.env.DATABASE_URL !== undefined)))(
  'a log of $suite whose key is in a signer',
  { timeout: 60_000 },
  ({ suite, prefix, origin }) => {
    const path = (name: string) => join(folder, `${suite}-${name}`)
    const [key, follower] = ['key', 'next-key', 'other-key'].map(name =>
      createSigningKey(path(name), origin, logSuite(suite, crypto).logKey, crypto),
    ) as [Parameters<typeof formatVerifierKey>[0], Parameters<typeof formatVerifierKey>[0]]
    const settings = (signer: string, next = ''): Record<string, string> => ({
      [`${prefix}SIGNER`]: signer && `unix:${path(signer)}`,
      [`${prefix}NEXT_SIGNER`]: next && `unix:${path(next)}`,
    })
    let p: Platform
    let captured = 0
    beforeAll(async () => {
      p = await startPlatform({ LOG: suite, LOG_LEVEL: 'silent', ...settings('socket') })
    })
    afterEach(stopSigners)
    afterAll(() => p?.stop().catch(() => {}))

    const health = async () => (await (await p.call('/health')).json()).log
    const size = () => p.running.rooms.log.size()
    async function capture(events = 1): Promise<string> {
      const made = Array.from({ length: events }, () => objectEvent())
      await p.capture(documentOf(made))
      captured += events
      return (made[0] as { eventID: string }).eventID
    }
    const startWith = (changed: Record<string, string>) => {
      Object.assign(p.env, changed)
      return p.restart()
    }
    const findings = async () =>
      (await verifyDatabase(p.running.parts.db, { key: () => null, known: async () => [] })).findings
    const says = (words: string) =>
      expect.poll(health, { timeout: 10_000 }).toMatchObject({
        leads: false,
        signer: expect.stringContaining(words),
      })

    it('starts without it, takes captures, says so, and begins when it answers', async () => {
      expect(await health()).toMatchObject({
        size: 0,
        leads: false,
        signer: expect.stringContaining('cannot be reached'),
      })
      expect(await health()).not.toHaveProperty('missingKey')
      await capture(3)
      expect(size()).toBe(0)
      await signing(path('socket'), path('key'))
      expect(await logged(p, captured)).toBe(captured)
      expect(await health()).toMatchObject({ leads: true })
      expect(await health()).not.toHaveProperty('signer')
      expect(formatVerifierKey((await policyOf(p, suite)).key)).toBe(formatVerifierKey(key))
      const event = await capture()
      await logged(p, captured)
      await proven(p, event, suite)
    })

    it('publishes nothing while it is gone or signs wrongly, its lag grows, captures go on; then it catches up', async () => {
      const signer = await signing(path('socket'), path('key'))
      await capture(2)
      expect(await logged(p, captured)).toBe(captured)
      const before = captured
      await signer.stop()
      await capture(2)
      await says('cannot be reached')
      const { lag } = await health()
      await signing(path('socket'), path('other-key'))
      await says('does not verify with the public key')
      await capture(2)
      expect((await health()).lag).toBeGreaterThan(lag)
      expect(size()).toBe(before)
      await stopSigners()
      await signing(path('socket'), path('key'))
      expect(await logged(p, captured)).toBe(captured)
      expect(await health()).not.toHaveProperty('signer')
      expect(await findings()).toEqual([])
    })

    it('with another key than the log’s is refused at the start, and not believed where it comes later', async () => {
      await startWith({})
      await capture(2)
      await says('cannot be reached')
      expect(size()).toBe(captured - 2)
      await signing(path('socket'), path('other-key'))
      await says('this is not the key of the log')
      await expect(startWith({})).rejects.toThrow('this is not the key of the log in this database')
      await stopSigners()
      await startWith({})
      await signing(path('socket'), path('key'))
      expect(await logged(p, captured)).toBe(captured)
    })

    it('goes over to another signer, and both sign meanwhile', async () => {
      await signing(path('socket'), path('key'))
      await startWith(settings('socket', 'next-socket'))
      await says('next-socket: cannot be reached')
      await signing(path('next-socket'), path('next-key'))
      await capture(2)
      expect(await logged(p, captured)).toBe(captured)
      const named = (await policyOf(p, suite)).policy.logs.map(log => formatVerifierKey(log.key))
      expect(named).toEqual([key, follower].map(k => formatVerifierKey(k)))
      await startWith(settings('next-socket'))
      await capture(2)
      expect(await logged(p, captured)).toBe(captured)
      expect(formatVerifierKey((await policyOf(p, suite)).key)).toBe(formatVerifierKey(follower))
      expect(await findings()).toEqual([])
    })

    it.skipIf(!process.env.DATABASE_URL)('gives the lead to a process whose signer works', async () => {
      const first = await signing(path('next-socket'), path('next-key'))
      await signing(path('socket'), path('next-key'))
      await startWith(settings('next-socket'))
      await capture()
      expect(await logged(p, captured)).toBe(captured)
      const DATA_DIR = mkdtempSync(join(folder, 'second-'))
      const second = await start(readConfig({ ...p.env, ...settings('socket'), DATA_DIR }))
      try {
        expect(await health()).toMatchObject({ leads: true })
        await first.stop()
        await capture(3)
        expect(await logged(p, captured)).toBe(captured)
        expect(await second.rooms.log.health()).toMatchObject({ size: captured, leads: true })
        expect(await health()).toMatchObject({ leads: false, signer: expect.stringContaining('cannot be reached') })
        expect(await findings()).toEqual([])
      } finally {
        await second.stop()
      }
    })

    it('ends with a statement that the signer signs, and the next log has its key in a file', async () => {
      await p.running.stop()
      const retire = { newOrigin: `${ORIGIN}2`, reason: 'the module is replaced', before: async () => {} }
      const db = await openDatabase(p.env)
      const config = readConfig(p.env)
      await expect(retireLog(config, db, retire)).rejects.toThrow(
        /cannot be reached.*Where it is lost, run this without/,
      )
      await signing(path('next-socket'), path('next-key'))
      const [said] = await retireLog(config, db, retire)
      await db.close()
      const { verified } = await openNote(Buffer.from(said?.statement ?? ''), [noteVerifier(follower, crypto.checks)])
      expect(verified.map(v => v.name)).toEqual([origin])
      expect(said).toMatchObject({ origin, signedByOldKey: true, size: captured })
      await expect(startWith({})).rejects.toThrow(/was ended, and the key of the one after it is in .*LOG_NEXT_SIGNER/)
      await startWith(settings(''))
      expect(await logged(p, captured)).toBe(captured)
      expect((await policyOf(p, suite)).key.name).toBe(said?.newOrigin)
    })
  },
)
