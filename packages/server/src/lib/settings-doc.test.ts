import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from './paths.ts'
import { settingsDoc } from './settings-doc.ts'

it('docs/ops/settings.md is what the table of settings says', () => {
  const path = join(ROOT, 'docs', 'ops', 'settings.md')
  if (process.env.UPDATE) writeFileSync(path, settingsDoc())
  expect(readFileSync(path, 'utf8')).toBe(settingsDoc())
})
