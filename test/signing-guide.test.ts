import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import { ROOT } from '../packages/server/src/lib/paths.ts'
import { ADMIN_KEY, startPlatform } from './support/platform.ts'

it('the block of the guide, bundled for browsers, registers a key and sends a signed event', async () => {
  const guide = readFileSync(join(ROOT, 'docs/guide/signing.md'), 'utf8')
  const block = /```js\n([\s\S]*?)```/.exec(guide)?.[1] ?? ''
  expect(block).toContain('signDocument')
  const folder = mkdtempSync(join(tmpdir(), 'yuanliu-signing-guide-'))
  const platform = await startPlatform()
  try {
    const key = await platform.key('mill')
    const head = `const url = ${JSON.stringify(platform.url)}, adminKey = ${JSON.stringify(ADMIN_KEY)}, key = ${JSON.stringify(key)}\n`
    const { outputFiles } = await build({
      stdin: { contents: head + block, resolveDir: join(ROOT, 'packages/cli') },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      conditions: ['source'],
    })
    const script = join(folder, 'guide.mjs')
    writeFileSync(script, outputFiles[0]?.contents ?? '')
    const { stdout } = await promisify(execFile)(process.execPath, [script])
    const [status, location = ''] = stdout.trim().split(' ')
    expect(status).toBe('201')
    const id = location.split('/').at(-1) ?? ''
    const { signatures } = await (await platform.call(`/api/events/${id}/signatures`)).json()
    expect(signatures).toMatchObject([{ organisation: 'mill', kind: 'enterprise', suite: 'sha256-ed25519' }])
  } finally {
    await platform.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
