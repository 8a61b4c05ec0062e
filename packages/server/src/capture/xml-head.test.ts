import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lenientKey, objectXml, p, post, startXml, stopXml, xmlDocument } from './xml.fixture.ts'

beforeAll(startXml)
afterAll(stopXml)

const TYPE = 'urn:epcglobal:epcis:vtype:BusinessLocation'
const data = (elements: string, name = 'EPCISMasterData', list = 'VocabularyElementList') =>
  `<EPCISHeader>\n<extension><${name}><VocabularyList><Vocabulary type="${TYPE}"><${list}>${elements}</${list}></Vocabulary></VocabularyList></${name}></extension></EPCISHeader>`
const withHead = (head: string) => xmlDocument(objectXml(), { head })
const element = (id: string, inner = '') => `<VocabularyElement id="${id}">${inner}</VocabularyElement>`
const stored = async (id: string) => {
  const answer = await p.call(`/api/vocabularies/${encodeURIComponent(TYPE)}/${encodeURIComponent(id)}`)
  return { status: answer.status, body: await answer.json() }
}

describe('master data in XML', () => {
  it.each([
    ['a list', data(element('urn:e:1'), undefined, 'VocabularyElementLst'), '/Vocabulary/VocabularyElementLst'],
    ['the header', data(element('urn:e:1'), 'EPCISMasterDta'), '/EPCISHeader/extension/EPCISMasterDta'],
  ])('are refused in either mode where %s has another name', async (_what, head, path) => {
    for (const key of [undefined, lenientKey]) {
      const { status, problem } = await post(withHead(head), {}, key)
      expect(status).toBe(400)
      expect(problem.errors[0]?.pointer).toContain(path)
      expect(problem.errors[0]).toMatchObject({ line: 3, column: expect.any(Number) })
    }
  })

  it('say which attribute is missing, and where', async () => {
    const { problem } = await post(withHead(data('<VocabularyElement/>')))
    expect(problem.errors).toHaveLength(1)
    expect(problem.errors[0]).toMatchObject({ line: 3, pointer: expect.stringMatching(/\/VocabularyElement\/@id$/) })
    expect(problem.errors[0]?.message).toContain('lacks the attribute id')
  })

  it('are taken from lenient keys in another order, with a remark', async () => {
    const id = 'https://own.example.org/head/1'
    const inner = '<children><id>https://own.example.org/head/2</id></children><attribute id="urn:a:n">Yard</attribute>'
    const text = withHead(data(element(id, inner)))
    expect((await post(text)).status).toBe(400)
    const { receipts } = await post(text, {}, lenientKey)
    expect(receipts[0]?.remarks).toEqual(['element-order'])
    expect((await stored(id)).body).toMatchObject({
      attributes: [{ id: 'urn:a:n', attribute: 'Yard' }],
      children: ['https://own.example.org/head/2'],
    })
  })

  it('keep languages and extensions; what has no place is remarked upon', async () => {
    const id = 'https://own.example.org/head/3'
    const inner =
      '<attribute id="urn:a:n" xml:lang="zh">园区</attribute><attribute id="urn:a:n" xml:lang="en">Yard</attribute><ext:more><ext:deep>1</ext:deep></ext:more>'
    const { receipts } = await post(withHead(data(element(id, inner))))
    expect(receipts[0]?.remarks).toBeUndefined()
    expect((await stored(id)).body.attributes).toEqual([
      { id: 'urn:a:n', attribute: { '@language': 'zh', '@value': '园区' } },
      { id: 'urn:a:n', attribute: { '@language': 'en', '@value': 'Yard' } },
      { id: 'https://ns.example.org/ext/more', attribute: { 'https://ns.example.org/ext/deep': '1' } },
    ])
    const head = data(element(id, inner)).replace('</Vocabulary>', '<ext:a/></Vocabulary>')
    expect((await post(withHead(head))).receipts[0]?.remarks).toEqual(['not-kept'])
  })

  it('are found by a value that has a language', async () => {
    const id = 'https://own.example.org/head/4'
    const event = objectXml(`<bizLocation><id>${id}</id></bizLocation>`)
    const head = data(element(id, '<attribute id="urn:a:n" xml:lang="en">Dock</attribute>'))
    const { receipts } = await post(xmlDocument(event, { head }))
    const answer = await p.call(`/epcis/events?${new URLSearchParams({ 'EQ_ATTR_bizLocation_urn:a:n': 'Dock' })}`)
    expect(await answer.text()).toContain(receipts[0]?.eventID)
  })
})

describe('the Standard Business Document Header', () => {
  const S = 'http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader'
  const header = (time: string, more = '') =>
    `<EPCISHeader>\n<s:StandardBusinessDocumentHeader xmlns:s="${S}"><s:HeaderVersion>1.0</s:HeaderVersion><s:Sender><s:Identifier>a</s:Identifier></s:Sender><s:Receiver><s:Identifier>b</s:Identifier></s:Receiver><s:DocumentIdentification><s:Standard>E</s:Standard><s:TypeVersion>1</s:TypeVersion><s:InstanceIdentifier>1</s:InstanceIdentifier><s:Type>T</s:Type><s:CreationDateAndTime>${time}</s:CreationDateAndTime></s:DocumentIdentification>${more}</s:StandardBusinessDocumentHeader></EPCISHeader>`

  it.each([
    ['a time that is none', header('yesterday'), '/s:CreationDateAndTime', 'loose-form'],
    ['an unknown element', header('2026-11-01T00:00:00Z', '<s:Foo/>'), '/s:Foo', 'loose-form'],
    ['stray text', header('2026-11-01T00:00:00Z', 'x'), '/s:StandardBusinessDocumentHeader', 'stray-text'],
  ])('is taken from lenient keys alone with %s', async (_what, head, path, remark) => {
    const { status, problem } = await post(withHead(head))
    expect(status).toBe(400)
    expect(problem.errors).toEqual([expect.objectContaining({ line: 3, pointer: expect.stringContaining(path) })])
    expect((await post(withHead(head), {}, lenientKey)).receipts[0]?.remarks).toEqual([remark])
  })
})
