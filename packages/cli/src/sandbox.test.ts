import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../test/support/events.ts'
import { ADMIN_KEY, type Platform, startPlatform } from '../../../test/support/platform.ts'
import type { Result } from './conformance/run-cases.ts'
import { run } from './program.ts'
import { recorded } from './shell.fixture.ts'

let p: Platform
let folder: string
beforeAll(async () => {
  p = await startPlatform({ CAPTURE_MAX_EVENTS: '200', CAPTURE_MAX_BYTES: '1000000', WEBHOOK_ALLOW: '127.0.0.1' })
  folder = mkdtempSync(join(tmpdir(), 'yuanliu-sandbox-'))
  await p.call('/api/organisations', { method: 'POST', body: JSON.stringify({ organisation: 'farm-1' }) })
})
afterAll(async () => {
  await p.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function yuanliu(argv: string[], key = ADMIN_KEY, lang = 'en') {
  const shell = recorded({ YUANLIU_URL: p.url, YUANLIU_KEY: key })
  const code = await run(['--lang', lang, ...argv], shell)
  return { code, out: shell.out(), err: shell.err() }
}

/** What the cases of these families said; all of them where SANDBOX_CONFORMANCE=all. */
const ONLY = process.env.SANDBOX_CONFORMANCE === 'all' ? [] : ['--only', 'discovery,events,queries,subscriptions']

describe('yuanliu sandbox', { timeout: 240_000 }, () => {
  it('opens one, says what it holds, empties and closes it', async () => {
    const opened = await yuanliu(['sandbox', 'open', 'farm-1', '--label', 'erp'])
    expect(opened.code, opened.err).toBe(0)
    expect(opened.out).toMatch(/^yls_[0-9a-f]{8}_\S+\n$/)
    const key = opened.out.trim()
    expect(opened.err).not.toContain(key)
    const path = '/epcis/capture'
    const body = JSON.stringify(documentOf([objectEvent(), objectEvent()]))
    expect((await p.call(path, { method: 'POST', key, body })).status).toBe(202)
    const status = await yuanliu(['sandbox', 'status', 'farm-1'], key)
    expect(status.out).toMatch(/^farm-1: 2 of 100000 events, \d+\.\d of 200\.0 MB\n/)
    expect((await yuanliu(['sandbox', 'status', 'farm-1'], key, 'zh')).out).toContain('事件 2 / 100000')
    // Its own key empties it, only the administrator closes it.
    const reset = await yuanliu(['sandbox', 'reset', 'farm-1'], key)
    expect(reset.code, reset.err).toBe(0)
    expect(reset.out).toContain('farm-1: 0 of')
    expect((await yuanliu(['sandbox', 'close', 'farm-1'], key)).err).toContain('(403)')
    const closed = await yuanliu(['sandbox', 'close', 'farm-1'])
    expect(closed.code, closed.err).toBe(0)
    expect((await yuanliu(['sandbox', 'status', 'farm-1'], key)).err).toContain('(401)')
    expect((await yuanliu(['sandbox', 'status', 'farm-1'])).err).toContain('farm-1 has no sandbox')
    expect((await yuanliu(['sandbox', 'open', 'nobody'])).err).toContain('POST /api/organisations')
  })
})

describe('a sandbox by its key alone', { timeout: 240_000 }, () => {
  it('behaves as EPCIS wants it, webhooks and sockets included', async () => {
    const key = (await yuanliu(['sandbox', 'open', 'farm-1'])).out.trim()
    const json = join(folder, 'report.json')
    const shell = recorded({})
    const argv = ['--lang', 'en', 'conformance', `${p.url}/epcis`, '--key', key, '--json', json, ...ONLY]
    const code = await run(argv, shell)
    const { results } = JSON.parse(readFileSync(json, 'utf8')) as { results: Result[] }
    const ids = (outcome: Result['outcome']) => results.filter(r => r.outcome === outcome).map(r => r.id)
    expect(ids('failed'), shell.out()).toEqual([])
    expect(code).toBe(0)
    expect(ids('passed').length).toBeGreaterThan(30)
    expect(ids('passed').filter(id => id.startsWith('subscriptions/')).length).toBeGreaterThan(3)
    const { epcisBody } = await (await p.call('/epcis/events')).json()
    expect(epcisBody.queryResults.resultsBody.eventList).toEqual([])
  })
})
