import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../test/support/events.ts'
import { ADMIN_KEY, type Platform, startPlatform } from '../../../test/support/platform.ts'
import { run } from './program.ts'
import { recorded } from './shell.fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'yuanliu-signing-command-'))
let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
  for (const organisation of ['mill', 'institute'])
    await platform.call('/api/organisations', { method: 'POST', body: JSON.stringify({ organisation }) })
})
afterAll(async () => {
  await platform.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function yuanliu(argv: string[], env: Record<string, string> = {}) {
  const shell = recorded({ YUANLIU_URL: platform.url, YUANLIU_KEY: ADMIN_KEY, ...env })
  const code = await run(['--lang', 'en', ...argv], shell)
  return { code, out: shell.out(), err: shell.err() }
}
const path = (name: string) => join(folder, name)

async function good(argv: string[], env: Record<string, string> = {}) {
  const result = await yuanliu(argv, env)
  expect(result.code, result.err + result.out).toBe(0)
  return result
}

describe('yuanliu signing-key and sign', () => {
  it('make a key, register it, sign a document, import it with its signature, trace it, revoke the key', async () => {
    const made = await good(['signing-key', 'create', path('mill.key'), '--name', 'mill'])
    expect(made.out).toMatch(/^mill\+[0-9a-f]{8}\+/)
    expect(statSync(path('mill.key')).mode & 0o777).toBe(0o600)
    const sealed = { SIGNING_KEY_PASSPHRASE: 'correct horse' }
    const sm = ['signing-key', 'create', path('institute.key'), '--name', 'institute/lab-2', '--suite', 'sm3-sm2']
    await good(sm, sealed)
    await good(['signing-key', 'register', path('mill.key'), '--label', 'press'])
    expect((await yuanliu(['signing-key', 'register', path('institute.key'), '--kind', 'testing'])).err).toContain(
      'sealed',
    )
    const registered = await good(['signing-key', 'register', path('institute.key'), '--kind', 'testing'], sealed)
    expect(registered.err).toContain('(testing, sm3-sm2)')
    const listed = await good(['signing-key', 'list', 'institute'])
    expect(listed.out).toMatch(/^[0-9a-f]{8} {2}testing {2}sm3-sm2 .* in force$/m)

    const event = objectEvent({ epcList: ['https://id.gs1.org/01/09521321000308/21/CLI'] })
    writeFileSync(path('a.json'), JSON.stringify(documentOf([event, objectEvent()])))
    const signed = await good(['sign', path('a.json'), '--key', path('mill.key')])
    expect(signed.err).toContain('2 events are signed by mill+')
    const imported = await good(['import', path('a.json')])
    expect(imported.out).toContain('accepted 2')
    expect(imported.out).toContain('with the signature')
    const bare = { ...event, '@context': documentOf([])['@context'] }
    writeFileSync(path('b.json'), JSON.stringify(bare))
    await good(['sign', path('b.json'), '--key', path('institute.key'), '--out', path('b.note')], sealed)
    const id = encodeURIComponent(String(event.eventID))
    const body = JSON.stringify({ signature: readFileSync(path('b.note'), 'utf8') })
    expect((await platform.call(`/api/events/${id}/signatures`, { method: 'POST', body })).status).toBe(201)
    const traced = await good(['trace', 'https://id.gs1.org/01/09521321000308/21/CLI'])
    expect(traced.out).toContain('signed by mill (enterprise), institute (testing body)')

    const key = /\+([0-9a-f]{8})\+/.exec(made.out)?.[1] ?? ''
    const revoked = await good(['signing-key', 'revoke', 'mill', key])
    expect(revoked.err).toMatch(/signatures before position \d+ stay valid/)
    writeFileSync(path('c.json'), JSON.stringify(documentOf([objectEvent()])))
    await good(['sign', path('c.json'), '--key', path('mill.key')])
    const refused = await yuanliu(['import', path('c.json')])
    expect([refused.code, refused.out]).toEqual([1, expect.stringContaining('the key has been revoked')])
  })

  it('signs XML as it signs JSON', async () => {
    await good(['signing-key', 'create', path('xml.key'), '--name', 'mill/xml'])
    await good(['signing-key', 'register', path('xml.key')])
    const event = objectEvent()
    await platform.capture(documentOf([event]))
    const accept = { headers: { accept: 'application/xml' } }
    const xml = await (await platform.call(`/epcis/events/${encodeURIComponent(String(event.eventID))}`, accept)).text()
    const fresh = xml.replace(String(event.eventID), `urn:uuid:${crypto.randomUUID()}`)
    writeFileSync(path('d.xml'), fresh)
    await good(['sign', path('d.xml'), '--key', path('xml.key')])
    expect((await good(['import', path('d.xml')])).out).toContain('with the signature')
  })

  it('print a registration for an administrator, and say what is wrong', async () => {
    const { out } = await good(['signing-key', 'register', path('mill.key'), '--print'])
    expect(JSON.parse(out)).toMatchObject({
      key: expect.stringMatching(/^mill\+/),
      possession: expect.stringContaining('mill'),
    })
    expect((await yuanliu(['sign', path('nothing.json'), '--key', path('mill.key')])).code).toBe(1)
    writeFileSync(path('e.json'), '{"type":')
    expect((await yuanliu(['sign', path('e.json'), '--key', path('mill.key')])).code).toBe(1)
    writeFileSync(path('f.json'), JSON.stringify(documentOf([])))
    const empty = await yuanliu(['sign', path('f.json'), '--key', path('mill.key')])
    expect([empty.code, empty.err]).toEqual([1, expect.stringContaining('no event')])
  })
})
