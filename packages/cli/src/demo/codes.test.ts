import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileSchemes, type SchemeFile } from '@yuanliu/core'
import { describe, expect, it } from 'vitest'
import { checkDigit, isChecked } from './check-digit.ts'
import { city, DATA, documents, records } from './city.fixture.ts'
import { crateLink, DOMAIN, itemLink, logisticLink, lotLink, paperLink, urnOf } from './codes.ts'
import { linksIn } from './master-data.ts'

/** Modulo 10 written a second time: from the left, odd and even places by the length. */
function mod10(key: string): boolean {
  const digits = [...key].map(Number)
  const sum = digits.reduce((all, digit, i) => all + digit * ((digits.length - i) % 2 === 0 ? 3 : 1), 0)
  return sum % 10 === 0
}

/** Digits that bear a check digit, by application identifier. */
const CHECKED: Record<string, RegExp> = {
  '00': /^\d{18}$/,
  '01': /^\d{14}$/,
  '253': /^\d{13}/,
  '414': /^\d{13}$/,
  '417': /^\d{13}$/,
  '8003': /^\d{14}/,
}

const links = new Set(records.flatMap(record => [...linksIn(record.event)]))

describe('codes', () => {
  it('computes the check digits of keys known from the standards', () => {
    expect(checkDigit('690123456789')).toBe('2')
    expect(checkDigit('10614141234567890')).toBe('8')
    expect(isChecked('6901234567892')).toBe(true)
    expect(isChecked('6901234567893')).toBe(false)
  })

  it('writes keys of the right shape', () => {
    expect(lotLink('09521021000028', 'A1')).toBe(`${DOMAIN}01/09521021000028/10/A1`)
    expect(logisticLink('9521021', 900)).toMatch(/\/00\/09521021000000900\d$/)
    expect(crateLink('9521004', 1, 'BOX001')).toMatch(/\/8003\/0952100400001\dBOX001$/)
    expect(paperLink('9521004', 10, 'H1')).toMatch(/\/253\/952100400010\dH1$/)
  })

  it('gives every code in every event its right check digit, within the prefix that GS1 keeps for demonstrations', () => {
    let seen = 0
    for (const link of links) {
      const [ai = '', key = ''] = link.slice(DOMAIN.length).split('/')
      const digits = CHECKED[ai]?.exec(key)?.[0]
      expect(ai === '8004' || digits !== undefined, link).toBe(true)
      expect(
        key.replace(/^\d/, first => (ai === '00' || ai === '01' || ai === '8003' ? '' : first)),
        link,
      ).toMatch(/^952/)
      if (digits === undefined) continue
      expect(mod10(digits), link).toBe(true)
      seen++
    }
    expect(seen).toBeGreaterThan(1500)
  })

  it('spells every code as a URN that names the same unit', () => {
    const folder = join(DATA, 'schemes')
    const files = readdirSync(folder).filter(name => name.endsWith('.json'))
    const codes = compileSchemes(files.map(name => JSON.parse(readFileSync(join(folder, name), 'utf8')) as SchemeFile))
    for (const link of links) {
      const urn = urnOf(link)
      expect(urn, link).toMatch(/^urn:epc:/)
      expect(codes.unit(urn).key).toBe(codes.unit(link).key)
      expect(codes.codeOf(codes.unit(link).key)).toBe(link)
    }
  })

  it('leaves what is no code of ours alone', () => {
    expect(urnOf('https://yuanliu.example/ns/step/planting')).toBe('https://yuanliu.example/ns/step/planting')
    expect(urnOf('urn:uuid:1')).toBe('urn:uuid:1')
    expect(urnOf(itemLink('19521029000010', 'B1001'))).toBe('urn:epc:id:sgtin:9521029.100001.B1001')
  })

  it('uses both spellings in the documents', () => {
    const urns = documents.filter(({ document }) => JSON.stringify(document.epcisBody).includes('urn:epc:id:'))
    expect(urns.length).toBeGreaterThan(5)
    for (const { reporter, document } of urns) {
      expect(city.parties.get(reporter)?.notation).toBe('urn')
      expect(JSON.stringify(document.epcisBody)).not.toContain(DOMAIN)
    }
  })
})
