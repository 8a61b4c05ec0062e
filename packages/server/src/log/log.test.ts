import { randomUUID } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { decodeEntry, encodeEntry, parseCheckpoint, parseNote, textOf } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONTEXT, documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { entriesOf, KIND, tombstoneBody } from './entries.ts'
import { auditOf, crypto, logged, openingFrom, proven } from './reading.fixture.ts'
import { logKeyFolder } from './signing.fixture.ts'

let platform: Platform
const keys = logKeyFolder('trace.example.org/log', crypto)
beforeAll(async () => {
  platform = await startPlatform({ LOG: 'sha256-ed25519,sm3-sm2', ...keys.env })
})
afterAll(async () => {
  await platform.stop()
  keys.remove()
})

const SUITES = ['sha256-ed25519', 'sm3-sm2'] as const

describe('the log', () => {
  it('begins empty, with a signed checkpoint that is remembered', async () => {
    expect(await logged(platform)).toBe(0)
    for (const suite of SUITES) expect(await auditOf(platform, suite)).toMatchObject({ findings: [] })
  })

  it('has an entry for every event and declaration, each proven and opened by whoever has event and salt', async () => {
    const ids = Array.from({ length: 600 }, () => `urn:uuid:${randomUUID()}`)
    await platform.capture(documentOf(ids.slice(0, 590).map(eventID => objectEvent({ eventID }))))
    for (const eventID of ids.slice(590)) {
      const body = JSON.stringify({ '@context': CONTEXT, ...objectEvent({ eventID }) })
      expect((await platform.call('/epcis/events', { method: 'POST', body })).status).toBe(201)
    }
    const declared = ids[3] ?? ''
    const errorDeclaration = { declarationTime: '2026-10-02T08:00:00Z', reason: 'incorrect_data' }
    const again = await platform.capture(documentOf([objectEvent({ eventID: declared, errorDeclaration })]))
    expect(again.counts.accepted).toBe(1)
    // A duplicate takes a position and has no entry.
    const first = objectEvent({ eventID: ids[0] })
    expect((await platform.capture(documentOf([first]))).counts.duplicate).toBe(1)
    await platform.capture(documentOf([objectEvent({ eventID: ids[0], action: 'ADD' }), objectEvent()]))
    expect(await logged(platform)).toBe(602)

    for (const suite of SUITES) {
      const audit = await auditOf(platform, suite)
      expect(audit.findings).toEqual([])
      expect(audit.checkpoint?.size).toBe(602n)
      for (const id of [ids[0], ids[255], ids[256], ids[599]]) {
        const { record, opened } = await proven(platform, id ?? '', suite)
        expect(record.opened).toEqual(['sha256', 'sm3'])
        expect(JSON.parse(Buffer.from(opened.bytes).toString()).eventID).toBe(id)
      }
    }
    const { record, opening } = await proven(platform, declared, 'sha256-ed25519', 1)
    expect(record.index).toBe(600n)
    expect(JSON.parse(Buffer.from(opening.bytes, 'base64').toString()).errorDeclaration.reason).toBe('incorrect_data')
  })

  it('binds every circumstance: an opening with any of them altered is refused', async () => {
    const eventID = `urn:uuid:${randomUUID()}`
    await platform.capture(documentOf([objectEvent({ eventID })]))
    await logged(platform)
    const { opening, entry } = await proven(platform, eventID)
    const { checkOpening } = await import('@yuanliu/core')
    const right = openingFrom(opening)
    const flipped = (bytes: Uint8Array) => Uint8Array.from(bytes, (b, i) => (i === 0 ? b ^ 1 : b))
    const wrong = [
      { ...right, salt: flipped(right.salt) },
      { ...right, bytes: flipped(right.bytes) },
      { ...right, context: flipped(right.context) },
      { ...right, receivedAt: right.receivedAt + 1n },
      { ...right, reporter: `${right.reporter}x` },
      { ...right, mediaType: 'application/xml' },
    ]
    for (const one of wrong)
      expect(() => checkOpening(decodeEntry(entry), one, crypto.hashes)).toThrow('does not open the commitment')
    expect(checkOpening(decodeEntry(entry), right, crypto.hashes)).toEqual(['sha256', 'sm3'])
  })

  it('serves what its checkpoint implies and nothing else, with the headers of tlog-tiles', async () => {
    const checkpoint = await platform.call('/log/checkpoint', { key: null, headers: { origin: 'https://a.example' } })
    expect(Object.fromEntries(checkpoint.headers)).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'public, max-age=1',
      'access-control-allow-origin': '*',
    })
    const { size } = parseCheckpoint(textOf(parseNote(new Uint8Array(await checkpoint.arrayBuffer())).text))
    const partial = Number(size % 256n)
    const there = ['0/000', '0/001', 'entries/000', 'entries/001.p/7', `0/002.p/${partial}`, '1/000.p/2', '1/000.p/1']
    for (const path of there) {
      const answer = await platform.call(`/log/tile/${path}`, { key: null })
      expect([path, answer.status]).toEqual([path, 200])
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect(answer.headers.get('content-type')).toBe('application/octet-stream')
    }
    const absent = [
      `0/002.p/${partial + 1}`,
      '0/002',
      '0/003',
      '1/000',
      '1/000.p/3',
      '2/000.p/1',
      '0/0',
      '0/1',
      '64/000',
    ]
    for (const path of [...absent, '0/001.p/0', '0/001.p/256', '0/x000/001', 'entries/', '-1/000', '0/%30%30%30.p/x'])
      expect([path, (await platform.call(`/log/tile/${path}`, { key: null })).status]).toEqual([path, 404])
  })

  it('answers in words for events that there are not, keys that may not, and what is asked for wrongly', async () => {
    const ask = async (path: string, key: string | null) => {
      const answer = await platform.call(path, { key })
      return [answer.status, ((await answer.json()) as { type: string }).type.split('/').at(-1)]
    }
    expect(await ask('/api/log/proof?event=urn:uuid:none', null)).toEqual([404, 'event-not-found'])
    expect(await ask('/api/log/proof', null)).toEqual([400, 'invalid-query'])
    expect(await ask('/api/log/proof?event=a&suite=md5', null)).toEqual([400, 'invalid-query'])
    expect(await ask('/api/log/opening?event=a', null)).toEqual([401, 'key-missing'])
    expect(await ask('/api/log/opening?event=a', await platform.key('capturer', ['capture']))).toEqual([
      403,
      'permission-missing',
    ])
    const logs = await (await platform.call('/api/log', { key: null })).json()
    expect(logs.logs.map((l: { origin: string }) => l.origin)).toEqual([
      'trace.example.org/log',
      'trace.example.org/log/sm',
    ])
  })

  it('Prefer: wait answers when a checkpoint covers the events', async () => {
    for (let i = 0; i < 5; i++) {
      const eventID = `urn:uuid:${randomUUID()}`
      const answer = await platform.call('/epcis/capture', {
        method: 'POST',
        body: JSON.stringify(documentOf([objectEvent({ eventID })])),
        headers: { prefer: 'respond-async, wait=10' },
      })
      expect([answer.status, answer.headers.get('preference-applied')]).toEqual([202, 'wait'])
      const proof = await platform.call(`/api/log/proof?event=${eventID}`, { key: null })
      expect(proof.status).toBe(200)
    }
    const body = JSON.stringify(documentOf([objectEvent()]))
    for (const prefer of [undefined, 'respond-async', 'waiting=3', 'wait=x']) {
      const headers: Record<string, string> = prefer === undefined ? {} : { prefer }
      const answer = await platform.call('/epcis/capture', { method: 'POST', body, headers })
      expect([answer.status, answer.headers.get('preference-applied')]).toEqual([202, null])
    }
  })

  it('Prefer: wait answers for a large document, which is applied behind the answer, when all of it is covered', async () => {
    const events = Array.from({ length: 2_500 }, () => objectEvent())
    const send = (prefer: string) =>
      platform.call('/epcis/capture', { method: 'POST', body: JSON.stringify(documentOf(events)), headers: { prefer } })
    const answer = await send('wait=20')
    expect([answer.status, answer.headers.get('preference-applied')]).toEqual([202, 'wait'])
    const last = await platform.call(`/api/log/proof?event=${events.at(-1)?.eventID}`, { key: null })
    expect(last.status).toBe(200)
    // No time at all: it is taken, and nothing is promised.
    const hurried = await send('wait=0')
    expect([hurried.status, hurried.headers.get('preference-applied')]).toEqual([202, null])
    const job = new URL(hurried.headers.get('location') ?? '').pathname
    await expect.poll(async () => (await (await platform.call(job)).json()).running, { timeout: 10_000 }).toBe(false)
  })

  it('goes on after a restart where it was, with the same keys', async () => {
    const before = await logged(platform)
    const place = join(platform.env.DATA_DIR ?? '', 'log-checkpoint.sha256-ed25519')
    const remembered = parseCheckpoint(textOf(parseNote(readFileSync(place)).text))
    expect(Number(remembered.size)).toBe(before)
    if (!platform.env.DATABASE_URL) expect(statSync(keys.env.LOG_KEY_FILE).mode & 0o777).toBe(0o600)
    await platform.restart()
    expect(await logged(platform)).toBe(before)
    await platform.capture(documentOf(Array.from({ length: 300 }, () => objectEvent())))
    expect(await logged(platform)).toBe(before + 300)
    for (const suite of SUITES) expect((await auditOf(platform, suite)).findings).toEqual([])
    const health = await (await platform.call('/health')).json()
    expect(health.log).toMatchObject({ leads: true, size: before + 300 })
  })
})

describe('entries in bulk', () => {
  it('are those that encodeEntry gives', () => {
    const hash = (n: number) => Buffer.alloc(32, n)
    const row = {
      first: 2 ** 40 + 5,
      count: 2,
      kind: KIND.event,
      suites: 3,
      body: Buffer.concat([1, 2, 3, 4].map(hash)),
    }
    const expected = [0, 1].map(i =>
      encodeEntry({
        kind: 'event',
        position: BigInt(row.first + i),
        commitments: { sha256: hash(1 + 2 * i), sm3: hash(2 + 2 * i) },
      }),
    )
    expect(entriesOf(row).map(e => [e.readUInt16BE(0), e.subarray(2)])).toEqual(expected.map(e => [76, Buffer.from(e)]))
    const body = tombstoneBody('by-order', 2 ** 33, hash(9))
    const [tombstone] = entriesOf({ first: 7, count: 1, kind: KIND.tombstone, suites: 2, body })
    const same = encodeEntry({
      kind: 'tombstone',
      position: 7n,
      reason: 'by-order',
      target: 2n ** 33n,
      commitments: { sm3: hash(9) },
    })
    expect(tombstone?.subarray(2)).toEqual(Buffer.from(same))
    expect(() => entriesOf({ ...row, count: 3 })).toThrow('128 bytes for 3 entries')
  })
})
