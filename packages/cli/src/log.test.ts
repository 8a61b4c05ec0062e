import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../test/support/events.ts'
import { openDatabase } from '../../../test/support/open-database.ts'
import { type Platform, startPlatform } from '../../../test/support/platform.ts'
import { writeBackup } from '../../server/src/backup/write.ts'
import { run } from './program.ts'
import { recorded } from './shell.fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'yuanliu-log-command-'))
let platform: Platform
let key = ''

async function yuanliu(argv: string[], env: Record<string, string> = {}) {
  const shell = recorded(env)
  const code = await run(['--lang', 'en', ...argv], shell)
  return { code, out: shell.out(), err: shell.err() }
}

beforeAll(async () => {
  const made = await yuanliu(['log', 'key', join(folder, 'key'), '--origin', 'trace.example.org/log'])
  expect(made.code, made.err).toBe(0)
  key = made.out.trim()
  platform = await startPlatform({ LOG_KEY_FILE: join(folder, 'key') })
  await platform.capture(documentOf(Array.from({ length: 300 }, () => objectEvent())))
  await platform.running.rooms.log.covered(300, 10_000)
})
afterAll(async () => {
  await platform.stop().catch(() => {})
  rmSync(folder, { recursive: true, force: true })
})

describe('yuanliu log', () => {
  it('makes a key for its owner alone, and never over another', async () => {
    expect(key).toMatch(/^trace\.example\.org\/log\+[0-9a-f]{8}\+A/)
    expect(statSync(join(folder, 'key')).mode & 0o777).toBe(0o600)
    const again = await yuanliu(['log', 'key', join(folder, 'key'), '--origin', 'x.example/log'])
    expect([again.code, again.out]).toEqual([1, ''])
    expect(again.err).toContain('never written over')
  })

  it('verifies a running log by its address, with the key given or with the one shown', async () => {
    const given = await yuanliu(['log', 'verify', platform.url, '--key', key])
    expect(given).toEqual({ code: 0, out: 'trace.example.org/log: 300 entries, all as signed\n', err: '' })
    const shown = await yuanliu(['log', 'verify', platform.url])
    expect([shown.code, shown.err]).toEqual([0, expect.stringContaining('Compare it with one that you got elsewhere')])
    const other = await yuanliu(['log', 'key', join(folder, 'other'), '--origin', 'trace.example.org/log'])
    const wrong = await yuanliu(['log', 'verify', platform.url, '--key', other.out.trim()])
    expect(wrong.code).toBe(1)
    expect(wrong.out).toContain('DIFFERS checkpoint: No signature by a known key')
    const nowhere = await yuanliu(['log', 'verify', 'http://127.0.0.1:9'])
    expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringContaining('does not answer')])
  })

  it('monitors: keeps the first checkpoint, and says when a later one does not continue it', async () => {
    const dir = join(folder, 'monitor')
    const look = () => yuanliu(['log', 'monitor', platform.url, '--once', '--dir', dir, '--key', key])
    expect((await look()).out).toContain('300 entries, seen for the first time')
    await platform.capture(documentOf([objectEvent()]))
    await platform.running.rooms.log.covered(301, 10_000)
    expect(await look()).toMatchObject({ code: 0, out: expect.stringContaining('301 entries, continues') })
    const file = join(dir, readdirSync(dir).find(f => f.endsWith('.checkpoint')) ?? '')
    const right = readFileSync(file)
    const { forged } = await forgedCheckpoint()
    writeFileSync(file, forged)
    const fork = await look()
    expect([fork.code, fork.err]).toEqual([
      1,
      expect.stringContaining('does not continue the checkpoint of 300 entries'),
    ])
    expect(readdirSync(dir).some(f => f.endsWith('.forked'))).toBe(true)
    writeFileSync(file, right)
    expect((await look()).code).toBe(0)
  })

  it('verifies an installation that is stopped, event by event, and names what was altered', async () => {
    await platform.running.stop()
    const argv = platform.env.DATABASE_URL ? ['log', 'verify'] : ['log', 'verify', platform.env.DATA_DIR ?? '']
    const env = { ...platform.env, LOG_KEY_FILE: join(folder, 'key') }
    const good = await yuanliu(argv, env)
    expect(good.out).toBe(
      'trace.example.org/log: 301 entries, all as signed\nevents: 301 are what was logged, 0 deleted with a tombstone, 0 waiting for the log\n',
    )
    // The key file lies outside of what is verified.
    expect([good.code, good.err]).toEqual([0, ''])
    const db = await openDatabase(platform.env)
    await db.script('update event set recorded = recorded + 1 where position = 44')
    await db.close()
    const bad = await yuanliu(argv, env)
    expect(bad.code).toBe(1)
    expect(bad.out).toMatch(/^DIFFERS entry 43: Event urn:uuid:\S+ \(position 44\): bytes or circumstances/)
    expect(bad.err).toContain('1 differences were found')
  })
})

describe('the key of a log that is verified offline', () => {
  const backup = join(folder, 'log.yuanliu')
  const stopped = () => (platform.env.DATABASE_URL ? ['log', 'verify'] : ['log', 'verify', platform.env.DATA_DIR ?? ''])
  let forged = ''
  beforeAll(async () => {
    const db = await openDatabase(platform.env)
    await db.script('update event set recorded = recorded - 1 where position = 44')
    await writeBackup(db, createWriteStream(backup))
    await db.close()
    forged = (await yuanliu(['log', 'key', join(folder, 'forged'), '--origin', 'trace.example.org/log'])).out.trim()
  })
  // The settings name no key file: the database's own key is all there is.
  const anotherKey = () => `DIFFERS checkpoint: The database has another verifier key: ${key}`
  const env = () => ({ ...platform.env, LOG_KEY_FILE: join(folder, 'none') })

  it('is named where it comes from the data itself', async () => {
    const { code, err } = await yuanliu(stopped(), env())
    expect([code, err]).toEqual([0, expect.stringContaining(`from the data that is verified (log_tree): ${key}`)])
    const shell = recorded(env())
    await run(['--lang', 'zh', ...stopped()], shell)
    expect(shell.err()).toContain(`验证密钥取自被核验的数据本身（log_tree）：${key}`)
  })

  it('is the one that is given, or a difference is told', async () => {
    expect(await yuanliu([...stopped(), '--key', key], env())).toMatchObject({ code: 0, err: '' })
    expect(await yuanliu([...stopped(), '--key', forged, '--key', key], env())).toMatchObject({ code: 0, err: '' })
    for (const option of [
      ['--key', forged],
      ['--policy', policyOf(`log ${forged}`)],
    ]) {
      const other = await yuanliu([...stopped(), ...option], env())
      expect([other.code, other.out]).toEqual([1, expect.stringContaining(anotherKey())])
      expect(other.out).toContain('DIFFERS checkpoint: No signature by a known key')
    }
    expect((await yuanliu([...stopped(), '--policy', policyOf(`log ${key}`)], env())).out).not.toContain(anotherKey())
    const nowhere = await yuanliu([...stopped(), '--key', 'trace.example.org/log'], env())
    expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringContaining('The verifier key is malformed')])
  })

  it('of the other suite alone vouches for nothing', async () => {
    const made = ['log', 'key', join(folder, 'sm'), '--origin', 'trace.example.org/log/sm', '--suite', 'sm3-sm2']
    const sm = (await yuanliu(made)).out.trim()
    const { code, out } = await yuanliu([...stopped(), '--key', sm], env())
    expect([code, out]).toEqual([1, expect.stringContaining('None of the keys that were given is of this log')])
  })

  it('is asked for in the same way of a backup', { timeout: 120_000 }, async () => {
    const own = await yuanliu(['log', 'verify', backup], env())
    expect([own.code, own.err]).toEqual([
      0,
      expect.stringContaining(`from the data that is verified (log_tree): ${key}`),
    ])
    const [other, seen] = [recorded(env()), terminal()]
    const argv = ['--lang', 'en', 'log', 'verify', backup, '--key', forged]
    expect(await run(argv, { ...other, stderr: seen })).toBe(1)
    expect(other.out()).toContain(anotherKey())
    // On a terminal it is seen how far it is: with reading the backup, restoring it, reading the log.
    for (const label of ['verifying the backup', 'restoring', 'entry 256/301'])
      expect(seen.drawn()).toMatch(new RegExp(`\\d% ${label}`))
    expect(seen.drawn()).toContain('\r\x1b[2K3 differences were found')
  })
})

it('says nothing of how far it is where that is not wanted', async () => {
  const [quiet, loud] = [terminal(), terminal()]
  const place = platform.env.DATABASE_URL ? [] : [platform.env.DATA_DIR ?? '']
  const env = { ...platform.env, LOG_KEY_FILE: join(folder, 'key') }
  expect(await run(['log', 'verify', ...place, '--quiet'], { ...recorded(env), stderr: quiet })).toBe(0)
  expect(quiet.drawn()).toBe('')
  expect(await run(['log', 'verify', ...place], { ...recorded(env), stderr: loud })).toBe(0)
  expect(loud.drawn()).toContain('% 条目 256/301')
  expect(loud.drawn().endsWith('\r\x1b[2K')).toBe(true)
})

/** A standard error on which bars are drawn. */
function terminal() {
  let drawn = ''
  const write = (text: string) => {
    drawn += text
  }
  return { write, isTTY: true, columns: 100, drawn: () => drawn }
}

function policyOf(...lines: string[]): string {
  const path = join(folder, 'policy')
  writeFileSync(path, [...lines, 'quorum none'].join('\n'))
  return path
}

/** A checkpoint of another tree, signed by the log's own key: what a dishonest operator would show. */
async function forgedCheckpoint() {
  const { readSigningKey, signerOf } = await import('../../server/src/lib/signing/signing-key.ts')
  const { nodeCrypto } = await import('../../server/src/lib/signing/node-crypto.ts')
  const { signCheckpoint } = await import('@yuanliu/core')
  const signer = signerOf(await readSigningKey(join(folder, 'key'), await nodeCrypto()))
  const other = { origin: 'trace.example.org/log', size: 300n, root: new Uint8Array(32), extensions: [] }
  return { forged: await signCheckpoint(other, [signer]) }
}
