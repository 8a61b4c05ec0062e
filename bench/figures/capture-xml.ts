import { type CaptureDocument, captureDocument } from '../lib/capture-documents.ts'
import { makeDatabase } from '../lib/database.ts'
import type { Figure } from '../lib/figure.ts'
import { capture, capturePosition } from '../lib/load.ts'
import { progress } from '../lib/progress.ts'
import { atLeast } from '../lib/row.ts'
import { serve } from '../lib/server.ts'
import { median, timed } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'
import { xmlDocumentBytes } from '../lib/xml-documents.ts'

const CONNECTIONS = 2
const XML = { 'content-type': 'application/xml' }

/** Events a second in XML as a share of the same kind of events in JSON, to one server, in rounds that take turns. */
export const captureXmlFigure: Figure = {
  id: 'capture-xml',
  databases: ['postgresql', 'embedded'],
  async run({ database: kind, options }) {
    const size = Math.min(40, Math.max(8, Math.round(options.events / 25_000)))
    const database = await makeDatabase(kind, 'capture_xml', options)
    const server = await serve(database, options)
    const rates: { json: number; xml: number }[] = []
    let sent = 0
    let bytes = 0
    for (let round = 0; round <= options.rounds; round++) {
      const json = documents(size).map(d => d.bytes)
      const xml = documents(size).map(d => xmlDocumentBytes(d.texts))
      bytes = xml.reduce((sum, d) => sum + d.length, 0) / (size * 500)
      sent += size * 1000
      const sendJson = async () => perSecond(size, await timed(() => capture(server.client, json, CONNECTIONS)))
      const sendXml = async () => perSecond(size, await timed(() => capture(server.client, xml, CONNECTIONS, XML)))
      // Which comes first changes: what one leaves behind must not always meet the other.
      const first = round % 2 ? await sendXml() : await sendJson()
      const second = round % 2 ? await sendJson() : await sendXml()
      const rate = round % 2 ? { xml: first, json: second } : { json: first, xml: second }
      progress(`capture-xml, round ${round}: XML ${figures(rate.xml)}, JSON ${figures(rate.json)} events/s`)
      // The first round warms up compilers and caches on both sides.
      if (round > 0) rates.push(rate)
    }
    const taken = await capturePosition(server.client)
    if (taken !== sent) throw new Error(`capture-xml: ${sent} events sent, ${taken} taken`)
    await server.stop()
    await database.remove()
    return [
      {
        id: 'capture-xml',
        title: 'events in XML, 500-event documents over HTTP, 2 connections',
        database: kind,
        value: median(rates.map(r => r.xml / r.json)),
        unit: 'of JSON',
        bar: atLeast(0.4),
        raw: { value: median(rates.map(r => r.json)), unit: 'events/s', what: 'the same in JSON' },
        note: `${figures(median(rates.map(r => r.xml)))} events/s, ${figures(bytes)} bytes an event`,
      },
    ]
  },
}

function documents(count: number): CaptureDocument[] {
  return Array.from({ length: count }, captureDocument)
}

function perSecond(count: number, ms: number): number {
  return (count * 500 * 1000) / ms
}
