import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { gs1Data, mergeRows, readDictionary, tablesModule } from '../../../../../scripts/gs1-data.ts'
import { VECTORS_THERE, vectorText } from '../vectors.fixture.ts'
import { aiAt, aiOf, allAis } from './ai-table.ts'
import { bareElements } from './element-string.ts'
import { LINTERS } from './lint/linters.ts'

const data = gs1Data()

describe('data/gs1', () => {
  it('is what tables.ts was made from', () => {
    const made = readFileSync(new URL('tables.ts', import.meta.url), 'utf8')
    expect(made).toBe(tablesModule(data))
  })

  it.skipIf(!VECTORS_THERE)('is what the syntax dictionary says (skipped where ../shared/vectors is absent)', () => {
    const facts = readDictionary(vectorText('gs1-syntax-dictionary/gs1-syntax-dictionary.txt'))
    expect(facts.length).toBeGreaterThan(200)
    expect(data.identifiers.identifiers).toEqual(mergeRows(facts, data.identifiers.identifiers))
  })

  it('names linters that exist, and names in parsed data once', () => {
    const rows = data.identifiers.identifiers
    const linters = rows.flatMap(row => [...row.format.matchAll(/,(\w+)/g)].map(found => found[1]!))
    expect(linters.filter(name => !LINTERS[name])).toEqual([])
    const names = rows.flatMap(row => row.name ?? [])
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
    expect(names.filter(name => !/^[a-z][A-Za-z0-9]*$/.test(name))).toEqual([])
  })

  it('has Chinese titles for every key and for what GB/T 16986 lists', () => {
    const listed = '00 01 02 10 11 13 15 17 21 30 3100 37 400 410 411 412 413 414 415 416 417 8006 8008 8200'.split(' ')
    const keys = [...allAis()].filter(ai => ai.sequences).map(ai => ai.ai)
    for (const ai of [...listed, ...keys]) expect([ai, /\p{Script=Han}/u.test(aiOf(ai)!.title.zh)]).toEqual([ai, true])
  })
})

describe('application identifiers', () => {
  it('are told by their first two digits, as scanners have to', () => {
    for (const { ai } of allAis()) expect(aiAt(`x${ai}1`, 1)?.ai).toBe(ai)
    expect(aiAt('89', 0)).toBeUndefined()
    expect(aiAt('1', 0)).toBeUndefined()
    expect(aiAt('3107123456', 0)).toBeUndefined()
  })

  it('end where their format says', () => {
    for (const { ai, max, fixed } of allAis()) {
      const value = '1'.repeat(max)
      expect(bareElements(`${ai}${value}${fixed ? '' : '\u001d'}1099`, 0), ai).toEqual([
        { ai, value, at: ai.length },
        { ai: '10', value: '99', at: ai.length + max + (fixed ? 2 : 3) },
      ])
    }
  })
})
