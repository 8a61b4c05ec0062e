import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readSchemes } from './data.ts'
import { DATA } from './paths.ts'

const folder = mkdtempSync(join(tmpdir(), 'yuanliu-schemes-'))
afterAll(() => rmSync(folder, { recursive: true }))

const local = {
  id: 'city-lift',
  title: { zh: '本市电梯救援号', en: 'City lift number' },
  authority: '示范市',
  standard: ['示范市电梯救援号规则'],
  level: 'asset',
  confidence: 'verified',
  version: 1,
  parts: [
    { name: 'lift', title: { zh: '电梯号', en: 'lift' }, charset: 'digits', min: 6, max: 6 },
    { name: 'check', title: { zh: '校验位', en: 'check digit' }, charset: 'digits', min: 1, max: 1 },
  ],
  checks: [{ check: 'iso7064-hybrid', part: 'check', over: ['lift'] }],
  forms: { text: 'LIFT-{code}' },
  normalise: { strip: ' -', prefixes: ['LIFT'] },
  qualifiers: [],
  examples: {
    valid: [{ text: 'LIFT 1234563', key: 'urn:yuanliu:city-lift:1234563' }],
    invalid: [{ text: 'LIFT 1234564', reason: 'checksum', at: 11 }],
  },
}

describe('schemes of a region (SCHEMES_DIR)', () => {
  it('are read besides those built in', () => {
    writeFileSync(join(folder, 'city-lift.json'), JSON.stringify(local))
    const codes = readSchemes(DATA, folder)
    const made = codes.checkDigit('city-lift', '123456')
    expect(made).toMatchObject({ ok: true, scheme: 'city-lift' })
    if (!made.ok) return
    expect(codes.identify(made.text)).toMatchObject([{ ok: true, scheme: 'city-lift', level: 'asset' }])
    expect(codes.schemes.size).toBe(readSchemes(DATA).schemes.size + 1)
  })

  it('a wrong one is refused with its path and the place in it', () => {
    const path = join(folder, 'city-lift.json')
    writeFileSync(path, JSON.stringify({ ...local, checks: [{ check: 'guess', part: 'check' }] }))
    expect(() => readSchemes(DATA, folder)).toThrow(`${path}#/checks/0`)
    writeFileSync(path, '{')
    expect(() => readSchemes(DATA, folder)).toThrow(path)
    expect(() => readSchemes(DATA, join(folder, 'nowhere'))).toThrow('nowhere')
  })
})
