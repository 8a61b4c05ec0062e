import { describe, expect, it } from 'vitest'
import * as standard from './schema/standard-terms.ts'
import { canonicalTerm, type TermKind, termUri, webTerm } from './terms.ts'

describe('canonicalTerm', () => {
  it.each<[TermKind, string, string[]]>([
    [
      'bizStep',
      'shipping',
      [
        'shipping',
        'urn:epcglobal:cbv:bizstep:shipping',
        'https://ref.gs1.org/cbv/BizStep-shipping',
        'http://ns.gs1.org/cbv/BizStep-shipping',
        'cbv:BizStep-shipping',
      ],
    ],
    ['disposition', 'in_transit', ['in_transit', 'urn:epcglobal:cbv:disp:in_transit', 'cbv:Disp-in_transit']],
    ['bizTransactionType', 'po', ['po', 'urn:epcglobal:cbv:btt:po', 'https://ref.gs1.org/cbv/BTT-po']],
    ['srcDest', 'owning_party', ['owning_party', 'urn:epcglobal:cbv:sdt:owning_party', 'cbv:SDT-owning_party']],
    [
      'errorReason',
      'incorrect_data',
      ['urn:epcglobal:cbv:er:incorrect_data', 'https://ns.gs1.org/cbv/ER-incorrect_data'],
    ],
    ['component', 'latitude', ['latitude', 'cbv:Comp-latitude']],
    [
      'sensorType',
      'Temperature',
      [
        'Temperature',
        'gs1:Temperature',
        'https://gs1.org/voc/Temperature',
        'https://www.gs1.org/voc/Temperature',
        'https://ref.gs1.org/voc/Temperature',
      ],
    ],
    ['sensorAlert', 'ALARM_CONDITION', ['gs1:ALARM_CONDITION']],
  ])('%s: %s', (kind, term, spellings) => {
    for (const spelling of spellings) expect(canonicalTerm(kind, spelling)).toBe(term)
    expect(canonicalTerm(kind, termUri(kind, term))).toBe(term)
  })

  it('leaves what is of another kind or vocabulary', () => {
    for (const text of [
      'https://ref.gs1.org/cbv/Disp-shipping',
      'urn:epcglobal:cbv:disp:shipping',
      'https://example.com/cbv/BizStep-shipping',
      'example:shipping',
      'urn:epcglobal:cbv:bizstep:',
      'urn:epcglobal:cbv:bizstep:a b',
      'https://ref.gs1.org/cbv/BizStep-shipping/x',
    ])
      expect(canonicalTerm('bizStep', text)).toBe(text)
    expect(termUri('bizStep', 'https://example.com/step')).toBe('https://example.com/step')
  })

  it('knows every standard term in each spelling', () => {
    const lists: [TermKind, readonly string[]][] = [
      ['bizStep', standard.BIZ_STEPS],
      ['disposition', standard.DISPOSITIONS],
      ['bizTransactionType', standard.BIZ_TRANSACTION_TYPES],
      ['srcDest', standard.SOURCE_DEST_TYPES],
      ['errorReason', standard.ERROR_REASONS],
      ['component', standard.COMPONENTS],
      ['sensorType', standard.MEASUREMENT_TYPES],
      ['sensorAlert', standard.SENSOR_ALERT_TYPES],
    ]
    for (const [kind, terms] of lists)
      for (const term of terms) expect(canonicalTerm(kind, termUri(kind, term))).toBe(term)
  })

  it('writes a URN term of any kind as web URI', () => {
    expect(webTerm('urn:epcglobal:cbv:sdt:location')).toBe('https://ref.gs1.org/cbv/SDT-location')
    expect(webTerm('urn:epcglobal:cbv:bt:4012345:1')).toBe('urn:epcglobal:cbv:bt:4012345:1')
  })
})
