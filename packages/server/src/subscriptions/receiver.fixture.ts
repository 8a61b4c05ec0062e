import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'vitest'

export interface Received {
  headers: IncomingHttpHeaders
  body: string
  /** milliseconds since the epoch */
  at: number
}

/**
 * A receiver of webhooks on a port of its own, as a partner would run one. Its address has a path of its own, too: a port
 * that another has given back may be tried again by whoever sent there, in this process or another.
 */
export interface Receiver {
  dest: string
  /** what it answered 2xx to */
  taken: Received[]
  /** everything that came */
  all: Received[]
  /** ids of the events taken, in the order in which they came */
  ids(): string[]
  /** what it answers from now on: a status, headers; null: never */
  answer: (received: Received) => { status: number; headers?: Record<string, string> } | null
  close(): Promise<void>
}

export async function startReceiver(): Promise<Receiver> {
  const path = `/${randomUUID()}`
  const server = createServer((request, response) => {
    if (request.url !== path) {
      response.writeHead(404).end()
      request.resume()
      return
    }
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const received = { headers: request.headers, body: Buffer.concat(chunks).toString(), at: Date.now() }
      receiver.all.push(received)
      const answer = receiver.answer(received)
      if (!answer) return
      if (answer.status >= 200 && answer.status < 300) receiver.taken.push(received)
      response.writeHead(answer.status, answer.headers).end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const receiver: Receiver = {
    dest: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    taken: [],
    all: [],
    ids: () => receiver.taken.flatMap(r => eventsOf(r).map(e => String(e.eventID))),
    answer: () => ({ status: 200 }),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return receiver
}

/** Gives receivers to the tests of a file, each closed when its test ends. */
export function receivers(): () => Promise<Receiver> {
  const open: Receiver[] = []
  afterEach(async () => {
    for (const r of open.splice(0)) await r.close()
  })
  return async () => {
    const made = await startReceiver()
    open.push(made)
    return made
  }
}

/** Events of a message. */
export function eventsOf({ body }: Pick<Received, 'body'>): Record<string, unknown>[] {
  return JSON.parse(body).epcisBody.queryResults.resultsBody.eventList
}

/** What a receiver does with GS1-Signature, as docs/guide/subscriptions.md tells it; no line of ours. */
export function isGenuine({ headers, body, at }: Received, token: string): boolean {
  const [, t = '', v1 = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['gs1-signature'])) ?? []
  if (Math.abs(at / 1000 - Number(t)) > 300) return false
  const mac = createHmac('sha256', token).update(`${t}.${body}`).digest()
  return timingSafeEqual(mac, Buffer.from(v1, 'hex').length === 32 ? Buffer.from(v1, 'hex') : Buffer.alloc(32))
}
