import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { present, readDocument, VECTORS } from './vectors.fixture.ts'

/** What stands around the events: our verdict beside that of the official schema, where it is present. */

const XMLLINT = '/usr/bin/xmllint'
const canValidate = present && existsSync(XMLLINT)
const folder = mkdtempSync(join(tmpdir(), 'yuanliu-head-'))
afterAll(() => rmSync(folder, { recursive: true }))

function schemaTakes(text: string): boolean {
  const path = join(folder, 'document.xml')
  writeFileSync(path, text)
  const xsd = join(VECTORS, 'gs1-epcis/XSD/EPCglobal-epcis-2_0.xsd')
  try {
    execFileSync(XMLLINT, ['--nonet', '--noout', '--schema', xsd, path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const documentOf = (header: string) =>
  `<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" xmlns:x="https://ex.org/ns/" schemaVersion="2.0" creationDate="2026-11-01T00:00:00Z">\n<EPCISHeader>${header}</EPCISHeader>\n<EPCISBody><EventList/></EPCISBody></e:EPCISDocument>`

/** Kinds of faults, one each; null where nothing but the remark would take it. */
function verdictOf(text: string) {
  const { head, headFaults } = readDocument(Buffer.from(text))
  return { head, faults: headFaults, kinds: [...new Set(headFaults.map(f => f.leniency))] }
}

const inData = (data: string) => documentOf(`<extension>${data}</extension>`)
const inList = (list: string) => inData(`<EPCISMasterData><VocabularyList>${list}</VocabularyList></EPCISMasterData>`)
const inVocabulary = (inner: string) => inList(`<Vocabulary type="urn:t:x">${inner}</Vocabulary>`)
const inElements = (inner: string) => inVocabulary(`<VocabularyElementList>${inner}</VocabularyElementList>`)
const inElement = (inner: string) => inElements(`<VocabularyElement id="urn:e:x">${inner}</VocabularyElement>`)
const NAME = '<attribute id="urn:a:name">Yard</attribute>'
const WHOLE = `<Vocabulary type="urn:t:x"><VocabularyElementList><VocabularyElement id="urn:e:x">${NAME}</VocabularyElement></VocabularyElementList></Vocabulary>`

describe('master data in XML', () => {
  it.each<[string, string, (string | null)[]]>([
    [
      'a list by another name',
      inVocabulary('<VocabularyElementLst><VocabularyElement id="urn:e:x"/></VocabularyElementLst>'),
      [null],
    ],
    [
      'a header by another name',
      inData(`<EPCISMasterDta><VocabularyList>${WHOLE}</VocabularyList></EPCISMasterDta>`),
      [null],
    ],
    ['no list', inData('<EPCISMasterData/>'), ['loose-form']],
    ['an unknown element in a list', inList(`${WHOLE}<Foo/>`), [null]],
    ['a foreign element in a list', inList(`${WHOLE}<x:Foo/>`), ['loose-form']],
    ['an unknown element in an element', inElement(`${NAME}<foo/>`), ['loose-form']],
    ['text between elements', inElements('text<VocabularyElement id="urn:e:x"/>'), ['stray-text']],
    ['attributes behind children', inElement(`<children><id>urn:e:y</id></children>${NAME}`), ['element-order']],
    ['attributes behind extensions', inElement(`<x:a/>${NAME}`), ['element-order']],
    ['children by another name', inElement('<children><idd>urn:e:y</idd></children>'), [null]],
    [
      'children twice',
      inElement('<children><id>urn:e:y</id></children><children><id>urn:e:z</id></children>'),
      ['loose-form'],
    ],
    ['a list of no elements', inElements(''), ['loose-form']],
    ['an element without id', inElements('<VocabularyElement/>'), [null]],
    ['an attribute without id', inElement('<attribute>x</attribute>'), [null]],
    ['a vocabulary without type', inList(WHOLE.replace(' type="urn:t:x"', '')), [null]],
    [
      'an attribute that a list has not',
      inVocabulary('<VocabularyElementList a="1"><VocabularyElement id="urn:e:x"/></VocabularyElementList>'),
      ['loose-form'],
    ],
    ['an empty extension', inElement('<extension/>'), ['loose-form']],
  ])('the schema refuses %s', (_what, text, kinds) => {
    if (canValidate) expect(schemaTakes(text)).toBe(false)
    expect(verdictOf(text).kinds).toEqual(kinds)
    expect(verdictOf(text).faults.every(f => f.element.line > 1)).toBe(true)
  })

  it.each<[string, string, (string | null)[]]>([
    ['it as it is', inList(WHOLE), []],
    ['an empty list', inList(''), []],
    ['a vocabulary without elements', inVocabulary(''), []],
    ['empty children', inElement('<children/>'), []],
    ['attributes of attributes', inElement('<attribute id="urn:a:name" xml:lang="zh" x:u="1">x</attribute>'), []],
    ['extensions of elements', inElement(`${NAME}<extension><more>1</more></extension><x:more>2</x:more>`), []],
    ['attributes of elements', inElements('<VocabularyElement id="urn:e:x" x:since="2020"/>'), []],
    ['extensions of vocabularies', inVocabulary('<extension><more/></extension><x:more/>'), ['not-kept']],
    ['attributes of vocabularies', inList('<Vocabulary type="urn:t:x" x:a="1"/>'), ['not-kept']],
    [
      'extensions of the data',
      inData(`<EPCISMasterData><VocabularyList/><extension><a/></extension></EPCISMasterData>`),
      ['not-kept'],
    ],
    ['a member of the form in an extension', inElement('<extension><children>1</children></extension>'), ['not-kept']],
  ])('the schema takes %s', (_what, text, kinds) => {
    if (canValidate) expect(schemaTakes(text)).toBe(true)
    expect(verdictOf(text).kinds).toEqual(kinds)
  })

  it('keep attributes of attributes and extensions, by their full names', () => {
    const inner = `<attribute id="urn:a:name" xml:lang="zh" x:u="1">园区</attribute><attribute id="urn:a:name" xml:lang="en">Yard</attribute><attribute id="urn:a:addr"><x:addr xml:lang="en">s</x:addr></attribute><extension><more>1</more></extension><x:more><x:deep>2</x:deep></x:more>`
    const { head } = verdictOf(inElement(inner))
    const vocabularyElementList = [
      {
        id: 'urn:e:x',
        attributes: [
          { id: 'urn:a:name', attribute: { '@language': 'zh', 'https://ex.org/ns/u': '1', '@value': '园区' } },
          { id: 'urn:a:name', attribute: { '@language': 'en', '@value': 'Yard' } },
          { id: 'urn:a:addr', attribute: { 'https://ex.org/ns/addr': { '@language': 'en', '@value': 's' } } },
        ],
        more: '1',
        'https://ex.org/ns/more': { 'https://ex.org/ns/deep': '2' },
      },
    ]
    const vocabularyList = [{ type: 'urn:t:x', vocabularyElementList }]
    expect(head.epcisHeader).toEqual({ epcisMasterData: { vocabularyList } })
  })

  it('name the attribute that is missing', () => {
    const { faults } = verdictOf(inElements('<VocabularyElement/>'))
    expect(faults).toMatchObject([{ attribute: 'id', message: { en: 'VocabularyElement lacks the attribute id' } }])
  })
})

const S = 'http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader'
const SENDER = '<s:Sender><s:Identifier Authority="GLN">a</s:Identifier></s:Sender>'
const RECEIVER =
  '<s:Receiver><s:Identifier>b</s:Identifier><s:ContactInformation><s:Contact>c</s:Contact></s:ContactInformation></s:Receiver>'
const identification = (time = '2026-11-01T00:00:00Z', more = '') =>
  `<s:DocumentIdentification><s:Standard>E</s:Standard><s:TypeVersion>1</s:TypeVersion><s:InstanceIdentifier>1</s:InstanceIdentifier><s:Type>T</s:Type>${more}<s:CreationDateAndTime>${time}</s:CreationDateAndTime></s:DocumentIdentification>`
const business = (inner: string) =>
  documentOf(`<s:StandardBusinessDocumentHeader xmlns:s="${S}">${inner}</s:StandardBusinessDocumentHeader>`)
const VERSION = '<s:HeaderVersion>1.0</s:HeaderVersion>'
const sound = VERSION + SENDER + RECEIVER + identification()
const scope = (inner: string) =>
  business(
    `${sound}<s:BusinessScope><s:Scope><s:Type>t</s:Type><s:InstanceIdentifier>i</s:InstanceIdentifier>${inner}</s:Scope></s:BusinessScope>`,
  )
const MANIFEST = (n: string) =>
  `<s:Manifest><s:NumberOfItems>${n}</s:NumberOfItems><s:ManifestItem><s:MimeTypeQualifierCode>m</s:MimeTypeQualifierCode><s:UniformResourceIdentifier>u:x</s:UniformResourceIdentifier></s:ManifestItem></s:Manifest>`

describe('the Standard Business Document Header', () => {
  it.each<[string, string, (string | null)[]]>([
    ['parts in another order', business(VERSION + RECEIVER + SENDER + identification()), ['element-order']],
    ['an unknown element', business(`${sound}<s:Foo/>`), ['loose-form']],
    ['a time that is none', business(VERSION + SENDER + RECEIVER + identification('yesterday')), ['loose-form']],
    [
      'a day that is none',
      business(VERSION + SENDER + RECEIVER + identification('2026-02-30T00:00:00Z')),
      ['loose-form'],
    ],
    [
      'truth that is none',
      business(VERSION + SENDER + RECEIVER + identification(undefined, '<s:MultipleType>maybe</s:MultipleType>')),
      ['loose-form'],
    ],
    ['text between elements', business(`text${sound}`), ['stray-text']],
    ['a missing part', business(SENDER + RECEIVER + identification()), ['loose-form']],
    ['a part twice', business(VERSION + sound), ['loose-form']],
    ['elements in a text', business(sound.replace('1.0', '<s:b>1.0</s:b>')), ['loose-form']],
    ['an attribute', business(sound.replace('<s:Sender>', '<s:Sender a="1">')), ['loose-form']],
    ['a part without namespace', business(sound.replaceAll('s:HeaderVersion', 'HeaderVersion')), ['loose-form']],
    ['a number that is none', business(sound + MANIFEST('two')), ['loose-form']],
    ['a scope of something else', scope('<s:Other/>'), ['loose-form']],
    [
      'a kind that is none',
      scope('<s:BusinessService><s:ServiceTransaction TypeOfServiceTransaction="x"/></s:BusinessService>'),
      ['loose-form'],
    ],
    [
      'a header behind the extension',
      documentOf(`<extension/>${business(sound).split('EPCISHeader>')[1]?.slice(0, -2)}`),
      ['element-order'],
    ],
    ['a foreign element in the header', documentOf('<x:a>1</x:a>'), ['loose-form']],
  ])('the schema refuses %s', (_what, text, kinds) => {
    if (canValidate) expect(schemaTakes(text)).toBe(false)
    expect(verdictOf(text).kinds).toEqual(kinds)
  })

  it.each([
    ['it as it is', business(sound)],
    [
      'several of each',
      business(
        VERSION +
          SENDER +
          SENDER +
          RECEIVER +
          identification('2024-02-29T24:00:00', '<s:MultipleType> 1 </s:MultipleType>'),
      ),
    ],
    ['a manifest', business(sound + MANIFEST('2'))],
    [
      'scopes',
      scope(
        '<s:BusinessService><s:ServiceTransaction Recurrence="1"/></s:BusinessService><s:CorrelationInformation/><s:BusinessService/>',
      ),
    ],
  ])('the schema takes %s', (_what, text) => {
    if (canValidate) expect(schemaTakes(text)).toBe(true)
    expect(verdictOf(text).kinds).toEqual([])
  })
})
