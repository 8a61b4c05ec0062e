import { describe, expect, it } from 'vitest'
import { readDocument } from './vectors.fixture.ts'

/** What reading makes of the corners of XML that published documents do not have. */

const ROOT = 'xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:ex="https://ns.example.org/ex/"'

function read(events: string) {
  const text = `<epcis:EPCISDocument ${ROOT} schemaVersion="2.0" creationDate="2026-11-01T00:00:00Z"><EPCISBody><EventList>${events}</EventList></EPCISBody></epcis:EPCISDocument>`
  return readDocument(Buffer.from(text))
}

function event(inner: string): string {
  return `<ObjectEvent><eventTime>2026-10-01T08:00:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcList/><action>OBSERVE</action>${inner}</ObjectEvent>`
}

function one(inner: string) {
  const found = read(event(inner)).events[0]
  if (!found) throw new Error('no event')
  return { value: found.value, leniencies: found.faults.map(f => f.leniency) }
}

describe('white space', () => {
  it.each([
    ['<ex:a>　　段落&#xA0;</ex:a>', '　　段落\u00a0'],
    ['<ex:a> \r\n\t&#xFEFF;x\u2003 </ex:a>', '\ufeffx\u2003'],
    ['<ex:a> \t </ex:a>', ''],
    ['<ex:a ex:k=" v "> &#xA0;x </ex:a>', { 'ex:k': ' v ', '@value': '\u00a0x' }],
  ])('around a text is that of XML alone: %s', (xml, expected) => {
    expect(one(xml).value['ex:a']).toEqual(expected)
  })

  it('that is none of XML stays in fields, where the schema refuses it', () => {
    const epcs = read(
      event('').replace('<epcList/>', '<epcList><epc>&#xA0;urn:x:y&#x3000;</epc><epc>\n urn:x:z </epc></epcList>'),
    )
    expect(epcs.events[0]?.value.epcList).toEqual(['\u00a0urn:x:y\u3000', 'urn:x:z'])
    const item = '<epcClass>urn:x:y</epcClass><quantity>5&#xA0;</quantity>'
    const { value } = one(`<quantityList><quantityElement>${item}</quantityElement></quantityList>`)
    expect(value.quantityList).toEqual([{ epcClass: 'urn:x:y', quantity: '5\u00a0' }])
    const type = one('<sourceList><source type="&#xA0;urn:x:t">urn:x:y</source></sourceList>').value
    expect(type.sourceList).toEqual([{ type: '\u00a0urn:x:t', source: 'urn:x:y' }])
    expect(one('<certificationInfo>urn:a:b\n urn:c:d</certificationInfo>').value.certificationInfo).toEqual([
      'urn:a:b',
      'urn:c:d',
    ])
  })
})

describe('attributes in foreign namespaces', () => {
  it.each([
    ['<extension ex:k="v"><ex:a>1</ex:a></extension>', { 'ex:k': 'v', 'ex:a': '1' }],
    ['<extension ex:k="v"/>', { 'ex:k': 'v' }],
    ['<readPoint><id>urn:x:y</id><extension ex:k="v"/></readPoint>', { readPoint: { id: 'urn:x:y', 'ex:k': 'v' } }],
    ['<ilmd><extension ex:k="v"/></ilmd>', { ilmd: { 'ex:k': 'v' } }],
  ])('on a container are members of what it stands in: %s', (xml, expected) => {
    const { value, leniencies } = one(xml)
    expect(value).toMatchObject(expected)
    expect(leniencies).toEqual([])
  })

  it('on baseExtension, beside the same on the event', () => {
    const xml = event('').replace('<epcList/>', '<baseExtension ex:k="w" ex:l="x"/><epcList/>')
    const { value, faults } = read(xml.replace('<ObjectEvent>', '<ObjectEvent ex:k="v">')).events[0] ?? {}
    expect(value).toMatchObject({ 'ex:k': ['v', 'w'], 'ex:l': 'x' })
    expect(faults).toEqual([])
  })

  it('on the extension of an error declaration', () => {
    const declared =
      '<errorDeclaration><declarationTime>2026-10-01T08:00:00Z</declarationTime><extension ex:k="v"/></errorDeclaration>'
    const { value } = read(event('').replace('<epcList/>', `${declared}<epcList/>`)).events[0] ?? {}
    expect(value?.errorDeclaration).toEqual({ declarationTime: '2026-10-01T08:00:00Z', 'ex:k': 'v' })
  })
})
