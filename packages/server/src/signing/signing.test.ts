import type { EventSignature } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CONTEXT, documentOf, objectEvent } from '../../../../test/support/events.ts'
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

describe('signatures of captures', () => {
  it('of one batch by four kinds of subject in both suites: each verifies with its key', async () => {
    const subjects = [
      await s.subject('farm', 'enterprise'),
      await s.subject('lab', 'testing', 'sm3-sm2'),
      await s.subject('certifier', 'certification'),
      await s.subject('bureau', 'regulator', 'sm3-sm2'),
    ]
    const events = ['commissioning', 'inspecting', 'accepting', 'storing'].map(bizStep => objectEvent({ bizStep }))
    for (const [i, event] of events.entries()) {
      const document = documentOf([event])
      expect((await s.send(document, [await s.note(subjects[i] as never, document)])).status).toBe(202)
    }
    for (const [i, kind] of ['enterprise', 'testing', 'certification', 'regulator'].entries()) {
      const event = events[i] as Record<string, unknown>
      const [signature, more] = await s.signatures(idOf(event))
      expect(more).toBeUndefined()
      expect(signature).toMatchObject({ kind, index: 0, path: [], revoked: null })
      const statement = await s.verify(documentOf([event]), 0, signature)
      expect(statement.events).toBe(1)
      // of another event it says nothing
      await expect(s.verify(documentOf([events[(i + 1) % 4]]), 0, signature)).rejects.toThrow('does not cover')
    }
  })

  it('of a document: every event is proved by itself; several notes, one of them over a single event', async () => {
    const maker = await s.subject('maker', 'enterprise', 'sm3-sm2')
    const tester = await s.subject('tester', 'testing')
    const events = Array.from({ length: 7 }, (_, i) =>
      objectEvent({ 'ext:no': i, ...(i === 3 && { eventID: undefined }), ilmd: undefined }),
    )
    const document = documentOf(events)
    const single = await s.note(tester, documentOf([events[4]]))
    expect((await s.send(document, [await s.note(maker, document), single])).status).toBe(202)
    for (const [i, { id }] of s.eventsOf(document).entries()) {
      const found: EventSignature[] = await s.signatures(id)
      expect(found.map(f => f.organisation)).toEqual(i === 4 ? ['maker', 'tester'] : ['maker'])
      for (const one of found) await s.verify(document, i, one)
      expect(found[0]?.index).toBe(i)
    }
  })

  it('survives another notation: members in another order, and what was read back', async () => {
    const event = objectEvent({ 'ext:colour': 'red' })
    const note = await s.note(await s.subject('shop', 'enterprise'), documentOf([event]))
    const turned = Object.fromEntries(Object.entries(event).reverse())
    const prefixed = { ...turned, 'other:colour': 'red', 'ext:colour': undefined }
    const context = [CONTEXT, { other: 'https://ns.example.org/ext/' }]
    expect((await s.send({ ...documentOf([prefixed]), '@context': context }, [note])).status).toBe(202)
    const [signature] = await s.signatures(idOf(event))
    const read = await (await p.call(`/epcis/events/${encodeURIComponent(idOf(event))}`)).json()
    expect((await s.verify(read, 0, signature)).events).toBe(1)
  })

  it('of an error declaration binds what it declares', async () => {
    const event = objectEvent()
    const subject = await s.subject('corrector', 'enterprise')
    const declare = (reason: string) => ({
      ...event,
      errorDeclaration: { declarationTime: '2026-10-02T00:00:00Z', reason },
    })
    const key = await p.key('corrector')
    expect((await s.send(documentOf([event]), [], { headers: { 'yuanliu-signature': '' }, key })).status).toBe(400)
    await p.capture(documentOf([event]), { key })
    const note = await s.note(subject, documentOf([declare('incorrect_data')]))
    const other = await s.send(documentOf([declare('did_not_occur')]), [note], { key })
    expect((await problemOf(other)).pointer).toBe('/headers/Yuanliu-Signature/0')
    expect((await s.send(documentOf([declare('incorrect_data')]), [note], { key })).status).toBe(202)
    // it is the declaration that is signed, not the event
    expect(await s.signatures(idOf(event))).toEqual([])
    const row = await p.running.parts.db.row<{ part: number }>(
      sql`select part from signed_event e join event_signature n on n.id = e.signature where n.note = ${note}`,
    )
    expect(row?.part).toBe(1)
  })

  it('of XML is the one of JSON', async () => {
    const event = objectEvent({ eventTime: '2026-10-01T00:00:00.000Z', eventTimeZoneOffset: '+08:00' })
    const note = await s.note(await s.subject('xml-sender', 'enterprise'), documentOf([event]))
    const gone = documentOf([event])
    await p.capture(gone)
    const xml = await (
      await p.call(`/epcis/events/${encodeURIComponent(idOf(event))}`, { headers: { accept: 'application/xml' } })
    ).text()
    const id = `urn:uuid:${crypto.randomUUID()}`
    const renamed = { ...event, eventID: id }
    const again = await s.note(await s.subject('xml-sender-2', 'enterprise', 'sm3-sm2'), documentOf([renamed]))
    const body = xml.replace(idOf(event), id)
    const headers = { 'content-type': 'application/xml' }
    const wrong = await s.send({}, [note], { body, headers })
    expect(wrong.status).toBe(400)
    const taken = await s.send({}, [again], { body, headers })
    expect(taken.status, await taken.text()).toBe(202)
    expect(await s.signatures(id)).toHaveLength(1)
  })

  it('by a single event, and sent again', async () => {
    const event = { '@context': [CONTEXT, { ext: 'https://ns.example.org/ext/' }], ...objectEvent() }
    const note = await s.note(await s.subject('single', 'enterprise'), event)
    const send = () => s.send(event, [note], { path: '/epcis/events' })
    expect((await send()).status).toBe(201)
    expect((await send()).status).toBe(409)
    expect(await s.signatures(idOf(event))).toHaveLength(1)
  })

  it('of a staged document', async () => {
    const events = Array.from({ length: 2_300 }, (_, i) =>
      objectEvent({ 'ext:no': i, epcList: [`https://id.gs1.org/01/09521234543213/21/B${i}`] }),
    )
    const subject = await s.subject('bulk', 'enterprise')
    const document = documentOf(events)
    const tester = await s.subject('bulk-lab', 'testing')
    const one = await s.note(tester, documentOf([events[2_000]]))
    const answer = await s.send(document, [await s.note(subject, document), one])
    expect(answer.status).toBe(202)
    const id = answer.headers.get('location')?.split('/').at(-1) ?? ''
    const { rooms } = p.running
    while (rooms.capture.open() > 0) await new Promise(resolve => setImmediate(resolve))
    expect((await (await p.call(`/epcis/capture/${id}`)).json()).counts.accepted).toBe(2_300)
    for (const i of [0, 999, 2_000, 2_299]) {
      const found: EventSignature[] = await s.signatures(idOf(events[i] as never))
      expect(found).toHaveLength(i === 2_000 ? 2 : 1)
      for (const each of found) await s.verify(each.path.length ? document : documentOf([events[i]]), each.index, each)
    }
    const altered = documentOf(
      events.map((e, i) => ({ ...e, eventID: `urn:uuid:${crypto.randomUUID()}`, 'ext:no': i })),
    )
    const note = await s.note(subject, document)
    expect((await problemOf(await s.send(altered, [note]))).pointer).toBe('/headers/Yuanliu-Signature/0')
    expect(await s.isCaptured((altered.epcisBody as { eventList: never[] }).eventList[5] as never)).toBe(false)
  })
})

describe('captures without signatures', () => {
  it('ask the room for nothing, whichever way they go', async () => {
    const { signing } = p.running.rooms.capture.room
    const spies = (['offered', 'cover', 'put', 'place'] as const).map(name => vi.spyOn(signing, name))
    try {
      await p.capture(documentOf([objectEvent()]))
      const single = { '@context': CONTEXT, ...objectEvent() }
      expect((await p.call('/epcis/events', { method: 'POST', body: JSON.stringify(single) })).status).toBe(201)
      const staged = Array.from({ length: 1_100 }, (_, i) =>
        objectEvent({ epcList: [`https://id.gs1.org/01/09521234543213/21/U${i}`] }),
      )
      expect((await p.capture(documentOf(staged))).counts.accepted).toBe(1_100)
      for (const spy of spies) expect(spy).not.toHaveBeenCalled()
    } finally {
      for (const spy of spies) spy.mockRestore()
    }
  })
})

it('a signed document has at most 10,000 events', async () => {
  const offered = await p.running.rooms.signing.offered(undefined)
  const cover = p.running.rooms.signing.cover(JSON.stringify(CONTEXT), offered)
  const bytes = Buffer.from(JSON.stringify(objectEvent()))
  for (let ordinal = 0; ordinal < 10_000; ordinal++) await cover.add({ ordinal, bytes })
  await expect(cover.add({ ordinal: 10_000, bytes })).rejects.toMatchObject({ kind: 'too-large' })
})

describe('refused, with the place, and nothing is taken', () => {
  it('what was altered, what is malformed, keys nobody registered', async () => {
    const subject = await s.subject('honest', 'enterprise')
    const stranger = await s.newKey('stranger')
    const event = objectEvent()
    const document = documentOf([event])
    const good = await s.note(subject, document)
    const flipped = good.replace(/.(?=\n$)/, last => (last === 'A' ? 'B' : 'A'))
    const cases: [string | string[], RegExp][] = [
      [await s.note(subject, documentOf([{ ...event, disposition: 'damaged' }])), /other content/],
      [await s.note(stranger, document), /not registered/],
      [good.replace('time 1', 'time 2'), /signature of a known key is wrong/],
      [flipped, /base64|wrong/],
      [good.replace('\n\n', '\n'), /malformed|empty line|signed note/],
      ['', /byte sequence/],
      [await s.note(subject, document, seconds() + 100_000n), /future/],
      [await s.note(subject, document, seconds() - 100_000n), /outside/],
    ]
    for (const [note, words] of cases) {
      const problem = await problemOf(await s.send(document, [note].flat()))
      expect(problem, String(words)).toMatchObject({ status: 400, pointer: '/headers/Yuanliu-Signature/0' })
      expect(problem.detail).toMatch(words)
      expect(await s.isCaptured(event)).toBe(false)
    }
    // one bad note among good ones refuses all
    const second = await problemOf(await s.send(document, [good, await s.note(stranger, document)]))
    expect(second.pointer).toBe('/headers/Yuanliu-Signature/1')
    expect(await s.isCaptured(event)).toBe(false)
    const raw = await s.send(document, [], { headers: { 'yuanliu-signature': 'nonsense' } })
    expect((await problemOf(raw)).pointer).toBe('/headers/Yuanliu-Signature/0')
    const many = await s.send(
      document,
      Array.from({ length: 17 }, () => good),
    )
    expect((await problemOf(many)).pointer).toBe('/headers/Yuanliu-Signature')
    expect(await p.running.parts.db.rows(sql`select id from event_signature where note = ${good}`)).toEqual([])
    expect((await s.send(document, [good])).status).toBe(202)
  })

  it('a signed document of which an event is refused, under proceed', async () => {
    const subject = await s.subject('partly', 'enterprise')
    const good = objectEvent()
    const document = documentOf([good, objectEvent({ action: 'NONSENSE' })])
    const note = await s.note(subject, documentOf([good]))
    const answer = await s.send(document, [note], { headers: { 'gs1-capture-error-behaviour': 'proceed' } })
    expect(await problemOf(answer)).toMatchObject({ status: 400, pointer: '/headers/Yuanliu-Signature/0' })
    expect(await s.isCaptured(good)).toBe(false)
  })
})
