import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONTEXT, documentOf, objectEvent } from '../../../../test/support/events.ts'
import { hasLostMembers, masterDataOf } from './master-data.ts'
import { objectXml, p, post, startXml, stopXml, strictKey, xmlDocument } from './xml.fixture.ts'

beforeAll(startXml)
afterAll(stopXml)

const TYPE = 'urn:epcglobal:epcis:vtype:BusinessLocation'
const EXT = 'https://ns.example.org/ext/'

function headOf(element: object, list: object = {}) {
  const vocabularyList = [{ type: TYPE, vocabularyElementList: [element], ...list }]
  return {
    '@context': [CONTEXT, { ex: EXT }],
    epcisHeader: { epcisMasterData: { vocabularyList } },
  }
}

const stored = async (id: string) =>
  (await p.call(`/api/vocabularies/${encodeURIComponent(TYPE)}/${encodeURIComponent(id)}`)).json()

describe('master data from XML and from JSON', () => {
  it('are one version where they say the same', async () => {
    const id = 'https://own.example.org/twin/1'
    const xml = `<EPCISHeader><extension><EPCISMasterData><VocabularyList><Vocabulary type="${TYPE}"><VocabularyElementList><VocabularyElement id="${id}"><attribute id="urn:a:addr"><ext:addr><ext:street>s</ext:street><ext:city xml:lang="zh">杭州</ext:city></ext:addr></attribute><ext:more><ext:deep>1</ext:deep></ext:more></VocabularyElement></VocabularyElementList></Vocabulary></VocabularyList></EPCISMasterData></extension></EPCISHeader>`
    expect((await post(xmlDocument(objectXml(), { head: xml }))).status).toBe(202)
    const addr = { 'ex:city': { '@value': '杭州', '@language': 'zh' }, 'ex:street': 's' }
    const element = {
      id,
      attributes: [{ id: 'urn:a:addr', attribute: { 'ex:addr': addr } }],
      'ex:more': { 'ex:deep': '1' },
    }
    await p.capture(documentOf([objectEvent()], headOf(element)), { key: strictKey })
    const { versions, attributes } = await stored(id)
    expect(versions).toHaveLength(1)
    expect(attributes).toEqual([
      {
        id: 'urn:a:addr',
        attribute: {
          [`${EXT}addr`]: { [`${EXT}city`]: { '@language': 'zh', '@value': '杭州' }, [`${EXT}street`]: 's' },
        },
      },
      { id: `${EXT}more`, attribute: { [`${EXT}deep`]: '1' } },
    ])
  })

  it('remark upon members that nothing keeps', async () => {
    const id = 'https://own.example.org/twin/2'
    const answer = await p.call('/epcis/capture', {
      method: 'POST',
      key: strictKey,
      body: JSON.stringify(documentOf([objectEvent()], headOf({ id }, { 'ex:a': 1 }))),
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(202)
    const job = answer.headers.get('location')?.split('/').at(-1)
    const receipts = `/api/captures/${job}/receipts`
    await expect.poll(async () => (await p.call(receipts, { key: strictKey })).text()).toContain('not-kept')
  })
})

describe('masterDataOf', () => {
  it('has names that no prefix defines as they were sent, and joins two names of one', () => {
    const value = { 'none:x': 1, 'ex:a': 1, [`${EXT}a`]: 2 }
    const head = headOf({ id: 'urn:e:x', attributes: [{ id: 'urn:a:n', attribute: value }], plain: [{ 'ex:b': 1 }] })
    expect(masterDataOf(head, uri => uri, head['@context'])[0]?.attributes).toEqual([
      { id: 'urn:a:n', attribute: { [`${EXT}a`]: [1, 2], 'none:x': 1 } },
      { id: 'plain', attribute: [{ [`${EXT}b`]: 1 }] },
    ])
    expect(hasLostMembers(head)).toBe(false)
    expect(hasLostMembers(headOf({ id: 'urn:e:x', attributes: [{ id: 'urn:a:n', 'ex:u': 1 }] }))).toBe(true)
  })
})
