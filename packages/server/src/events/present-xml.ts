import { contextOf, EPCIS_QUERY_2, escapeXml, writeXmlEvent, type XmlPrefixes, XSI, xmlPrefixes } from '@yuanliu/core'
import { withKnown } from './known-members.ts'
import { filled, type Heading, NAMELESS, type Notation, type Presented, type PresentedEvent } from './notation.ts'

/**
 * Events as an EPCISQueryDocument in XML (EPCIS 2.0 §9.6), always in the form of 2.0, whatever they came in. Each
 * extension, and each value that is a name, keeps its namespace; where two events give one prefix to two namespaces,
 * one of them gets a number.
 */
export function presentXml(
  events: readonly PresentedEvent[],
  notation: Notation,
  heading: Heading = NAMELESS,
): Presented {
  const untranslated = new Set<string>()
  const { terms } = notation
  const write = (prefixes: XmlPrefixes) =>
    events.map(event => {
      const value =
        notation.format === 'Never_Translates' ? asSent(event, notation) : filled(event, notation, untranslated)
      return writeXmlEvent(value, { context: contextOf(event.context, value['@context']), prefixes, terms })
    })
  let prefixes = xmlPrefixes()
  let written = write(prefixes)
  const clashing = prefixes.clashing()
  if (clashing) {
    prefixes = xmlPrefixes(clashing)
    written = write(prefixes)
  }
  const head = `<?xml version="1.0" encoding="UTF-8"?>
<epcisq:EPCISQueryDocument xmlns:epcisq="${EPCIS_QUERY_2}" xmlns:xsi="${XSI}"${prefixes.declarations()} schemaVersion="2.0" creationDate="${new Date().toISOString()}"><EPCISBody><epcisq:QueryResults>${named(heading)}<resultsBody><EventList>`
  const tail = '</EventList></resultsBody></epcisq:QueryResults></EPCISBody></epcisq:EPCISQueryDocument>\n'
  return {
    body: Buffer.from([head, ...written, tail].join('\n')),
    count: events.length,
    untranslated: [...untranslated],
  }
}

function named({ queryName, subscriptionID }: Heading): string {
  const subscription =
    subscriptionID === undefined ? '' : `<subscriptionID>${escapeXml(subscriptionID)}</subscriptionID>`
  return `<queryName>${escapeXml(queryName)}</queryName>${subscription}`
}

/** The event with its codes as they were sent, its terms as asked for, and what the repository knows. */
function asSent(event: PresentedEvent, { terms }: Notation): Record<string, unknown> {
  const { reading, bytes } = event
  return withKnown(terms === 'Never_Translates' ? reading.valueAsSent(bytes) : reading.value(bytes), event)
}
