import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'

/** A WebSocket that the server has opened. */
export interface Listener {
  /** the first message that fits, of those that came or come; null where none comes in time or it is closed before */
  wait(fits: (message: string) => boolean, ms: number): Promise<string | null>
  /** whether the server closes it in time */
  closed(ms: number): Promise<boolean>
  close(): void
}

/** What a server answered in the place of 101. */
export interface Refusal {
  status: number
  headers: Headers
  text: string
}

/** Asks for a WebSocket at an address. @throws Error where nobody answers in time */
export function openListener(
  url: string,
  headers: Readonly<Record<string, string>>,
  patience: number,
): Promise<Listener | Refusal> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers, handshakeTimeout: patience })
  const messages: string[] = []
  let changed = () => {}
  let isClosed = false
  socket.on('message', data => {
    messages.push(String(data))
    changed()
  })
  socket.on('close', () => {
    isClosed = true
    changed()
  })

  /** Resolves with what is found, or with null when the time is over. */
  async function until<T>(find: () => T | null, ms: number): Promise<T | null> {
    const end = Date.now() + ms
    for (;;) {
      const found = find()
      const left = end - Date.now()
      if (found !== null || left <= 0 || isClosed) return found
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, left)
        changed = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  const listener: Listener = {
    wait: (fits, ms) => until(() => messages.find(fits) ?? null, ms),
    closed: async ms => {
      await until(() => null, ms)
      return isClosed
    },
    close: () => socket.terminate(),
  }
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(listener))
    // After the handshake an error closes the socket, which says enough.
    socket.on('error', reject)
    socket.once('unexpected-response', (_request, response) => resolve(refusalOf(response)))
  })
}

async function refusalOf(response: IncomingMessage): Promise<Refusal> {
  const pieces: Buffer[] = []
  for await (const piece of response) pieces.push(piece as Buffer)
  const { statusCode = 0, headers } = response
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  )
  return { status: statusCode, headers: new Headers(pairs), text: Buffer.concat(pieces).toString('utf8') }
}
