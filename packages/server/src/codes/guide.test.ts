import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { ROOT } from '../lib/paths.ts'

const run = promisify(execFile)
const guide = readFileSync(join(ROOT, 'docs', 'guide', 'issuing.md'), 'utf8')
const examples = [...guide.matchAll(/```sh\n([\s\S]*?)```\n```text\n([\s\S]*?)\n```/g)]
const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false,
)

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

it.skipIf(!hasCurl)('the examples of docs/guide/issuing.md answer what stands below them (needs curl)', async () => {
  expect(examples.length).toBeGreaterThan(5)
  const key = await platform.key('guide', ['code:issue', 'signal:read'])
  for (const [, script = '', expected = ''] of examples) {
    const env = { PATH: process.env.PATH ?? '', YUANLIU_KEY: key }
    const text = script.replaceAll('http://localhost:8080', platform.url)
    const { stdout } = await run('bash', ['-e', '-c', text], { env })
    const pattern = expected.split('…').map(piece => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    expect(stdout.replaceAll('\r\n', '\n').trim()).toMatch(new RegExp(`^${pattern.join('[^\\n]*')}$`))
  }
})
