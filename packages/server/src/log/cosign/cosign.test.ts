import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  believeCheckpoint,
  ED25519,
  ED25519_COSIGNATURE,
  formatAddCheckpoint,
  formatVerifierKey,
  parsePolicy,
  proveConsistency,
  SM2,
  SM2_COSIGNATURE,
  type SuiteId,
  signCheckpoint,
  verifyProofFile,
} from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../../test/support/platform.ts'
import { nodesOf, rootNaively, SHA256_TREE } from '../../../../core/src/proof/tree.fixture.ts'
import { readConfig } from '../../lib/config.ts'
import { createSigningKey, readSigningKey, signerOf } from '../../lib/signing/signing-key.ts'
import { start } from '../../start.ts'
import { openGround } from '../log.ts'
import { crypto, logged } from '../reading.fixture.ts'
import { freePorts, leafHashes } from './nodes.fixture.ts'

/** Three platforms on one machine: A and B witness each other, C witnesses A, too. */

const folder = mkdtempSync(join(tmpdir(), 'yuanliu-cosign-'))
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const ROLES = { log: ED25519, 'log/sm': SM2, witness: ED25519_COSIGNATURE, 'witness/sm': SM2_COSIGNATURE }
const made = (node: string, role: keyof typeof ROLES) =>
  formatVerifierKey(createSigningKey(keyFile(node, role), `${node}.example/${role}`, ROLES[role], crypto))
const keyFile = (node: string, role: string) => join(folder, `${node}-${role.replace('/', '-')}`)
const keys = {
  a: { log: made('a', 'log'), sm: made('a', 'log/sm'), witness: made('a', 'witness') },
  b: { log: made('b', 'log'), witness: made('b', 'witness'), smWitness: made('b', 'witness/sm') },
  c: { witness: made('c', 'witness') },
}

let a: Platform
let b: Platform
let c: Platform
const settings: Record<string, Record<string, string>> = {}
beforeAll(async () => {
  const [portA = 0, portB = 0, portC = 0] = await freePorts(3)
  const url = (port: number) => `http://127.0.0.1:${port}`
  const at = (port: number) => `${url(port)}/witness`
  const witnessB = `witness b ${keys.b.witness} ${at(portB)}`
  const witnessC = `witness c ${keys.c.witness} ${at(portC)}/`
  const quiet = { LOG_LEVEL: 'silent', LOG_COSIGN_MS: '3600000' }
  settings.a = {
    ...quiet,
    PORT: String(portA),
    LOG: 'sha256-ed25519,sm3-sm2',
    LOG_KEY_FILE: keyFile('a', 'log'),
    LOG_SM_KEY_FILE: keyFile('a', 'log/sm'),
    WITNESS_KEY_FILE: keyFile('a', 'witness'),
    LOG_POLICY: file('policy-a', `# both must\n${witnessB}\n${witnessC}\ngroup both all b c\nquorum both\n`),
    LOG_SM_POLICY: file('policy-a-sm', `witness b ${keys.b.smWitness} ${at(portB)}\nquorum b\n`),
    WITNESS_LOGS: file('logs-a', `log ${keys.b.log} ${url(portB)}/log\n`),
  }
  settings.b = {
    ...quiet,
    PORT: String(portB),
    LOG_KEY_FILE: keyFile('b', 'log'),
    WITNESS_KEY_FILE: keyFile('b', 'witness'),
    WITNESS_SM_KEY_FILE: keyFile('b', 'witness/sm'),
    LOG_POLICY: file('policy-b', `witness a ${keys.a.witness} ${at(portA)}\nquorum a\n`),
    WITNESS_LOGS: file('logs-b', `log ${keys.a.log} ${url(portA)}/log\nlog ${keys.a.sm}\nquorum none\n`),
  }
  settings.c = {
    ...quiet,
    PORT: String(portC),
    LOG: 'off',
    WITNESS_KEY_FILE: keyFile('c', 'witness'),
    WITNESS_LOGS: file('logs-c', `log ${keys.a.log}\n`),
  }
})
beforeAll(async () => {
  b = await startPlatform(settings.b)
})
beforeAll(async () => {
  c = await startPlatform(settings.c)
})
beforeAll(async () => {
  a = await startPlatform(settings.a)
})
afterAll(async () => {
  for (const platform of [a, b, c]) await platform?.stop().catch(() => {})
  rmSync(folder, { recursive: true, force: true })
})

/** Asks the witnesses now, as if the time had come to ask each of them again. */
async function round(platform: Platform, suite: SuiteId = 'sha256-ed25519'): Promise<void> {
  await platform.running.parts.db.script('update log_witness set next_ms = 0')
  await platform.running.rooms.log.cosigning.round(suite)
}
const capture = async (platform: Platform, count: number) => {
  await platform.capture(documentOf(Array.from({ length: count }, () => objectEvent())))
  return logged(platform)
}
const text = async (platform: Platform, path: string) => (await platform.call(path, { key: null })).text()
const json = async (platform: Platform, path: string) => (await platform.call(path, { key: null })).json()
const bytes = (words: string) => new TextEncoder().encode(words)
const cosigned = async (platform: Platform, prefix = '/log') =>
  believeCheckpoint(
    bytes(await text(platform, `${prefix}/checkpoint/cosigned`)),
    parsePolicy(await text(platform, `${prefix}/policy`)),
    crypto,
  )
const health = async (platform: Platform) => json(platform, '/health')
const stateOf = async (platform: Platform, name: string) =>
  (await json(platform, '/api/log/witnesses')).logs[0].witnesses.find((w: { name: string }) => w.name === name)

describe('two platforms', () => {
  it('witness each other: what each has published is cosigned by the other, in both suites', async () => {
    expect((await a.call('/log/checkpoint/cosigned', { key: null })).status).toBe(404)
    const eventID = 'urn:uuid:0a0a0a0a-0000-4000-8000-000000000001'
    await a.capture(documentOf([objectEvent({ eventID })]))
    const size = await capture(a, 10)
    await capture(b, 5)
    // Not cosigned yet: the newest is shown all the same, and a proof that meets the policy has to be waited for.
    expect(await text(a, '/log/checkpoint')).not.toContain('example/witness')
    const early = await a.call(`/api/log/proof?event=${eventID}&cosigned=true`, { key: null })
    expect([early.status, early.headers.get('retry-after')]).toEqual([503, '5'])

    await Promise.all([round(a), round(a, 'sm3-sm2'), round(b)])
    const { checkpoint, cosigners } = await cosigned(a)
    expect([checkpoint.size, cosigners.map(w => w.name)]).toEqual([
      BigInt(size),
      ['b.example/witness', 'c.example/witness'],
    ])
    expect((await cosigned(a, '/log/sm')).cosigners.map(w => w.name)).toEqual(['b.example/witness/sm'])
    expect((await cosigned(b)).cosigners.map(w => w.name)).toEqual(['a.example/witness'])
    // The checkpoint that is shown has their lines, too, once it is that very one.
    expect(await text(a, '/log/checkpoint')).toBe(await text(a, '/log/checkpoint/cosigned'))
    expect((await health(a)).log.cosigned).toEqual({ size, failing: {}, alarms: [], forks: 0 })

    for (const query of ['', '&cosigned=true', '&cosigned=true&suite=sm3-sm2']) {
      const proof = bytes(await text(a, `/api/log/proof?event=${eventID}${query}`))
      const entry = Buffer.from((await (await a.call(`/api/log/opening?event=${eventID}`)).json()).entry, 'base64')
      const policy = parsePolicy(await text(a, query.includes('sm3') ? '/log/sm/policy' : '/log/policy'))
      expect((await verifyProofFile(proof, entry, policy, crypto)).index).toBe(0n)
    }
  })

  it('three nodes agree on the root', async () => {
    await round(a)
    const { checkpoint } = await cosigned(a)
    const root = Buffer.from(checkpoint.root).toString('base64')
    for (const witness of [b, c]) {
      const { logs, forks } = await json(witness, '/api/witness')
      expect(logs).toContainEqual(
        expect.objectContaining({ origin: 'a.example/log', size: String(checkpoint.size), root, forked: false }),
      )
      expect(forks).toEqual([])
    }
  })

  it('a witness that is away delays nothing, and catches up', async () => {
    await c.running.stop()
    const before = (await cosigned(a)).checkpoint.size
    const size = await capture(a, 7)
    await round(a)
    expect((await cosigned(a)).checkpoint.size).toBe(before)
    expect(await text(a, '/log/checkpoint')).toContain(`\n${size}\n`)
    expect(await text(a, '/log/checkpoint')).toContain('b.example/witness')
    expect(await stateOf(a, 'c')).toMatchObject({ error: expect.stringMatching(/ECONNREFUSED|无法连接/), alarm: null })
    expect((await health(a)).log.cosigned.failing).toHaveProperty('c')
    // It is not asked again at once.
    const rows = await a.running.rooms.log.cosigning.witnesses(a.running.rooms.log.suites[0] as never)
    expect(rows.find(r => r.name === 'c')?.next_ms).toBeGreaterThan(Date.now())
    // On its port again, as a service manager would start it.
    c.running = await start(readConfig(c.env))
    await round(a)
    expect((await cosigned(a)).checkpoint.size).toBe(BigInt(size))
    expect((await health(a)).log.cosigned.failing).toEqual({})
  })

  it('a log that has forgotten what the witness holds is told by 409, and goes on', async () => {
    await a.running.parts.db.script("update log_witness set held = 3, cosigned = 3 where witness like 'b.%'")
    const size = await capture(a, 3)
    await round(a)
    expect(await stateOf(a, 'b')).toMatchObject({ held: size, cosigned: { size }, error: null })
    // All is kept across a restart.
    await a.restart()
    expect((await cosigned(a)).checkpoint.size).toBe(BigInt(size))
  })

  it('believes no witness that signs with another key, and says so', async () => {
    const liar = createServer((_request, response) => response.end('— b.example/witness AAAAAAAA\n'))
    await new Promise<void>(done => liar.listen(0, '127.0.0.1', done))
    const { port } = liar.address() as AddressInfo
    const policy = file('policy-liar', `witness b ${keys.b.witness} http://127.0.0.1:${port}\nquorum b\n`)
    const other = await startPlatform({
      ...settings.a,
      PORT: '0',
      LOG: 'sha256-ed25519',
      LOG_POLICY: policy,
      WITNESS_LOGS: '',
    })
    await other.capture(documentOf([objectEvent()]))
    await logged(other)
    await round(other)
    expect((await stateOf(other, 'b')).error).toMatch(/^200, but its cosignature is not believed/)
    expect((await other.call('/log/checkpoint/cosigned', { key: null })).status).toBe(404)
    await other.stop()
    await new Promise(done => liar.close(done))
  })
})

describe('a log that was rolled back, and so forks', () => {
  let held = 0

  it('is told so by its witness, which holds more than there is: an alarm, with the evidence', async () => {
    // What a log leaves behind that goes back: the witness has cosigned three entries that the database has no more.
    const size = Number((await cosigned(a)).checkpoint.size)
    held = size + 3
    const leaves = await leafHashes(a, size)
    const lost = [...leaves, ...leaves.slice(0, 3).map(leaf => SHA256_TREE.node(leaf, leaf))]
    const signer = signerOf(await readSigningKey(keyFile('a', 'log'), crypto))
    const root = rootNaively(SHA256_TREE, lost)
    const note = await signCheckpoint({ origin: 'a.example/log', size: BigInt(held), root, extensions: [] }, [signer])
    const proof = await proveConsistency(SHA256_TREE, BigInt(size), BigInt(held), nodesOf(SHA256_TREE, lost))
    const body = Buffer.from(formatAddCheckpoint(BigInt(size), proof, note))
    expect((await b.call('/witness/add-checkpoint', { method: 'POST', key: null, body })).status).toBe(200)

    await capture(a, 1)
    await round(a)
    expect(await stateOf(a, 'b')).toMatchObject({ alarm: { kind: 'ahead', size: held, proved: true } })
    const { log } = await health(a)
    expect(log.cosigned).toMatchObject({ forks: 1, remark: expect.stringContaining('contradicts this log') })
    const { forks } = await json(a, '/api/log/witnesses')
    expect(forks[0]).toMatchObject({
      witness: expect.stringContaining('b.example'),
      held: expect.stringContaining(`\n${held}\n`),
    })
    // What is ahead is not taken as new state.
    expect((await stateOf(a, 'b')).held).toBe(size)
    expect(await text(a, '/log')).toMatch(/role="alert".*见证人所持的检查点与本日志不符[\s\S]*所持更多：日志回退？/)
    expect(await (await a.call('/metrics')).text()).toContain('yuanliu_log_alarms_total{alarm="ahead"} 1')
  })

  it('is not started again, since it signed more than it has', async () => {
    await expect(openGround(a.running.parts.db, readConfig(a.env))).rejects.toThrow(
      /holds a checkpoint of \d+ entries .*has only \d+\. .*signed by this log’s own key/,
    )
    // Nor under its old name on an empty database.
    await expect(startPlatform({ ...settings.a, PORT: '0' })).rejects.toThrow('but this database has no such log')
  })

  it('is refused by the witness once it has grown past; both sides say so, and the third node stays with what it knew', async () => {
    const size = await capture(a, 6)
    await round(a)
    expect(await stateOf(a, 'b')).toMatchObject({
      alarm: { kind: 'refused', proved: true },
      error: expect.stringMatching(/^422/),
    })
    await b.running.rooms.witness.settled()
    const seen = await json(b, '/api/witness')
    expect(seen.forks[0]).toMatchObject({
      origin: 'a.example/log',
      held: expect.stringContaining(`\n${held}\n`),
      shown: expect.stringContaining(`\n${size}\n`),
      proof: expect.any(String),
    })
    expect((await health(b)).witness).toMatchObject({ forks: 1, remark: expect.stringContaining('forked') })
    // C never saw the lost entries: the difference shows between the nodes.
    const root = (logs: { origin: string; root: string }[]) => logs.find(l => l.origin === 'a.example/log')?.root
    expect(root((await json(c, '/api/witness')).logs)).not.toBe(root(seen.logs))
    await expect(openGround(a.running.parts.db, readConfig(a.env))).rejects.toThrow('have another content')
  })
})

describe('a policy that cannot be used', () => {
  it('stops the start in words', async () => {
    const refused = async (policy: string) =>
      openGround(a.running.parts.db, readConfig({ ...a.env, LOG_POLICY: file('wrong', policy) })).catch(e => e.message)
    const line = `witness b ${keys.b.witness}`
    expect(await refused('quorum x\n')).toContain('x is not defined above')
    expect(await refused(`witness b ${keys.b.smWitness}\nquorum b\n`)).toContain('not one for sha256-ed25519')
    expect(await refused(`${line} file:///x\nquorum b\n`)).toContain('is no http(s) address')
    // One without an address counts and is not asked.
    const ground = await openGround(
      a.running.parts.db,
      readConfig({ ...a.env, LOG_SM_POLICY: '', LOG_POLICY: file('right', `${line}\nquorum b\n`) }),
    )
    expect(ground?.policies.get('sha256-ed25519')?.witnesses).toEqual([])
    await ground?.store.close()
  })
})
