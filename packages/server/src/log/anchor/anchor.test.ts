import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parsePolicy, parseProofFile, verifyProofFile } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../../test/support/platform.ts'
import { readConfig } from '../../lib/config.ts'
import { crypto, logged } from '../reading.fixture.ts'
import { logKeyFolder } from '../signing.fixture.ts'
import { anchorAdapter, createAnchoring } from './anchoring.ts'
import { fileAnchor } from './file.ts'
import { startGateway } from './gateway.fixture.ts'
import { lastAnchor } from './store.ts'

const keys = logKeyFolder('trace.example.org/log', crypto)
const folder = mkdtempSync(join(tmpdir(), 'yuanliu-anchor-'))
const CONTRACT = `0x${'c'.repeat(40)}`
const USER = `0x${'d'.repeat(40)}`
let gateway: Awaited<ReturnType<typeof startGateway>>
let platform: Platform
beforeAll(async () => {
  gateway = await startGateway()
  // The interval is long: the tests say when it is over.
  const settings = { ANCHOR: 'webase', ANCHOR_URL: gateway.url, ANCHOR_USER: USER, ANCHOR_CONTRACT: CONTRACT }
  platform = await startPlatform({
    LOG: 'sha256-ed25519,sm3-sm2',
    LOG_LEVEL: 'silent',
    ANCHOR_SECONDS: '2592000',
    ...settings,
    ...keys.env,
  })
  // Nothing is logged yet, so nothing was anchored.
  await platform.running.rooms.log.anchoring.stop()
})
afterAll(async () => {
  await platform.stop()
  await gateway.close()
  keys.remove()
  rmSync(folder, { recursive: true, force: true })
})

const db = () => platform.running.parts.db
const json = async (path: string) => (await platform.call(path, { key: null })).json()
const anchors = async (query = '?suite=sha256-ed25519') => (await json(`/api/log/anchors${query}`)).anchors
const writes = () => gateway.calls.filter(c => c.funcName === 'anchor').length
const sha256 = (text: string) => `0x${createHash('sha256').update(text).digest('hex')}`

/** Anchoring as a process does it, with its interval, step by step. */
function anchoring(every = 0, settings: Record<string, string> = {}) {
  const { log } = platform.running.rooms
  const adapter = anchorAdapter(readConfig({ ...platform.env, ...settings }))
  return createAnchoring({ ...platform.running.parts, suites: log.suites, published: log.published, adapter, every })
}
const capture = async (count: number) => {
  await platform.capture(documentOf(Array.from({ length: count }, () => objectEvent())))
  return logged(platform)
}

describe('a chain behind WeBASE-Front', () => {
  it('gets one call for each suite and interval, whatever was captured meanwhile', async () => {
    expect(await anchoring().step()).toBe(true)
    expect(gateway.calls).toEqual([])
    await capture(4)
    await capture(3)
    expect(await anchoring(3600).step()).toBe(true)
    expect(writes()).toBe(2)
    await capture(1)
    expect(await anchoring(3600).step()).toBe(true)
    expect(writes()).toBe(2)
    expect(gateway.calls[0]).toMatchObject({
      groupId: 1,
      user: USER,
      contractName: 'Anchor',
      contractAddress: CONTRACT,
      useCns: false,
    })
  })

  it('is read back, and then shown with block, transaction and time', async () => {
    const [anchor, ...more] = await anchors()
    expect(more).toEqual([])
    expect(anchor).toMatchObject({
      origin: 'trace.example.org/log',
      size: 7,
      adapter: 'webase',
      place: `FISCO BCOS, group 1, contract ${CONTRACT}`,
      block: 9,
      transaction: `0x${'a'.repeat(64)}`,
      blockHash: `0x${'b'.repeat(64)}`,
      at: new Date(1_790_529_911_987).toISOString(),
    })
    expect(anchor.originHash).toBe(sha256('trace.example.org/log'))
    expect(anchor.noteHash).toBe(sha256(anchor.checkpoint))
    const [, size, root = ''] = anchor.checkpoint.split('\n')
    expect([size, anchor.root]).toEqual(['7', `0x${Buffer.from(root, 'base64').toString('hex')}`])
    // What is on the chain is what is shown.
    expect(gateway.entries.get(`${anchor.originHash} 7`)).toMatchObject({
      root: anchor.root,
      noteHash: anchor.noteHash,
    })
    const sm = (await anchors('?suite=sm3-sm2'))[0]
    expect(sm.noteHash).toBe(`0x${createHash('sm3').update(sm.checkpoint).digest('hex')}`)
    expect((await json('/health')).log.anchored).toEqual({ size: 7 })
    const page = await platform.call('/log', { key: null })
    const words = await page.text()
    expect([page.status, page.headers.get('content-security-policy')]).toEqual([
      200,
      expect.stringMatching(/^default-src 'none'; style-src 'sha256-/),
    ])
    expect(words).toContain(`<tr><td>7</td><td>9</td><td>${anchor.at}</td><td>FISCO BCOS, group 1`)
    expect(words.indexOf('可验证日志')).toBeLessThan(words.indexOf('The signed log</span>'))
    expect(words).not.toMatch(/<script|role="alert"/)
  })

  it('the public proof of an event is under the checkpoint whose block and time are named', async () => {
    const eventID = 'urn:uuid:0a0a0a0a-0000-4000-8000-00000000000a'
    await platform.capture(documentOf([objectEvent({ eventID })]))
    const size = await logged(platform)
    const path = `/api/log/proof?event=${eventID}&anchored=true`
    expect((await platform.call(path, { key: null })).status).toBe(503)
    expect(await anchors(`?suite=sha256-ed25519&index=${size - 1}`)).toEqual([])
    await anchoring().step()
    await capture(5)
    await anchoring().step()
    const proof = new Uint8Array(await (await platform.call(path, { key: null })).arrayBuffer())
    const policy = parsePolicy(await (await platform.call('/log/policy', { key: null })).text())
    const proved = await verifyProofFile(proof, parseProofFile(proof).extra as Uint8Array, policy, crypto)
    expect(proved.index).toBe(BigInt(size - 1))
    const [anchor] = await anchors(`?suite=sha256-ed25519&index=${proved.index}`)
    expect(anchor.size).toBe(size)
    expect(sha256(Buffer.from(parseProofFile(proof).checkpoint).toString())).toBe(anchor.noteHash)
    expect([anchor.block > 9, anchor.at]).toEqual([true, expect.stringMatching(/^2026-09-27T/)])
  })

  it.each([
    ['late', /50001 Transaction receipt timeout/],
    ['cut', /WeBASE-Front\/trans\/handle: .*(socket|closed|reset)/],
  ] as const)(
    '%s: the answer is lost, the call came through: nothing is shown before it is read back, nor written twice',
    async (mood, words) => {
      const size = await capture(1)
      gateway.mood = mood
      const one = anchoring()
      const before = writes()
      expect(await one.step()).toBe(false)
      expect((await one.health())?.error).toMatch(words)
      expect((await anchors())[0].size).toBeLessThan(size)
      gateway.mood = 'well'
      expect(await one.step()).toBe(true)
      expect((await one.health())?.error).toBeUndefined()
      expect((await anchors())[0]).toMatchObject({ size, transaction: null, block: expect.any(Number) })
      expect(writes() - before).toBe(2)
    },
  )

  it.each([
    ['keyless', /422 201015 user's privateKey is null/],
    ['page', /the answer is not JSON/],
    ['lying', /not there when it is read back/],
  ] as const)('%s: nothing was written, so nothing is shown; the next try does', async (mood, words) => {
    const size = await capture(1)
    gateway.mood = mood
    const one = anchoring()
    expect(await one.step()).toBe(false)
    expect((await one.health())?.error).toMatch(words)
    expect((await one.health())?.error).not.toContain('127.0.0.1')
    expect((await anchors())[0].size).toBeLessThan(size)
    gateway.mood = 'well'
    expect(await one.step()).toBe(true)
    expect((await anchors())[0].size).toBe(size)
  })

  it('refuses a log that has shrunk or has another root: said, and never shown', async () => {
    const { originHash, size } = (await anchors())[0]
    await capture(1)
    // Another copy of this log has gone on and anchored: what a rolled back database meets.
    const known = gateway.entries.get(`${originHash} ${size}`) as never
    gateway.entries.set(`${originHash} ${size + 1}`, { ...(known as object), root: '0xother' } as never)
    const one = anchoring()
    expect(await one.step()).toBe(false)
    expect((await one.health())?.error).toMatch(/0x16 Anchor: another root for this size/)
    expect((await anchors())[0].size).toBe(size)
    expect(await lastAnchor(db(), 1, 'webase')).toMatchObject({ size: size + 1, read_back: false })
    expect(await (await platform.call('/metrics')).text()).toMatch(/yuanliu_log_anchor_failures_total [1-9]/)
  })
})

describe('a file elsewhere', () => {
  it('gets a line for each checkpoint, which is read back', async () => {
    const path = join(folder, 'anchors.jsonl')
    const one = anchoring(0, { ANCHOR: 'file', ANCHOR_FILE: path })
    const size = await capture(2)
    expect(await one.step()).toBe(true)
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    expect(lines.length).toBe(2)
    const [anchor] = await anchors()
    expect(anchor).toMatchObject({ size, adapter: 'file', place: 'anchors.jsonl', block: null, at: expect.any(String) })
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      originHash: anchor.originHash,
      size,
      root: anchor.root,
      noteHash: anchor.noteHash,
      at: anchor.at,
    })
  })

  it('whose last line broke off goes on behind it; one that cannot be written is said', async () => {
    const path = join(folder, 'anchors.jsonl')
    appendFileSync(path, '{"originHash":"0x')
    const size = await capture(1)
    expect(await anchoring(0, { ANCHOR: 'file', ANCHOR_FILE: path }).step()).toBe(true)
    expect((await anchors())[0].size).toBe(size)
    const lost = fileAnchor(join(folder, 'none', 'anchors.jsonl'))
    const claim = { originHash: Buffer.alloc(32), size: 1, root: Buffer.alloc(32), noteHash: Buffer.alloc(32) }
    await expect(lost.write(claim, AbortSignal.timeout(1000))).rejects.toThrow('ENOENT')
  })
})

describe('settings', () => {
  it('that are missing stop the start in words; off is off', () => {
    const of = (env: Record<string, string>) => () => anchorAdapter(readConfig(env))
    expect(of({})()).toBe(null)
    expect(of({ ANCHOR: 'file' })).toThrow('ANCHOR=file needs ANCHOR_FILE')
    expect(of({ ANCHOR: 'webase' })).toThrow('needs ANCHOR_URL')
    expect(of({ ANCHOR: 'webase', ANCHOR_URL: 'http://g' })).toThrow('needs ANCHOR_USER')
    expect(of({ ANCHOR: 'webase', ANCHOR_URL: 'http://g', ANCHOR_USER: '0x1' })).toThrow('ANCHOR_USER=0x1: must be 0x')
    expect(of({ ANCHOR: 'chain' })).toThrow('must be one of off, file, webase')
  })
})
