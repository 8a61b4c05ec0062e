import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testCodes } from '../codes/schemes.fixture.ts'
import { checkEvent } from './check.ts'
import { translateEvent } from './translate.ts'

const VECTORS = join(import.meta.dirname, '../../../../../shared/vectors/gs1-epcis/JSON')
const present = existsSync(VECTORS)
const codes = testCodes()
const sevenDigits = () => 7

const event = {
  type: 'ObjectEvent',
  eventID: 'urn:epc:id:gdti:4012345.11111.123',
  epcList: ['urn:epc:id:sgtin:4012345.011111.98', 'https://id.gs1.org/00/040123450000001112', 'urn:uuid:1'],
  quantityList: [{ epcClass: 'urn:epc:class:lgtin:4012345.012345.L1', quantity: 2 }],
  readPoint: { id: 'urn:epc:id:sgln:4012345.00011.987', 'example:at': 'urn:epc:id:sgln:4012345.00011.0' },
  sourceList: [{ type: 'owning_party', source: 'urn:epc:id:pgln:4012345.00000' }],
  sensorElementList: [
    { sensorMetadata: { deviceID: 'urn:epc:id:giai:4000001.111' }, sensorReport: [{ type: 'Temperature', value: 1 }] },
  ],
  'example:sscc': 'urn:epc:id:sscc:4012345.0000000111',
}

describe('translateEvent', () => {
  it('writes Digital Links and leaves extensions and event ids alone', () => {
    const before = JSON.stringify(event)
    expect(translateEvent(event, 'Always_GS1_Digital_Link', codes)).toEqual({
      ...event,
      epcList: ['https://id.gs1.org/01/04012345111118/21/98', 'https://id.gs1.org/00/040123450000001112', 'urn:uuid:1'],
      quantityList: [{ epcClass: 'https://id.gs1.org/01/04012345123456/10/L1', quantity: 2 }],
      readPoint: { ...event.readPoint, id: 'https://id.gs1.org/414/4012345000115/254/987' },
      sourceList: [{ type: 'owning_party', source: 'https://id.gs1.org/417/4012345000009' }],
      sensorElementList: [
        {
          sensorMetadata: { deviceID: 'https://id.gs1.org/8004/4000001111' },
          sensorReport: [{ type: 'Temperature', value: 1 }],
        },
      ],
    })
    expect(JSON.stringify(event)).toBe(before)
  })

  it('writes URNs where the prefix length is known, and back', () => {
    const links = translateEvent(event, 'Always_GS1_Digital_Link', codes)
    const urns = translateEvent(links, 'Always_EPC_URN', codes, sevenDigits)
    expect(urns).toEqual({ ...event, epcList: [event.epcList[0], 'urn:epc:id:sscc:4012345.0000000111', 'urn:uuid:1'] })
    expect(translateEvent(links, 'Always_EPC_URN', codes)).toEqual(links)
  })

  it('changes nothing unless asked to', () => {
    expect(translateEvent(event, 'Never_Translates', codes)).toBe(event)
    expect(translateEvent(event, 'No_Preference', codes)).toBe(event)
  })

  it('keeps odd values and the order of members', () => {
    const odd = { epcList: [1, null, { a: 1 }], parentID: null, readPoint: 'x', type: 'example:Own' }
    expect(translateEvent(odd, 'Always_GS1_Digital_Link', codes)).toEqual(odd)
    const translated = translateEvent(event, 'Always_GS1_Digital_Link', codes)
    expect(Object.keys(translated)).toEqual(Object.keys(event))
  })
})

describe.skipIf(!present)('translateEvent on the GS1 samples (vectors present)', () => {
  it('leaves every event valid, without EPC URNs in its standard fields', () => {
    const files = readdirSync(VECTORS, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.jsonld'))
    let events = 0
    for (const file of files) {
      const document = JSON.parse(readFileSync(join(VECTORS, file), 'utf8')) as {
        epcisBody: { eventList?: object[]; queryResults?: { resultsBody: { eventList: object[] } } }
      }
      const body = document.epcisBody
      for (const event of body.eventList ?? body.queryResults?.resultsBody.eventList ?? []) {
        const translated = translateEvent(event, 'Always_GS1_Digital_Link', codes) as Record<string, unknown>
        expect(checkEvent(translated)).toEqual([])
        for (const field of [
          'epcList',
          'childEPCs',
          'inputEPCList',
          'outputEPCList',
          'parentID',
          'readPoint',
          'bizLocation',
        ])
          expect(JSON.stringify(translated[field] ?? '')).not.toMatch(
            /urn:epc:(?:id|class):(?:sgtin|lgtin|sscc|sgln|grai)/,
          )
        events++
      }
    }
    expect(events).toBeGreaterThan(50)
  })
})
