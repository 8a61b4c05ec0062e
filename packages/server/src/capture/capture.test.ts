import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONTEXT, documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
})
afterAll(() => p.stop())

async function receipts(id: string, query = '') {
  const text = await (await p.call(`/api/captures/${id}/receipts${query}`)).text()
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
}

/** where the events of test/support happen, as a unit key */
const SITE = '414/9521321000010'

describe('POST /epcis/capture', () => {
  it('takes a document, gives a job and a receipt per event', async () => {
    const events = [objectEvent(), objectEvent({ action: 'ADD', bizStep: 'commissioning', disposition: 'active' })]
    const { id, counts } = await p.capture(documentOf(events))
    expect(counts).toMatchObject({ events: 2, accepted: 2, duplicate: 0, conflict: 0, rejected: 0 })
    expect(await receipts(id)).toEqual(
      events.map((e, ordinal) => ({
        ordinal,
        status: 'accepted',
        eventID: e.eventID,
        reporter: 'platform',
        site: SITE,
      })),
    )
  })

  it('tells duplicates from conflicts, and both reporters of the conflict', async () => {
    const event = objectEvent()
    await p.capture(documentOf([event]))
    const again = await p.capture(documentOf([{ ...event, epcList: ['urn:epc:id:sgtin:9521234.054321.1'] }]))
    expect(again.counts).toMatchObject({ duplicate: 1, accepted: 0 }) // the same unit in another notation
    const other = await p.key('other-org')
    const clash = await p.capture(documentOf([{ ...event, bizStep: 'receiving' }]), { key: other })
    expect(clash.counts).toMatchObject({ conflict: 1, accepted: 0 })
    expect(await receipts(clash.id)).toEqual([
      {
        ordinal: 0,
        status: 'conflict',
        eventID: event.eventID,
        reporter: 'other-org',
        site: SITE,
        firstReporter: 'platform',
      },
    ])
    const job = await (await p.call(`/epcis/capture/${clash.id}`, { key: other })).json()
    expect(job).toMatchObject({ running: false, success: false })
    expect(job.errors).toEqual([
      {
        type: 'epcisException:ResourceAlreadyExistsException',
        title: expect.stringContaining('Another event has this id'),
        status: 409,
        detail: expect.stringContaining(event.eventID as string),
        pointer: '/epcisBody/eventList/0',
        instance: `https://trace.example.org/api/captures/${clash.id}/receipts?from=0&limit=1`,
      },
    ])
    const listed = (await (await p.call('/epcis/capture', { key: other })).json())[0]
    expect(listed).toEqual(job)
    for (const key of [undefined, other]) {
      const { conflicts } = await (await p.call('/api/conflicts', key ? { key } : {})).json()
      expect(conflicts[0]).toMatchObject({ eventID: event.eventID, reporter: 'other-org', firstReporter: 'platform' })
      expect(conflicts[0].event.bizStep).toBe('receiving')
    }
    const third = await p.key('third-org')
    expect((await (await p.call('/api/conflicts', { key: third })).json()).conflicts).toEqual([])
  })

  it('names so many conflicts of a job and no more', async () => {
    const events = Array.from({ length: 120 }, () => objectEvent())
    expect((await p.capture(documentOf(events))).counts.accepted).toBe(120)
    const { id } = await p.capture(documentOf([objectEvent(), ...events.map(e => ({ ...e, bizStep: 'receiving' }))]))
    const job = await (await p.call(`/epcis/capture/${id}`)).json()
    expect(job).toMatchObject({ success: false, counts: { accepted: 1, conflict: 120 } })
    expect(job.errors).toHaveLength(100)
    expect(job.errors[0].pointer).toBe('/epcisBody/eventList/1')
  })

  it('under rollback refuses the whole document with a pointer to every fault', async () => {
    const good = objectEvent()
    const answer = await p.call('/epcis/capture', {
      method: 'POST',
      body: JSON.stringify(
        documentOf([good, objectEvent({ action: 'MOVE' }), objectEvent({ eventTime: '2026-02-30T00:00:00Z' })]),
      ),
    })
    expect(answer.status).toBe(400)
    const problem = await answer.json()
    expect(problem.type).toBe('epcisException:ValidationException')
    expect(problem.errors.map((e: { pointer: string }) => e.pointer)).toEqual([
      '/epcisBody/eventList/1/action',
      '/epcisBody/eventList/2/eventTime',
    ])
    expect((await p.capture(documentOf([good]))).counts.accepted).toBe(1) // nothing of it had been kept
  })

  it('under proceed takes the good ones and rejects the others with their reasons', async () => {
    const { id, counts } = await p.capture(
      documentOf([objectEvent(), objectEvent({ action: 'MOVE' }), objectEvent()]),
      {
        behaviour: 'proceed',
      },
    )
    expect(counts).toMatchObject({ events: 3, accepted: 2, rejected: 1 })
    const list = await receipts(id)
    expect(list.map(r => r.status)).toEqual(['accepted', 'rejected', 'accepted'])
    expect(list[1].errors[0].pointer).toBe('/epcisBody/eventList/1/action')
    const job = await (await p.call(`/epcis/capture/${id}`)).json()
    expect(job).toMatchObject({ running: false, success: false, captureErrorBehaviour: 'proceed' })
  })

  it('gives an event without an id its CBV hash, so that sending it again is harmless', async () => {
    const { eventID: _, ...event } = objectEvent({ epcList: ['https://id.gs1.org/01/09521234543213/21/nameless'] })
    const first = await p.capture(documentOf([event]))
    expect(first.counts.accepted).toBe(1)
    const [receipt] = await receipts(first.id)
    expect(receipt.eventID).toMatch(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0$/)
    expect((await p.capture(documentOf([event]))).counts.duplicate).toBe(1)
  })

  it('flags a hash id that is not the hash, and an event from the future', async () => {
    const wrong = `ni:///sha-256;${'0'.repeat(64)}?ver=CBV2.0`
    const { id } = await p.capture(
      documentOf([objectEvent({ eventID: wrong }), objectEvent({ eventTime: '2090-01-01T00:00:00Z' })]),
    )
    const list = await receipts(id)
    expect(list.map(r => [r.status, r.remarks])).toEqual([
      ['accepted', ['hash-id-differs']],
      ['accepted', ['event-time-in-future']],
    ])
  })

  it('keeps an error declaration beside its event under the same id, whichever comes first', async () => {
    const event = objectEvent()
    const declaration = {
      ...event,
      errorDeclaration: { declarationTime: '2026-10-02T00:00:00Z', reason: 'incorrect_data' },
    }
    expect((await p.capture(documentOf([declaration]))).counts.accepted).toBe(1)
    expect((await p.capture(documentOf([event]))).counts.accepted).toBe(1)
    expect((await p.capture(documentOf([declaration, event]))).counts.duplicate).toBe(2)
    const foreign = await p.key('declaring-org')
    expect((await p.capture(documentOf([declaration]), { key: foreign })).counts.accepted).toBe(1)
    const changed = { ...declaration, bizStep: 'receiving' }
    expect((await p.capture(documentOf([changed]))).counts.conflict).toBe(1)
  })

  it('takes a document of many chunks and applies all of it', async () => {
    const events = Array.from({ length: 2_500 }, (_, i) =>
      objectEvent({ epcList: [`https://id.gs1.org/01/09521234543213/21/big${i}`] }),
    )
    const { id, counts } = await p.capture(documentOf([...events, events[0]]))
    expect(counts).toMatchObject({ events: 2_501, accepted: 2_500, duplicate: 1 })
    const page = await p.call(`/api/captures/${id}/receipts?from=2400&limit=50`)
    expect(page.headers.get('link')).toContain('from=2450')
    expect((await receipts(id, '?from=2400&limit=200')).map(r => r.status)).toEqual([
      ...Array(100).fill('accepted'),
      'duplicate',
    ])
  })
})

describe('POST /epcis/events', () => {
  it('takes one event, and answers 409 where its id is taken', async () => {
    const event: Record<string, unknown> = { '@context': CONTEXT, ...objectEvent() }
    const send = (body: unknown) => p.call('/epcis/events', { method: 'POST', body: JSON.stringify(body) })
    const first = await send(event)
    expect(first.status).toBe(201)
    expect(first.headers.get('location')).toContain(encodeURIComponent(String(event.eventID)))
    expect((await (await send(event)).json()).type).toBe('epcisException:ResourceAlreadyExistsException')
    expect((await send({ ...event, bizStep: 'receiving' })).status).toBe(409)
    expect((await send({ ...event, '@context': undefined })).status).toBe(400)
  })
})
