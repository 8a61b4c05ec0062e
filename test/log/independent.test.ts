import { execFile, execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ProofBundle } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeLogKey } from '../../packages/server/src/log/command.ts'
import { documentOf, objectEvent } from '../support/events.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

/** A verifier in Python, written from the documentation alone, reads a live log over HTTP. */

const PROGRAM = join(import.meta.dirname, 'verify_log.py')
const works = (command: string, ...args: string[]) => {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const sm3 = works('python3', '-c', "import hashlib; hashlib.new('sm3')")
const skipped = !works('python3', '--version')
  ? 'python3 is not installed'
  : works('openssl', 'version')
    ? ''
    : 'openssl is not installed'
const folder = mkdtempSync(join(tmpdir(), 'yuanliu-independent-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(skipped !== '')(`an independent verifier${skipped && ` (skipped: ${skipped})`}`, () => {
  const eventID = `urn:uuid:${randomUUID()}`
  const suites = ['sha256-ed25519', ...(sm3 ? ['sm3-sm2'] : [])]
  const keys: Record<string, string> = {}
  let platform: Platform
  let altering: Server
  /** what the server between alters: a path, and what becomes of its bytes */
  let alter: { path: string; change: (body: Buffer) => Buffer } | null = null

  beforeAll(async () => {
    const env = { LOG_KEY_FILE: join(folder, 'key'), LOG_SM_KEY_FILE: join(folder, 'sm-key') }
    keys['sha256-ed25519'] = await makeLogKey(env.LOG_KEY_FILE, 'trace.example.org/log', 'sha256-ed25519')
    keys['sm3-sm2'] = await makeLogKey(env.LOG_SM_KEY_FILE, 'trace.example.org/log/sm', 'sm3-sm2')
    platform = await startPlatform({ LOG: 'sha256-ed25519,sm3-sm2', ...env })
    await platform.capture(documentOf([...Array.from({ length: 299 }, () => objectEvent()), objectEvent({ eventID })]))
    await platform.running.rooms.log.covered(300, 10_000)
    altering = createServer(async (request, response) => {
      const answer = await fetch(platform.url + request.url)
      const body = Buffer.from(await answer.arrayBuffer())
      response.statusCode = answer.status
      response.end(alter && request.url?.endsWith(alter.path) ? alter.change(body) : body)
    })
    await new Promise<void>(resolve => altering.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    altering.close()
    await platform.stop()
  })

  async function verify(suite: string, files: string[] = [], key = keys[suite] ?? '') {
    const prefix = `http://127.0.0.1:${(altering.address() as AddressInfo).port}${suite === 'sm3-sm2' ? '/log/sm' : '/log'}`
    const { stdout } = await promisify(execFile)('python3', [PROGRAM, prefix, key, ...files]).catch(
      (error: { stdout: string }) => error,
    )
    return stdout.trim()
  }

  async function record(suite: string, change: (opening: Record<string, unknown>) => object = o => o) {
    const proof = await platform.call(`/api/log/proof?event=${eventID}&suite=${suite}`, { key: null })
    const opening = await (await platform.call(`/api/log/opening?event=${eventID}`)).json()
    writeFileSync(join(folder, 'proof'), Buffer.from(await proof.arrayBuffer()))
    writeFileSync(join(folder, 'opening'), JSON.stringify(change(opening)))
    return [join(folder, 'proof'), join(folder, 'opening')]
  }

  it.each(suites)('%s: accepts the log, a proof and an opening', async suite => {
    expect(await verify(suite, await record(suite))).toBe('300 entries hold')
  })

  /** What the verifier says of a bundle, which needs no network. */
  async function verifyBundle(bundle: unknown, key: string) {
    writeFileSync(join(folder, 'bundle'), JSON.stringify(bundle))
    const { stdout } = await promisify(execFile)('python3', [PROGRAM, 'bundle', join(folder, 'bundle'), key]).catch(
      (error: { stdout: string }) => error,
    )
    return stdout.trim()
  }
  const bundleOf = async (suite: string, key: string | null): Promise<ProofBundle> => {
    const query = `code=${encodeURIComponent('https://id.gs1.org/01/09521234543213/21/1')}&suite=${suite}`
    const answer = await platform.call(`/api/log/bundle?${query}`, key === null ? { key } : {})
    expect(answer.status).toBe(200)
    return answer.json()
  }

  it.each(suites)('%s: accepts a bundle, for the public and for who may read', async suite => {
    const key = keys[suite] ?? ''
    const open = await bundleOf(suite, null)
    expect(open.records).toHaveLength(300)
    expect(await verifyBundle(open, key)).toBe('300 records hold, 0 with their content')
    expect(await verifyBundle(await bundleOf(suite, 'admin'), key)).toBe('300 records hold, 300 with their content')
  })

  it('refuses a bundle of which anything that it proves is altered', { timeout: 120_000 }, async () => {
    const suite = 'sha256-ed25519'
    const key = keys[suite] ?? ''
    const whole = await bundleOf(suite, 'admin')
    // Three are enough.
    whole.records = whole.records.slice(0, 3)
    expect(await verifyBundle(whole, key)).toBe('3 records hold, 3 with their content')
    type Record = ProofBundle['records'][number]
    const records = (change: (r: Record) => object) => ({
      ...whole,
      records: whole.records.map((r, i) => (i === 1 ? { ...r, ...change(r) } : r)),
    })
    const opening = (change: object) => records(r => ({ opening: { ...r.opening, ...change } }))
    const flip = (text = '') => {
      const bytes = Buffer.from(text, 'base64')
      bytes[bytes.length >> 1]! ^= 1
      return bytes.toString('base64')
    }
    const cases: [string, unknown, RegExp][] = [
      ['index', records(r => ({ index: r.index + 1 })), /record 1: the proof|too short/],
      ['entry', records(r => ({ entry: flip(r.entry) })), /record 1: the proof/],
      ['a hash', records(r => ({ path: [flip(r.path[0]), ...r.path.slice(1)] })), /record 1: the proof/],
      ['a hash too few', records(r => ({ path: r.path.slice(1) })), /proof/],
      ['a hash too many', records(r => ({ path: [...r.path, r.path[0]] })), /too long/],
      ['a hash cut', records(r => ({ path: ['AAAA', ...r.path.slice(1)] })), /32 bytes/],
      ['bytes', records(r => ({ opening: { ...r.opening, bytes: flip(r.opening?.bytes) } })), /does not open/],
      ['salt', records(r => ({ opening: { ...r.opening, salt: flip(r.opening?.salt) } })), /does not open/],
      ['media type', opening({ mediaType: 'application/xml' }), /does not open/],
      ['context', opening({ context: null }), /does not open/],
      ['time', opening({ receivedAt: '1' }), /does not open/],
      ['reporter', opening({ reporter: 'somebody' }), /does not open/],
      ['checkpoint', { ...whole, checkpoint: whole.checkpoint.replace('\n300\n', '\n301\n') }, /signature is wrong/],
      ['suite', { ...whole, suite: 'sm3-sm2' }, /suite/],
      ['format', { ...whole, format: 'yuanliu-proof-bundle/2' }, /format/],
      ['form', { ...whole, records: [{}] }, /REFUSED/],
    ]
    for (const [what, altered, expected] of cases) {
      const said = await verifyBundle(altered, key)
      expect(said, what).toMatch(/^REFUSED: /)
      expect(said, what).toMatch(expected)
    }
    const other = await makeLogKey(join(folder, 'other-bundle'), 'trace.example.org/log', suite)
    expect(await verifyBundle(whole, other)).toBe("REFUSED: the log's key has not signed")
  })

  it('refuses whatever is altered', { timeout: 120_000 }, async () => {
    const flip = (at: number) => (body: Buffer) => Buffer.from(body.map((b, i) => (i === at ? b ^ 1 : b)))
    const cases: [string, (body: Buffer) => Buffer, RegExp][] = [
      ['/checkpoint', flip(30), /signature|another log|root/],
      ['/tile/entries/000', flip(50), /do not give the root/],
      [
        '/tile/entries/000',
        b => Buffer.concat([b.subarray(78, 156), b.subarray(0, 78), b.subarray(156)]),
        /position|root/,
      ],
      ['/tile/0/000', flip(100), /tile\/0\/000 is not/],
      ['/tile/0/001.p/44', flip(1), /tile\/0\/001\.p\/44 is not/],
      ['/tile/1/000.p/1', flip(1), /tile\/1\/000\.p\/1 is not/],
    ]
    for (const [path, change, expected] of cases) {
      alter = { path, change }
      expect(await verify('sha256-ed25519'), path).toMatch(expected)
    }
    alter = null
    const salt = await record('sha256-ed25519', o => ({ ...o, salt: Buffer.alloc(16).toString('base64') }))
    expect(await verify('sha256-ed25519', salt)).toMatch(/^REFUSED: the event does not open the sha256 commitment/)
    const time = await record('sha256-ed25519', o => ({ ...o, receivedAt: String(Number(o.receivedAt) + 1) }))
    expect(await verify('sha256-ed25519', time)).toMatch(/^REFUSED/)
    const other = await makeLogKey(join(folder, 'other'), 'trace.example.org/log', 'sha256-ed25519')
    expect(await verify('sha256-ed25519', [], other)).toBe("REFUSED: the log's key has not signed")
  })
})
