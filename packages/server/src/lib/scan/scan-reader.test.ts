import { plainEventReader } from '@yuanliu/core'
import { expect, test } from 'vitest'
import type { EventReader, ScannedEvent } from './event-cutter.ts'
import { ScanError, type ScanLimits } from './fault.ts'
import { dice, mutated } from './reference.fixture.ts'
import { scanDocument } from './scan-document.ts'

const LIMITS: ScanLimits = {
  documentBytes: 1e6,
  eventBytes: 10_000,
  headBytes: 10_000,
  events: 100,
  depth: 20,
  stringBytes: 10_000,
}

/** Plain events, some that are not, and some that are faulty. */
function documentOf(count: number, roll: (n: number) => number): Buffer {
  const events = Array.from({ length: count }, (_, i) => ({
    eventID: `urn:uuid:${i}`,
    type: 'ObjectEvent',
    eventTime: '2026-03-01T08:30:00Z',
    eventTimeZoneOffset: '+08:00',
    action: 'OBSERVE',
    epcList: Array.from({ length: roll(4) }, (_, u) => `urn:epc:id:sgtin:6901234.000001.${i}${u}`),
    ...(roll(6) === 0 && { 'ex:note': '例' }),
    ...(roll(9) === 0 && { childEPCs: [] }),
  }))
  const text = JSON.stringify({ type: 'EPCISDocument', epcisBody: { eventList: events }, creationDate: 'x' })
  return Buffer.from(roll(2) ? text : text.replaceAll(',', ' ,\n'))
}

/** Everything that comes out, a fault of the whole document included, and how many events the reader took. */
function scanned(bytes: Buffer, limits: ScanLimits, reader: EventReader<unknown> | null, size: () => number) {
  const events: ScannedEvent<unknown>[] = []
  let fault: unknown = null
  try {
    const scanner = scanDocument(limits, reader)
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + size())
      events.push(...scanner.write(bytes.subarray(at, end)))
      at = end
    }
    scanner.end()
  } catch (error) {
    if (!(error instanceof ScanError)) throw error
    fault = error.fault
  }
  const cut = events.map(e => {
    const text = e.bytes.toString()
    return {
      list: e.list,
      ordinal: e.ordinal,
      offset: e.offset,
      text,
      value: e.read ? JSON.parse(text) : e.value,
      fault: e.fault,
    }
  })
  return { cut, fault, taken: events.filter(e => e.read).length }
}

const plain = { depth: 3, ...plainEventReader() }

test('with a reader the same events come out of a document, sound or broken, in whatever chunks', () => {
  let taken = 0
  for (let seed = 1; seed <= 400; seed++) {
    const roll = dice(seed)
    const whole = documentOf(1 + roll(8), roll)
    const bytes = seed % 2 ? whole : mutated(whole, seed, 1 + roll(3))
    const without = scanned(bytes, LIMITS, null, () => bytes.length)
    const withIt = scanned(bytes, LIMITS, plain, () => 1 + roll(3_000))
    expect({ cut: withIt.cut, fault: withIt.fault }, `seed ${seed}`).toEqual({ cut: without.cut, fault: without.fault })
    taken += withIt.taken
  }
  expect(taken).toBeGreaterThan(200)
})

test.each([
  ['events', { events: 2 }, 'too-many-events'],
  ['bytes of an event', { eventBytes: 150 }, 'event-size'],
  ['bytes of a string', { stringBytes: 30 }, 'string-length'],
  ['depth', { depth: 4 }, 'depth'],
  ['bytes of the document', { documentBytes: 600 }, 'document-size'],
])('a reader passes no limit: %s', (_what, limit, kind) => {
  const bytes = documentOf(5, () => 1)
  const limits = { ...LIMITS, ...limit }
  const without = scanned(bytes, limits, null, () => bytes.length)
  expect(without.fault ?? without.cut.find(e => e.fault)?.fault).toMatchObject({ kind })
  const { cut, fault } = scanned(bytes, limits, plain, () => bytes.length)
  expect({ cut, fault }).toEqual({ cut: without.cut, fault: without.fault })
})
