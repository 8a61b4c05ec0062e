import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { present, VECTORS } from '../lib/xml/vectors.fixture.ts'
import {
  CREATED,
  canValidate,
  eventPath,
  get,
  jsonEvents,
  lenientKey,
  p,
  post,
  schemaFaults,
  startXml,
  stopXml,
  xmlDocument,
} from './xml.fixture.ts'

beforeAll(startXml)
afterAll(stopXml)

const OLD = { root: 'xmlns:epcis="urn:epcglobal:epcis:xsd:1" xmlns:ext="https://ns.example.org/ext/"', version: '1.2' }
const CLASS = 'https://id.gs1.org/01/09521234543213/10/QTY'

/** A QuantityEvent as the schema of 1.2 has it. */
function quantityXml(id: string, own = `<epcClass>${CLASS}</epcClass><quantity>12</quantity>`, behind = ''): string {
  return `<QuantityEvent>
  <eventTime>2026-10-01T08:00:00.000+08:00</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
  <baseExtension><eventID>${id}</eventID></baseExtension>
  ${own}
  <bizStep>urn:epcglobal:cbv:bizstep:cycle_counting</bizStep>
  <bizLocation><id>urn:epc:id:sgln:9521234.00001.0</id></bizLocation>
  <ext:note>x</ext:note>${behind}
</QuantityEvent>`
}

const newId = () => `urn:uuid:${randomUUID()}`

describe('a QuantityEvent of EPCIS 1.x', () => {
  it('is taken as the ObjectEvent that observes a quantity, and found and written as one', async () => {
    const id = newId()
    const { receipts } = await post(xmlDocument(quantityXml(id), OLD))
    expect(receipts).toEqual([expect.objectContaining({ status: 'accepted', eventID: id })])
    expect(receipts[0]?.remarks).toBeUndefined()
    const { events } = await jsonEvents(id)
    expect(events[0]).toMatchObject({
      type: 'ObjectEvent',
      action: 'OBSERVE',
      epcList: [],
      quantityList: [{ epcClass: CLASS, quantity: 12 }],
      bizStep: 'cycle_counting',
      'ext:note': 'x',
    })
    const found = await p.call(`/epcis/events?MATCH_epcClass=${encodeURIComponent(CLASS)}&EQ_quantity=12`)
    expect(JSON.stringify(await found.json())).toContain(id)
    const xml = await get(eventPath(id), 'application/xml')
    expect(xml).toContain('<quantityElement>')
    if (canValidate) expect(schemaFaults('EPCglobal-epcis-query-2_0.xsd', [xml])).toBe('')
  })

  it('has the id of that ObjectEvent where it has none', async () => {
    const bare = (text: string) => text.replace(/<baseExtension>.*<\/baseExtension>/, '')
    const [first] = (await post(xmlDocument(bare(quantityXml('')), OLD))).receipts
    const object = bare(quantityXml(''))
      .replaceAll('QuantityEvent', 'ObjectEvent')
      .replace(/<epcClass>.*<\/quantity>/, '<epcList/><action>OBSERVE</action>')
      .replace(
        '<ext:note>',
        `<extension><quantityList><quantityElement><epcClass>${CLASS}</epcClass><quantity>12</quantity></quantityElement></quantityList></extension><ext:note>`,
      )
    const [second] = (await post(xmlDocument(object, OLD))).receipts
    expect(first).toMatchObject({ status: 'accepted', eventID: expect.stringMatching(/^ni:/) })
    expect(second).toMatchObject({ status: 'duplicate', eventID: first?.eventID })
  })

  it.each([
    ['without a class', '<quantity>12</quantity>', 'epcClass', ''],
    ['without a quantity', `<epcClass>${CLASS}</epcClass>`, 'quantity', ''],
    [
      'with two',
      `<epcClass>${CLASS}</epcClass><quantity>1</quantity><quantity>2</quantity>`,
      'quantity',
      '/quantity[2]',
    ],
    ['with a class that is none', '<epcClass>no class</epcClass><quantity>1</quantity>', 'URI', '/epcClass'],
    ['with words', `<epcClass>${CLASS}</epcClass><quantity>many</quantity>`, '数字', '/quantity'],
  ])('is refused %s, with the place', async (_what, own, words, path) => {
    const { status, problem } = await post(xmlDocument(quantityXml(newId(), own), OLD), {}, lenientKey)
    expect(status).toBe(400)
    const list = '/epcis:EPCISDocument/EPCISBody/EventList/QuantityEvent[1]'
    expect(problem.errors.map(e => e.pointer)).toContain(list + path)
    expect(JSON.stringify(problem.errors)).toContain(words)
    expect(problem.errors.every(e => e.line && e.column)).toBe(true)
  })

  it.each([
    ['out of order', quantityXml(newId(), `<quantity>1</quantity><epcClass>${CLASS}</epcClass>`), OLD, 'element-order'],
    [
      'with a fraction',
      quantityXml(newId(), `<epcClass>${CLASS}</epcClass><quantity>1.5</quantity>`),
      OLD,
      'loose-form',
    ],
    ['in a document of 2.0', quantityXml(newId()), {}, 'loose-form'],
  ])('is only for lenient keys %s', async (_what, event, form, remark) => {
    const strict = await post(xmlDocument(event, form))
    expect(strict.status).toBe(400)
    const { receipts } = await post(xmlDocument(event, form), {}, lenientKey)
    expect(receipts).toEqual([
      expect.objectContaining({ status: 'accepted', remarks: expect.arrayContaining([remark]) }),
    ])
  })
})

/** The attributes of an element, by name. */
async function attributesOf(type: string, id: string): Promise<Record<string, unknown>> {
  const answer = await p.call(`/api/vocabularies/${encodeURIComponent(type)}/${encodeURIComponent(id)}`)
  expect(answer.status).toBe(200)
  const text = await answer.text()
  return JSON.parse(text)
}

const LOCATION = 'urn:epcglobal:epcis:vtype:BusinessLocation'
const vocabulary = (id: string) =>
  `<VocabularyList><Vocabulary type="${LOCATION}"><VocabularyElementList><VocabularyElement id="${id}"><attribute id="urn:epcglobal:cbv:mda:name">Yard</attribute></VocabularyElement></VocabularyElementList></Vocabulary></VocabularyList>`

describe('master data alone', () => {
  it.each(['1', '2'])('come as an EPCISMasterDataDocument of version %s', async version => {
    const id = `urn:epc:id:sgln:9521234.0010${version}.0`
    const { status, counts } = await post(
      `<m:EPCISMasterDataDocument xmlns:m="urn:epcglobal:epcis-masterdata:xsd:${version}" schemaVersion="${version}.0" ${CREATED}><EPCISBody>${vocabulary(id)}</EPCISBody></m:EPCISMasterDataDocument>`,
    )
    expect(status).toBe(202)
    expect(counts).toMatchObject({ events: 0, rejected: 0 })
    expect(JSON.stringify(await attributesOf(LOCATION, id))).toContain('Yard')
  })

  it('come as the answer to a query', async () => {
    const id = 'urn:epc:id:sgln:9521234.00103.0'
    const { status } = await post(
      `<q:EPCISQueryDocument xmlns:q="urn:epcglobal:epcis-query:xsd:1" schemaVersion="1.2" ${CREATED}><EPCISBody><q:QueryResults><queryName>SimpleMasterDataQuery</queryName><resultsBody>${vocabulary(id)}</resultsBody></q:QueryResults></EPCISBody></q:EPCISQueryDocument>`,
    )
    expect(status).toBe(202)
    expect(JSON.stringify(await attributesOf(LOCATION, id))).toContain('Yard')
  })

  it('come in a header, with a body that is empty; without one from lenient keys', async () => {
    const header = (id: string) =>
      `<EPCISHeader><s:StandardBusinessDocumentHeader xmlns:s="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"><s:HeaderVersion>1.0</s:HeaderVersion><s:Sender><s:Identifier>a</s:Identifier></s:Sender><s:Receiver><s:Identifier>b</s:Identifier></s:Receiver><s:DocumentIdentification><s:Standard>EPCglobal</s:Standard><s:TypeVersion>1.0</s:TypeVersion><s:InstanceIdentifier>1</s:InstanceIdentifier><s:Type>MasterData</s:Type><s:CreationDateAndTime>2026-11-01T00:00:00Z</s:CreationDateAndTime></s:DocumentIdentification></s:StandardBusinessDocumentHeader><extension><EPCISMasterData>${vocabulary(id)}</EPCISMasterData></extension></EPCISHeader>`
    const whole = (id: string, body: string) =>
      `<epcis:EPCISDocument ${OLD.root} schemaVersion="1.2" ${CREATED}>${header(id)}${body}</epcis:EPCISDocument>`
    expect((await post(whole('urn:epc:id:sgln:9521234.00104.0', '<EPCISBody/>'))).status).toBe(202)
    const bare = whole('urn:epc:id:sgln:9521234.00105.0', '')
    const { status, problem } = await post(bare)
    expect(status).toBe(400)
    expect(JSON.stringify(problem.errors)).toContain('EPCISBody')
    expect((await post(bare, {}, lenientKey)).status).toBe(202)
    for (const n of [4, 5])
      expect(JSON.stringify(await attributesOf(LOCATION, `urn:epc:id:sgln:9521234.0010${n}.0`))).toContain('Yard')
  })

  it('are refused where something is wrong, with the place', async () => {
    const wrong = vocabulary('urn:epc:id:sgln:9521234.00106.0').replace(
      `<Vocabulary type="${LOCATION}">`,
      '<Vocabulary>',
    )
    const { status, problem } = await post(
      `<m:EPCISMasterDataDocument xmlns:m="urn:epcglobal:epcis-masterdata:xsd:2" schemaVersion="2.0" ${CREATED}><EPCISBody>${wrong}</EPCISBody></m:EPCISMasterDataDocument>`,
    )
    expect(status).toBe(400)
    expect(problem.errors[0]?.pointer).toBe('/m:EPCISMasterDataDocument/EPCISBody/VocabularyList/Vocabulary/@type')
  })

  it.skipIf(!present).each(['XML/CBV/CBV-11.4-2020-06-16a.xml', 'XML/Mimasu/Example-masterData.xml'])(
    'as the standard publishes them: %s',
    async path => {
      const text = readFileSync(join(VECTORS, 'gs1-epcis', path))
      const { status, problem } = await post(text)
      expect(problem.errors).toEqual([])
      expect(status).toBe(202)
      for (const type of new Set([...text.toString().matchAll(/<Vocabulary type="([^"]*)"/g)].map(m => m[1] as string)))
        expect((await p.call(`/api/vocabularies/${encodeURIComponent(type)}`)).status).toBe(200)
    },
  )
})
