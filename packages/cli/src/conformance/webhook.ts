import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What came to the tester's own door. */
export interface Delivery {
  headers: Readonly<Record<string, string | string[] | undefined>>
  text: string
}

export interface Webhook {
  /** where the server is to send */
  url: string
  /** the first delivery that fits; null where none comes in time */
  wait(fits: (delivery: Delivery) => boolean, ms: number): Promise<Delivery | null>
  close(): void
}

const LARGEST = 8 * 1024 * 1024

/**
 * Opens a door for webhooks. `callback` is the address under which the server sees it: its port is listened on, any free
 * one where it names none.
 */
export async function openWebhook(callback: string): Promise<Webhook> {
  const address = new URL(callback)
  const deliveries: Delivery[] = []
  let changed = () => {}
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    let size = 0
    request.on('data', (piece: Buffer) => {
      size += piece.length
      if (size <= LARGEST) pieces.push(piece)
    })
    request.on('end', () => {
      deliveries.push({ headers: request.headers, text: Buffer.concat(pieces).toString('utf8') })
      response.writeHead(200).end()
      changed()
    })
  })
  const isLocal = /^(localhost|127\.|\[::1\])/.test(address.hostname)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(Number(address.port || 0), isLocal ? '127.0.0.1' : undefined, resolve)
  })
  if (!address.port) address.port = String((server.address() as AddressInfo).port)
  return {
    url: address.href,
    async wait(fits, ms) {
      const until = Date.now() + ms
      for (;;) {
        const found = deliveries.find(fits)
        if (found) return found
        const left = until - Date.now()
        if (left <= 0) return null
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, left)
          changed = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
