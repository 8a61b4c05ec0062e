import { request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { captureDocument } from './capture-documents.ts'
import { documentBytes } from './documents.ts'
import { KEY, type Served } from './server.ts'
import { pause } from './stats.ts'
import { XML_HEAD, XML_TAIL, xmlEvents } from './xml-documents.ts'

/** What was sent. */
export interface Sent {
  events: number
  bytes: number
}

const LIST_END = ']}}'

/**
 * Sends one document of so many bytes and waits until its job is done. It is made while it is sent, so that this process
 * does not hold it. Throws unless every event is accepted.
 */
export async function sendLarge(server: Served, media: 'json' | 'xml', bytes: number): Promise<Sent> {
  const sent: Sent = { events: 0, bytes: 0 }
  const location = await post(server.url, `application/${media}`, Readable.from(parts(media, bytes, sent)))
  const { pathname } = new URL(location)
  for (;;) {
    const answer = await server.client.get(pathname)
    const job = JSON.parse(answer.body.toString()) as {
      running: boolean
      success: boolean
      counts: { accepted: number }
    }
    if (!job.running) {
      if (job.success && job.counts.accepted === sent.events) return sent
      throw new Error(`a document of ${sent.events} events: ${answer.body.toString().slice(0, 1_000)}`)
    }
    await pause(100)
  }
}

function* parts(media: 'json' | 'xml', most: number, sent: Sent): Generator<Buffer> {
  const empty = documentBytes([]).toString()
  const [head, between, tail] =
    media === 'xml' ? [XML_HEAD, '\n', XML_TAIL] : [empty.slice(0, -LIST_END.length), ',', LIST_END]
  function counted(text: string): Buffer {
    const part = Buffer.from(text)
    sent.bytes += part.length
    return part
  }
  yield counted(head)
  while (sent.bytes < most) {
    const { texts } = captureDocument()
    const events = media === 'xml' ? xmlEvents(texts) : texts.join(',')
    yield counted((sent.events ? between : '') + events)
    sent.events += texts.length
  }
  yield counted(tail)
}

/** Posts a stream; gives the Location of the answer. */
async function post(url: string, type: string, body: Readable): Promise<string> {
  const sending = request(`${url}/epcis/capture`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': type },
  })
  const answered = new Promise<string>((resolve, reject) => {
    sending.once('error', reject)
    sending.once('response', response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('end', () => {
        const { location } = response.headers
        if (response.statusCode === 202 && location) resolve(location)
        else reject(new Error(`capture: ${response.statusCode} ${Buffer.concat(chunks).toString().slice(0, 500)}`))
      })
    })
  })
  await Promise.all([answered, pipeline(body, sending)])
  return answered
}
