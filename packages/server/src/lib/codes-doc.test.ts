import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { codesDoc, readTopics } from './codes-doc.ts'
import { readSchemes } from './data.ts'
import { DATA, ROOT } from './paths.ts'

const { schemes } = readSchemes(DATA)
const topics = readTopics(DATA)

it('docs/guide/codes.md is what the scheme files say', () => {
  const path = join(ROOT, 'docs', 'guide', 'codes.md')
  const text = codesDoc(schemes, topics)
  if (process.env.UPDATE) writeFileSync(path, text)
  expect(readFileSync(path, 'utf8')).toBe(text)
})

it('every scheme stands under a topic, and topics name schemes there are or say why there is none', () => {
  const rows = topics.flatMap(topic => topic.rows)
  const named = new Set(rows.flatMap(row => row.schemes))
  expect([...named].filter(id => !schemes.has(id))).toEqual([])
  expect([...schemes.keys()].filter(id => !named.has(id))).toEqual([])
  expect(rows.filter(row => row.schemes.length === 0 && !row.why)).toEqual([])
})
