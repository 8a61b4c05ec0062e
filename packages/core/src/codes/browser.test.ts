import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compactSchemes } from './compact.fixture.ts'
import { schemeFiles } from './schemes.fixture.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const CORE = join(ROOT, 'packages/core')

it('src/schemes.ts is what the files of data/schemes say', () => {
  const path = join(CORE, 'src/schemes.ts')
  const text = compactSchemes(schemeFiles())
  if (process.env.UPDATE) writeFileSync(path, text)
  expect(readFileSync(path, 'utf8')).toBe(text)
})

describe('for the browser', () => {
  it('the engine with all schemes is at most 60 KB gzipped, and without typebox', async () => {
    const result = await build({
      stdin: {
        contents: `import { compileSchemes } from '@yuanliu/core/codes'
          import { schemes } from '@yuanliu/core/schemes'
          globalThis.codes = compileSchemes(schemes)`,
        resolveDir: CORE,
      },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      conditions: ['source'],
      metafile: true,
    })
    expect(Object.keys(result.metafile.inputs).filter(path => path.includes('typebox'))).toEqual([])
    const bytes = gzipSync(result.outputFiles[0]!.contents, { level: 9 }).length
    expect(bytes).toBeGreaterThan(5_000)
    expect(bytes).toBeLessThanOrEqual(60_000)
  })
})

describe('packed and installed alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yuanliu-core-'))
  const npm = (args: string[], cwd: string) =>
    execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd,
      encoding: 'utf8',
    })

  beforeAll(() => {
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b', 'packages/core'], {
      cwd: ROOT,
    })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('does what its readme says', () => {
    npm(['pack', '--pack-destination', folder], CORE)
    const typebox = join(folder, 'typebox')
    cpSync(join(ROOT, 'node_modules/typebox'), typebox, { recursive: true, dereference: true })
    const project = join(folder, 'project')
    mkdirSync(project)
    const tarball = readdirSync(folder).find(name => name.endsWith('.tgz'))!
    writeFileSync(join(project, 'package.json'), '{"name":"alone","private":true,"type":"module"}')
    npm(['install', '--ignore-scripts', `file:${typebox}`, join(folder, tarball)], project)
    const readme = readFileSync(join(project, 'node_modules/@yuanliu/core/README.md'), 'utf8')
    const program = [...readme.matchAll(/^```js\n(.*?)^```/gms)].map(([, block]) => block).join('\n')
    const promised = [...program.matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)].map(([, words]) => words)
    expect(promised.length).toBeGreaterThan(10)
    writeFileSync(join(project, 'page.js'), program)
    const said = execFileSync(process.execPath, ['page.js'], { cwd: project, encoding: 'utf8' })
    expect(said.trimEnd().split('\n')).toEqual(promised)
  })
})
