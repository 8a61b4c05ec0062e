import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../packages/server/src/lib/db/sql.ts'
import { CONTEXT, documentOf, objectEvent } from '../support/events.ts'
import { ADMIN_KEY, type Platform, startPlatform } from '../support/platform.ts'
import { rawRequest } from '../support/raw-http.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
})
afterAll(() => p.stop())

const DOCUMENT = JSON.stringify(documentOf([objectEvent()]))
const rows = async () =>
  p.running.parts.db.row(
    sql`select (select count(*) from event) as events, (select count(*) from event_block) as blocks, (select count(*) from capture) as captures`,
  )

async function expectRefused(answer: Response, status = 400) {
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect(await answer.json()).toMatchObject({ status, title: expect.any(String) })
}

describe('malformed content is a 400 problem document, and nothing of it is kept', () => {
  const body = (event: string) => DOCUMENT.replace('"action"', `${event},"action"`)
  const cases: [string, string | Buffer][] = [
    ['__proto__', body('"__proto__":{"admin":true}')],
    ['__proto__, escaped', body('"__pr\\u006fto__":1')],
    ['duplicate keys in an event', body('"action":"ADD"')],
    ['duplicate keys in the header', DOCUMENT.replace('"type"', '"schemaVersion":"2.0","type"')],
    ['duplicate keys, one escaped', body('"\\u0061ction":"ADD"')],
    ['U+0000', body('"ext:note":"a\\u0000b"')],
    ['a lone surrogate', body('"ext:note":"\\ud800"')],
    ['wrong UTF-8 in a value', Buffer.from(body('"ext:note":"\xff"'), 'latin1')],
    ['an overlong form', Buffer.from(body('"ext:note":"\xc0\xaf"'), 'latin1')],
    ['UTF-16', Buffer.from(DOCUMENT, 'utf16le')],
    ['a number beyond a double', body('"ext:n":1e999')],
    ['two documents', DOCUMENT + DOCUMENT],
    ['half a document', DOCUMENT.slice(0, -20)],
    ['nothing', ''],
    ['a bare array', '[]'],
    ['null', 'null'],
  ]
  it.each(cases)('%s', async (_name, content) => {
    const before = await rows()
    const send = (path: string, body: string | Buffer) =>
      p.call(path, { method: 'POST', body: body as BodyInit, headers: { 'content-type': 'application/json' } })
    await expectRefused(await send('/epcis/capture', content))
    await expectRefused(await send('/epcis/events', content))
    await expectRefused(await send('/api/keys', content))
    expect(await rows()).toEqual(before)
  })

  it.each([
    ['gzip that is none', 'gzip', Buffer.from(DOCUMENT)],
    ['gzip cut short', 'gzip', gzipSync(DOCUMENT).subarray(0, 60)],
    ['gzip with a wrong sum', 'gzip', Buffer.concat([gzipSync(DOCUMENT).subarray(0, -8), Buffer.alloc(8, 7)])],
    ['brotli that is none', 'br', Buffer.from('\xff\xfe\xfd no brotli', 'latin1')],
    ['brotli cut short', 'br', brotliCompressSync(DOCUMENT).subarray(0, 40)],
  ])('%s', async (_name, encoding, content) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding }
    for (const path of ['/epcis/capture', '/epcis/events', '/api/keys']) {
      await expectRefused(await p.call(path, { method: 'POST', body: content as BodyInit, headers }))
    }
  })

  it('takes gzip and brotli, no other encoding, no other type', async () => {
    for (const [encoding, content] of [
      ['gzip', gzipSync(DOCUMENT)],
      ['br', brotliCompressSync(DOCUMENT)],
    ] as const) {
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding }
      expect((await p.call('/epcis/capture', { method: 'POST', body: content as BodyInit, headers })).status).toBe(202)
    }
    for (const headers of [
      { 'content-type': 'application/json', 'content-encoding': 'zstd' },
      { 'content-type': 'text/plain' },
      { 'content-type': 'application' },
      { 'content-type': '' },
    ]) {
      await expectRefused(await p.call('/epcis/capture', { method: 'POST', body: DOCUMENT, headers }), 415)
    }
  })

  it('broken percent-encoding and U+0000 in an address', async () => {
    for (const path of [
      '/api/keys/%',
      '/api/keys/%zz',
      '/api/keys/%ff',
      '/api/keys/%00',
      '/api/keys?after=%',
      '/api/keys?x=%c0%af',
      '/api/conflicts?after=%00',
      '/%',
      '/epcis/capture/%e6%ba',
    ]) {
      for (const key of [ADMIN_KEY, null]) await expectRefused(await p.call(path, { key }))
    }
  })

  it('numbers and tokens beyond what a column holds', async () => {
    const { id } = await p.capture(JSON.parse(DOCUMENT.replace(/urn:uuid:[^"]+/, `urn:uuid:${crypto.randomUUID()}`)))
    const token = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url')
    for (const path of [
      `/api/captures/${id}/receipts?from=9007199254740993`,
      `/api/captures/${id}/receipts?from=1e15`,
      `/api/captures/${id}/receipts?from=99999999999999999999`,
      `/api/captures/${id}/receipts?limit=1e9`,
      `/epcis/capture?nextPageToken=${token({ created: 1.5, id })}`,
      `/epcis/capture?nextPageToken=${token({ created: 1e300, id })}`,
      `/api/conflicts?after=${token({ recorded: 1, capture: id, ordinal: 1e12 })}`,
      '/epcis/capture?nextPageToken=a&nextPageToken=b',
      '/epcis/capture?perPage=-1',
      '/epcis/capture?perPage=1e99',
      '/epcis/capture?perPage=x',
      '/api/conflicts?limit=1.5',
      `/epcis/capture/${id}0`,
      `/epcis/capture/x`,
      '/epcis/capture/00000000-0000-0000-0000-000000000000',
    ]) {
      expect((await p.call(path)).status, path).toBeLessThan(500)
    }
  })
})

describe('connections that lie or break off', () => {
  const head = (more: string, path = '/epcis/capture') =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ADMIN_KEY}\r\nContent-Type: application/json\r\n${more}\r\n`

  it('a body shorter than its Content-Length, given up by either side', async () => {
    const before = await rows()
    for (const half of [true, false]) {
      const answer = await rawRequest(p.url, [head(`Content-Length: ${DOCUMENT.length + 10}\r\n`), DOCUMENT], {
        half,
        patience: 1_000,
      })
      expect([400, undefined]).toContain(answer?.status)
    }
    for (const more of ['Content-Encoding: gzip\r\n', 'Content-Encoding: br\r\n']) {
      const content = more.includes('gzip') ? gzipSync(DOCUMENT) : brotliCompressSync(DOCUMENT)
      await rawRequest(p.url, [head(`Content-Length: ${content.length + 10}\r\n${more}`), content.subarray(0, 50)], {
        patience: 300,
      })
    }
    expect(await rows()).toEqual(before)
    expect(await openCaptures()).toBe(0)
  })

  it('a body longer than its Content-Length is cut there', async () => {
    const answer = await rawRequest(p.url, [head(`Content-Length: ${DOCUMENT.length - 5}\r\n`), DOCUMENT])
    expect(answer?.status).toBe(400)
  })

  it.each([
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n'],
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
    ['a negative length', 'Content-Length: -5\r\n'],
    ['a wrong chunk', 'Transfer-Encoding: chunked\r\n'],
  ])('%s: 400 and the connection closed', async (_name, more) => {
    const answer = await rawRequest(p.url, [head(more), 'zz\r\n{}\r\n0\r\n\r\n'])
    expect(answer?.status).toBe(400)
    expect(answer?.headers['content-type']).toContain('application/problem+json')
  })

  it('an upload broken off in the middle of a large document leaves nothing', async () => {
    const before = await rows()
    const events = Array.from({ length: 3_000 }, () => objectEvent())
    const text = JSON.stringify(documentOf(events))
    for (const behaviour of ['rollback', 'proceed']) {
      const lines = `Content-Length: ${text.length}\r\nGS1-Capture-Error-Behaviour: ${behaviour}\r\n`
      await rawRequest(p.url, [head(lines), text.slice(0, -1_000)], { patience: 1_500 })
    }
    for (let i = 0; i < 100 && (await openCaptures()) > 0; i++) await new Promise(resolve => setTimeout(resolve, 50))
    expect(await openCaptures()).toBe(0)
    expect(await rows()).toEqual(before)
  })

  const openCaptures = async () => (await (await p.call('/health')).json()).openCaptures
})

it('an event from a bare text that JSON would take as a prototype is data', async () => {
  const event = {
    '@context': [CONTEXT, { ext: 'https://ns.example.org/ext/' }],
    ...objectEvent({ 'ext:constructor': { prototype: 1 } }),
  }
  expect((await p.call('/epcis/events', { method: 'POST', body: JSON.stringify(event) })).status).toBe(201)
})
