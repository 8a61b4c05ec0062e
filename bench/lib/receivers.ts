import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Receivers of webhooks: one server, a path each. */
export interface Receivers {
  /** address of receiver number n */
  dest(n: number): string
  /** called for each event that comes: receiver, id of the event */
  onEvent: (receiver: number, id: string) => void
  /** messages that came */
  messages(): number
  close(): void
}

export async function openReceivers(): Promise<Receivers> {
  let messages = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      messages++
      response.writeHead(204).end()
      const receiver = Number(request.url?.slice(1))
      const document = JSON.parse(Buffer.concat(chunks).toString())
      for (const event of document.epcisBody.queryResults.resultsBody.eventList)
        receivers.onEvent(receiver, event.eventID as string)
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const receivers: Receivers = {
    dest: n => `http://127.0.0.1:${port}/${n}`,
    onEvent: () => {},
    messages: () => messages,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
  return receivers
}
