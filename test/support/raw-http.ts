import { once } from 'node:events'
import { connect } from 'node:net'

export interface RawAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/**
 * Writes bytes to a server as they are, which an HTTP client would refuse to, and reads what comes back until the
 * server closes or nothing comes for `quiet` milliseconds after the first bytes. Null where the connection ends
 * without an answer.
 */
export async function rawRequest(
  url: string,
  pieces: readonly (string | Buffer)[],
  options: { pause?: number; quiet?: number; half?: boolean; patience?: number } = {},
): Promise<RawAnswer | null> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  await once(socket, 'connect')
  const received: Buffer[] = []
  let last = Date.now()
  let closed = false
  socket.on('data', data => {
    received.push(data)
    last = Date.now()
  })
  socket.on('close', () => {
    closed = true
  })
  for (const piece of pieces) {
    if (closed) break
    socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)
    if (options.pause) await new Promise(resolve => setTimeout(resolve, options.pause))
  }
  if (options.half) socket.end()
  const began = Date.now()
  while (!closed && Date.now() - began < (options.patience ?? 10_000)) {
    if (received.length && Date.now() - last > (options.quiet ?? 150)) break
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  socket.destroy()
  return parseAnswer(Buffer.concat(received).toString('utf8'))
}

function parseAnswer(text: string): RawAnswer | null {
  const match = /^HTTP\/1\.1 (\d{3})[^\r\n]*\r\n([\s\S]*?)\r\n\r\n([\s\S]*)$/.exec(
    text.replace(/^HTTP\/1\.1 100[\s\S]*?\r\n\r\n/, ''),
  )
  if (!match) return null
  const headers: Record<string, string> = {}
  for (const line of (match[2] ?? '').split('\r\n')) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  return { status: Number(match[1]), headers, body: match[3] ?? '' }
}
