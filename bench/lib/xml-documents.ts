import { contextOf } from '../../packages/core/src/epcis/context.ts'
import { xmlPrefixes } from '../../packages/core/src/epcis/xml/prefixes.ts'
import { writeXmlEvent } from '../../packages/core/src/epcis/xml/write-event.ts'

export const XML_HEAD =
  '<?xml version="1.0" encoding="UTF-8"?>\n<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="2026-11-01T00:00:00.000Z"><EPCISBody><EventList>\n'
export const XML_TAIL = '\n</EventList></EPCISBody></epcis:EPCISDocument>\n'

/** An EPCISDocument in XML of events given as JSON. */
export function xmlDocumentBytes(texts: readonly string[]): Buffer {
  return Buffer.from(XML_HEAD + xmlEvents(texts) + XML_TAIL)
}

/** Events given as JSON in XML, terms as URNs, as most senders of XML write them. */
export function xmlEvents(texts: readonly string[]): string {
  const writing = { context: contextOf(), prefixes: xmlPrefixes(), terms: 'Always_URN' as const }
  return texts.map(text => writeXmlEvent(JSON.parse(text) as Record<string, unknown>, writing)).join('\n')
}
