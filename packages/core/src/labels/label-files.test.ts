import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseCarriers, parseSheets } from './label-files.ts'

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../data/labels/${name}.json`, import.meta.url), 'utf8'))

describe('data/labels', () => {
  it('is taken as it is', () => {
    expect(parseCarriers(read('carriers'), 'x').map(c => c.id)).toContain('hanxin')
    expect(parseSheets(read('sheets'), 'x').map(s => s.id)).toEqual(
      expect.arrayContaining(['a4-3x8', 'roll-40x30', 'roll-60x40']),
    )
  })

  it('a wrong carrier is refused with its place', () => {
    const changed = (change: (c: Record<string, unknown>) => void) => {
      const file = read('carriers')
      change(file.carriers[0])
      return () => parseCarriers(file, 'carriers.json')
    }
    expect(changed(c => delete c.module)).toThrow(/^carriers\.json: \/carriers\/0/)
    expect(changed(c => Object.assign(c, { colour: 'red' }))).toThrow(/^carriers\.json: \/carriers\/0/)
    expect(changed(c => Object.assign(c, { kind: 'linear' }))).toThrow('carriers.json: /carriers/0 (qr): "height"')
    expect(changed(c => Object.assign(c, { id: 'gs1-qr' }))).toThrow('"gs1-qr" stands there twice')
    expect(changed(c => Object.assign(c, { module: { min: 1, target: 0.5, max: 2 } }))).toThrow('in this order')
  })

  it('a paper that does not hold its labels is refused with its place', () => {
    const changed = (values: object) => {
      const file = read('sheets')
      Object.assign(file.sheets[0], values)
      return () => parseSheets(file, 'sheets.json')
    }
    expect(changed({ columns: 4 })).toThrow('sheets.json: /sheets/0 (a4-3x8): the labels are wider than the page')
    expect(changed({ rows: 9 })).toThrow('higher than the page')
    expect(changed({ padding: 20 })).toThrow('nothing is left')
    expect(changed({ label: { width: -1, height: 3 } })).toThrow('sheets.json: /sheets/0/label/width')
  })
})
