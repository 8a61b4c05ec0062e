import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { ADMIN_KEY, type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { run } from '../program.ts'
import { recorded } from '../shell.fixture.ts'
import { CASES } from './cases.ts'
import type { Result } from './run-cases.ts'

let p: Platform
let folder: string
beforeAll(async () => {
  p = await startPlatform({ CAPTURE_MAX_EVENTS: '200', CAPTURE_MAX_BYTES: '1000000', WEBHOOK_ALLOW: '127.0.0.1' })
  folder = mkdtempSync(join(tmpdir(), 'yuanliu-conformance-'))
})
afterAll(async () => {
  await p.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function conformance(url: string, ...argv: string[]) {
  const json = join(folder, 'report.json')
  const shell = recorded({})
  const code = await run(['--lang', 'en', 'conformance', url, '--key', ADMIN_KEY, '--json', json, ...argv], shell)
  const { results } = JSON.parse(readFileSync(json, 'utf8')) as { results: Result[] }
  const ids = (outcome: Result['outcome']) => results.filter(r => r.outcome === outcome).map(r => r.id)
  return { code, out: shell.out(), err: shell.err(), results, ids }
}

interface Spoilt {
  status: number
  headers: Record<string, string>
  text: string
}

/** A server before the platform's that changes its answers. */
async function spoiling(
  spoil: (answer: Spoilt, request: { method: string; path: string; headers: IncomingHttpHeaders }) => void,
): Promise<{ url: string; server: Server }> {
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const { method = 'GET', url: path = '/', headers } = request
    const own = /^(host|connection|content-length|transfer-encoding|upgrade|sec-websocket-.*)$/
    const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !own.test(name)))
    const answer = await fetch(p.url + path, {
      method,
      headers: kept as Record<string, string>,
      redirect: 'manual',
      ...(pieces.length && { body: Buffer.concat(pieces) }),
    })
    const spoilt = { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() }
    spoil(spoilt, { method, path, headers })
    for (const name of ['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'content-encoding'])
      delete spoilt.headers[name]
    response.writeHead(spoilt.status, spoilt.headers).end(spoilt.status === 204 ? undefined : spoilt.text)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/epcis`, server }
}

/** Lets WebSockets through to the platform, and changes what it tells. */
function spoilSockets(server: Server, spoil: (message: string) => string): void {
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    const { authorization = '' } = request.headers
    const upstream = new WebSocket(p.url.replace('http', 'ws') + request.url, { headers: { authorization } })
    upstream.on('error', () => socket.destroy())
    upstream.once('unexpected-response', async (_request, response) => {
      const pieces: Buffer[] = []
      for await (const piece of response) pieces.push(piece as Buffer)
      const type = response.headers['content-type']
      socket.end(
        `HTTP/1.1 ${response.statusCode} No\r\ncontent-type: ${type}\r\nconnection: close\r\n\r\n${Buffer.concat(pieces)}`,
      )
    })
    upstream.once('open', () =>
      sockets.handleUpgrade(request, socket, head, client => {
        upstream.on('message', data => client.send(spoil(String(data))))
        upstream.on('close', () => client.close())
        client.on('close', () => upstream.terminate())
      }),
    )
  })
}

describe('yuanliu conformance', () => {
  it('passes on this platform; what is skipped is what the platform says it does not offer', async () => {
    const first = await conformance(`${p.url}/epcis`)
    expect(first.ids('failed'), first.out).toEqual([])
    expect(first.code).toBe(0)
    expect(first.results.map(r => r.id)).toEqual(CASES.map(c => c.id))
    const offered = async (path: string, init?: RequestInit) =>
      ![404, 406, 415, 501].includes((await p.call(path, init)).status)
    const xml = { headers: { accept: 'application/xml' } }
    const xmlBody = { method: 'POST', body: '<x/>', headers: { 'content-type': 'application/xml' } }
    const mayBeSkipped = [
      ...((await offered('/epcis/queries')) ? [] : ['queries/', 'subscriptions/', 'websocket/']),
      ...((await offered('/epcis/events', xml)) ? [] : ['xml/read']),
      ...((await offered('/epcis/capture', xmlBody)) ? [] : ['xml/capture', 'xml/refused']),
    ]
    expect(first.ids('skipped').filter(id => !mayBeSkipped.some(may => id.startsWith(may)))).toEqual([])
    expect(first.ids('passed').length).toBeGreaterThan(150)
    // On a server that holds what an earlier run captured, nothing changes.
    const again = await conformance(`${p.url}/epcis`, '--only', 'query/MATCH*,paging,resources,capture/jobs')
    expect(again.ids('failed'), again.out).toEqual([])
  })

  it('says which address is the root, and that a key is needed, before it tries anything', async () => {
    const tried = async (...argv: string[]) => {
      const shell = recorded({})
      const code = await run(['--lang', 'en', 'conformance', ...argv], shell)
      return { code, out: shell.out(), err: shell.err() }
    }
    const above = await tried(p.url, '--key', ADMIN_KEY)
    expect([above.code, above.out]).toEqual([1, ''])
    expect(above.err).toContain(`${p.url} is not the EPCIS root; give ${p.url}/epcis`)
    const keyless = await tried(`${p.url}/epcis`)
    expect([keyless.code, keyless.out]).toEqual([1, ''])
    expect(keyless.err).toContain('answers 401: give a key that it takes')
  })

  it.each<[string, string, Parameters<typeof spoiling>[0]]>([
    [
      'query/EQ_disposition',
      'query',
      // One parameter of one family is overlooked.
      (answer, { path }) => {
        if (!path.includes('EQ_disposition')) return
        const body = JSON.parse(answer.text)
        body.epcisBody.queryResults.resultsBody.eventList = []
        answer.text = JSON.stringify(body)
      },
    ],
    [
      'events/duplicate',
      'events',
      answer => {
        if (answer.status === 409)
          answer.text = answer.text.replace('ResourceAlreadyExistsException', 'ValidationException')
      },
    ],
    [
      'paging/token-expires',
      'paging',
      (answer, { path }) => {
        if (answer.headers['gs1-next-page-token-expires'] && path.startsWith('/epcis/events'))
          answer.headers['gs1-next-page-token-expires'] = 'soon'
      },
    ],
    [
      'paging/captures',
      'paging',
      (answer, { path }) => {
        if (path.startsWith('/epcis/capture?')) delete answer.headers['gs1-next-page-token-expires']
      },
    ],
    [
      'events/record-time-Never_Translates',
      'events',
      // What was sent is shown as if the repository had said it.
      (answer, { headers }) => {
        if (headers['gs1-epc-format'] === 'Never_Translates')
          answer.text = answer.text.replace(/"recordTime":"[^"]*"/, '"recordTime":"2001-01-01T00:00:00.000Z"')
      },
    ],
    [
      'queries/options-events',
      'queries',
      (answer, { method, path }) => {
        if (method === 'OPTIONS' && path.endsWith('/events')) delete answer.headers['gs1-vendor-version']
      },
    ],
    [
      'negotiation/accept-capture',
      'negotiation',
      (answer, { method, path }) => {
        if (method === 'GET' && path === '/epcis/capture' && answer.status === 406)
          Object.assign(answer, { status: 200, text: '[]' })
      },
    ],
    [
      'negotiation/format-Always_EPC_URN',
      'negotiation',
      // A wrong field: a check digit of the translation.
      (answer, { headers }) => {
        if (headers['gs1-epc-format'] === 'Always_EPC_URN')
          answer.text = answer.text.replace(/(sgtin:\d{7}\.\d{5})\d/, '$17')
      },
    ],
  ])('names the failing case where a server is wrong: %s', async (id, family, spoil) => {
    const { url, server } = await spoiling(spoil)
    try {
      const { code, out, ids, results } = await conformance(url, '--only', family)
      expect(ids('failed'), out).toEqual([id])
      expect(code).toBe(1)
      const failed = results.find(r => r.id === id)
      expect(failed?.expected).toBeTruthy()
      expect(failed?.got).not.toBe(failed?.expected)
      expect(failed?.request?.url).toMatch(/^http:\/\/127\.0\.0\.1/)
      expect(out).toContain(`✗  ${id}`)
      expect(out).toContain('expected: ')
      expect(JSON.stringify(results) + out).not.toContain(ADMIN_KEY)
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })

  it('names the failing case where a WebSocket tells something else', async () => {
    const { url, server } = await spoiling(() => {})
    spoilSockets(server, message => message.replace(/"queryName":"[^"]*"/, '"queryName":"other"'))
    try {
      const { out, ids } = await conformance(url, '--only', 'websocket')
      expect(ids('failed'), out).toEqual(['websocket/stream'])
      expect(ids('passed'), out).toEqual(CASES.map(c => c.id).filter(id => /^websocket\/(?!stream)/.test(id)))
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })

  it('lists its cases in the language asked for, and says what it cannot take', async () => {
    const shell = recorded({})
    expect(await run(['--lang', 'zh', 'conformance', '--list', '--only', 'events'], shell)).toBe(0)
    expect(shell.out()).toContain('events/duplicate  [§12.6; POST /events 409]  同一编号的事件采集两次')
    expect(new Set(CASES.map(c => c.id)).size).toBe(CASES.length)
    const wrong = async (...argv: string[]) => {
      const told = recorded({})
      expect(await run(['--lang', 'en', 'conformance', ...argv], told)).toBe(1)
      return told.err()
    }
    expect(await wrong('--only', 'nothing')).toContain('"nothing"')
    expect(await wrong()).toContain('Give the address')
    expect(await wrong('http://127.0.0.1:1/epcis')).toContain('does not answer')
  })
})
