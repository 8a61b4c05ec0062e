import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DATA } from './city.fixture.ts'
import { loadDemoCity } from './load-city.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-city-'))
  cpSync(join(DATA, 'demo'), folder, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

function change(name: string, from: string, to: string): void {
  const path = join(folder, name)
  const before = readFileSync(path, 'utf8')
  expect(before).toContain(from)
  writeFileSync(path, before.replace(from, to))
}

describe('loadDemoCity', () => {
  it('takes the files as they are', () => {
    expect(loadDemoCity(folder).parties.size).toBeGreaterThan(40)
  })

  it('refuses a wrong check digit and says whose', () => {
    change('parties.json', '9521001000017', '9521001000018')
    expect(() => loadDemoCity(folder)).toThrow(/parties\.json: "pig-farm-1": GLN 9521001000018 has a wrong check digit/)
  })

  it('refuses a prefix that could be somebody’s', () => {
    change('parties.json', '"prefix": "9521001"', '"prefix": "6901001"')
    expect(() => loadDemoCity(folder)).toThrow(/pig-farm-1": prefix must be 952/)
  })

  it('refuses a product of nobody', () => {
    change('products.json', '"maker": "dairy"', '"maker": "nobody"')
    expect(() => loadDemoCity(folder)).toThrow(/products\.json: "milk": no party "nobody"/)
  })

  it('refuses a GTIN outside its maker’s prefix', () => {
    change('products.json', '"maker": "dairy"', '"maker": "orchard"')
    expect(() => loadDemoCity(folder)).toThrow(/"milk": GTIN \d{14} is not of prefix/)
  })

  it('refuses a code that stands there twice', () => {
    change('products.json', '"code": "milk"', '"code": "tofu"')
    expect(() => loadDemoCity(folder)).toThrow(/"tofu" stands there twice/)
  })

  it('names the file that is no JSON', () => {
    writeFileSync(join(folder, 'stories/oil.json'), '{')
    expect(() => loadDemoCity(folder)).toThrow(/oil\.json: not readable as JSON/)
  })
})
