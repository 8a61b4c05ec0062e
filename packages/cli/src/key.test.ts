import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_KEY, type Platform, startPlatform } from '../../../test/support/platform.ts'
import { run } from './program.ts'
import { recorded } from './shell.fixture.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

async function yuanliu(...argv: string[]) {
  const shell = recorded({ YUANLIU_URL: platform.url, YUANLIU_KEY: ADMIN_KEY })
  const code = await run(['--lang', 'en', ...argv], shell)
  return { code, out: shell.out(), err: shell.err() }
}

describe('yuanliu key', () => {
  it('prints a new key alone on stdout, lists it without its text, and revokes it', async () => {
    const made = await yuanliu(
      ...['key', 'create', '--organisation', 'farm-1', '--name', '一号农场', '--permissions', 'capture, read'],
      ...['--expires', '2099-01-01T00:00:00Z', '--label', 'scanner'],
    )
    expect(made.code, made.err).toBe(0)
    expect(made.out).toMatch(/^yl_[0-9a-f]{8}_\S+\n$/)
    const key = made.out.trim()
    expect(made.err).not.toContain(key)
    expect(made.err).toContain('farm-1')
    const id = key.split('_')[1] ?? ''
    expect((await platform.call('/epcis/capture', { key })).status).toBe(200)

    const listed = await yuanliu('key', 'list')
    expect(listed.out).toMatch(new RegExp(`^${id} {2}farm-1 {2}capture,read {2}valid until 2099.* scanner$`, 'm'))
    expect(listed.out).not.toContain(key)

    const revoked = await yuanliu('key', 'revoke', id)
    expect(revoked.code).toBe(0)
    expect(revoked.err).toMatch(new RegExp(`Key ${id} \\(farm-1\\) is revoked since 20`))
    expect((await platform.call('/epcis/capture', { key })).status).toBe(401)
    expect((await yuanliu('key', 'list')).out).toMatch(new RegExp(`^${id} .* revoked 20`, 'm'))
  })

  it('makes a key whose captures are lenient', async () => {
    const lenient = await yuanliu('key', 'create', '--organisation', 'l', '--permissions', 'capture', '--lenient')
    expect(lenient.code, lenient.err).toBe(0)
    await yuanliu('key', 'create', '--organisation', 's', '--permissions', 'capture')
    const { keys } = (await (await platform.call('/api/keys')).json()) as {
      keys: { organisation: string; capture: string }[]
    }
    expect(keys.find(k => k.organisation === 'l')?.capture).toBe('lenient')
    expect(keys.find(k => k.organisation === 's')?.capture).toBe('strict')
  })

  it('names what is wrong: a permission, an unknown id, a date, a code', async () => {
    const create = (...more: string[]) => yuanliu('key', 'create', '--organisation', 'x', ...more)
    const permission = await create('--permissions', 'capture,fly')
    expect(permission).toMatchObject({ code: 1, out: '' })
    expect(permission.err).toContain('no permission "fly"')
    const unknown = await yuanliu('key', 'revoke', 'ffffffff')
    expect(unknown).toMatchObject({ code: 1, out: '' })
    expect(unknown.err).toContain('There is no key ffffffff')
    const past = await create('--permissions', 'read', '--expires', '2001-01-01T00:00:00Z')
    expect(past).toMatchObject({ code: 1, out: '' })
    expect(past.err).toMatch(/\n {2}\/expires: /)
    const code = await yuanliu('key', 'create', '--organisation', 'ä b', '--permissions', 'read')
    expect(code.err).toMatch(/\n {2}\/organisation: /)
  })
})
