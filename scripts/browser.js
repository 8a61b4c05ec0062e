import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * Bundles the scripts of pages that share code with core, from the sources, into packages/server/dist/browser.
 * `node scripts/browser.js`; part of `npm run build`, and of what the tests set up.
 */

const ROOT = join(import.meta.dirname, '..')
const ASSETS = join(ROOT, 'packages', 'server', 'src', 'portal', 'assets')
const OUT = join(ROOT, 'packages', 'server', 'dist', 'browser')

/** Entry → format: `check` is a script of its own, `curves` a module that it imports when it must. */
const SCRIPTS = /** @type {const} */ ({ check: 'iife', curves: 'esm' })

/** Writes the bundles; each is in place whole or not at all. */
export async function bundleBrowser() {
  mkdirSync(OUT, { recursive: true })
  for (const [name, format] of Object.entries(SCRIPTS)) {
    const { outputFiles } = await build({
      entryPoints: [join(ASSETS, `${name}.js`)],
      bundle: true,
      write: false,
      minify: true,
      format,
      conditions: ['source'],
      // The oldest browsers with WebCrypto's Ed25519 or BigInt literals; older ones keep the page without its script.
      target: ['es2022'],
      legalComments: 'eof',
      charset: 'utf8',
    })
    const path = join(OUT, `${name}.js`)
    writeFileSync(`${path}.${process.pid}`, outputFiles[0].contents)
    renameSync(`${path}.${process.pid}`, path)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleBrowser()
