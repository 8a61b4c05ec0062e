import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { ADMIN_KEY, type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { isSandboxKey } from '../access/access.ts'
import { takeLeases } from '../subscriptions/store.ts'
import { ask, eventIds, openSandbox, schemaOf, schemas } from './sandbox.fixture.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
})
afterAll(() => p.stop())

const state = (organisation: string, key?: string) =>
  ask(p, 'GET', `/api/organisations/${organisation}/sandbox`, { ...(key && { key }) })

// Every sandbox makes its tables first.
describe('keys of a sandbox', { timeout: 240_000 }, () => {
  it('are told by their beginning; a request with another key is not looked at', async () => {
    expect(isSandboxKey('Bearer yls_x')).toBe(true)
    expect(isSandboxKey('bearer  YLS_x')).toBe(true)
    for (const other of [undefined, 'Bearer yl_x', 'Basic yls_', ' yls_']) expect(isSandboxKey(other)).toBe(false)
    const real = await p.key('plain')
    const { key } = await openSandbox(p, 'plain')
    const gate = p.running.parts.sandboxes?.gate
    if (!gate) throw new Error('there are no sandboxes')
    const spies = [vi.spyOn(gate, 'authenticate'), vi.spyOn(gate, 'enter')]
    try {
      for (const k of [real, ADMIN_KEY, 'wrong']) await ask(p, 'GET', '/epcis/events', { key: k })
      await p.call('/epcis/events', { key: null })
      await p.call('/', { key })
      for (const spy of spies) expect(spy).not.toHaveBeenCalled()
      await ask(p, 'GET', '/epcis/events', { key })
      for (const spy of spies) expect(spy).toHaveBeenCalledTimes(1)
    } finally {
      for (const spy of spies) spy.mockRestore()
    }
  })

  it('do not open the platform, nor the sandbox of another organisation', async () => {
    const { key } = await openSandbox(p, 'keys-1')
    await openSandbox(p, 'keys-2')
    const real = await p.key('keys-2')
    expect((await state('keys-1', key)).status).toBe(200)
    expect((await state('keys-1')).status).toBe(200)
    expect((await state('keys-2', real)).status).toBe(200)
    for (const method of ['GET', 'DELETE']) {
      const path = `/api/organisations/keys-2/sandbox${method === 'DELETE' ? '/data' : ''}`
      expect((await ask(p, method, path, { key })).status).toBe(403)
      expect((await ask(p, method, path.replace('keys-2', 'keys-1'), { key: real })).status).toBe(403)
    }
    // What the administrator alone may do is not to be had in a sandbox either.
    for (const [method, path] of [
      ['POST', '/api/organisations/keys-1/sandbox'],
      ['DELETE', '/api/organisations/keys-1/sandbox'],
      ['GET', '/api/keys'],
      ['GET', '/api/organisations'],
    ] as const)
      expect([path, (await ask(p, method, path, { key, ...(method === 'POST' && { body: {} }) })).status]).toEqual([
        path,
        403,
      ])
    // A text that only looks like a key.
    for (const text of ['yls_', 'yls_00000000_x', key.replace('yls_', 'yl_'), `${key}0`, real.replace('yl_', 'yls_')])
      expect((await ask(p, 'GET', '/epcis/events', { key: text })).status).toBe(401)
    expect((await state('nobody')).status).toBe(404)
    expect((await ask(p, 'POST', '/api/organisations/nobody/sandbox', { body: {} })).status).toBe(404)
  })

  it('are listed and revoked like others, from one moment to the next; a further one opens the same sandbox', async () => {
    const { key, id } = await openSandbox(p, 'turn')
    const event = objectEvent()
    await ask(p, 'POST', '/epcis/capture', { key, body: documentOf([event]) })
    const second = (
      await ask(p, 'POST', '/api/organisations/turn/sandbox', { body: { label: '二号', capture: 'lenient' } })
    ).body
    expect(second).toMatchObject({ sandbox: true, label: '二号', capture: 'lenient', organisation: 'turn' })
    const { keys } = (await ask(p, 'GET', '/api/keys')).body as { keys: { id: string; sandbox: boolean }[] }
    expect(keys.find(k => k.id === id)?.sandbox).toBe(true)
    expect((await ask(p, 'DELETE', `/api/keys/${id}`)).status).toBe(200)
    expect((await ask(p, 'GET', '/epcis/events', { key })).status).toBe(401)
    expect((await state('turn', key)).status).toBe(401)
    expect(await eventIds(p, second.key as string)).toEqual([event.eventID])
    expect((await state('turn')).body.keys).toMatchObject([{ id: second.id }])
    const past = { body: { expires: '2001-01-01T00:00:00Z' } }
    expect((await ask(p, 'POST', '/api/organisations/turn/sandbox', past)).status).toBe(400)
  })

  it('do not stand in for a key of the platform: what is subscribed there ends with the last of those', async () => {
    const made = await ask(p, 'POST', '/api/keys', { body: { organisation: 'told', permissions: ['read'] } })
    const { key: real, id } = made.body as { key: string; id: string }
    await openSandbox(p, 'told')
    await ask(p, 'POST', '/epcis/queries', { key: real, body: { name: 'q', query: {} } })
    const hook = { dest: 'https://receiver.example.org/hook', stream: true }
    expect((await ask(p, 'POST', '/epcis/queries/q/subscriptions', { key: real, body: hook })).status).toBe(201)
    const { db } = p.running.parts
    expect(await takeLeases(db, 1_000_001, 1, 10, true)).toHaveLength(1)
    await ask(p, 'DELETE', `/api/keys/${id}`)
    expect(await takeLeases(db, 1_000_002, 1, 10, true)).toEqual([])
  })

  it('end with the sandbox; one that is opened again is empty', async () => {
    const { key } = await openSandbox(p, 'ended')
    await ask(p, 'POST', '/epcis/capture', { key, body: documentOf([objectEvent()]) })
    const schema = await schemaOf(p, 'ended')
    expect((await ask(p, 'DELETE', '/api/organisations/ended/sandbox')).status).toBe(204)
    expect(await schemas(p)).not.toContain(schema)
    expect((await ask(p, 'GET', '/epcis/events', { key })).status).toBe(401)
    expect((await state('ended')).status).toBe(404)
    expect((await ask(p, 'DELETE', '/api/organisations/ended/sandbox')).status).toBe(404)
    const { key: fresh } = await openSandbox(p, 'ended')
    expect(await eventIds(p, fresh)).toEqual([])
    expect(await schemaOf(p, 'ended')).not.toBe(schema)
    expect((await ask(p, 'GET', '/epcis/events', { key })).status).toBe(401)
  })
})
