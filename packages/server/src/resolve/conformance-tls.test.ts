import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { selfSigned } from '../lib/tls.fixture.ts'
import { readTls } from '../lib/tls.ts'

// Ids of statements: see conformance.test.ts.

const files = selfSigned('first')
let platform: Platform
beforeAll(async () => {
  platform = await startPlatform({ TLS_CERT: files.cert, TLS_KEY: files.key, PUBLIC_URL: '' })
})
afterAll(() => platform.stop())

interface Got {
  status: number
  name: string
  httpVersion: string
  headers: Record<string, string | string[] | undefined>
  text: string
}

/** A request over TLS that believes this certificate alone; a connection of its own each time. */
function get(path: string, ca = readFileSync(files.cert), method = 'GET'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const { port } = platform.running
    const asked = request({ host: '127.0.0.1', port, path, method, ca, agent: false }, response => {
      const socket = response.socket as TLSSocket
      const name = String(socket.getPeerCertificate().subject.CN)
      let text = ''
      response.on('data', chunk => {
        text += chunk
      })
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          name,
          httpVersion: response.httpVersion,
          headers: response.headers,
          text,
        }),
      )
    })
    asked.on('error', reject)
    asked.end()
  })
}

describe('HTTPS', () => {
  it('A2 B2 C3: the resolver answers over TLS with its certificate, and builds https addresses', async () => {
    const answer = await get('/.well-known/gs1resolver')
    expect(answer).toMatchObject({ status: 200, name: 'first', httpVersion: '1.1' })
    expect(JSON.parse(answer.text).resolverRoot).toBe(`https://localhost:${platform.running.port}`)
    expect((await get('/health')).status).toBe(200)
    expect((await get('/01/09521321000606')).status).toBe(400)
    expect((await get('/01/09521321000605', undefined, 'HEAD')).status).toBe(404)
    await expect(get('/health', readFileSync(selfSigned('stranger').cert))).rejects.toThrow(/self.signed|certificate/)
    await expect(fetch(`http://127.0.0.1:${platform.running.port}/health`)).rejects.toThrow()
  })

  it('reads a renewed certificate without a restart, and keeps the old one where the new one is no use', async () => {
    writeFileSync(files.cert, 'not a certificate')
    expect(() => platform.running.reloadTls()).toThrow(/TLS_CERT=.*TLS_KEY=/)
    const renewed = selfSigned('second')
    copyFileSync(renewed.cert, files.cert)
    expect(() => platform.running.reloadTls()).toThrow(/PEM/)
    copyFileSync(renewed.key, files.key)
    platform.running.reloadTls()
    expect((await get('/health', readFileSync(renewed.cert))).name).toBe('second')
  })

  it('a start with half of it, or with a file that cannot be read, is refused in words', () => {
    const { cert, key } = selfSigned('x')
    expect(readTls({ tlsCert: null, tlsKey: null })).toBeNull()
    expect(() => readTls({ tlsCert: cert, tlsKey: null })).toThrow(/TLS_KEY is not/)
    expect(() => readTls({ tlsCert: null, tlsKey: key })).toThrow(/TLS_CERT is not/)
    expect(() => readTls({ tlsCert: `${cert}.missing`, tlsKey: key })).toThrow(
      /TLS_CERT=.*missing: the file cannot be read/,
    )
    expect(() => readTls({ tlsCert: key, tlsKey: cert })).toThrow(/PEM/)
  })
})
