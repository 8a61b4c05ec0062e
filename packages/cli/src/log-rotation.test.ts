import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../test/support/platform.ts'
import { run } from './program.ts'
import { recorded } from './shell.fixture.ts'

const ORIGIN = 'trace.example.org/log'
const folder = mkdtempSync(join(tmpdir(), 'yuanliu-log-rotation-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function yuanliu(argv: string[], env: Record<string, string> = {}) {
  const shell = recorded(env)
  const code = await run(['--lang', 'en', ...argv], shell)
  return { code, out: shell.out(), err: shell.err() }
}

/** Every step of docs/ops/log.md, as those see it who verify and monitor from outside. */
describe.each([
  { suite: 'sha256-ed25519', prefix: '/log', present: 'LOG_KEY_FILE', next: 'LOG_NEXT_KEY_FILE' },
  { suite: 'sm3-sm2', prefix: '/log/sm', present: 'LOG_SM_KEY_FILE', next: 'LOG_SM_NEXT_KEY_FILE' },
] as const)('a log of $suite whose key changes', ({ suite, prefix, present, next }) => {
  const at = (name: string) => join(folder, `${suite}-${name}`)
  let p: Platform
  let size = 0
  const keys = { old: '', new: '', other: '' }

  beforeAll(async () => {
    for (const name of ['old', 'new', 'other'] as const) {
      const made = await yuanliu(['log', 'key', at(name), '--origin', ORIGIN, '--suite', suite])
      expect(made.code, made.err).toBe(0)
      keys[name] = made.out.trim()
    }
    p = await startPlatform({ LOG: suite, [present]: at('old') })
  })
  afterAll(() => p.stop())

  async function capture(events: number): Promise<void> {
    await p.capture(documentOf(Array.from({ length: events }, () => objectEvent())))
    size += events
    await expect.poll(() => p.running.rooms.log.size(), { timeout: 10_000 }).toBe(size)
  }
  async function startWith(settings: Record<string, string>): Promise<void> {
    for (const name of [present, next]) delete p.env[name]
    Object.assign(p.env, settings)
    await p.restart()
    await expect.poll(() => p.running.rooms.log.size(), { timeout: 10_000 }).toBe(size)
  }
  type Name = keyof typeof keys
  const named = (names: Name[]) => names.flatMap(name => ['--key', keys[name]])
  const verify = (...names: Name[]) => yuanliu(['log', 'verify', p.url, ...named(names)])
  async function verifyByPolicy(...names: Name[]) {
    writeFileSync(at('policy'), `${names.map(name => `log ${keys[name]}`).join('\n')}\nquorum none\n`)
    return yuanliu(['log', 'verify', p.url, '--policy', at('policy')])
  }
  const monitor = (dir: string, ...names: Name[]) =>
    yuanliu(['log', 'monitor', p.url, '--once', '--dir', at(dir), ...named(names)])
  const evidence = (dir: string) =>
    readdirSync(at(dir)).filter(name => /\.(forked|shrunk|refused|otherkey)$/.test(name))
  const good = () => ({ code: 0, out: `${ORIGIN}: ${size} entries, all as signed\n`, err: '' })
  const continues = () => ({ code: 0, out: `${ORIGIN}: ${size} entries, continues what was seen before\n` })

  it('before: verifies under the old key, whether the new one is named beside it or not', async () => {
    await capture(3)
    expect(await verify('old')).toEqual(good())
    expect(await verify('new', 'old')).toEqual(good())
    expect(await verifyByPolicy('old', 'new')).toMatchObject({ code: 0 })
    expect((await verify('new')).out).toContain('DIFFERS checkpoint: No signature by a known key')
    for (const dir of ['shown', 'late']) expect((await monitor(dir)).code).toBe(0)
    for (const dir of ['old-then-new', 'old-only']) expect((await monitor(dir, 'old')).code).toBe(0)
    expect((await monitor('both', 'old', 'new')).code).toBe(0)
  })

  it('during: either does, and the page and the policy name both', async () => {
    expect(await pageHas('new')).toBe(false)
    await startWith({ [present]: at('old'), [next]: at('new') })
    expect(await verify('new')).toEqual(good())
    await capture(5)
    expect(await verify('old')).toEqual(good())
    expect(await verify('new')).toEqual(good())
    expect(await verify('new', 'old')).toEqual(good())
    expect(await verify()).toMatchObject({ ...good(), err: expect.stringContaining(keys.old) })
    expect(await verifyByPolicy('old', 'new')).toMatchObject({ code: 0 })
    expect(await verifyByPolicy('new')).toMatchObject({ code: 0 })
    for (const name of ['old', 'new'] as const) expect(await pageHas(name)).toBe(true)
    const policy = await (await fetch(`${p.url}${prefix}/policy`)).text()
    for (const key of [keys.old, keys.new]) expect(policy).toContain(`log ${key} `)
    expect(await monitor('shown')).toMatchObject({ ...continues(), err: '' })
    expect(await monitor('both', 'old', 'new')).toMatchObject({ ...continues(), err: '' })
  })

  it('after: verifies under the new key, whether the old one is named beside it or not', async () => {
    await startWith({ [present]: at('new') })
    expect(await pageHas('old')).toBe(false)
    await capture(2)
    expect(await verify('new')).toEqual(good())
    expect(await verify('old', 'new')).toEqual(good())
    expect(await verifyByPolicy('old', 'new')).toMatchObject({
      code: 0,
      out: expect.stringContaining(`${size} entries, all as signed`),
    })
    expect((await verify('old')).out).toContain('DIFFERS checkpoint: No signature by a known key')
  })

  it('after: a monitor follows to the key that it is given, or that has signed beside the first', async () => {
    const changed = `${ORIGIN}: ${keys.new} now signs in the place of the key before.`
    expect(await monitor('both', 'old', 'new')).toMatchObject({ ...continues(), err: expect.stringContaining(changed) })
    expect(await monitor('old-then-new', 'new')).toMatchObject({
      ...continues(),
      err: expect.stringContaining(changed),
    })
    expect(await monitor('shown')).toMatchObject({ ...continues(), err: expect.stringContaining(changed) })
    for (const dir of ['both', 'old-then-new', 'shown'])
      expect(await monitor(dir)).toMatchObject({ ...continues(), err: '' })
  })

  it('after: a monitor follows to no key that it has neither been given nor seen beside the first', async () => {
    for (const [dir, names] of [
      ['late', []],
      ['old-only', ['old']],
      ['old-only', ['other']],
    ] as const) {
      const refused = await monitor(dir, ...names)
      expect(refused.code).toBe(1)
      expect(refused.err).toContain(`${ORIGIN}: signed by another key, ${keys.new}. If its operator has published`)
      expect(refused.err).toContain(join(at(dir), evidence(dir)[0] ?? '?'))
      expect(evidence(dir)).toHaveLength(1)
    }
    // Which is mended by naming it.
    expect((await monitor('late', 'new')).code).toBe(0)
  })

  async function pageHas(name: Name): Promise<boolean> {
    const page = await (await fetch(`${p.url}/log`)).text()
    return page.replaceAll('&#43;', '+').includes(keys[name])
  }
})

it('a monitor that looks again only when the new key has its place follows where nothing was captured since', async () => {
  const at = (name: string) => join(folder, `quiet-${name}`)
  for (const name of ['old', 'new']) await yuanliu(['log', 'key', at(name), '--origin', ORIGIN])
  const p = await startPlatform({ LOG_KEY_FILE: at('old') })
  try {
    await p.capture(documentOf([objectEvent()]))
    await expect.poll(() => p.running.rooms.log.size(), { timeout: 10_000 }).toBe(1)
    const look = () => yuanliu(['log', 'monitor', p.url, '--once', '--dir', at('dir')])
    expect((await look()).code).toBe(0)
    p.env.LOG_NEXT_KEY_FILE = at('new')
    await p.restart()
    Object.assign(p.env, { LOG_KEY_FILE: at('new'), LOG_NEXT_KEY_FILE: '' })
    await p.restart()
    await expect.poll(() => p.running.rooms.log.size(), { timeout: 10_000 }).toBe(1)
    expect(await look()).toMatchObject({ code: 0, err: expect.stringContaining('now signs in the place') })
  } finally {
    await p.stop()
  }
})
