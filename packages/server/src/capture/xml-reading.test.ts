import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lenientKey, objectXml, post, startXml, stopXml, xmlDocument } from './xml.fixture.ts'

beforeAll(startXml)
afterAll(stopXml)

/** What a key of each mode makes of one document: refused by the place of the first fault, or taken with remarks. */
async function bothModes(xml: string) {
  const outcomes = []
  for (const key of [undefined, lenientKey]) {
    const { status, problem, receipts } = await post(xml, {}, key)
    const pointer = problem.errors[0]?.pointer.split('/').at(-1)
    outcomes.push(
      status === 202 ? (receipts[0]?.remarks ?? []).filter(r => r !== 'id-assigned') : `${status} ${pointer}`,
    )
  }
  return { strict: outcomes[0], lenient: outcomes[1] }
}

const amount = (quantity: string) =>
  `<quantityList><quantityElement><epcClass>https://id.gs1.org/01/09521234543213/10/A</epcClass><quantity>${quantity}</quantity></quantityElement></quantityList>`

describe('white space that is none of XML is no white space', () => {
  it('in an EPC and a quantity', async () => {
    const epc = xmlDocument(objectXml().replace('<epc>', '<epc>&#xA0;').replace('</epc>', '&#x3000;</epc>'))
    expect(await bothModes(epc)).toEqual({ strict: '400 epc[1]', lenient: '400 epc[1]' })
    const quantity = xmlDocument(objectXml(amount('5&#xA0;')))
    expect(await bothModes(quantity)).toEqual({ strict: '400 quantity', lenient: '400 quantity' })
  })
})

describe('in the event list stands no text', () => {
  const BODY = 'EPCISBody><EventList>'
  it.each([
    ['before an event', (xml: string) => xml.replace(BODY, `${BODY}STRAY`)],
    ['between events', (xml: string) => xml.replace('</ObjectEvent>', '</ObjectEvent> STRAY\n')],
    ['before the end', (xml: string) => xml.replace('</EventList>', 'STRAY</EventList>')],
    ['CDATA', (xml: string) => xml.replace('</EventList>', '<![CDATA[STRAY]]></EventList>')],
    ['a reference', (xml: string) => xml.replace(BODY, `${BODY}&#65;`)],
  ])('%s', async (_where, put) => {
    const xml = put(xmlDocument(objectXml() + objectXml()))
    expect(await bothModes(xml)).toEqual({ strict: '400 EventList', lenient: ['stray-text'] })
  })

  it('nor in the container of later types', async () => {
    const own = objectXml().replaceAll('ObjectEvent', 'ext:OwnEvent')
    const sound = await bothModes(xmlDocument(`<extension>${own}</extension>`))
    const stray = await bothModes(xmlDocument(`<extension>STRAY${own}</extension>`))
    expect(stray.strict).toBe('400 extension')
    expect(stray.lenient).toEqual(['stray-text', ...sound.lenient])
  })

  it.each(['<EventList/>', '<EventList></EventList>'])(
    'there is one list, before or behind an empty %s',
    async again => {
      const xml = xmlDocument(objectXml())
      const refused = { strict: expect.stringMatching(/^400/), lenient: expect.stringMatching(/^400/) }
      expect(await bothModes(xml.replace('</EventList>', `</EventList>${again}`))).toEqual(refused)
      expect(await bothModes(xml.replace('<EventList>', `${again}<EventList>`))).toEqual(refused)
    },
  )
})

describe('the XML schema is held to under a strict key', () => {
  it.each([
    ['an action is a text, not a token', objectXml().replace('OBSERVE', ' OBSERVE\n'), 'action'],
    ['a decimal has no exponent', objectXml(amount('1e3')), 'quantity'],
    ['nor a capital one', objectXml(amount('1.5E-2')), 'quantity'],
  ])('%s', async (_what, xml, field) => {
    expect(await bothModes(xmlDocument(xml))).toEqual({ strict: `400 ${field}`, lenient: ['loose-form'] })
  })

  it('takes decimals of any form and doubles with exponent', async () => {
    const sensor =
      '<sensorElementList><sensorElement><sensorReport type="https://gs1.org/voc/Temperature" value="1e3" uom="CEL"/></sensorElement></sensorElementList>'
    for (const number of ['+5', '.5', '5.', '-0.50'])
      expect(await bothModes(xmlDocument(objectXml(amount(number) + sensor)))).toEqual({ strict: [], lenient: [] })
  })
})
