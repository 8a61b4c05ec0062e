import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'

/** A connection that wants to speak another protocol. */
export interface Upgrade {
  socket: Duplex
  /** what came behind the head of the request already */
  head: Buffer
}

const pending = new WeakMap<IncomingMessage, Upgrade & { response: ServerResponse }>()

/**
 * Takes requests that ask for WebSocket through the same hooks and routes as all others: what is wrong with them is
 * answered as with any request, and the handler takes the connection over. Requests that ask for anything else
 * (`Upgrade: h2c`, as some clients do by default) are answered as if they had not asked (RFC 9110 §7.8).
 */
export function acceptUpgrades(server: Server, app: FastifyInstance): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket')
      return asPlain(server, request, socket, head)
    socket.on('error', () => socket.destroy())
    const response = new ServerResponse(request)
    // Declared for sockets of the network; any duplex stream will do.
    response.assignSocket(socket as never)
    response.setHeader('connection', 'close')
    response.on('finish', () => socket.end())
    pending.set(request, { socket, head, response })
    keyFromProtocol(request)
    app.routing(request, response)
  })
}

/** The connection of a request that asked for WebSocket, to be had once; what is written to it is not HTTP any more. */
export function takeOver(request: IncomingMessage): Upgrade | undefined {
  const found = pending.get(request)
  if (!found) return undefined
  pending.delete(request)
  found.response.detachSocket(found.socket as never)
  return { socket: found.socket, head: found.head }
}

/** Scripts in a browser cannot send Authorization with a WebSocket: the key comes as the protocol `bearer.<key>`. */
function keyFromProtocol({ headers }: IncomingMessage): void {
  if (headers.authorization !== undefined) return
  const key = /(?:^|,)\s*bearer\.([!#$%&'*+.^_`|~\w-]+)\s*(?:,|$)/.exec(headers['sec-websocket-protocol'] ?? '')?.[1]
  if (key !== undefined) headers.authorization = `Bearer ${key}`
}

/** Gives the connection back with its request as it would have been without `Upgrade`. */
function asPlain(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  const { rawHeaders } = request
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (!/^(upgrade|connection|http2-settings)$/i.test(name)) lines.push(`${name}: ${rawHeaders[i + 1]}`)
  }
  if (/\bclose\b/i.test(request.headers.connection ?? '')) lines.push('Connection: close')
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('encrypted' in socket ? 'secureConnection' : 'connection', socket)
}
