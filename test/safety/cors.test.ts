import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ANSWER_HEADERS, REQUEST_HEADERS } from '../../packages/server/src/lib/http/header-names.ts'
import { CONTEXT, documentOf, objectEvent } from '../support/events.ts'
import { ADMIN_KEY, type Platform, startPlatform } from '../support/platform.ts'

const ORIGIN = 'https://shop.example.org'
let p: Platform
beforeAll(async () => {
  p = await startPlatform({ CORS_ORIGINS: ORIGIN })
})
afterAll(() => p.stop())

/** What a browser sends and shows without asking (Fetch Standard: CORS-safelisted names). */
const ASKED_FOR_NOTHING = ['accept', 'accept-language', 'content-language']
const SHOWN_ALWAYS = 'cache-control content-language content-length content-type expires last-modified pragma'.split(
  ' ',
)

const names = (list: string | null) => (list ?? '').toLowerCase().split(/\s*,\s*/)

/** A request as a page makes it: asked for beforehand, and of the answer only what the server shows to pages. */
async function fromPage(path: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
  const method = init.method ?? 'GET'
  const headers = new Headers({ ...init.headers, authorization: `Bearer ${ADMIN_KEY}` })
  const wanted = [...headers.keys()].filter(name => !ASKED_FOR_NOTHING.includes(name))
  const preflight = await fetch(p.url + path, {
    method: 'OPTIONS',
    headers: {
      origin: ORIGIN,
      'access-control-request-method': method,
      'access-control-request-headers': wanted.join(','),
    },
  })
  expect(preflight.ok).toBe(true)
  expect(preflight.headers.get('access-control-allow-origin')).toBe(ORIGIN)
  const allowed = names(preflight.headers.get('access-control-allow-headers'))
  expect(wanted.filter(name => !allowed.includes(name))).toEqual([])
  expect(preflight.headers.get('access-control-allow-methods')?.split(', ')).toContain(method)
  headers.set('origin', ORIGIN)
  const answer = await fetch(p.url + path, { method, headers, ...(init.body && { body: init.body }) })
  expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN)
  expect(names(answer.headers.get('vary'))).toContain('origin')
  const exposed = [...SHOWN_ALWAYS, ...names(answer.headers.get('access-control-expose-headers'))]
  const shown = new Headers([...answer.headers].filter(([name]) => exposed.includes(name)))
  return { status: answer.status, shown, vary: names(answer.headers.get('vary')), text: await answer.text() }
}

describe('a page of another origin', () => {
  it.each(REQUEST_HEADERS)('may send %s', async name => {
    const preflight = await fetch(`${p.url}/epcis/capture`, {
      method: 'OPTIONS',
      headers: { origin: ORIGIN, 'access-control-request-method': 'POST', 'access-control-request-headers': name },
    })
    expect(names(preflight.headers.get('access-control-allow-headers'))).toContain(name.toLowerCase())
  })

  it('captures, and sees where and what of', async () => {
    const captured = await fromPage('/epcis/capture', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'gs1-epcis-version': '2.0.0',
        'gs1-cbv-version': '2.0.0',
        'gs1-capture-error-behaviour': 'proceed',
        'gs1-extensions': 'ext=https://ns.example.org/ext/',
        prefer: 'wait=1',
      },
      body: JSON.stringify(documentOf([objectEvent(), objectEvent()])),
    })
    expect(captured.status).toBe(202)
    for (const name of ['location', 'gs1-capture-error-behaviour', 'gs1-epcis-version', 'gs1-epcis-capture-limit'])
      expect(captured.shown.get(name), name).toBeTruthy()
    const one = await fromPage('/epcis/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ '@context': CONTEXT, ...objectEvent() }),
    })
    expect([one.status, one.shown.has('location')]).toEqual([201, true])
  })

  it('reads in each form, and sees form, warning and next page', async () => {
    const link = 'https://id.gs1.org/01/09529993543215/21/page'
    await p.capture(documentOf([objectEvent({ epcList: [link] }), objectEvent({ epcList: [link] })]))
    const read = await fromPage(`/epcis/events?perPage=1&MATCH_epc=${encodeURIComponent(link)}`, {
      headers: {
        accept: 'application/xml',
        'gs1-epc-format': 'Always_EPC_URN',
        'gs1-cbv-xml-format': 'Always_URN',
        'gs1-epcis-min': '2.0',
        'gs1-epcis-max': '2.0',
        'gs1-cbv-min': '2.0',
        'gs1-cbv-max': '2.0',
      },
    })
    expect(read.status).toBe(200)
    const { shown } = read
    expect(shown.get('warning')).toContain(link)
    expect(shown.get('link')).toContain('rel="next"')
    expect(shown.get('gs1-next-page-token-expires')).toBeTruthy()
    expect(shown.get('gs1-epc-format')).toBe('Always_EPC_URN')
    expect(shown.get('gs1-cbv-xml-format')).toBe('Always_URN')
    expect(shown.get('gs1-cbv-version')).toBe('2.0.0')
    expect(read.vary).toEqual(['authorization', 'accept', 'gs1-epc-format', 'gs1-cbv-xml-format', 'origin'])
    for (const path of ['/epcis/epcs', '/epcis', '/epcis/queries', '/api/limits'])
      expect((await fromPage(path)).status, path).toBe(200)
  })

  it('discovers what there is, and what a refusal asks for', async () => {
    const told = await fromPage('/epcis/capture', { method: 'OPTIONS' })
    const elsewhere = ['GS1-Next-Page-Token-Expires', 'GS1-Query-Min-Record-Time']
    for (const name of ANSWER_HEADERS.filter(name => /^(GS1-|Allow$)/.test(name) && !elsewhere.includes(name)))
      expect(told.shown.get(name), name).toBeTruthy()
    const refused = await fetch(`${p.url}/epcis/events`, { headers: { origin: ORIGIN } })
    expect(names(refused.headers.get('access-control-expose-headers'))).toContain('www-authenticate')
    expect(names(refused.headers.get('vary'))).toContain('origin')
  })

  it('may send and see every header of the standard that the sources name', () => {
    const folder = join(import.meta.dirname, '../../packages/server/src')
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(f =>
      /(?<!test|fixture)\.ts$/.test(f),
    )
    const named = sources.flatMap(file => {
      const text = readFileSync(join(folder, file), 'utf8')
      return [...text.matchAll(/'((?:gs1|yuanliu)-[a-z0-9-]*[a-z0-9])'/g)].map(m => m[1] as string)
    })
    expect(named.length).toBeGreaterThan(20)
    const known = [...REQUEST_HEADERS, ...ANSWER_HEADERS].map(name => name.toLowerCase())
    // Of messages to receivers, which are no pages.
    const outgoing = ['gs1-signature', 'yuanliu-subscription']
    expect([...new Set(named)].filter(name => !known.includes(name) && !outgoing.includes(name))).toEqual([])
  })
})
