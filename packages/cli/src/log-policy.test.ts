import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../test/support/platform.ts'
import { run } from './program.ts'
import { recorded } from './shell.fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'yuanliu-log-policy-'))
const at = (name: string) => join(folder, name)
let platform: Platform
let log = ''
let witness = ''
let stranger = ''

async function yuanliu(argv: string[], env: Record<string, string> = {}) {
  const shell = recorded(env)
  const code = await run(['--lang', 'en', ...argv], shell)
  return { code, out: shell.out(), err: shell.err() }
}
const key = async (name: string, ...more: string[]) => {
  const made = await yuanliu(['log', 'key', at(name), '--origin', `trace.example.org/${name}`, ...more])
  expect(made.code, made.err).toBe(0)
  return made.out.trim()
}
const policy = (name: string, ...lines: string[]) => {
  writeFileSync(at(name), lines.join('\n'))
  return at(name)
}

beforeAll(async () => {
  log = await key('log')
  witness = await key('witness', '--witness')
  stranger = await key('stranger', '--witness')
  const port = await freePort()
  platform = await startPlatform({
    PORT: String(port),
    LOG_KEY_FILE: at('log'),
    WITNESS_KEY_FILE: at('witness'),
    WITNESS_LOGS: policy('logs', `log ${log}`),
    LOG_POLICY: policy('own', `witness w ${witness} http://127.0.0.1:${port}/witness`, 'quorum w'),
    LOG_COSIGN_MS: '3600000',
    LOG_LEVEL: 'silent',
  })
  await platform.capture(documentOf(Array.from({ length: 12 }, () => objectEvent())))
  await platform.running.rooms.log.covered(12, 10_000)
  await platform.running.parts.db.script('update log_witness set next_ms = 0')
  await platform.running.rooms.log.cosigning.round('sha256-ed25519')
})
afterAll(async () => {
  await platform.stop().catch(() => {})
  rmSync(folder, { recursive: true, force: true })
})

it('log key --witness makes a cosigner’s key', () => {
  expect(witness).toMatch(/^trace\.example\.org\/witness\+[0-9a-f]{8}\+B/)
})

it('log verify --policy holds a log to the quorum of a policy, over its address and over its database', async () => {
  const good = policy('good', `log ${log}`, `witness w ${witness}`, 'quorum w')
  const alone = policy(
    'alone',
    `log ${log}`,
    `witness w ${witness}`,
    `witness s ${stranger}`,
    'group both all w s',
    'quorum both',
  )
  const met = await yuanliu(['log', 'verify', platform.url, '--policy', good])
  expect(met.out).toMatch(
    /^trace\.example\.org\/log: a checkpoint of 12 entries meets the policy, cosigned by trace\.example\.org\/witness \(20\d\d-.*Z\)\n.*12 entries, all as signed\n$/,
  )
  expect([met.code, met.err]).toEqual([0, ''])
  const unmet = await yuanliu(['log', 'verify', platform.url, '--policy', alone])
  expect(unmet.out).toContain('DIFFERS checkpoint: Not enough witnesses have cosigned: trace.example.org/witness')
  expect(unmet.code).toBe(1)
  const wrong = await yuanliu(['log', 'verify', platform.url, '--policy', policy('wrong', 'quorum x')])
  expect([wrong.code, wrong.err]).toEqual([
    1,
    expect.stringContaining('The policy file is wrong: line 1: x is not defined'),
  ])
  const other = policy('other', `log ${log.replace(/^[^+]*/, 'x')}`, 'quorum none')
  expect((await yuanliu(['log', 'verify', platform.url, '--policy', other])).err).toContain(
    'The verifier key is malformed',
  )

  await platform.running.stop()
  const argv = ['log', 'verify', ...(platform.env.DATABASE_URL ? [] : [platform.env.DATA_DIR ?? ''])]
  const local = await yuanliu([...argv, '--policy', good], platform.env)
  expect(local.out).toContain('a checkpoint of 12 entries meets the policy')
  expect(local.code, local.err).toBe(0)
  expect((await yuanliu([...argv, '--policy', alone], platform.env)).code).toBe(1)
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise(done => server.close(done))
  return port
}
