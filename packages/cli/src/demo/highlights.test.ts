import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { demoCity } from '../demo-import.ts'
import { demoHighlights } from './highlights.ts'

const FILE = join(process.cwd(), 'data/demo/highlights.json')

// The server reads this file for the first page of a demonstration; `UPDATE=1` writes it anew.
it('data/demo/highlights.json is what the city says', () => {
  const fresh = `${JSON.stringify(demoHighlights(demoCity()), null, 2)}\n`
  if (process.env.UPDATE) writeFileSync(FILE, fresh)
  expect(readFileSync(FILE, 'utf8')).toBe(fresh)
})
