import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../packages/server/src/lib/paths.ts'
import { type Platform, startPlatform } from './support/platform.ts'

const run = promisify(execFile)
const GUIDE = readFileSync(join(ROOT, 'docs/guide/quick-start.md'), 'utf8')
/** Every block of a language, in its order, as one program. */
const program = (language: string) =>
  [...GUIDE.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(m => m[1] === language)
    .map(m => m[2])
    .join('\n')
const missing = (command: string) => spawnSync(command, ['--version']).status !== 0

let p: Platform
let folder: string
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  p = await startPlatform()
  folder = mkdtempSync(join(tmpdir(), 'yuanliu-quick-start-'))
  env = { PATH: process.env.PATH, HOME: folder, YUANLIU_URL: p.url, YUANLIU_KEY: await p.key('integrator') }
})
afterAll(async () => {
  await p.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The first block, which says where the platform is and the key, for whoever is in the same shell afterwards. */
const PREAMBLE = /^```sh\n([\s\S]*?)^```$/m.exec(GUIDE)?.[1] ?? ''

/** Runs a program as a reader of that page does: in a shell that has executed its first block. */
async function inThatShell(command: string, name: string): Promise<string> {
  writeFileSync(join(folder, name), program(name.endsWith('py') ? 'python' : 'js'))
  const { YUANLIU_URL, YUANLIU_KEY, ...outside } = env
  const known = `YUANLIU_URL='${YUANLIU_URL}'; YUANLIU_KEY='${YUANLIU_KEY}'`
  const script = `${known}\n${PREAMBLE}\nexec "${command}" ${name}`
  return (await run('sh', ['-euc', script], { cwd: folder, env: outside, timeout: 60_000 })).stdout
}

/** Runs the blocks for the shell as one script. */
async function curl(): Promise<string> {
  writeFileSync(join(folder, 'quick-start.sh'), program('sh'))
  return (await run('sh', ['-eu', 'quick-start.sh'], { cwd: folder, env, timeout: 60_000 })).stdout
}

describe('the quick start does what it says', () => {
  it('with curl', async context => {
    if (missing('curl')) context.skip('curl is not installed')
    const out = await curl()
    expect(out).toContain('"accepted":2')
    expect(out.match(/"status":"accepted"/g)).toHaveLength(2)
    expect(out.match(/"eventID":"ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2.0"/g)?.length).toBeGreaterThanOrEqual(4)
    const trace = JSON.parse(out.trim().split('\n').at(-1) ?? '')
    expect(trace.code).toBe('https://id.gs1.org/01/09521234543213/21/curl-1')
    expect(trace.events).toHaveLength(2)
    // Sent again it is harmless.
    expect(await curl()).toContain('"duplicate":2')
  })

  it('with JavaScript', async () => {
    const out = await inThatShell(process.execPath, 'quick-start.mjs')
    expect(out).toMatch(
      /^captured 201\nevent ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2.0\ntraced 1 event of https:\S+js-1\n$/,
    )
  })

  it('with Python', async context => {
    if (missing('python3')) context.skip('python3 is not installed')
    const out = await inThatShell('python3', 'quick_start.py')
    expect(out).toMatch(
      /^captured 201\nrefused 400 epcisException:ValidationException \/action\nevent ni:\S+\ntraced 1 event of https:\S+python-1\n$/,
    )
  })
})
