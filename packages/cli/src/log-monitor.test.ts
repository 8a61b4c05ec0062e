import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signCheckpoint } from '@yuanliu/core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../test/support/platform.ts'
import { nodeCrypto } from '../../server/src/lib/signing/node-crypto.ts'
import { readSigningKey, signerOf } from '../../server/src/lib/signing/signing-key.ts'
import { openDoor } from './log-door.fixture.ts'
import { run } from './program.ts'
import { recorded } from './shell.fixture.ts'

const ORIGIN = 'trace.example.org/log'
const folder = mkdtempSync(join(tmpdir(), 'yuanliu-log-monitor-'))
const at = (name: string) => join(folder, name)
let platform: Platform
let door: Awaited<ReturnType<typeof openDoor>>
let size = 0
let dirs = 0

beforeAll(async () => {
  for (const [name, origin, suite] of [
    ['key', ORIGIN, 'sha256-ed25519'],
    ['sm-key', `${ORIGIN}/sm`, 'sm3-sm2'],
  ] as const) {
    const made = await run(['log', 'key', at(name), '--origin', origin, '--suite', suite], recorded({}))
    expect(made).toBe(0)
  }
  platform = await startPlatform({
    LOG: 'sha256-ed25519,sm3-sm2',
    LOG_KEY_FILE: at('key'),
    LOG_SM_KEY_FILE: at('sm-key'),
  })
  door = await openDoor(() => platform.url)
  await capture(300)
})
afterEach(() => door.lies.clear())
afterAll(async () => {
  await door.shut()
  await platform.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function capture(events: number): Promise<void> {
  await platform.capture(documentOf(Array.from({ length: events }, () => objectEvent())))
  size += events
  for (let i = 0; i < 500 && platform.running.rooms.log.size() !== size; i++)
    await new Promise(resolve => setTimeout(resolve, 20))
}

const newDir = () => at(`seen-${++dirs}`)
async function once(dir: string, lang = 'en') {
  const shell = recorded({})
  const code = await run(['--lang', lang, 'log', 'monitor', door.url, '--once', '--dir', dir], shell)
  return { code, out: shell.out(), err: shell.err() }
}

/** A monitor that follows, until it ends by itself or is stopped. */
function follow(dir: string, lang = 'en') {
  const shell = recorded({})
  const stop = new AbortController()
  const argv = ['--lang', lang, 'log', 'monitor', door.url, '--every', '1', '--dir', dir]
  const ended = run(argv, shell, stop.signal)
  return {
    ...shell,
    ended,
    stop() {
      stop.abort()
      return ended
    },
  }
}

const filesOf = (dir: string) => readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort()
const evidenceIn = (dir: string) => filesOf(dir).filter(name => /\.(forked|shrunk|refused|otherkey)$/.test(name))
const checkpoint = async () => (await fetch(`${platform.url}/log/checkpoint`)).text()
/** A checkpoint of another tree, signed by the log's own key: what a dishonest operator would show. */
async function signed(entries: number, key = 'key'): Promise<string> {
  const signer = signerOf(await readSigningKey(at(key), await nodeCrypto()))
  const other = { origin: ORIGIN, size: BigInt(entries), root: new Uint8Array(32), extensions: [] }
  return Buffer.from(await signCheckpoint(other, [signer])).toString()
}

/** The honest checkpoint with another size under its signature. */
const tampered = async () => (await checkpoint()).replace(`\n${size}\n`, `\n${size + 9}\n`)

// It looks over HTTP alone: which engine is behind that makes no difference.
describe.skipIf(process.env.DATABASE_URL)('yuanliu log monitor', () => {
  it('keeps every checkpoint that it has seen, each in a file of its own, beside the newest', async () => {
    const dir = newDir()
    const notes = new Map<string, string>()
    for (let i = 0; i < 3; i++) {
      expect((await once(dir)).code).toBe(0)
      notes.set(`${size}.checkpoint`, await checkpoint())
      await capture(1)
    }
    expect((await once(dir)).code).toBe(0)
    notes.set(`${size}.checkpoint`, await checkpoint())
    const newest = filesOf(dir).filter(name => /^[0-9a-f]{16}\.checkpoint$/.test(name))
    expect(newest).toHaveLength(2)
    const its = newest.find(name => readFileSync(join(dir, name), 'utf8') === notes.get(`${size}.checkpoint`)) ?? ''
    const seen = join(dir, its.replace(/checkpoint$/, 'seen'))
    expect(readdirSync(seen).sort()).toEqual([...notes.keys()].sort())
    for (const [name, note] of notes) expect(readFileSync(join(seen, name), 'utf8')).toBe(note)
    expect(filesOf(dir).filter(name => name.endsWith('.new'))).toEqual([])
  })

  it('says once that the platform does not answer, asks again, and goes on when it is back', async () => {
    const monitor = follow(newDir())
    const seen = () => monitor.out().match(/continues what was seen/g)?.length ?? 0
    await expect.poll(seen, { timeout: 20_000 }).toBeGreaterThan(0)
    await door.shut()
    await expect
      .poll(monitor.err, { timeout: 10_000 })
      .toMatch(/does not answer \((ECONNREFUSED|UND_ERR_SOCKET|ECONNRESET)\)/)
    await new Promise(resolve => setTimeout(resolve, 2_500))
    await capture(1)
    await door.open()
    await expect.poll(monitor.err, { timeout: 20_000 }).toMatch(/answers again, after \d+ s\n$/)
    await expect.poll(monitor.out, { timeout: 20_000 }).toContain(`${ORIGIN}: ${size} entries, continues`)
    expect(monitor.err().match(/does not answer/g)).toHaveLength(1)
    expect(await monitor.stop()).toBe(0)
  })

  it('waits for a platform that is there after it, that starts, or that is cut off, and takes none for a fork', async () => {
    const dir = newDir()
    for (const lie of [null, { status: 503, body: '{"title":"starting"}' }, { status: 502, body: '<html>' }])
      for (const path of ['/api/log', '/log/checkpoint', 'tile']) {
        expect((await once(dir)).code).toBe(0)
        await capture(1)
        door.lies.set(path === 'tile' ? `/log/tile/0/001.p/${size % 256}` : path, lie)
        const failed = await once(dir)
        expect([failed.code, failed.err]).toEqual([1, expect.stringContaining('does not answer')])
        door.lies.clear()
      }
    await door.shut()
    const monitor = follow(dir, 'zh')
    await expect.poll(monitor.err, { timeout: 10_000 }).toContain('将反复重试')
    door.lies.set('/log/checkpoint', { status: 503, body: '' })
    await door.open()
    await new Promise(resolve => setTimeout(resolve, 1_500))
    expect(monitor.err()).not.toContain('已恢复应答')
    door.lies.clear()
    await expect.poll(monitor.err, { timeout: 20_000 }).toContain('已恢复应答')
    expect(await monitor.stop()).toBe(0)
    expect(evidenceIn(dir)).toEqual([])
  })

  it.each([
    ['forked', () => signed(size), /does not continue the checkpoint of \d+ entries/],
    ['shrunk', () => signed(7), /only 7 entries, \d+ were seen before/],
    ['refused', tampered, /signature of a known key/],
    ['refused', () => Promise.resolve('Bad Gateway'), /malformed/],
  ] as const)(
    'keeps what it does not believe as evidence and names the file: %s',
    async (why, lie: () => Promise<string>, words: RegExp) => {
      const dir = newDir()
      expect((await once(dir)).code).toBe(0)
      const body = await lie()
      const monitor = follow(dir)
      await expect.poll(monitor.out, { timeout: 20_000 }).toContain('continues')
      door.lies.set('/log/checkpoint', { status: 200, body })
      expect(await monitor.ended).toBe(1)
      expect(monitor.err()).toMatch(words)
      const [evidence = '', ...more] = evidenceIn(dir)
      expect([evidence, ...more]).toEqual([expect.stringMatching(new RegExp(`\\.${why}$`))])
      expect(readFileSync(join(dir, evidence), 'utf8')).toBe(body)
      expect(monitor.err()).toContain(`That checkpoint is kept as evidence: ${join(dir, evidence)}\n`)
      // What was believed before is still the newest that is kept.
      door.lies.clear()
      expect((await once(dir)).code).toBe(0)
    },
  )

  it('keeps both sides of a fork, and each fork that it is shown', async () => {
    const dir = newDir()
    expect((await once(dir)).code).toBe(0)
    const newest = filesOf(dir).filter(name => /^[0-9a-f]{16}\.checkpoint$/.test(name))
    const its = newest.find(name => readFileSync(join(dir, name), 'utf8').startsWith(`${ORIGIN}\n`)) ?? ''
    const forged = await signed(5)
    writeFileSync(join(dir, its), forged)
    const honest = await checkpoint()
    const forks = [await once(dir), await once(dir, 'zh')]
    expect(forks.map(fork => fork.code)).toEqual([1, 1])
    expect(forks[0]?.err).toContain(
      `does not continue the checkpoint of 5 entries that was seen before (${join(dir, its)})`,
    )
    expect(forks[1]?.err).toContain('该检查点已作为证据保存')
    expect(evidenceIn(dir).map(name => readFileSync(join(dir, name), 'utf8'))).toEqual([honest])
    await capture(1)
    expect((await once(dir)).code).toBe(1)
    expect(evidenceIn(dir)).toHaveLength(2)
    expect(readFileSync(join(dir, its), 'utf8')).toBe(forged)
  })

  it('notices a suite that the platform lists no more, and one that only starts', async () => {
    const dir = newDir()
    expect((await once(dir)).code).toBe(0)
    const { logs } = (await (await fetch(`${platform.url}/api/log`)).json()) as { logs: { suite: string }[] }
    const alone = JSON.stringify({ logs: logs.filter(log => log.suite === 'sha256-ed25519') })
    // Not shown yet is not gone: the platform says that it is not ready.
    door.lies.set('/api/log', { status: 200, body: alone })
    door.lies.set('/log/sm/checkpoint', { status: 503, body: '' })
    const starting = await once(dir)
    expect([starting.code, starting.err]).toEqual([1, expect.stringContaining('does not answer (HTTP 503)')])
    door.lies.clear()
    const monitor = follow(dir)
    await expect.poll(monitor.out, { timeout: 20_000 }).toContain('continues')
    door.lies.set('/api/log', { status: 200, body: alone })
    expect(await monitor.ended).toBe(1)
    expect(monitor.err()).toContain(
      `${ORIGIN}/sm: the platform no longer lists this log; the last checkpoint seen: ${dir}`,
    )
    expect((await once(dir, 'zh')).err).toContain('平台不再列出此日志')
    const list = filesOf(dir).find(name => name.endsWith('.logs')) ?? ''
    expect(monitor.err()).toContain(`remove ${join(dir, list)}`)
    door.lies.set('/api/log', { status: 200, body: '{"logs":[]}' })
    const none = await once(dir)
    expect([none.code, none.err.match(/no longer lists/g)?.length]).toEqual([1, 2])
    // Whoever knows why goes on without it.
    rmSync(join(dir, list))
    door.lies.set('/api/log', { status: 200, body: alone })
    expect((await once(dir)).code).toBe(0)
    expect((await once(dir)).code).toBe(0)
  })

  it('notices a suite that an operator has switched off', async () => {
    const dir = newDir()
    expect((await once(dir)).code).toBe(0)
    platform.env.LOG = 'sha256-ed25519'
    await platform.restart()
    await expect.poll(() => platform.running.rooms.log.size(), { timeout: 10_000 }).toBe(size)
    const gone = await once(dir)
    expect([gone.code, gone.err]).toEqual([1, expect.stringContaining(`${ORIGIN}/sm: the platform no longer lists`)])
  })
})
