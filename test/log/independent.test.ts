import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { ProofBundle, SuiteId } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeLogKey } from '../../packages/server/src/log/command.ts'
import { documentOf, objectEvent } from '../support/events.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { SUITES, verifiers } from './python.fixture.ts'

/** A verifier in Python, written from the documentation alone, reads a live log over HTTP that another platform cosigns. */

const { folder, file, run, each, remove } = verifiers()
/** What bytes it refuses has nothing to do with the engine that they come from: once is enough. */
const onPostgres = process.env.DATABASE_URL !== undefined
const eventID = `urn:uuid:${randomUUID()}`
const keys = {} as Record<SuiteId, { log: string; other: string; witness: string; liar: string }>
const PREFIX: Record<SuiteId, string> = { 'sha256-ed25519': '/log', 'sm3-sm2': '/log/sm' }
let platform: Platform
let witness: Platform

/** Servers between: case N alters what is served below /N at a path. */
const changes: { path: string; change: (body: Buffer) => Buffer }[] = []
const altering = createServer(async (request, response) => {
  const [, number = '', rest = ''] = /^\/(\d+)(\/.*)$/.exec(request.url ?? '') ?? []
  const answer = await fetch(platform.url + rest)
  const body = Buffer.from(await answer.arrayBuffer())
  const of = changes[Number(number)]
  response.statusCode = answer.status
  response.end(of && rest.endsWith(of.path) ? of.change(body) : body)
})

beforeAll(async () => {
  const env: Record<string, string> = {}
  const own: Record<string, string> = {}
  for (const [suite, sm] of [['sha256-ed25519', ''] as const, ['sm3-sm2', 'SM_'] as const]) {
    const at = (name: string) => join(folder, `${name}-${suite}`)
    const origin = suite === 'sm3-sm2' ? 'trace.example.org/log/sm' : 'trace.example.org/log'
    env[`LOG_${sm}KEY_FILE`] = at('log')
    own[`WITNESS_${sm}KEY_FILE`] = at('witness')
    keys[suite] = {
      log: await makeLogKey(at('log'), origin, suite),
      other: await makeLogKey(at('other'), origin, suite),
      witness: await makeLogKey(at('witness'), 'witness.example.org', suite, '', 'witness'),
      liar: await makeLogKey(at('liar'), 'witness.example.org', suite, '', 'witness'),
    }
  }
  const logs = Object.values(keys).map(of => `log ${of.log}\n`)
  witness = await startPlatform({ LOG: 'off', WITNESS_LOGS: file('logs', logs.join('')), ...own })
  for (const [suite, sm] of [['sha256-ed25519', ''] as const, ['sm3-sm2', 'SM_'] as const])
    env[`LOG_${sm}POLICY`] = file(
      `policy-${suite}`,
      `witness w ${keys[suite].witness} ${witness.url}/witness\nquorum w\n`,
    )
  platform = await startPlatform({ LOG: 'sha256-ed25519,sm3-sm2', LOG_COSIGN_MS: '3600000', ...env })
  await platform.capture(documentOf([...Array.from({ length: 299 }, () => objectEvent()), objectEvent({ eventID })]))
  await platform.running.rooms.log.covered(300, 10_000)
  for (const { suite } of SUITES) {
    await platform.running.parts.db.script('update log_witness set next_ms = 0')
    await platform.running.rooms.log.cosigning.round(suite)
  }
  await new Promise<void>(resolve => altering.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  altering.close()
  await platform?.stop()
  await witness?.stop()
  remove()
})

const COSIGNED = /; cosigned by witness\.example\.org at 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/

for (const { suite, isSkipped, title } of SUITES) {
  describe.skipIf(isSkipped)(`an independent verifier, ${title}`, { timeout: 120_000 }, () => {
    const key = () => keys[suite].log
    const believing = () => ['--witness', keys[suite].witness]
    const prefix = (number = changes.length) =>
      `http://127.0.0.1:${(altering.address() as AddressInfo).port}/${number}${PREFIX[suite]}`

    async function record(name: string, change: (opening: Record<string, unknown>) => object = o => o) {
      const proof = await platform.call(`/api/log/proof?event=${eventID}&suite=${suite}`, { key: null })
      const opening = await (await platform.call(`/api/log/opening?event=${eventID}`)).json()
      const bytes = new Uint8Array(await proof.arrayBuffer())
      return [file(`${name}-proof`, bytes), file(`${name}-opening`, change(opening))]
    }
    async function bundleOf(reader: string | null): Promise<ProofBundle> {
      const query = `code=${encodeURIComponent('https://id.gs1.org/01/09521234543213/21/1')}&suite=${suite}`
      const answer = await platform.call(`/api/log/bundle?${query}`, reader === null ? { key: null } : {})
      expect(answer.status).toBe(200)
      return answer.json()
    }

    it('accepts the log, a proof and an opening, with and without the cosignature of a witness', async () => {
      const files = await record('right')
      expect(await run('verify_log', prefix(), key(), ...files)).toBe('300 entries hold')
      const said = await run('verify_log', prefix(), key(), ...files, ...believing())
      expect(said).toMatch(/^300 entries hold;/)
      expect(said).toMatch(COSIGNED)
    })

    it('accepts a bundle, for the public and for who may read', async () => {
      const open = await bundleOf(null)
      expect(open.records).toHaveLength(300)
      const said = await run('verify_log', 'bundle', file('open', open), key(), ...believing())
      expect(said).toMatch(/^300 records hold, 0 with their content;/)
      expect(said).toMatch(COSIGNED)
      const whole = file('whole', await bundleOf('admin'))
      expect(await run('verify_log', 'bundle', whole, key())).toBe('300 records hold, 300 with their content')
    })

    it.skipIf(onPostgres)('refuses a bundle of which anything that it proves is altered', async () => {
      const whole = await bundleOf('admin')
      // Three are enough.
      whole.records = whole.records.slice(0, 3)
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
        ['nothing', whole, /^0 3 records hold, 3 with their content; cosigned/],
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
        ['suite', { ...whole, suite: SUITES.find(s => s.suite !== suite)?.suite }, /suite/],
        ['format', { ...whole, format: 'yuanliu-proof-bundle/2' }, /format/],
        ['form', { ...whole, records: [{}] }, /REFUSED/],
        [
          'cosignature gone',
          { ...whole, checkpoint: whole.checkpoint.replace(/— witness.*\n/, '') },
          /has not cosigned/,
        ],
      ]
      const files = cases.map(([, altered], i) => file(`altered-${i}`, altered as object))
      const said = await each(
        'verify_log',
        files.map(path => ['bundle', path, key(), ...believing()]),
      )
      for (const [i, [what, , expected]] of cases.entries()) {
        if (i > 0) expect(said[i], what).toMatch(/^1 REFUSED: /)
        expect(said[i], what).toMatch(expected)
      }
      const [first = ''] = files
      expect(await run('verify_log', 'bundle', first, keys[suite].other)).toBe("REFUSED: the log's key has not signed")
    })

    it.skipIf(onPostgres)('refuses whatever is altered in what the log serves', async () => {
      const at = (i: number) => (body: Buffer) => Buffer.from(body.map((b, j) => (j === i ? b ^ 1 : b)))
      const swapped = (b: Buffer) => Buffer.concat([b.subarray(78, 156), b.subarray(0, 78), b.subarray(156)])
      const cases: [string, (body: Buffer) => Buffer, RegExp][] = [
        ['/tile/entries/000', at(50), /do not give the root/],
        ['/tile/entries/000', swapped, /position|root/],
        ['/tile/0/000', at(100), /tile\/0\/000 is not/],
        ['/tile/0/001.p/44', at(1), /tile\/0\/001\.p\/44 is not/],
        ['/tile/1/000.p/1', at(1), /tile\/1\/000\.p\/1 is not/],
      ]
      const first = changes.length
      for (const [path, change] of cases) changes.push({ path, change })
      const said = await each(
        'verify_log',
        cases.map((_, i) => [prefix(first + i), key()]),
      )
      for (const [i, [path, , expected]] of cases.entries()) expect(said[i], path).toMatch(expected)

      const salt = await record('salt', o => ({ ...o, salt: Buffer.alloc(16).toString('base64') }))
      expect(await run('verify_log', prefix(), key(), ...salt)).toMatch(
        /^REFUSED: the event does not open the sha256 commitment/,
      )
      const time = await record('time', o => ({ ...o, receivedAt: String(Number(o.receivedAt) + 1) }))
      expect(await run('verify_log', prefix(), key(), ...time)).toMatch(/^REFUSED/)
      expect(await run('verify_log', prefix(), keys[suite].other)).toBe("REFUSED: the log's key has not signed")
    })

    it.skipIf(onPostgres)(
      'refuses a checkpoint of which any byte is altered, in its text, its signature or its cosignature',
      async () => {
        const note = Buffer.from(
          await (await platform.call(`${PREFIX[suite]}/checkpoint`, { key: null })).arrayBuffer(),
        )
        expect(note.toString().match(/^— /gm)).toHaveLength(2)
        const first = changes.length
        for (let i = 0; i < note.length; i++)
          changes.push({
            path: '/checkpoint',
            change: b => Buffer.from(b.map((x, j) => (j === i ? x ^ (1 << (i % 8)) : x))),
          })
        const all = Array.from(note, (_, i) => [prefix(first + i), key(), ...believing()])
        const said = await each('verify_log', all)
        expect(said.length).toBe(note.length)
        for (const [i, words] of said.entries()) expect(words, `byte ${i}`).toMatch(/^1 REFUSED: /)
        // Each line is believed by its own key only.
        const why = new Set(said.map(words => words.slice(11)))
        for (const words of ['the signature is wrong', "the log's key has not signed"]) expect(why).toContain(words)
        for (const words of ['the cosignature of witness.example.org is wrong', 'witness.example.org has not cosigned'])
          expect(why).toContain(words)
      },
    )

    it.skipIf(onPostgres)('takes no other witness, nor a log for a witness or a witness for a log', async () => {
      expect(await run('verify_log', prefix(), key(), '--witness', keys[suite].liar)).toBe(
        'REFUSED: witness.example.org has not cosigned',
      )
      expect(await run('verify_log', prefix(), key(), '--witness', key())).toMatch(/REFUSED: .* none of a witness/)
      expect(await run('verify_log', prefix(), keys[suite].witness)).toBe("REFUSED: the log's key has not signed")
    })
  })
}
