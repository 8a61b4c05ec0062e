import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const FOLDERS = ['packages/core/src', 'packages/server/src', 'packages/cli/src', 'test', 'data']

/**
 * Test files by what they need: `platform` ones open a database, themselves or by a fixture, and so are run on both
 * engines; `plain` ones open none.
 * @param root the project's folder
 */
export function testFiles(root: string): { plain: string[]; platform: string[] } {
  const plain: string[] = []
  const platform: string[] = []
  for (const folder of FOLDERS) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      const file = join(folder, name)
      if (!file.endsWith('.test.ts') || file.startsWith('test/e2e/')) continue
      const list = opensDatabase(join(root, file), root) ? platform : plain
      list.push(file)
    }
  }
  return { plain, platform }
}

/** Whether a test file or a fixture that it imports opens a database: through test/support, or by the driver. */
function opensDatabase(file: string, root: string): boolean {
  for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import) '(\.[^']+)'/g)) {
    const path = relative(root, join(dirname(file), from))
    if (/^test\/support\/(platform|open-database|server-process|demo-platform|global-setup)\./.test(path)) return true
    if (/^packages\/server\/src\/lib\/db\/(embedded|postgres)\.ts$/.test(path)) return true
    if (/\.fixture\.ts$/.test(path) && opensDatabase(join(root, path), root)) return true
  }
  return false
}
