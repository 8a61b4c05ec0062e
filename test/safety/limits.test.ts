import { once } from 'node:events'
import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONTEXT, documentOf, objectEvent } from '../support/events.ts'
import { ADMIN_KEY, type Platform, startPlatform } from '../support/platform.ts'
import { rawRequest } from '../support/raw-http.ts'

let p: Platform
let limits: Record<string, number>
beforeAll(async () => {
  p = await startPlatform({
    CAPTURE_MAX_BYTES: String(4 * 1024 * 1024),
    CAPTURE_MAX_EVENTS: '40',
    CAPTURE_MAX_OPEN: '3',
    REQUEST_TIMEOUT: '2',
  })
  limits = await (await p.call('/api/limits', { key: null })).json()
})
afterAll(() => p.stop())

const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  p.call(path, { method: 'POST', body: body as BodyInit, headers: { 'content-type': 'application/json', ...headers } })
const capture = (body: string | Buffer, headers = {}) => post('/epcis/capture', body, headers)

/** A document of exactly so many bytes: space is allowed everywhere in JSON. */
function sized(bytes: number, events: unknown[] = [objectEvent()]): string {
  const text = JSON.stringify(documentOf(events))
  return text + ' '.repeat(bytes - Buffer.byteLength(text))
}

/** Something of exactly so many levels, itself counted. */
function nested(levels: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = i % 2 ? [value] : { n: value }
  return value
}

async function expectProblem(answer: Response, status: number) {
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  const problem = await answer.json()
  expect(problem).toMatchObject({ status, title: expect.any(String), type: expect.any(String) })
  return problem
}

describe('limits are what is announced, at both edges', () => {
  it('bytes of a document, as sent and compressed', async () => {
    const max = limits.documentBytes ?? 0
    expect((await capture(sized(max))).status).toBe(202)
    await expectProblem(await capture(sized(max + 1)), 413)
    expect((await capture(gzipSync(sized(max)), { 'content-encoding': 'gzip' })).status).toBe(202)
    await expectProblem(await capture(gzipSync(sized(max + 1)), { 'content-encoding': 'gzip' }), 413)
    expect(
      (await p.call('/epcis/capture', { method: 'OPTIONS', key: null })).headers.get(
        'gs1-epcis-capture-file-size-limit',
      ),
    ).toBe(String(max))
  })

  it('a bomb of zeros stops at the limit, not at its end', async () => {
    const began = Date.now()
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, ' '), { level: 9 })
    await expectProblem(await capture(bomb, { 'content-encoding': 'gzip' }), 413)
    await expectProblem(await post('/epcis/events', bomb, { 'content-encoding': 'gzip' }), 413)
    await expectProblem(await post('/api/keys', bomb, { 'content-encoding': 'gzip' }), 413)
    expect(Date.now() - began).toBeLessThan(15_000)
  })

  it('events of a document', async () => {
    const max = limits.documentEvents ?? 0
    expect((await capture(JSON.stringify(documentOf(Array.from({ length: max }, () => objectEvent()))))).status).toBe(
      202,
    )
    const more = Array.from({ length: max + 1 }, () => objectEvent())
    const before = await position()
    await expectProblem(await capture(JSON.stringify(documentOf(more))), 413)
    await expectProblem(
      await capture(JSON.stringify(documentOf(more)), { 'gs1-capture-error-behaviour': 'proceed' }),
      413,
    )
    expect(await position()).toBe(before)
  })

  it('depth of a document and of any other body', async () => {
    const max = limits.depth ?? 0
    // document, epcisBody, eventList and event stand around an extension
    const deep = (levels: number) => JSON.stringify(documentOf([objectEvent({ 'ext:deep': nested(levels - 4) })]))
    expect((await capture(deep(max))).status).toBe(202)
    expect((await expectProblem(await capture(deep(max + 1)), 400)).errors[0].pointer).toContain(
      '/epcisBody/eventList/0/ext:deep',
    )
    const single = (levels: number) =>
      JSON.stringify({
        '@context': [CONTEXT, { ext: 'https://ns.example.org/ext/' }],
        ...objectEvent({ 'ext:deep': nested(levels - 1) }),
      })
    expect((await post('/epcis/events', single(max))).status).toBe(201)
    await expectProblem(await post('/epcis/events', single(max + 1)), 400)
    await expectProblem(await capture('['.repeat(100_000)), 400)
  })

  it('bytes of a string, escapes resolved', async () => {
    const max = limits.stringBytes ?? 0
    const note = (text: string) => JSON.stringify(documentOf([objectEvent({ 'ext:note': text })]))
    expect((await capture(note('x'.repeat(max)))).status).toBe(202)
    await expectProblem(await capture(note('x'.repeat(max + 1))), 400)
    expect((await capture(note('源'.repeat(Math.floor(max / 3))))).status).toBe(202)
    await expectProblem(await capture(note('源'.repeat(Math.floor(max / 3) + 1))), 400)
  })

  it('units of an event, in a document and alone', { timeout: 120_000 }, async () => {
    const max = limits.unitsPerEvent ?? 0
    const roomy = await startPlatform({ CAPTURE_MAX_BYTES: String(64 * 1024 * 1024) })
    const send = (path: string, value: unknown) => roomy.call(path, { method: 'POST', body: JSON.stringify(value) })
    const packed = (children: number) =>
      objectEvent({
        type: 'AggregationEvent',
        epcList: undefined,
        parentID: 'https://id.gs1.org/00/095212345678901233',
        childEPCs: Array.from({ length: children }, (_, i) => `https://id.gs1.org/01/09521234543213/21/${i}`),
      })
    expect((await send('/epcis/capture', documentOf([packed(max - 1)]))).status).toBe(202)
    expect(
      (await expectProblem(await send('/epcis/capture', documentOf([packed(max)])), 400)).errors[0].message,
    ).toContain('100000')
    await expectProblem(await send('/epcis/events', { '@context': CONTEXT, ...packed(max) }), 400)
    await roomy.stop()
  })

  it('errors reported', async () => {
    const p2 = await startPlatform()
    const wrong = Array.from({ length: 150 }, () => objectEvent({ action: 'MOVE' }))
    const answer = await p2.call('/epcis/capture', { method: 'POST', body: JSON.stringify(documentOf(wrong)) })
    expect((await expectProblem(answer, 400)).errors.length).toBe(limits.errors)
    const exact = JSON.stringify(documentOf(wrong.slice(0, limits.errors)))
    expect((await (await p2.call('/epcis/capture', { method: 'POST', body: exact })).json()).errors.length).toBe(
      limits.errors,
    )
    const draft = JSON.stringify({ organisation: 'o', permissions: Array.from({ length: 150 }, () => 'none') })
    const many = await expectProblem(await p2.call('/api/keys', { method: 'POST', body: draft }), 400)
    expect(many.errors.length).toBe(limits.errors)
    const { counts } = await p2.capture(documentOf(wrong), { behaviour: 'proceed' })
    expect(counts.rejected).toBe(150)
    await p2.stop()
  })

  it('bytes of the request line', async () => {
    const max = limits.requestLine ?? 0
    const line = (bytes: number) => {
      const rest = 'GET /?q= HTTP/1.1'.length
      return [`GET /?q=${'x'.repeat(bytes - rest)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`]
    }
    expect((await rawRequest(p.url, line(max)))?.status).not.toBe(414)
    for (const bytes of [max + 1, max * 3, max * 10]) {
      const answer = await rawRequest(p.url, line(bytes))
      expect(answer?.status, String(bytes)).toBe(414)
      expect(answer?.headers['content-type']).toContain('application/problem+json')
      expect(JSON.parse(answer?.body ?? '')).toMatchObject({ status: 414 })
    }
  })

  it('captures open at the same time: 503 with Retry-After', async () => {
    const { port } = new URL(p.url)
    const headers = {
      authorization: `Bearer ${ADMIN_KEY}`,
      'content-type': 'application/json',
      'transfer-encoding': 'chunked',
    }
    const slow = Array.from({ length: limits.openCaptures ?? 0 }, () => {
      const upload = request({ port, host: '127.0.0.1', method: 'POST', path: '/epcis/capture', headers })
      upload.on('error', () => {})
      upload.write('{')
      return upload
    })
    await new Promise(resolve => setTimeout(resolve, 300))
    for (const path of ['/epcis/capture', '/epcis/events']) {
      const answer = await post(path, JSON.stringify(documentOf([objectEvent()])))
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      await expectProblem(answer, 503)
    }
    slow[0]?.end(JSON.stringify(documentOf([objectEvent()])).slice(1))
    const [first] = await once(slow[0] as NonNullable<(typeof slow)[0]>, 'response')
    expect(first.statusCode).toBe(202)
    first.resume()
    expect((await capture(JSON.stringify(documentOf([objectEvent()])))).status).toBe(202)
    for (const upload of slow) upload.destroy()
    await new Promise(resolve => setTimeout(resolve, 300))
    expect((await (await p.call('/health')).json()).openCaptures).toBe(0)
  })

  it('time to send a request: headers and body', { timeout: 30_000 }, async () => {
    const seconds = limits.requestSeconds ?? 0
    const pause = 500
    const pieces = (text: string) => Array.from(text)
    const head = `POST /epcis/capture HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ADMIN_KEY}\r\nContent-Type: application/json\r\n`
    const began = Date.now()
    const [headers, body] = await Promise.all([
      rawRequest(p.url, pieces('GET / HTTP/1.1\r\nX-Slow: aaaaaaaaaaaa'), { pause }),
      rawRequest(p.url, [`${head}Content-Length: 1000\r\n\r\n`, ...pieces('{"@context": [ ')], { pause }),
    ])
    expect(headers?.status).toBe(408)
    expect([408, 400, undefined]).toContain(body?.status)
    expect(Date.now() - began).toBeLessThan((seconds + 15) * 1_000)
    expect((await (await p.call('/health')).json()).openCaptures).toBe(0)
  })
})

async function position(): Promise<number> {
  return (await (await p.call('/health')).json()).capturePosition
}
