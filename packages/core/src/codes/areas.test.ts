import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { areaName } from './areas.ts'

const { names } = JSON.parse(readFileSync(new URL('../../../../data/vocab/areas.json', import.meta.url), 'utf8'))

it('names an area with what it lies in, or the nearest that is known', () => {
  expect(areaName(names, '350104')).toBe('福建省福州市仓山区')
  expect(areaName(names, '350100')).toBe('福建省福州市')
  expect(areaName(names, '110101')).toBe('北京市东城区')
  expect(areaName(names, '429004')).toBe('湖北省仙桃市')
  expect(areaName(names, '540481')).toBe('西藏自治区林芝市米林市')
  // zones that exist for statistics only, and codes abolished
  expect(areaName(names, '130171')).toBe('河北省石家庄市')
  expect(areaName(names, '990000')).toBeNull()
  expect(areaName(names, '__proto__')).toBeNull()
})

it('has names for codes of six digits only, each below a province', () => {
  for (const code of Object.keys(names)) {
    expect(code).toMatch(/^\d{6}$/)
    expect(names[`${code.slice(0, 2)}0000`], code).toBeDefined()
  }
})
