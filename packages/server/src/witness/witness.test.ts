import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  cosignatureTime,
  ED25519_COSIGNATURE,
  formatVerifierKey,
  noteVerifier,
  openCheckpoint,
  parseVerifierKey,
  SM2_COSIGNATURE,
} from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { logVectors, VECTORS_THERE } from '../../../core/src/proof/vectors.fixture.ts'
import { readConfig } from '../lib/config.ts'
import { countForks } from '../lib/forks.ts'
import { nodeCrypto } from '../lib/signing/node-crypto.ts'
import { createSigningKey } from '../lib/signing/signing-key.ts'
import { faultyDatabase } from '../log/faults.fixture.ts'
import { dishonestLog } from './log.fixture.ts'
import { createWitness, openWitness } from './witness.ts'

const crypto = await nodeCrypto()
const folder = mkdtempSync(join(tmpdir(), 'yuanliu-witness-'))
const NAME = 'witness.example/w'
const KEYS = {
  WITNESS_KEY_FILE: join(folder, 'witness-key'),
  WITNESS_SM_KEY_FILE: join(folder, 'witness-sm-key'),
  WITNESS_LOGS: join(folder, 'logs'),
}
const key = createSigningKey(KEYS.WITNESS_KEY_FILE, NAME, ED25519_COSIGNATURE, crypto)
const smKey = createSigningKey(KEYS.WITNESS_SM_KEY_FILE, `${NAME}/sm`, SM2_COSIGNATURE, crypto)

const grows = dishonestLog('grows.example/log')
const forks = dishonestLog('forks.example/log')
const hides = dishonestLog('hides.example/log')
const races = dishonestLog('races.example/log')
const fails = dishonestLog('fails.example/log')
const sm = dishonestLog('city.example/log/sm', 'sm3-sm2')
const KNOWN = logVectors('witness/add-checkpoint.json', {
  log_vkey: '',
  steps: [] as { desc: string; body: string; status_spec: number; content_type?: string; response_body?: string }[],
})

let platform: Platform
let tiles: Awaited<ReturnType<typeof hides.serve>>
beforeAll(async () => {
  tiles = await hides.serve(true)
  const lines = [grows.line, forks.line, `${hides.line} ${tiles.url}/`, races.line, fails.line, sm.line]
  writeFileSync(KEYS.WITNESS_LOGS, [...lines, KNOWN.log_vkey && `log ${KNOWN.log_vkey}`, ''].join('\n'))
  platform = await startPlatform({ LOG: 'off', LOG_LEVEL: 'silent', ...KEYS })
})
afterAll(async () => {
  await platform.stop()
  await tiles.close()
  rmSync(folder, { recursive: true, force: true })
})

async function add(body: Uint8Array) {
  const answer = await platform.call('/witness/add-checkpoint', {
    method: 'POST',
    key: null,
    body: Buffer.from(body),
    headers: { 'content-type': 'text/plain' },
  })
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
}
const status = async (body: Uint8Array) => (await add(body)).status
const monitored = (origin: string) =>
  platform.call(`/witness/${createHash('sha256').update(origin).digest('hex')}/checkpoint`, { key: null })
const about = async () => (await platform.call('/api/witness', { key: null })).json()
const health = async () => (await (await platform.call('/health')).json()).witness

describe('a witness over HTTP', () => {
  it.skipIf(!VECTORS_THERE)(
    'answers the published exchanges (litewitness) as the specification has it (skipped where ../shared/vectors is absent)',
    async () => {
      expect(KNOWN.steps.length).toBe(9)
      for (const { desc, body, status_spec, content_type, response_body } of KNOWN.steps) {
        const answer = await add(utf8(body))
        expect(answer.status, desc).toBe(desc.includes('non-canonical base64') ? 400 : status_spec)
        if (content_type) expect(answer).toMatchObject({ type: content_type, text: response_body })
      }
      // Proofs that anybody can garble are no forks.
      expect(await health()).toEqual({ logs: 7, forks: 0 })
    },
  )

  it('cosigns how a log grows, with the time, and shows the checkpoint with both signatures', async () => {
    expect((await monitored(grows.origin)).status).toBe(404)
    for (const [from, to] of [
      [0, 0],
      [0, 5],
      [5, 5],
      [5, 130],
    ] as const) {
      const answer = await add(await grows.body(from, to))
      expect([answer.status, answer.type]).toEqual([200, 'text/plain; charset=utf-8'])
      const log = { origin: grows.origin, keys: [noteVerifier(grows.line.slice(4), crypto.checks)] }
      const note = Buffer.concat([await grows.noteAt(to), Buffer.from(answer.text)])
      const opened = await openCheckpoint(note, log, [noteVerifier(key, crypto.checks)])
      const cosigned = opened.note.verified.find(s => s.name === NAME)
      expect(Math.abs(Number(cosignatureTime(cosigned as never)) - Date.now() / 1000)).toBeLessThan(60)
      const shown = await monitored(grows.origin)
      expect([shown.status, Buffer.from(await shown.arrayBuffer()).equals(note)]).toEqual([200, true])
    }
    expect(await add(await grows.body(5, 140))).toEqual({ status: 409, type: 'text/x.tlog.size', text: '130\n' })
    const { keys, logs } = await about()
    expect(keys[0]).toMatchObject({ suite: 'sha256-ed25519', key: formatVerifierKey(key) })
    expect(keys[0].policyLine).toBe(
      `witness witness-example-w ${formatVerifierKey(key)} https://trace.example.org/witness`,
    )
    expect(parseVerifierKey(keys[1].key).algorithm).toBe(SM2_COSIGNATURE)
    expect(logs).toContainEqual(expect.objectContaining({ origin: grows.origin, size: '130', forked: false }))
  })

  it('cosigns the suite of SM3 and SM2 with its own key and identifier', async () => {
    expect(await status(await sm.body(0, 7))).toBe(200)
    const { text } = await add(await sm.body(7, 20))
    const log = { origin: sm.origin, keys: [noteVerifier(sm.line.slice(4), crypto.checks)] }
    const note = Buffer.concat([await sm.noteAt(20), Buffer.from(text)])
    const opened = await openCheckpoint(note, log, [noteVerifier(smKey, crypto.checks)])
    expect(opened.note.verified.map(s => s.name)).toEqual([sm.origin, `${NAME}/sm`])
  })

  it('says loudly that a log has forked, with the evidence, and cosigns the tree that it knew', async () => {
    expect(await status(await forks.body(0, 7))).toBe(200)
    expect(await status(await forks.body(7, 20, true))).toBe(422)
    expect(await status(await forks.body(3, 7, true))).toBe(409)
    // The same again is one fork, not two.
    expect(await status(await forks.body(7, 20, true))).toBe(422)
    expect(await health()).toMatchObject({ forks: 2, remark: expect.stringContaining('has forked') })
    expect(await (await platform.call('/metrics')).text()).toContain('\nyuanliu_witness_forks 2\n')
    const { forks: seen, logs } = await about()
    expect(logs.filter((l: { forked: boolean }) => l.forked).map((l: { origin: string }) => l.origin)).toEqual([
      forks.origin,
    ])
    const bySize = seen.find((f: { proof: string | null }) => f.proof !== null)
    expect(bySize).toMatchObject({ origin: forks.origin, held: await text(forks.noteAt(7)) })
    expect(bySize.shown).toBe(await text(forks.noteAt(20, true)))
    expect(bySize.proof.split('\n').length).toBe((await forks.proofOf(7, 20, true)).length)
    expect(await status(await forks.body(7, 20))).toBe(200)
  })

  it('looks into a suspicion by the tiles of the log, where its address is known', async () => {
    // At a power of two the proof leaves the old root out, so the request alone shows nothing.
    expect(await status(await hides.body(0, 8))).toBe(200)
    expect(await status(await hides.body(8, 20, true))).toBe(422)
    await platform.running.rooms.witness.settled()
    expect(tiles.asked).toBeGreaterThan(0)
    const { forks: seen } = await about()
    expect(seen.find((f: { origin: string }) => f.origin === hides.origin)).toMatchObject({
      reason: expect.stringContaining('its own tiles show'),
      held: await text(hides.noteAt(8)),
      shown: await text(hides.noteAt(20, true)),
    })
    // Not again at once: whoever sends garbled proofs does not make this platform ask for tiles.
    const { asked } = tiles
    expect(await status(await hides.body(8, 30, true))).toBe(422)
    await platform.running.rooms.witness.settled()
    expect(tiles.asked).toBe(asked)
  })

  it('of two requests at once lets one through: nobody gets a cosignature that another rolls back', async () => {
    expect(await status(await races.body(0, 3))).toBe(200)
    for (let size = 3; size < 60; size += 6) {
      const bodies = [
        await races.body(size, size + 6),
        await races.body(size, size + 6),
        await races.body(size, size + 4),
      ]
      const answers = await Promise.all(bodies.map(status))
      const held = Number((await (await monitored(races.origin)).text()).split('\n')[1])
      // Either way is right; afterwards the log goes on from what is held.
      expect([size + 4, size + 6]).toContain(held)
      expect(answers.filter(s => s === 200).length).toBe(1)
      expect(answers.filter(s => s === 409).length).toBe(2)
      if (held === size + 4) expect(await status(await races.body(held, size + 6))).toBe(200)
    }
  })

  it('gives no cosignature where the write failed, and keeps what came about though the answer was lost', async () => {
    const ground = await openWitness(readConfig(platform.env), platform.running.parts.db.kind)
    const { db, state } = faultyDatabase(platform.running.parts.db)
    const witness = createWitness({ ...platform.running.parts, db }, ground)
    const digest = createHash('sha256').update(fails.origin).digest('hex')
    expect((await witness.add(await fails.body(0, 4))).status).toBe(200)
    const statements = state.statements
    expect(statements).toBe(3)
    for (const at of [1, 2, 3, 'commit'] as const) {
      state.fault = { at, stored: false }
      await expect(witness.add(await fails.body(4, 9)), String(at)).rejects.toThrow('injected fault')
      expect((await platform.running.rooms.witness.held(digest))?.toString()).toContain('\n4\n')
    }
    state.fault = { at: 'commit', stored: true }
    await expect(witness.add(await fails.body(4, 9))).rejects.toThrow('injected fault')
    expect((await witness.add(await fails.body(4, 12))).body).toBe('9\n')
    expect((await witness.add(await fails.body(9, 12))).status).toBe(200)
    await witness.stop()
    // From the database, and so after any restart.
    await platform.restart()
    expect(await add(await fails.body(4, 20))).toMatchObject({ status: 409, text: '12\n' })
    expect(await countForks(platform.running.parts.db, 1)).toBe(3)
    expect(await health()).toMatchObject({ forks: 3 })
  })

  it('answers what is no request in words, and nothing of other people’s logs', async () => {
    const unknown = dishonestLog('unknown.example/log')
    expect(await add(await unknown.body(0, 3))).toMatchObject({
      status: 404,
      text: 'unknown log unknown.example/log\n',
    })
    for (const body of ['', 'old\n', 'old 0\n\nx', `old 0\n\n${grows.origin}\n1\n`])
      expect(await status(utf8(body))).toBe(400)
    const long = await platform.call('/witness/add-checkpoint', {
      method: 'POST',
      key: null,
      body: 'x'.repeat(200_000),
    })
    expect([long.status, (await long.json()).type]).toEqual([413, expect.stringMatching(/too-large$/)])
    for (const path of ['x', '0'.repeat(64), encodeURIComponent('../log')])
      expect((await platform.call(`/witness/${path}/checkpoint`, { key: null })).status).toBe(404)
  })
})

describe('a start', () => {
  const refusal = (settings: Record<string, string>, kind: 'embedded' | 'postgresql' = 'embedded') =>
    openWitness(readConfig({ DATA_DIR: folder, ...KEYS, ...settings }), kind).then(
      ground => ground?.memory.close().then(() => null) ?? null,
      error => (error as Error).message,
    )
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }

  it('is refused in words where the file or the key is not what a witness needs', async () => {
    expect(await refusal({})).toBe(null)
    expect(await openWitness(readConfig({}), 'embedded')).toBe(null)
    expect(await refusal({ CHECKPOINT_STORE: file('no-folder', '') })).toContain('CHECKPOINT_STORE=')
    expect(await refusal({ WITNESS_LOGS: join(folder, 'none') })).toContain('cannot be read')
    expect(await refusal({ WITNESS_LOGS: file('a', 'log nonsense\n') })).toContain('The verifier key is malformed')
    expect(await refusal({ WITNESS_LOGS: file('b', `${grows.line} ftp://x\n`) })).toContain('not an http(s) address')
    expect(await refusal({ WITNESS_LOGS: file('c', `log ${formatVerifierKey(key)}\n`) })).toContain('cosigner’s key')
    expect(await refusal({ WITNESS_KEY_FILE: KEYS.WITNESS_SM_KEY_FILE })).toContain('one key for each role')
    expect(await refusal({ WITNESS_KEY_FILE: join(folder, 'no-key') }, 'postgresql')).toContain(
      'log key FILE --witness',
    )
  })

  it('makes its key on the embedded database, for what it has to cosign and no more', async () => {
    const data = mkdtempSync(join(folder, 'data-'))
    const logs = file('d', `${sm.line}\n`)
    const env = { DATA_DIR: data, WITNESS_LOGS: logs, PUBLIC_URL: 'https://b.example' }
    const ground = await openWitness(readConfig(env), 'embedded')
    expect([...(ground?.keys ?? [])].map(([suite, k]) => [suite, k.key.name])).toEqual([
      ['sm3-sm2', 'b.example/witness/sm'],
    ])
    const again = await openWitness(readConfig(env), 'embedded')
    expect(again?.keys.get('sm3-sm2')?.key).toEqual(ground?.keys.get('sm3-sm2')?.key)
    await Promise.all([ground?.memory.close(), again?.memory.close()])
  })
})

function utf8(words: string): Uint8Array {
  return new TextEncoder().encode(words)
}

async function text(note: Promise<Uint8Array>): Promise<string> {
  return Buffer.from(await note).toString()
}
