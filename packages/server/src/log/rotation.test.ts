import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatVerifierKey, noteVerifier, openCheckpoint, Refusal, type VerifierKey } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { createSigningKey } from '../lib/signing/signing-key.ts'
import { crypto, policyOf, sourceOf } from './reading.fixture.ts'
import { logSuite } from './suites.ts'
import { verifyDatabase } from './verify.ts'

const ORIGIN = 'trace.example.org/log'
const folder = mkdtempSync(join(tmpdir(), 'yuanliu-rotation-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each([
  { suite: 'sha256-ed25519', present: 'LOG_KEY_FILE', next: 'LOG_NEXT_KEY_FILE' },
  { suite: 'sm3-sm2', present: 'LOG_SM_KEY_FILE', next: 'LOG_SM_NEXT_KEY_FILE' },
] as const)('a log of $suite whose key changes', ({ suite, present, next }) => {
  const path = (name: string) => join(folder, `${suite}-${name}`)
  const make = (name: string, origin = ORIGIN) =>
    createSigningKey(path(name), origin, logSuite(suite, crypto).logKey, crypto)
  const [first, second] = [make('first'), make('second')]
  make('third')
  make('other', 'other.example.org/log')
  let p: Platform
  beforeAll(async () => {
    p = await startPlatform({ LOG: suite, [present]: path('first') })
  })
  afterAll(() => p.stop())

  async function capture(events: number): Promise<void> {
    const { size } = p.running.rooms.log
    const before = size() ?? 0
    await p.capture(documentOf(Array.from({ length: events }, () => objectEvent())))
    await expect.poll(size, { timeout: 10_000 }).toBe(before + events)
  }
  async function startWith(settings: Record<string, string>): Promise<void> {
    for (const name of [present, next]) delete p.env[name]
    Object.assign(p.env, settings)
    await p.restart()
  }
  const believed = async (key: VerifierKey) => {
    const note = await sourceOf(p, suite).checkpoint()
    return openCheckpoint(note, { origin: ORIGIN, keys: [noteVerifier(key, crypto.checks)] }).then(
      () => true,
      error => {
        if (error instanceof Refusal) return false
        throw error
      },
    )
  }
  const named = async () => (await policyOf(p, suite)).policy.logs.map(log => formatVerifierKey(log.key))
  const both = () => [first, second].map(formatVerifierKey)

  it('refuses a key that has signed nothing beside the first', async () => {
    await capture(3)
    await expect(startWith({ [present]: path('second') })).rejects.toThrow(/not the key of the log.*LOG_NEXT_KEY_FILE/)
    await expect(startWith({ [present]: path('first'), [next]: path('other') })).rejects.toThrow(
      /a key for "other\.example\.org\/log", but the log is "trace\.example\.org\/log"/,
    )
    await expect(startWith({ [present]: path('first'), [next]: path('missing') })).rejects.toThrow('no such file')
  })

  it('is signed by both from the start on, also where nothing is captured, and names both', async () => {
    await startWith({ [present]: path('first'), [next]: path('second') })
    expect([await believed(first), await believed(second)]).toEqual([true, true])
    await capture(5)
    expect([await believed(first), await believed(second)]).toEqual([true, true])
    expect(await named()).toEqual(both())
    const page = await (await p.call('/log', { key: null })).text()
    const row = page.slice(page.indexOf('接替密钥 <span class="s" lang="en">Next key</span>'))
    expect(row.replaceAll('&#43;', '+')).toContain(formatVerifierKey(second))
  })

  it('goes on under the second alone: its remembered checkpoint, its database and its proofs are believed', async () => {
    await startWith({ [present]: path('second') })
    expect(await named()).toEqual([formatVerifierKey(second)])
    expect(await (await p.call('/log', { key: null })).text()).not.toContain('接替密钥')
    await capture(2)
    expect([await believed(first), await believed(second)]).toEqual([false, true])
    const { findings, logs } = await verifyDatabase(p.running.parts.db, {
      key: () => formatVerifierKey(second),
      known: async () => [],
    })
    expect(findings).toEqual([])
    expect(logs.map(log => log.size)).toEqual([10])
    await p.restart()
    expect(await believed(second)).toBe(true)
  })

  it('refuses the first, and a third, from then on', async () => {
    for (const name of ['first', 'third'])
      await expect(startWith({ [present]: path(name) })).rejects.toThrow('not the key of the log')
    await startWith({ [present]: path('second') })
  })
})
