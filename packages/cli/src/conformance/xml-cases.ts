import { randomUUID } from 'node:crypto'
import { type Case, Mismatch, Skip } from './case.ts'
import { brief, type Exchange, mediaTypeOf } from './exchange.ts'
import { expectEvents, expectProblem, expectStatus, expectThat } from './expect.ts'
import { newCodes, objectEvent, randomTime } from './sample.ts'

const XML = 'application/xml'

/** XML, where the server offers it (EPCIS 2.0 §9, §12.8). */
export const XML_CASES: readonly Case[] = [
  {
    id: 'xml/read',
    clause: '§9, §12.8; GET /events Accept: application/xml',
    does: { zh: '以 XML 读取事件', en: 'reads an event as XML' },
    expects: { zh: 'application/xml 的 EPCISQueryDocument', en: 'an EPCISQueryDocument in application/xml' },
    async run(tester) {
      const event = objectEvent()
      await tester.capture([event])
      const id = String(event.eventID)
      const answer = offered(await tester.get(`/events/${encodeURIComponent(id)}`, { accept: XML }), 406)
      expectStatus(answer, 200)
      expectThat(
        answer,
        'Content-Type: application/xml',
        /^(application|text)\/xml$/.test(mediaTypeOf(answer)),
        mediaTypeOf(answer),
      )
      expectThat(answer, '<…EPCISQueryDocument', /<(\w+:)?EPCISQueryDocument[\s>]/.test(answer.text), answer.text)
      expectThat(answer, `the event ${id}`, answer.text.includes(id), answer.text)
    },
  },
  {
    id: 'xml/capture',
    clause: '§9, §12.6; POST /capture application/xml',
    does: { zh: '采集 XML 文档', en: 'captures an XML document' },
    expects: { zh: '202，事件可以 JSON 读到', en: '202, the event can be read as JSON' },
    async run(tester) {
      const { text, id, epc } = xmlDocument()
      const answer = offered(
        await tester.send('POST', '/capture', { body: text, headers: { 'content-type': XML } }),
        415,
      )
      await tester.job(expectStatus(answer, 202))
      const read = await tester.get(`/events/${encodeURIComponent(id)}`, { 'GS1-EPC-Format': 'Never_Translates' })
      const [event] = expectEvents(read)
      expectThat(
        read,
        `/eventList/0/epcList: ${epc}`,
        JSON.stringify(event?.epcList) === JSON.stringify([epc]),
        read.text,
      )
    },
  },
  {
    id: 'xml/refused',
    clause: '§9, §12.6; POST /capture application/xml 400',
    does: { zh: '采集不完整的 XML', en: 'captures XML that breaks off' },
    expects: { zh: '400 ValidationException', en: '400 ValidationException' },
    async run(tester) {
      const body = xmlDocument().text.slice(0, -40)
      const answer = offered(await tester.send('POST', '/capture', { body, headers: { 'content-type': XML } }), 415)
      expectProblem(answer, [400], 'ValidationException')
    },
  },
]

/** Throws Skip where the server says in the standard's way that it has no XML. */
function offered(answer: Exchange, refusal: number): Exchange {
  if (answer.status !== refusal) return answer
  const type = refusal === 406 ? 'NotAcceptableException' : 'UnsupportedMediaTypeException'
  if (!answer.text.includes(type)) throw new Mismatch(`${refusal} ${type}`, brief(answer.text), answer)
  throw new Skip(`服务器不提供 XML（${refusal}）`, `the server offers no XML (${refusal})`)
}

function xmlDocument(): { text: string; id: string; epc: string } {
  const [id, epc, time] = [`urn:uuid:${randomUUID()}`, newCodes().itemUrn(1, 'X1'), randomTime()]
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="${time}">
  <EPCISBody>
    <EventList>
      <ObjectEvent>
        <eventTime>${time}</eventTime>
        <eventTimeZoneOffset>+00:00</eventTimeZoneOffset>
        <eventID>${id}</eventID>
        <epcList><epc>${epc}</epc></epcList>
        <action>OBSERVE</action>
        <bizStep>urn:epcglobal:cbv:bizstep:inspecting</bizStep>
      </ObjectEvent>
    </EventList>
  </EPCISBody>
</epcis:EPCISDocument>
`
  return { text, id, epc }
}
