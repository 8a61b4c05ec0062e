import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import { problems } from '@yuanliu/core'
import type { Config } from './config.ts'
import { type Health, healthBody, notReady } from './health.ts'
import { HEADER_BYTES } from './http/server.ts'
import { readTls } from './tls.ts'

const DRAIN_MS = 20_000

/**
 * Listens at once; until the rooms are open everything is answered 503: /health with where the start stands, the rest
 * with a problem document. With TLS_CERT and TLS_KEY it speaks HTTPS (HTTP/1.1 over TLS), and nothing else on this port.
 * Throws an error that names the setting where the address cannot be had or the certificate not be used.
 */
export async function listen(config: Config, health: Health): Promise<Server> {
  const options = {
    maxHeaderSize: HEADER_BYTES,
    requestTimeout: config.requestTimeout * 1000,
    headersTimeout: Math.min(60_000, config.requestTimeout * 1000),
    keepAliveTimeout: 72_000,
    // The default looks at every 30 s only, far longer than the shortest timeout that may be set.
    connectionsCheckingInterval: Math.min(5_000, config.requestTimeout * 500),
  }
  const tls = readTls(config)
  const answer: RequestListener = (request, response) => {
    const isHealth = /^\/health([/?]|$)/.test(request.url ?? '')
    const { status, zh } = problems['not-ready']
    response.writeHead(503, {
      'content-type': `application/${isHealth ? 'json' : 'problem+json'}; charset=utf-8`,
      'retry-after': '2',
      'cache-control': 'no-store',
      connection: 'close',
    })
    const type = `${config.publicUrl}/problems/not-ready`
    response.end(JSON.stringify(isHealth ? healthBody(health) : { type, title: zh, status, detail: notReady(health) }))
  }
  const server = tls
    ? // the same methods and events as far as they are used here and by Fastify
      (createSecureServer({ ...options, ...tls }, answer) as Server)
    : createServer(options, answer)
  return new Promise((resolve, reject) => {
    server.once('error', error => {
      const code = (error as NodeJS.ErrnoException).code
      const known: Record<string, string> = {
        EADDRINUSE: `PORT=${config.port}: another program listens there already 端口被占用`,
        EACCES: `PORT=${config.port}: this user may not listen there 无权监听此端口`,
        EADDRNOTAVAIL: `HOST=${config.host}: this machine does not have that address 本机没有该地址`,
        ENOTFOUND: `HOST=${config.host}: no such address 没有该地址`,
        EAI_AGAIN: `HOST=${config.host}: the name cannot be resolved 无法解析该地址`,
      }
      reject(new Error(known[code ?? ''] ?? error.message, { cause: error }))
    })
    server.listen(config.port, config.host, () => resolve(server))
  })
}

/**
 * Reads certificate and key anew for connections that begin from now on. Throws, in words, where they cannot be used;
 * those in use stay then. Does nothing on a server without TLS.
 */
export function reloadTls(server: Server, config: Config): void {
  const tls = readTls(config)
  if (tls) (server as SecureServer).setSecureContext(tls)
}

/** Takes no new connections and waits for requests in flight, at most 20 s; idle connections are closed at once. */
export function drain(server: Server): Promise<void> {
  return new Promise(resolve => {
    const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
    server.close(() => {
      clearTimeout(force)
      resolve()
    })
    server.closeIdleConnections()
  })
}
