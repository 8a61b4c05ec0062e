import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { eventKey, readDocuments } from '../events/events.ts'
import { sql } from '../lib/db/sql.ts'
import {
  CREATED,
  canValidate,
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

describe('POST /epcis/capture with XML', () => {
  it('keeps the exact bytes of each event, and what it needs to be read alone', async () => {
    const id = `urn:uuid:${randomUUID()}`
    const own = objectXml(
      '<!-- kept --><ext:note  a="1">山东 &amp; &#x6CB3;</ext:note><o:x xmlns:o="urn:other:">1</o:x>',
      id,
    )
    const { receipts } = await post(Buffer.from(`\ufeff${xmlDocument(`\n${objectXml()}\n\t${own}\n`)}`))
    expect(receipts.map(r => r.status)).toEqual(['accepted', 'accepted'])
    const { db } = p.running.parts
    const rows = await db.rows<{ block: number; slot: number; context: number }>(
      sql`select block, slot, context from event where key = ${eventKey(id)}::uuid`,
    )
    const [document] = await readDocuments(db, rows)
    expect(document?.bytes.toString('utf8')).toBe(own)
    const { context, events } = await jsonEvents(id)
    expect(events[0]).toMatchObject({
      'ext:note': { a: '1', '@value': '山东 & 河' },
      'o:x': '1',
      '@context': { o: 'urn:other:' },
    })
    expect(context).toContainEqual({ ext: 'https://ns.example.org/ext/' })
  })

  it('gives one event the same identity in both bindings: the twin is a duplicate, another content a conflict', async () => {
    const json = objectEvent({ 'ext:note': 'x', bizStep: 'shipping' })
    await p.capture(documentOf([json]), { key: strictKey })
    const same = `<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep><disposition>urn:epcglobal:cbv:disp:in_transit</disposition>
      <readPoint><id>https://id.gs1.org/414/9521321000010</id></readPoint><bizLocation><id>https://id.gs1.org/414/9521321000010</id></bizLocation>
      <ext:note>x</ext:note>`
    expect((await post(xmlDocument(objectXml(same, json.eventID as string)))).counts).toMatchObject({ duplicate: 1 })
    const other = same.replace('shipping', 'receiving')
    expect((await post(xmlDocument(objectXml(other, json.eventID as string)))).counts).toMatchObject({ conflict: 1 })
    const { conflicts } = await (await p.call('/api/conflicts', { key: strictKey })).json()
    expect(conflicts[0].event).toMatchObject({ bizStep: 'receiving', 'ext:note': 'x' })
  })

  it('takes EPCIS 1.2 with its extensions, its header and its master data', async () => {
    const head = `<EPCISHeader><sbdh:StandardBusinessDocumentHeader xmlns:sbdh="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"><sbdh:HeaderVersion>1.0</sbdh:HeaderVersion><sbdh:Sender><sbdh:Identifier Authority="SGLN">urn:epc:id:sgln:9521321.00001.0</sbdh:Identifier></sbdh:Sender><sbdh:Receiver><sbdh:Identifier>r</sbdh:Identifier></sbdh:Receiver><sbdh:DocumentIdentification><sbdh:Standard>EPCglobal</sbdh:Standard><sbdh:TypeVersion>1.0</sbdh:TypeVersion><sbdh:InstanceIdentifier>i-1</sbdh:InstanceIdentifier><sbdh:Type>Events</sbdh:Type><sbdh:CreationDateAndTime>2026-11-01T00:00:00Z</sbdh:CreationDateAndTime></sbdh:DocumentIdentification></sbdh:StandardBusinessDocumentHeader><extension><EPCISMasterData><VocabularyList><Vocabulary type="urn:epcglobal:epcis:vtype:EPCClass"><VocabularyElementList><VocabularyElement id="urn:epc:idpat:sgtin:9521234.054321.*"><attribute id="urn:epcglobal:cbv:mda#descriptionShort">香油</attribute></VocabularyElement></VocabularyElementList></Vocabulary></VocabularyList></EPCISMasterData></extension></EPCISHeader>`
    const id = `urn:uuid:${randomUUID()}`
    const event = `<ObjectEvent><eventTime>2026-10-01T08:00:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset><baseExtension><eventID>${id}</eventID></baseExtension>
      <epcList/><action>ADD</action><bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep>
      <extension><quantityList><quantityElement><epcClass>urn:epc:class:lgtin:9521234.054321.L1</epcClass><quantity>10.50</quantity><uom>KGM</uom></quantityElement></quantityList>
      <ilmd><cbvmda:lotNumber xmlns:cbvmda="urn:epcglobal:cbv:mda">L1</cbvmda:lotNumber></ilmd></extension></ObjectEvent>
      <extension><TransformationEvent><eventTime>2026-10-01T09:00:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset><inputQuantityList><quantityElement><epcClass>urn:epc:class:lgtin:9521234.054321.L1</epcClass><quantity>1</quantity></quantityElement></inputQuantityList><outputEPCList><epc>urn:epc:id:sgtin:9521234.054322.t</epc></outputEPCList></TransformationEvent></extension>`
    const root = 'xmlns:epcis="urn:epcglobal:epcis:xsd:1"'
    const { receipts } = await post(xmlDocument(event, { root, version: '1.2', head }))
    expect(receipts.map(r => r.status)).toEqual(['accepted', 'accepted'])
    expect((await jsonEvents(id, { 'gs1-epc-format': 'Never_Translates' })).events[0]).toMatchObject({
      bizStep: 'commissioning',
      quantityList: [{ epcClass: 'urn:epc:class:lgtin:9521234.054321.L1', quantity: 10.5, uom: 'KGM' }],
      ilmd: expect.objectContaining({}),
    })
    const row = await p.running.parts.db.row(
      sql`select attributes from master_data where id = '01/09521234543213' and organisation = (select id from organisation where code = 'strict-org')`,
    )
    expect(row).toMatchObject({ attributes: [{ id: 'urn:epcglobal:cbv:mda#descriptionShort', attribute: '香油' }] })
    // The lot of the inputs leads on to what was made of it.
    const trace = await p.call(`/api/trace?code=${encodeURIComponent('urn:epc:id:sgtin:9521234.054322.t')}`, {
      key: strictKey,
    })
    expect(JSON.stringify(await trace.json())).toContain('01/09521234543213/10/L1')
  })

  it('stages a large document, compressed, and marks what it assigned', async () => {
    const events = Array.from({ length: 1_500 }, (_, i) => objectXml(`<ext:n>${i}</ext:n>`))
    events[1_200] = objectXml('<ext:n>no id</ext:n>').replace(/<eventID>.*<\/eventID>/, '')
    const { counts, receipts } = await post(gzipSync(xmlDocument(events.join('\n'))), { 'content-encoding': 'gzip' })
    expect(counts).toMatchObject({ events: 1_500, accepted: 1_500 })
    expect(receipts.length).toBe(1_000) // a page
    const page = await (
      await p.call(`/epcis/events?EQ_eventID=${encodeURIComponent(receipts[7]?.eventID ?? '')}`, { key: strictKey })
    ).json()
    expect(page.epcisBody.queryResults.resultsBody.eventList[0]['ext:n']).toBe('7')
  })

  it('takes one bare event, declaring its namespaces itself', async () => {
    const id = `urn:uuid:${randomUUID()}`
    const body = `<?xml version="1.0"?><!-- one -->\n${objectXml('<ext:note>x</ext:note>', id).replace('<ObjectEvent>', '<ObjectEvent xmlns:ext="https://ns.example.org/ext/" schemaVersion="2.0">')}\n`
    const send = () =>
      p.call('/epcis/events', { method: 'POST', key: strictKey, body, headers: { 'content-type': 'text/xml' } })
    expect((await send()).status).toBe(201)
    expect((await send()).status).toBe(409)
    expect((await jsonEvents(id)).events[0]['ext:note']).toBe('x')
  })
})

describe('faults of XML are told by path, line and column', () => {
  it('of form and of content', async () => {
    const events = `${objectXml()}\n${objectXml('<bizStep>urn:x</bizStep>').replace('<action>OBSERVE</action>', '<action>MOVE</action>')}
${objectXml().replace('<epc>https://id.gs1.org/01/09521234543213/21/1</epc>', '<epc>urn:epc:id:sscc:9521234.0000000001</epc><epc>not a URI</epc>')}
${objectXml('<colour>red</colour><readPoint><id>x y</id></readPoint>')}`
    const { status, problem } = await post(xmlDocument(events))
    expect(status).toBe(400)
    expect(problem.type).toBe('epcisException:ValidationException')
    const list = '/epcis:EPCISDocument/EPCISBody/EventList'
    expect(problem.errors.map(e => [e.pointer, e.line])).toEqual([
      [`${list}/ObjectEvent[2]/action`, 12],
      [`${list}/ObjectEvent[3]/epcList/epc[2]`, 17],
      [`${list}/ObjectEvent[4]/colour`, 24],
      [`${list}/ObjectEvent[4]/readPoint/id`, 24],
    ])
    expect(problem.errors.every(e => (e.column ?? 0) >= 1 && /[\u4e00-\u9fff]/.test(e.message))).toBe(true)
  })

  const deep = `${'<ext:a>'.repeat(70)}${'</ext:a>'.repeat(70)}`
  it.each([
    ['an entity', xmlDocument('&xxe;'), 'invalid'],
    ['an internal subset', `<!DOCTYPE a [<!ENTITY x "y">]>${xmlDocument('').slice(39)}`, 'DTD'],
    ['an external subset', `<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd">${xmlDocument('').slice(39)}`, 'DTD'],
    ['billions of laughs', `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>${xmlDocument('&b;').slice(39)}`, 'DTD'],
    ['a processing instruction', xmlDocument(`<?php echo 1 ?>${objectXml()}`), '处理指令'],
    ['one in an event', xmlDocument(objectXml('<?x y?>')), '处理指令'],
    ['one before the root', `<?xml-stylesheet href="a"?>${xmlDocument('').slice(39)}`, '处理指令'],
    ['another encoding', xmlDocument('').replace('UTF-8', 'ISO-8859-1'), 'UTF-8'],
    ['wrong UTF-8', Buffer.from(xmlDocument(objectXml('<ext:n>\u00ff</ext:n>')), 'latin1'), 'UTF-8'],
    ['a declared GBK', xmlDocument('').replace('encoding="UTF-8"', 'encoding="GBK"'), 'UTF-8'],
    ['depth', xmlDocument(objectXml(deep)), '64'],
    ['a long text', xmlDocument(objectXml(`<ext:n>${'x'.repeat(1_100_000)}</ext:n>`)), '1048576'],
    ['a long attribute', xmlDocument(objectXml(`<ext:n a="${'x'.repeat(1_100_000)}"/>`)), '1048576'],
    ['an undeclared prefix', xmlDocument(objectXml('<no:x/>')), 'unbound'],
    ['tags that do not match', xmlDocument(objectXml('<ext:a></ext:b>')), 'XML'],
    ['an attribute twice', xmlDocument(objectXml('<ext:a b="1" b="2"/>')), 'duplicate'],
    ['a document cut short', xmlDocument(objectXml()).slice(0, -60), 'XML'],
    ['two event lists', xmlDocument(`${objectXml()}</EventList><EventList>`), 'EventList'],
    ['nothing', '', 'XML'],
    ['JSON', '{}', 'XML'],
    ['U+0000', xmlDocument(objectXml('<ext:a>&#0;</ext:a>')), 'XML'],
    ['another document', '<html xmlns="http://www.w3.org/1999/xhtml"/>', 'html'],
    [
      'events among master data alone',
      `<m:EPCISMasterDataDocument xmlns:m="urn:epcglobal:epcis-masterdata:xsd:2" schemaVersion="2.0" ${CREATED}><EPCISBody><EventList/></EPCISBody></m:EPCISMasterDataDocument>`,
      'EPCISMasterDataDocument',
    ],
    ['a withdrawn type', xmlDocument('<QuantityEvent/>'), 'QuantityEvent'],
  ])('%s', async (_what, body, words) => {
    const count = async () => (await p.running.parts.db.row<{ n: number }>(sql`select count(*) as n from event`))?.n
    const before = await count()
    const { status, problem } = await post(body)
    expect(status).toBe(400)
    if (words !== 'invalid') expect(JSON.stringify(problem)).toContain(words)
    expect(problem.errors[0]).toMatchObject({ line: expect.any(Number), column: expect.any(Number) })
    expect(await count()).toBe(before)
  })

  it('bounds what one event costs: elements, namespaces, attributes, faults', async () => {
    const many = (n: number, one: (i: number) => string) => Array.from({ length: n }, (_, i) => one(i)).join('')
    const elements = await post(xmlDocument(objectXml(`<ext:a>${many(500_001, () => '<b/>')}</ext:a>`)))
    expect(elements.status).toBe(413)
    expect(elements.problem.errors[0]?.message).toContain('500000')
    const namespaces = objectXml(many(20_000, i => `<x xmlns="urn:n:${i}"/>`))
    expect((await post(xmlDocument(namespaces))).counts).toMatchObject({ accepted: 1 })
    const attributes = objectXml(`<ext:a ${many(20_000, i => ` a${i}=""`)}/>`)
    expect((await post(xmlDocument(attributes))).counts).toMatchObject({ accepted: 1 })
    const faulty = objectXml(many(50_000, () => '<colour/>'))
    expect((await post(xmlDocument(faulty))).problem.errors.length).toBe(100)
    const sets = many(20_000, i => `<set>urn:epcglobal:cbv:disp:odd${i}</set>`)
    const terms = objectXml(`<persistentDisposition>${sets}</persistentDisposition><x/>`)
    expect((await post(xmlDocument(terms), {}, lenientKey)).problem.errors.map(e => e.pointer)).toEqual([
      '/epcis:EPCISDocument/EPCISBody/EventList/ObjectEvent[1]/x',
    ])
  })

  it('takes a DOCTYPE that only names the root, and the five entities', async () => {
    const body = xmlDocument(objectXml('<ext:n>&lt;&gt;&amp;&quot;&apos;</ext:n>')).replace(
      '?>\n',
      '?><!DOCTYPE project>\n',
    )
    const { receipts } = await post(body)
    expect((await jsonEvents(receipts[0]?.eventID ?? '')).events[0]['ext:n']).toBe(`<>&"'`)
  })

  it('answers the problem as XML where that is asked for', async () => {
    const answer = await p.call('/epcis/capture', {
      method: 'POST',
      key: strictKey,
      body: xmlDocument(objectXml('<b/>')),
      headers: { 'content-type': 'application/xml', accept: 'application/xml' },
    })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toContain('application/problem+xml')
    const text = await answer.text()
    expect(text).toContain('<type>epcisException:ValidationException</type>')
    expect(text).toContain('<pointer>/epcis:EPCISDocument/EPCISBody/EventList/ObjectEvent[1]/b</pointer>')
    if (canValidate) expect(schemaFaults('EPCglobal-epcis-2_0.xsd', [text])).toBe('')
  })
})
