import { describe, expect, it } from 'vitest'
import { readSchemes } from '../lib/data.ts'
import { DATA } from '../lib/paths.ts'
import { type MatchLevel, unitPattern } from './pattern.ts'

const codes = readSchemes(DATA)

function covers(pattern: string, level: MatchLevel, uri: string): boolean {
  const { keys, ranges } = unitPattern(pattern, level, codes) ?? { keys: [], ranges: [] }
  const key = codes.unitKey(uri)
  const inRange = ranges.some(
    r => key >= r.from && key < r.until && key.includes(r.part) && (!r.bare || key.split('/').length === 2),
  )
  return keys.includes(key) || inRange
}

const SERIAL = 'urn:epc:id:sgtin:0614141.812345.6789'
const cases: [pattern: string, level: MatchLevel, matched: string[], not: string[]][] = [
  [
    'urn:epc:idpat:sgtin:0614141.812345.*',
    'item',
    [SERIAL, 'https://example.com/01/80614141123458/10/L/21/x'],
    ['urn:epc:id:sgtin:0614141.812346.6789', 'urn:epc:class:lgtin:0614141.812345.L'],
  ],
  ['https://id.gs1.org/01/80614141123458', 'item', [SERIAL], ['urn:epc:id:sgtin:0614141.812346.6789']],
  [
    'urn:epc:idpat:sgtin:0614141.*.*',
    'item',
    [SERIAL, 'urn:epc:id:sgtin:0614141.012346.1'],
    [
      'urn:epc:id:sgtin:0614142.812345.6789',
      'urn:epc:class:lgtin:0614141.812345.L',
      'urn:epc:id:sscc:0614141.1234567890',
    ],
  ],
  [
    'urn:epc:idpat:sgtin:*.*.*',
    'item',
    [SERIAL],
    ['urn:epc:idpat:sgtin:0614141.812345.*', 'urn:epc:id:sscc:0614141.1234567890'],
  ],
  [
    'urn:epc:idpat:sscc:0614141.*',
    'item',
    ['urn:epc:id:sscc:0614141.1234567890', 'urn:epc:id:sscc:0614141.9999999999'],
    ['urn:epc:id:sscc:0614142.1234567890'],
  ],
  [
    'urn:epc:idpat:grai:0614141.12345.*',
    'item',
    ['urn:epc:id:grai:0614141.12345.A1'],
    ['urn:epc:id:grai:0614141.12346.A1'],
  ],
  [
    'https://id.gs1.org/8003/00614141123452',
    'item',
    ['urn:epc:id:grai:0614141.12345.A1'],
    ['urn:epc:id:grai:0614141.12346.A1'],
  ],
  [
    'urn:epc:idpat:grai:0614141.*.*',
    'item',
    ['urn:epc:id:grai:0614141.12345.A1'],
    ['urn:epc:id:grai:0614142.12345.A1'],
  ],
  ['urn:epc:idpat:giai:0614141.*', 'item', ['urn:epc:id:giai:0614141.12345ABC'], ['urn:epc:id:giai:0614142.12345ABC']],
  [
    'urn:epc:idpat:sgln:0614141.12345.*',
    'item',
    ['urn:epc:id:sgln:0614141.12345.400', 'urn:epc:id:sgln:0614141.12345.0'],
    ['urn:epc:id:sgln:0614141.12346.0'],
  ],
  [
    'urn:epc:idpat:itip:4012345.012345.01.02.*',
    'item',
    ['urn:epc:id:itip:4012345.012345.01.02.987'],
    ['urn:epc:id:itip:4012345.012345.02.02.987'],
  ],
  [
    'urn:epc:idpat:cpi:0614141.123ABC.*',
    'item',
    ['urn:epc:id:cpi:0614141.123ABC.1'],
    ['urn:epc:id:cpi:0614141.123ABCD.1'],
  ],
  [
    'urn:epc:idpat:sgtin:0614141.812345.*',
    'class',
    ['urn:epc:idpat:sgtin:0614141.812345.*', 'https://id.gs1.org/01/80614141123458'],
    ['urn:epc:class:lgtin:0614141.812345.L', SERIAL],
  ],
  [
    'urn:epc:idpat:sgtin:0614141.*.*',
    'class',
    ['urn:epc:idpat:sgtin:0614141.812345.*', 'urn:epc:idpat:sgtin:0614141.012346.*'],
    ['urn:epc:class:lgtin:0614141.812345.L', SERIAL],
  ],
  [
    'urn:epc:class:lgtin:0614141.812345.*',
    'class',
    ['urn:epc:class:lgtin:0614141.812345.L'],
    ['urn:epc:idpat:sgtin:0614141.812345.*', 'urn:epc:class:lgtin:0614141.812346.L'],
  ],
  [
    'https://id.gs1.org/01/80614141123458/10/L*',
    'class',
    ['urn:epc:class:lgtin:0614141.812345.L1'],
    ['urn:epc:class:lgtin:0614141.812345.M1', 'urn:epc:class:lgtin:0614141.812345.L'],
  ],
  [
    'https://id.gs1.org/01/80614141123458/*',
    'class',
    ['urn:epc:class:lgtin:0614141.812345.L1'],
    ['urn:epc:idpat:sgtin:0614141.812345.*'],
  ],
  ['https://id.gs1.org/01/80614141*', 'item', [SERIAL], ['urn:epc:id:sgtin:0614142.812345.6789']],
  ['urn:example:thing*', 'item', ['urn:example:thing*'], ['urn:example:thing1']],
]

describe('unitPattern', () => {
  it.each(cases)('%s among %ss', (pattern, level, matched, not) => {
    for (const uri of matched) expect(covers(pattern, level, uri), uri).toBe(true)
    for (const uri of not) expect(covers(pattern, level, uri), uri).toBe(false)
  })

  it('knows what is no pattern', () => {
    for (const wrong of [
      'urn:epc:idpat:sgtin:0614141.*.6789',
      'urn:epc:idpat:sgtin:0614141.*',
      'urn:epc:idpat:nothing:1.*.*',
      'urn:epc:idpat:sgtin:06141410000000000.*.*',
      'urn:epc:idpat:sgtin:06141x1.*.*',
      'https://example.com/a*b*',
      'https://example.com/a/*',
    ]) {
      expect(unitPattern(wrong, 'item', codes), wrong).toBeNull()
    }
  })
})
