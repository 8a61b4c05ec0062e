import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONTEXT, documentOf, objectEvent } from '../../../../test/support/events.ts'
import { filesIn, present, vector } from '../lib/xml/vectors.fixture.ts'
import {
  canValidate,
  eventPath,
  get,
  lenientKey,
  objectXml,
  p,
  post,
  ROOT,
  schemaFaults,
  startXml,
  stopXml,
  strictKey,
  xmlDocument,
} from './xml.fixture.ts'

beforeAll(startXml)
afterAll(stopXml)

describe('strict and lenient capture', () => {
  const disorder = objectXml(
    '<disposition>urn:epcglobal:cbv:disp:in_transit</disposition><bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>',
  )
  const loose: [string, string, string][] = [
    ['element-order', xmlDocument(disorder), 'bizStep'],
    ['stray-text', xmlDocument(objectXml('stray')), 'ObjectEvent[1]'],
    ['loose-form', xmlDocument(objectXml('<sourceList/>')), 'sourceList'],
  ]
  it.each(loose)('%s', async (remark, body, at) => {
    const { status, problem } = await post(body)
    expect(status).toBe(400)
    expect(problem.errors[0]?.pointer.endsWith(at)).toBe(true)
    const { receipts } = await post(body, {}, lenientKey)
    expect(receipts).toMatchObject([{ status: 'accepted', remarks: [remark] }])
  })

  it('a term that the schema lets through is remarked upon in either mode', async () => {
    const body = xmlDocument(objectXml('<bizStep>urn:epcglobal:cbv:bizstep:teleporting</bizStep>'))
    expect((await post(body)).receipts).toMatchObject([{ status: 'accepted', remarks: ['unknown-term'] }])
  })

  it('of JSON: unknown terms, terms written in full, master data in a query document', async () => {
    const query = {
      '@context': documentOf([])['@context'],
      type: 'EPCISQueryDocument',
      schemaVersion: '2.0',
      creationDate: '2026-11-01T00:00:00Z',
      epcisHeader: {
        epcisMasterData: { vocabularyList: [{ type: 'urn:v', vocabularyElementList: [{ id: 'urn:lenient:md' }] }] },
      },
      epcisBody: {
        queryResults: {
          queryName: 'q',
          resultsBody: {
            eventList: [objectEvent({ bizStep: 'https://ns.gs1.org/cbv/BizStep-shipping', disposition: 'lost' })],
          },
        },
      },
    }
    const json = { 'content-type': 'application/json' }
    const { status, problem } = await post(JSON.stringify(query), json)
    expect(status).toBe(400)
    expect(problem.errors.length).toBeGreaterThan(0)
    const { receipts } = await post(JSON.stringify(query), json, lenientKey)
    expect(receipts[0]?.remarks).toEqual(['unknown-term', 'master-data-in-query-document'])
    const found = await (
      await p.call('/epcis/events?EQ_disposition=lost&EQ_bizStep=shipping', { key: lenientKey })
    ).json()
    expect(found.epcisBody.queryResults.resultsBody.eventList.length).toBe(1)
    const wrong = { ...query, epcisHeader: { epcisMasterData: { vocabularyList: [{ type: 5 }] } } }
    expect((await post(JSON.stringify(wrong), json, lenientKey)).status).toBe(400)
  })

  it('remarks also upon events of a large document, read again from its blocks', async () => {
    const many = Array.from({ length: 1_200 }, (_, i) => (i === 700 ? disorder : objectXml()))
    const { receipts } = await post(xmlDocument(many.join('\n')), {}, lenientKey)
    expect(receipts.filter(r => r.remarks)).toMatchObject([{ ordinal: 700, remarks: ['element-order'] }])
    const term = objectXml('<bizStep>urn:epcglobal:cbv:bizstep:teleporting</bizStep>')
    const strict = await post(xmlDocument([term, ...Array.from({ length: 1_100 }, () => objectXml())].join('\n')))
    expect(strict.receipts.filter(r => r.remarks)).toMatchObject([{ ordinal: 0, remarks: ['unknown-term'] }])
  })
})

describe('answers in XML', () => {
  it('the binding follows Accept, with its weights', async () => {
    const { receipts } = await post(xmlDocument(objectXml()))
    const path = eventPath(receipts[0]?.eventID ?? '')
    const type = async (accept: string) =>
      (await p.call(path, { key: strictKey, headers: { accept } })).headers.get('content-type')?.split(';')[0]
    expect(await type('application/xml;q=0.5, application/json')).toBe('application/json')
    expect(await type('application/json;q=0.5, text/xml;q=0.9')).toBe('application/xml')
    expect(await type('*/*')).toBe('application/json')
    expect((await p.call(path, { key: strictKey, headers: { accept: 'image/png' } })).status).toBe(406)
  })

  it('a capture job, with its faults', async () => {
    const { id } = await post(`${xmlDocument(objectXml('<b/>') + objectXml())}`, {
      'gs1-capture-error-behaviour': 'proceed',
    })
    const text = await get(`/epcis/capture/${id}`, 'application/xml')
    expect(text).toContain('success="false"')
    expect(text).toContain('<accepted>1</accepted>')
    if (canValidate) expect(schemaFaults('EPCglobal-epcis-2_0.xsd', [text])).toBe('')
  })

  it('terms and codes in the notation asked for', async () => {
    const { receipts } = await post(
      xmlDocument(objectXml('<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep><ext:n>x</ext:n>')),
    )
    const path = eventPath(receipts[0]?.eventID ?? '')
    const shown = (headers: Record<string, string>) => get(path, 'application/xml', headers)
    expect(await shown({})).toContain('<bizStep>https://ref.gs1.org/cbv/BizStep-shipping</bizStep>')
    for (const format of ['Always_URN', 'Never_Translates'])
      expect(await shown({ 'gs1-cbv-xml-format': format })).toContain('>urn:epcglobal:cbv:bizstep:shipping<')
    expect(await shown({ 'gs1-epc-format': 'Always_GS1_Digital_Link' })).toContain(
      '>https://id.gs1.org/01/09521234543213/21/1<',
    )
    expect((await p.call(path, { key: strictKey, headers: { 'gs1-cbv-xml-format': 'Roman' } })).status).toBe(406)
  })
})

describe('names with a prefix in XML answers', () => {
  const xml = { accept: 'application/xml' }
  const time = { eventTime: '2026-12-24T08:00:00.000+08:00' }
  const document = (namespace: string, more: Record<string, unknown>) =>
    JSON.stringify({
      ...documentOf([objectEvent({ ...time, bizStep: 'example:st', ...more })]),
      '@context': [CONTEXT, { example: namespace }],
    })

  it('keep their namespaces, also where two documents mean two by one prefix, and pass the schema', async () => {
    const json = { 'content-type': 'application/json' }
    const more = {
      'example:f': 'v',
      disposition: 'example:d',
      persistentDisposition: { set: ['example:s'], unset: ['example:u'] },
      bizTransactionList: [{ type: 'example:b', bizTransaction: 'urn:uuid:1' }],
      sourceList: [{ type: 'example:src', source: 'https://s.example.org/1' }],
      destinationList: [{ type: 'example:dst', destination: 'https://d.example.org/1' }],
      sensorElementList: [{ sensorReport: [{ type: 'example:t', value: 1 }] }],
    }
    const namespaces = ['https://ns.example.com/epcis/', 'https://other.example/ns/']
    for (const namespace of namespaces) expect((await post(document(namespace, more), json)).status).toBe(202)
    const text = await get('/epcis/events?EQ_action=OBSERVE&GE_eventTime=2026-12-24T00:00:00Z', 'application/xml')
    const events = text.match(/<ObjectEvent>.*<\/ObjectEvent>/g) ?? []
    expect(events.length).toBe(2)
    const prefixes = new Map([...text.matchAll(/ xmlns:(example\d*)="([^"]+)"/g)].map(([, p, n]) => [p, n]))
    expect([...prefixes.values()].sort()).toEqual(namespaces)
    for (const event of events) {
      const used = new Set([...event.matchAll(/[>"</](example\d*):/g)].map(([, prefix]) => prefix))
      expect(used.size).toBe(1)
      expect(event.match(/[>"]example\d*:/g)?.length).toBe(8)
    }
    if (canValidate) expect(schemaFaults('EPCglobal-epcis-query-2_0.xsd', [text])).toBe('')
  })

  it.each([
    ['the document', 'xmlns:example="https://ns.example.com/epcis/"', ''],
    ['the event', '', ' xmlns:example="https://ns.example.com/epcis/"'],
  ])('are declared where %s declared them and no element bears them', async (_where, around, own) => {
    const event = objectXml('<bizStep>example:st</bizStep>').replace('<ObjectEvent', `<ObjectEvent${own}`)
    const { receipts } = await post(xmlDocument(event, { root: `${ROOT} ${around}` }))
    const text = await get(eventPath(receipts[0]?.eventID ?? ''), 'application/xml')
    expect(text).toContain(' xmlns:example="https://ns.example.com/epcis/"')
    expect(text).toContain('<bizStep>example:st</bizStep>')
  })

  it('are web URIs where they are standard terms, as the header of an answer without preference says', async () => {
    const event = objectEvent({ sensorElementList: [{ sensorReport: [{ type: 'gs1:Speed', value: 1 }] }] })
    await post(JSON.stringify(documentOf([event])), { 'content-type': 'application/json' })
    const bodies: (string | undefined)[] = []
    for (const asked of [undefined, 'No_Preference', 'Always_Web_URI']) {
      const headers = { ...xml, ...(asked && { 'gs1-cbv-xml-format': asked }) }
      const answer = await p.call(eventPath(String(event.eventID)), { key: strictKey, headers })
      expect(answer.headers.get('gs1-cbv-xml-format')).toBe('Always_Web_URI')
      bodies.push((await answer.text()).split('<EventList>')[1])
    }
    expect(bodies[0]).toContain('<sensorReport type="https://gs1.org/voc/Speed"')
    expect(new Set(bodies).size).toBe(1)
  })
})

describe.skipIf(!present)('published documents (present)', () => {
  const documents = [
    ...filesIn('gs1-epcis/XML', '.xml'),
    ...filesIn('openepcis-test-resources/2.0/EPCIS/XML/Capture/Documents', '.xml'),
    ...filesIn('openepcis-test-resources/1.2/EPCIS/XML/Capture/Documents', '.xml'),
  ].filter(file => !/CaptureJob|Example-masterData|CBV-11\.4/.test(file))
  const json = filesIn('gs1-epcis/JSON', '.jsonld')

  it('are taken, and given back in both bindings so that the schema finds no fault', async () => {
    expect(documents.length).toBeGreaterThan(55)
    for (const file of documents) {
      const { status, problem, counts } = await post(vector(file))
      expect(status, `${file} ${JSON.stringify(problem)}`).toBe(202)
      expect(counts.rejected, file).toBe(0)
    }
    for (const file of json) {
      const { status } = await post(vector(file), { 'content-type': 'application/json' })
      expect([202, 400], file).toContain(status)
    }
    const pages: string[] = []
    for (const format of ['No_Preference', 'Always_EPC_URN', 'Never_Translates']) {
      for (let at: string | undefined = '/epcis/events?perPage=500&LT_eventTime=2026-09-01T00:00:00Z'; at; ) {
        const headers = { accept: 'application/xml', 'gs1-epc-format': format, 'gs1-cbv-xml-format': 'Always_URN' }
        const answer: Response = await p.call(at, { key: strictKey, headers })
        pages.push(await answer.text())
        at = /<https:\/\/trace\.example\.org([^>]+)>/.exec(answer.headers.get('link') ?? '')?.[1]
      }
    }
    expect(pages.join('').match(/<\/\w+Event>/g)?.length).toBeGreaterThan(200)
    // Without the tool or the schemas the answers are still asked for; only their validation is left out.
    if (canValidate) {
      expect(schemaFaults('EPCglobal-epcis-query-2_0.xsd', pages)).toBe('')
      const wrong = pages[0]?.replace('<eventTimeZoneOffset>', '<action/><eventTimeZoneOffset>') ?? ''
      expect(schemaFaults('EPCglobal-epcis-query-2_0.xsd', [wrong])).toContain('action')
    }
  })
})
