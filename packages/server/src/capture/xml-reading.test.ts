import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  canValidate,
  eventPath,
  get,
  jsonEvents,
  lenientKey,
  objectXml,
  p,
  post,
  schemaFaults,
  startXml,
  stopXml,
  strictKey,
  xmlDocument,
} from './xml.fixture.ts'

beforeAll(startXml)
afterAll(stopXml)

/** What a key of each mode makes of one document: refused by the place of the first fault, or taken with remarks. */
async function bothModes(xml: string) {
  const outcomes: (string | string[])[] = []
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
    expect(stray.lenient).toEqual(['stray-text', sound.lenient].flat())
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

describe('what the XML schema takes and JSON has no place for', () => {
  const REPORT = '<sensorReport type="https://gs1.org/voc/Temperature" value="1" uom="CEL"'
  const sensors = (inside: string, behind = '') =>
    `<sensorElementList><sensorElement>${inside}</sensorElement>${behind}</sensorElementList>`
  const LOCAL = '<extension><foo>1</foo></extension>'
  const declared = `<errorDeclaration><declarationTime>2026-10-02T08:00:00Z</declarationTime>${LOCAL}</errorDeclaration>`
  let serial = 1
  const report = { type: 'Temperature', value: 1, uom: 'CEL' }

  it.each<[string, string, object]>([
    ['an element in ilmd', `<ilmd>${LOCAL}</ilmd>`, { ilmd: { foo: '1' } }],
    ['one in a sensor element', sensors(`${REPORT}/>${LOCAL}`), { sensorElementList: [{ foo: '1' }] }],
    [
      'an attribute of a report',
      sensors(`${REPORT} foo="1"/>`),
      { sensorElementList: [{ sensorReport: [{ foo: '1' }] }] },
    ],
    [
      'one of the metadata',
      sensors(`<sensorMetadata foo="1"/>${REPORT}/>`),
      { sensorElementList: [{ sensorMetadata: { foo: '1' } }] },
    ],
    [
      'one that metadata have',
      sensors(`${REPORT} startTime="x"/>`),
      { sensorElementList: [{ sensorReport: [{ startTime: 'x' }] }] },
    ],
    ['text', sensors(`${REPORT}>note</sensorReport>`), { sensorElementList: [{ sensorReport: [report] }] }],
    ['an extension of the list', sensors(`${REPORT}/>`, LOCAL), { sensorElementList: [{ sensorReport: [report] }] }],
    ['an element in a declaration', declared, { errorDeclaration: { foo: '1' } }],
  ])('is taken with a remark: %s', async (_what, inner, expected) => {
    const xml = inner === declared ? objectXml().replace('<epcList>', `${inner}<epcList>`) : objectXml(inner)
    const document = xmlDocument(xml.replace('<action>OBSERVE', '<action>ADD'))
    if (canValidate) expect(schemaFaults('EPCglobal-epcis-2_0.xsd', [document])).toBe('')
    const remarks = ['not-in-json']
    expect(await bothModes(document)).toEqual({ strict: remarks, lenient: remarks })
    // Without an id, its hash is made of it.
    const { receipts } = await post(
      document.replace(/<eventID>.*<\/eventID>/, '').replace('/21/1<', `/21/${++serial}<`),
    )
    expect(receipts[0]).toMatchObject({ status: 'accepted', remarks: expect.arrayContaining(remarks) })
    const id = receipts[0]?.eventID ?? ''
    expect((await jsonEvents(id)).events[0]).toMatchObject(expected)
    const answer = await get(eventPath(id), 'application/xml')
    if (JSON.stringify(expected).includes('foo')) expect(answer).toContain('foo')
    if (canValidate) expect(schemaFaults('EPCglobal-epcis-query-2_0.xsd', [answer])).toBe('')
  })

  it('is refused where JSON would take it for the standard field', async () => {
    const named = declared.replaceAll('foo', 'reason')
    const xml = xmlDocument(objectXml().replace('<epcList>', `${named}<epcList>`))
    expect(await bothModes(xml)).toEqual({ strict: '400 reason', lenient: '400 reason' })
  })

  it.each(['NaN', 'INF', '-INF'])('a number that JSON has not is refused in words: %s', async number => {
    const { status, problem } = await post(xmlDocument(objectXml(sensors(`${REPORT} maxValue="${number}"/>`))))
    expect(status).toBe(400)
    expect(problem.errors).toHaveLength(1)
    expect(problem.errors[0]?.message).toContain(`maxValue is ${number}, and JSON has no such number`)
  })

  it('is refused in JSON in either mode', async () => {
    const body = {
      '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
      type: 'ObjectEvent',
      eventTime: '2026-10-01T08:00:00Z',
      eventTimeZoneOffset: '+08:00',
      epcList: ['https://id.gs1.org/01/09521234543213/21/1'],
      action: 'ADD',
      ilmd: { foo: '1' },
    }
    for (const key of [strictKey, lenientKey]) {
      const headers = { 'content-type': 'application/json' }
      const answer = await p.call('/epcis/events', { method: 'POST', key, headers, body: JSON.stringify(body) })
      expect(answer.status).toBe(400)
    }
  })
})
