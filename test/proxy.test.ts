import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../packages/server/src/lib/paths.ts'
import { documentOf, objectEvent } from './support/events.ts'
import { ADMIN_KEY, type Platform, startPlatform } from './support/platform.ts'

const NGINX = ['nginx', '/usr/sbin/nginx'].find(name => spawnSync(name, ['-v']).status === 0)

/** A port that is free at the moment. */
const freePort = () =>
  new Promise<number>(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

/** The configuration of docs/ops/proxy.md, without its certificate. */
function documented(port: number, upstream: string): string {
  const text = /```nginx\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs/ops/proxy.md'), 'utf8'))?.[1] ?? ''
  return text
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
    .replace(/^ *ssl_.*$/gm, '')
    .replace('server 127.0.0.1:8080;', `server ${upstream};`)
}

/** Two that decode the path, since something stands behind the host of `proxy_pass`: one merges slashes, one does not. */
function decoding(ports: readonly number[], upstream: string): string {
  return ports
    .map(
      (port, i) =>
        `server { listen 127.0.0.1:${port}; merge_slashes ${i ? 'off' : 'on'}; location / { proxy_pass ${upstream}/; } }`,
    )
    .join('\n')
}

describe.skipIf(!NGINX)(`behind nginx${NGINX ? '' : ' (skipped: nginx is not installed)'}`, () => {
  let p: Platform
  let nginx: ChildProcess
  let port = 0
  let ports: number[] = []
  const folder = mkdtempSync(join(tmpdir(), 'yuanliu-nginx-'))

  beforeAll(async () => {
    p = await startPlatform({ TRUST_PROXY: '1', PUBLIC_RATE: '5' })
    port = await freePort()
    ports = [await freePort(), await freePort()]
    const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    mkdirSync(join(folder, 'logs'))
    writeFileSync(
      join(folder, 'nginx.conf'),
      `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
       events {} http { access_log off; ${temp.map(name => `${name}_temp_path ${folder}/${name};`).join(' ')}
       ${documented(port, p.url.replace('http://', ''))} ${decoding(ports, p.url)} }`,
    )
    nginx = spawn(NGINX as string, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')])
    const isUp = () =>
      ask('/health').then(
        answer => answer.status === 200,
        () => false,
      )
    for (let tries = 0; tries < 100 && !(await isUp()); tries++) await new Promise(resolve => setTimeout(resolve, 50))
  })
  afterAll(async () => {
    nginx?.kill()
    await p?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A request with the path exactly as it is given, from an address of this machine's own. */
  const ask = (path: string, init: { method?: string; body?: string; from?: string; to?: number } = {}) =>
    new Promise<{ status: number; body: string; link: string | undefined }>((resolve, reject) => {
      const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' }
      const { method = 'GET', body, from = '127.0.0.1', to = port } = init
      request({ host: '127.0.0.1', port: to, path, method, headers, localAddress: from }, async answer => {
        let text = ''
        for await (const chunk of answer) text += chunk
        resolve({ status: answer.statusCode ?? 0, body: text, link: answer.headers.link?.toString() })
      })
        .on('error', reject)
        .end(body)
    })

  it('identifiers in the path arrive as they were sent', async () => {
    const ids = [
      'https://example.com/events//1?a=b#c',
      'urn:example:a%2Fb',
      'urn:example:..%2F..%2Fhealth',
      'urn:example:%25',
    ]
    const captured = await ask('/epcis/capture', {
      method: 'POST',
      body: JSON.stringify(documentOf(ids.map(eventID => objectEvent({ eventID })))),
    })
    expect(captured.status).toBe(202)
    for (const id of ids) {
      const answer = await ask(`/epcis/events/${encodeURIComponent(id)}`)
      expect(answer.status, id).toBe(200)
      expect(answer.body).toContain(JSON.stringify(id))
    }
    const link = encodeURIComponent('https://id.gs1.org/01/09521234543213/21/1')
    const below = await ask(`/epcis/epcs/${link}/events?perPage=1`)
    expect(below.status).toBe(200)
    expect(below.link).toContain(`<https://trace.example.org/epcis/epcs/${link}/events?`)
  })

  it('identifiers that a proxy decodes are found all the same, with merged slashes, too', async () => {
    const item = 'https://id.gs1.org/01/09521234543213/21/7'
    const place = 'https://example.com/places/1?a=b#c'
    const event = objectEvent({
      eventID: 'https://example.com/events/decoded',
      bizStep: 'https://example.com/steps/events',
      epcList: [item],
      bizLocation: { id: place },
      readPoint: { id: place },
    })
    const body = JSON.stringify(documentOf([event]))
    expect((await ask('/epcis/capture', { method: 'POST', body })).status).toBe(202)
    for (const to of ports) {
      expect((await ask(`/epcis/events/${encodeURIComponent(String(event.eventID))}`, { to })).status).toBe(200)
      for (const [kind, value] of [
        ['epcs', item],
        ['bizLocations', place],
        ['readPoints', place],
        ['bizSteps', 'https://example.com/steps/events'],
        ['dispositions', 'https://ref.gs1.org/cbv/Disp-in_transit'],
        ['bizSteps', 'https://ref.gs1.org/cbv/BizStep-shipping'],
      ] as const) {
        const path = `/epcis/${kind}/${encodeURIComponent(value)}`
        // What ends in `/events` is taken for the events of what stands before it.
        if (!value.endsWith('/events')) expect((await ask(path, { to })).status, path).toBe(200)
        const below = await ask(`${path}/events?perPage=1`, { to })
        expect(below.status, path).toBe(200)
        if (kind === 'epcs' || kind === 'bizLocations') expect(below.body).toContain(JSON.stringify(event.eventID))
      }
    }
    const next = (
      await ask(`/epcis/epcs/${encodeURIComponent('https://id.gs1.org/01/09521234543213/21/1')}/events?perPage=1`, {
        to: ports[0] as number,
      })
    ).link
    expect(next).toMatch(
      /<https:\/\/trace\.example\.org\/epcis\/epcs\/https(:|%3A)%2F%2Fid\.gs1\.org%2F01%2F09521234543213%2F21%2F1\/events\?/,
    )
  })

  it('large documents and long addresses are judged by the program', async () => {
    const events = Array.from({ length: 3 }, () => objectEvent({ 'ext:text': 'x'.repeat(1_000_000) }))
    const taken = await ask('/epcis/capture', { method: 'POST', body: JSON.stringify(documentOf(events)) })
    expect(taken.status).toBe(202)
    expect((await ask(`/epcis/events?EQ_eventID=${'a'.repeat(60_000)}`)).status).toBe(200)
    const long = await ask(`/epcis/events?EQ_eventID=${'a'.repeat(70_000)}`)
    expect(long.status).toBe(414)
    expect(JSON.parse(long.body).type).toBe('epcisException:URITooLongException')
  })

  it('visitors are told apart by their own addresses', async () => {
    const path = '/t/urn%3Ax%3Anone'
    const statuses: number[] = []
    for (let i = 0; i < 12; i++) statuses.push((await ask(path)).status)
    expect(statuses).toContain(429)
    expect((await ask(path, { from: '127.0.0.2' })).status).not.toBe(429)
  })
})
