import { type EventSignature, formatVerifierKey } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { sql } from '../lib/db/sql.ts'
import { idOf, problemOf, seconds, subjectsOf } from './signing.fixture.ts'

let p: Platform
let s: Awaited<ReturnType<typeof subjectsOf>>
beforeAll(async () => {
  p = await startPlatform()
  s = await subjectsOf(p)
})
afterAll(async () => {
  s.remove()
  await p.stop()
})

describe('revocation', () => {
  it('a revoked key cannot sign; what it signed before stays valid by its place', async () => {
    for (const suite of ['sha256-ed25519', 'sm3-sm2'] as const) {
      const code = `revoked-${suite}`
      const subject = await s.subject(code, 'testing', suite)
      const [before, after] = [objectEvent(), objectEvent()]
      // Both are signed at the same time: the clock of the signer decides nothing.
      const notes = [await s.note(subject, documentOf([before])), await s.note(subject, documentOf([after]))]
      expect((await s.send(documentOf([before]), [notes[0] as string])).status).toBe(202)
      const revoked = await (await s.revoke(code, subject)).json()
      expect(revoked.revoked).not.toBeNull()
      const late = await problemOf(await s.send(documentOf([after]), [notes[1] as string]))
      expect(late).toMatchObject({ status: 400, pointer: '/headers/Yuanliu-Signature/0' })
      expect(late.detail).toContain('revoked')
      expect(await s.isCaptured(after)).toBe(false)
      await p.capture(documentOf([after]))
      expect((await s.countersign(idOf(after), notes[1] as string)).status).toBe(400)
      const [signature] = await s.signatures(idOf(before))
      expect(signature.position).toBeLessThan(signature.revoked)
      expect(signature.revoked).toBe(revoked.revokedAt)
      await s.verify(documentOf([before]), 0, signature)
      const trace = await (await p.call(`/api/trace?code=https://id.gs1.org/01/09521234543213/21/1`)).json()
      const traced = trace.events.find((e: { id: string }) => e.id === idOf(before))
      expect(traced.signatures).toMatchObject([{ organisation: code, kind: 'testing', suite }])
      // again: the moment stays, and the key cannot come back
      expect(await (await s.revoke(code, subject)).json()).toEqual(revoked)
      expect((await s.register(code, await s.registration(subject, code))).status).toBe(409)
    }
  })

  it('between the check and the writing counts: judged under the clock', async () => {
    const subject = await s.subject('raced', 'enterprise')
    const document = documentOf([objectEvent()])
    const { signing } = p.running.rooms
    const offered = await signing.offered(`:${Buffer.from(await s.note(subject, document)).toString('base64')}:`)
    const cover = signing.cover(JSON.stringify(document['@context']), offered)
    await cover.add({
      ordinal: 0,
      bytes: Buffer.from(JSON.stringify((document.epcisBody as { eventList: unknown[] }).eventList[0])),
    })
    const signed = cover.done()
    await s.revoke('raced', subject)
    const { db } = p.running.parts
    await expect(db.tx(tx => signing.put(tx, signed))).rejects.toMatchObject({ kind: 'signature-refused' })
    expect(await db.rows(sql`select id from event_signature where note = ${signed[0]?.note ?? ''}`)).toEqual([])
  })
})

describe('signatures that come later', () => {
  it('of testing bodies and regulators, by whoever may capture', async () => {
    const event = objectEvent()
    const document = documentOf([event, objectEvent()])
    await p.capture(document)
    const [lab, bureau] = [
      await s.subject('later-lab', 'testing', 'sm3-sm2'),
      await s.subject('later-bureau', 'regulator'),
    ]
    const key = await p.key('carrier', ['capture'])
    const first = await s.note(lab, documentOf([event]))
    const answer = await s.countersign(idOf(event), first, key)
    expect(answer.status).toBe(201)
    const made = await answer.json()
    await s.verify(documentOf([event]), 0, made)
    expect((await s.countersign(idOf(event), await s.note(bureau, documentOf([event])), key)).status).toBe(201)
    // the same key a second time: its first signature stands
    const again = await s.countersign(idOf(event), await s.note(lab, documentOf([event]), seconds() - 1n), key)
    expect([again.status, (await again.json()).note]).toEqual([200, first])
    expect((await s.signatures(idOf(event))).map((x: EventSignature) => x.kind)).toEqual(['testing', 'regulator'])

    for (const [id, note, status] of [
      [idOf(event), await s.note(lab, documentOf([objectEvent()])), 400],
      [idOf(event), await s.note(lab, document), 400],
      [idOf(event), 'nonsense', 400],
      ['urn:uuid:00000000-0000-4000-8000-000000000000', first, 404],
    ] as const) {
      const problem = await s.countersign(id, note, key)
      expect(problem.status).toBe(status)
      if (status === 400) expect((await problemOf(problem)).pointer).toBe('/signature')
    }
    expect((await s.countersign(idOf(event), first, await p.key('reader', ['read']))).status).toBe(403)
  })
})

describe('keys', () => {
  it('are registered with proof of possession, under the name of their organisation, once', async () => {
    await s.subject('org-a', 'enterprise')
    await p.call('/api/organisations', { method: 'POST', body: JSON.stringify({ organisation: 'org-b' }) })
    const mine = await s.newKey('org-b/press-1')
    const other = await s.newKey('org-a')
    const body = await s.registration(mine, 'org-b', { label: 'press', validUntil: '2100-01-01T00:00:00+08:00' })
    const forB = await s.registration(mine, 'org-b')
    const wrongs: [string, object, number, string | undefined][] = [
      ['org-b', { ...forB, possession: (await s.registration(mine, 'org-a')).possession }, 400, '/possession'],
      ['org-b', { ...forB, possession: (await s.registration(other, 'org-b')).possession }, 400, '/possession'],
      ['org-b', await s.registration(other, 'org-b'), 400, '/key'],
      ['org-b', { ...forB, key: 'org-b+00000000+AAAA' }, 400, '/key'],
      ['org-b', { ...forB, validFrom: 'soon' }, 400, '/validFrom'],
      ['org-b', { ...forB, validUntil: '2001-01-01T00:00:00Z' }, 400, '/validUntil'],
      ['nobody', await s.registration(mine, 'nobody'), 404, undefined],
    ]
    for (const [organisation, wrong, status, pointer] of wrongs) {
      const problem = await problemOf(await s.register(organisation, wrong))
      expect([problem.status, problem.pointer], pointer).toEqual([status, pointer])
    }
    expect((await s.register('org-b', body)).status).toBe(201)
    expect((await s.register('org-b', body)).status).toBe(409)
    const { keys } = await (await p.call('/api/organisations/org-b/signing-keys')).json()
    expect(keys).toMatchObject([
      { key: formatVerifierKey(mine.key), kind: 'enterprise', label: 'press', validUntil: '2099-12-31T16:00:00.000Z' },
    ])
  })

  it('of its own an organisation manages itself; what it is, the administrator says', async () => {
    const own = await p.key('self', ['signing:manage'])
    const key = await s.newKey('self')
    const draft = await s.registration(key, 'self')
    expect((await s.register('self', { ...draft, kind: 'regulator' }, own)).status).toBe(403)
    expect((await s.register('org-a', await s.registration(key, 'org-a'), own)).status).toBe(403)
    expect((await s.register('self', draft, own)).status).toBe(201)
    const path = `/api/organisations/self/signing-keys/${key.key.keyId}`
    const other = await p.key('not-self', ['signing:manage'])
    expect((await p.call(path, { method: 'DELETE', key: other })).status).toBe(403)
    expect((await p.call(path, { method: 'DELETE', key: own })).status).toBe(200)
    expect((await p.call(path.replace(/.{8}$/, '00000000'), { method: 'DELETE', key: own })).status).toBe(404)
  })

  it('count from the day and until the day that was said', async () => {
    await p.call('/api/organisations', { method: 'POST', body: JSON.stringify({ organisation: 'dated' }) })
    const [early, late] = [await s.newKey('dated'), await s.newKey('dated')]
    const past = { validFrom: '2020-01-01T00:00:00Z', validUntil: '2021-01-01T00:00:00Z' }
    expect((await s.register('dated', await s.registration(early, 'dated', past))).status).toBe(201)
    const future = { validFrom: '2100-01-01T00:00:00Z' }
    expect((await s.register('dated', await s.registration(late, 'dated', future))).status).toBe(201)
    const document = documentOf([objectEvent()])
    const then = BigInt(Date.parse('2020-06-01T00:00:00Z') / 1000)
    expect((await problemOf(await s.send(document, [await s.note(early, document, then)]))).detail).toContain('expired')
    expect((await problemOf(await s.send(document, [await s.note(late, document)]))).detail).toContain('not valid yet')
  })
})
