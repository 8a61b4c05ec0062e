import { expect, test } from 'vitest'
import type { ScannedEvent } from './event-cutter.ts'
import { ScanError, type ScanFault, type ScanLimits } from './fault.ts'
import { scanned } from './reference.fixture.ts'
import { scanDocument } from './scan-document.ts'

const limits: ScanLimits = {
  documentBytes: 100_000,
  eventBytes: 10_000,
  headBytes: 10_000,
  events: 100,
  depth: 64,
  stringBytes: 1000,
}

/** The outcome with the document whole, and byte by byte; both must be the same. */
function scan(text: string | Buffer, own: Partial<ScanLimits> = {}) {
  const bytes = Buffer.from(text as string)
  const whole = scanned(bytes, { ...limits, ...own }, () => bytes.length)
  expect(scanned(bytes, { ...limits, ...own }, () => 1)).toEqual(whole)
  return { ...whole, texts: whole.events.map(e => e.bytes.toString()), bytes }
}

const inDocument = (list: string) => `{"type":"EPCISDocument","epcisBody":{"eventList":[${list}]}}`
const START = inDocument('').indexOf(']')

test('cuts events with their exact bytes and leaves the head with an empty list', () => {
  const first = '{ "a" : [1, {"b":"]}"}] }'
  const { events, texts, end, bytes } = scan(
    `{"@context":[{"x":"y"}], "epcisBody" : {"id":1,"eventList" : [ ${first} ,\n{"c":"中\\"{"}\t],"later":[2]},"type":"EPCISDocument"} `,
  )
  expect(texts).toEqual([first, '{"c":"中\\"{"}'])
  expect(events.map(e => e.value)).toEqual([{ a: [1, { b: ']}' }] }, { c: '中"{' }])
  expect(events.map(e => e.ordinal)).toEqual([0, 1])
  for (const e of events) expect(bytes.subarray(e.offset, e.offset + e.bytes.length)).toEqual(e.bytes)
  expect(events[0]).toMatchObject({ list: '/epcisBody/eventList' })
  expect(end).toMatchObject({ events: 2, list: '/epcisBody/eventList' })
  expect(end?.headBytes.toString()).toBe(
    '{"@context":[{"x":"y"}], "epcisBody" : {"id":1,"eventList" : [],"later":[2]},"type":"EPCISDocument"} ',
  )
  expect(end?.head).toEqual(JSON.parse(String(end?.headBytes)))
})

test('cuts the events of a query document', () => {
  const { texts, end } = scan(
    '{"epcisBody":{"queryResults":{"queryName":"q","resultsBody":{"eventList":[{"a":1},{}]},"subscriptionID":"s"}}}',
  )
  expect(texts).toEqual(['{"a":1}', '{}'])
  expect(end?.list).toBe('/epcisBody/queryResults/resultsBody/eventList')
  expect(end?.head).toEqual({
    epcisBody: { queryResults: { queryName: 'q', resultsBody: { eventList: [] }, subscriptionID: 's' } },
  })
})

test('finds the way through escaped names, and a byte order mark', () => {
  const { texts, events, end } = scan('\ufeff \n{"epcis\\u0042ody":{"\\u0065ventList":[{}]}}')
  expect(texts).toEqual(['{}'])
  expect(events[0]?.offset).toBe(42)
  expect(end?.list).toBe('/epcisBody/eventList')
  expect(end?.headBytes.toString()).toBe(' \n{"epcis\\u0042ody":{"\\u0065ventList":[]}}')
})

test.each([
  '{"eventList":[1],"epcisBody":{"x":{"eventList":[2]},"y":["eventList",[3]],"eventLists":[4]}}',
  '{"a":{"epcisBody":{"eventList":[1]}},"epcisBody":[{"eventList":[1]}]}',
  '{"epcisBody":{"eventList":{"0":1}}}',
  '{"epcisBody":{"eventList":null,"queryResults":{"resultsBody":"eventList"}}}',
  '{"epcisBody":"eventList","x":[[1]]}',
  '{"constructor":{"eventList":[1]},"toString":{}}',
  `{"${'e'.repeat(500)}":[1],"epcisBody":{"${'\\u0065'.repeat(12)}":[1]}}`,
  '{}',
])('only the list of the two documents is one: %j', text => {
  const { events, end } = scan(text)
  expect(events).toEqual([])
  expect(end).toMatchObject({ head: JSON.parse(text), events: 0, list: null })
})

test('values in the list that are no objects are cut as well', () => {
  const { events } = scan(inDocument('1, "a]\\"}" ,null,[[{}]],-0.5e1'))
  expect(events.map(e => e.value)).toEqual([1, 'a]"}', null, [[{}]], -5])
})

test.each<[string, Partial<ScanFault>]>([
  ['{"a":"\\u0000"}', { kind: 'nul-or-surrogate', offset: START + 14, pointer: '/epcisBody/eventList/1/a' }],
  ['{"a":1,"a":2}', { kind: 'duplicate-key', offset: START + 15, pointer: '/epcisBody/eventList/1/a' }],
  ['{"__proto__":2}', { kind: 'forbidden-key', pointer: '/epcisBody/eventList/1/__proto__' }],
  ['{"a":[1e999]}', { kind: 'syntax', pointer: '/epcisBody/eventList/1/a/0' }],
  ['{"a":[1,]}', { kind: 'syntax', offset: START + 16, pointer: '/epcisBody/eventList/1/a/1' }],
  ['{"a":1 "b":2}', { kind: 'syntax', pointer: '/epcisBody/eventList/1' }],
  ['{"a":"\n"}', { kind: 'syntax', pointer: '/epcisBody/eventList/1/a' }],
  ['{"a":nul}', { kind: 'syntax', pointer: '/epcisBody/eventList/1/a' }],
  ['tru', { kind: 'syntax', pointer: '/epcisBody/eventList/1' }],
  ['01', { kind: 'syntax', pointer: '/epcisBody/eventList/1' }],
  ['"\\x"', { kind: 'syntax', pointer: '/epcisBody/eventList/1' }],
  [`{"a":"${'x'.repeat(1001)}"}`, { kind: 'string-length', pointer: '/epcisBody/eventList/1/a' }],
  [`${'['.repeat(62)}${']'.repeat(62)}`, { kind: 'depth', offset: START + 8 + 61 }],
])("a fault inside one event is that event's alone: %j", (event, fault) => {
  const { texts, events, end } = scan(inDocument(`{"n":0},${event},{"n":2}`))
  expect(texts).toEqual(['{"n":0}', event, '{"n":2}'])
  expect(events.map(e => 'fault' in e)).toEqual([false, true, false])
  expect(events[1]).toMatchObject({ ordinal: 1, offset: START + 8, fault })
  expect(events[1]).not.toHaveProperty('value')
  expect(end?.events).toBe(3)
})

test("wrong UTF-8 inside one event is that event's alone", () => {
  const parts = [Buffer.from(inDocument('{"n":0},{"a":"X"}')), Buffer.from([0xe4, 0xb8])]
  const at = parts[0]!.indexOf('X')
  const { events } = scan(Buffer.concat([parts[0]!.subarray(0, at), parts[1]!, parts[0]!.subarray(at + 1)]))
  expect(events[1]).toMatchObject({ fault: { kind: 'utf8', offset: at, pointer: '/epcisBody/eventList/1/a' } })
})

test.each<[string, Partial<ScanFault>, number]>([
  ['', { kind: 'not-a-document', offset: 0 }, 0],
  [' \n', { kind: 'not-a-document', offset: 2 }, 0],
  ['[]', { kind: 'not-a-document', offset: 0 }, 0],
  [' "x"', { kind: 'not-a-document', offset: 1 }, 0],
  ['<xml/>', { kind: 'syntax', offset: 0 }, 0],
  ['\ufeff\ufeff{}', { kind: 'syntax', offset: 3 }, 0],
  ['{"a":1\u00a0}', { kind: 'syntax', offset: 6, pointer: '' }, 0],
  ['{"a"\u00a0:1}', { kind: 'syntax', offset: 4, pointer: '/a' }, 0],
  ['{}x', { kind: 'syntax', offset: 2 }, 0],
  ['{} {}', { kind: 'syntax', offset: 3 }, 0],
  ['{"a":1,}', { kind: 'syntax', offset: 7 }, 0],
  ['{"a":tru}', { kind: 'syntax', offset: 8, pointer: '/a' }, 0],
  ['{"a":{"b":[1,]}}', { kind: 'syntax', offset: 13, pointer: '/a/b/1' }, 0],
  ['{"a":{]}', { kind: 'syntax', offset: 6, pointer: '/a' }, 0],
  ['{"a":1', { kind: 'syntax', offset: 6 }, 0],
  ['{"a":"x', { kind: 'syntax', offset: 7, pointer: '/a' }, 0],
  ['{"a', { kind: 'syntax', offset: 3 }, 0],
  ['{"a":{"b":1,"b":2}}', { kind: 'duplicate-key', offset: 12, pointer: '/a/b' }, 0],
  ['{"a":1,"\\u0061":2}', { kind: 'duplicate-key', offset: 7, pointer: '/a' }, 0],
  ['\ufeff{"a":1,"a":2}', { kind: 'duplicate-key', offset: 10, pointer: '/a' }, 0],
  ['{"__proto__":{}}', { kind: 'forbidden-key', pointer: '/__proto__' }, 0],
  [
    '{"epcisBody":{"eventList":[{}],"eventList":[{}]}}',
    { kind: 'duplicate-key', offset: 31, pointer: '/epcisBody/eventList' },
    1,
  ],
  ['{"epcisBody":{"eventList":[{}]},"epcisBody":{}}', { kind: 'duplicate-key', offset: 32, pointer: '/epcisBody' }, 1],
  [
    '{"epcisBody":{"eventList":[{}],"queryResults":{"resultsBody":{"eventList":[]}}}}',
    { kind: 'not-a-document', offset: 74, pointer: '/epcisBody/queryResults/resultsBody/eventList' },
    1,
  ],
  [
    '{"epcisBody":{"eventList":[{} ,{"n":1}],"z":{"b":1,"b":2}}}',
    { kind: 'duplicate-key', offset: 51, pointer: '/epcisBody/z/b' },
    2,
  ],
  [inDocument(','), { kind: 'syntax', offset: START, pointer: '/epcisBody/eventList/0' }, 0],
  [inDocument('{},'), { kind: 'syntax', offset: START + 3, pointer: '/epcisBody/eventList/1' }, 1],
  [inDocument('{},,{}'), { kind: 'syntax', offset: START + 3, pointer: '/epcisBody/eventList/1' }, 1],
  [inDocument('{} {}'), { kind: 'syntax', offset: START + 3, pointer: '/epcisBody/eventList' }, 1],
  [inDocument('{}}'), { kind: 'syntax', offset: START + 2, pointer: '/epcisBody/eventList' }, 1],
  [inDocument('{},{"a":[1},{}'), { kind: 'syntax', offset: START + 10, pointer: '/epcisBody/eventList/1/a' }, 1],
  [inDocument('{},{"a":1]'), { kind: 'syntax', offset: START + 9, pointer: '/epcisBody/eventList/1' }, 1],
  [inDocument('{},{"a":"'), { kind: 'syntax', pointer: '/epcisBody/eventList/1/a' }, 1],
  [inDocument('{},').slice(0, START + 3), { kind: 'syntax', offset: START + 3, pointer: '/epcisBody/eventList/1' }, 1],
  [inDocument('{},1').slice(0, START + 4), { kind: 'syntax', offset: START + 4, pointer: '/epcisBody/eventList/1' }, 1],
])('a document that breaks gives its events and then the fault: %j', (text, fault, events) => {
  const outcome = scan(text)
  expect(outcome.fault).toMatchObject(fault)
  expect(outcome.fault?.message).toMatchObject({ zh: /./, en: /./ })
  expect(outcome.events.length).toBe(events)
})

test.each([
  [[0xff, 0xfe, 0x7b, 0x00], 0],
  [[0xef, 0xbb, 0x7b, 0x7d], 0],
  [[0x7b, 0x80, 0x7d], 1],
])('what is not UTF-8 between values is said so: %j', (bytes, offset) => {
  expect(scan(Buffer.from(bytes)).fault).toMatchObject({ kind: 'utf8', offset })
})

test('the error comes again with every later call', () => {
  const scanner = scanDocument(limits)
  expect(scanner.write(Buffer.from(inDocument('{},,')))).toHaveLength(1)
  expect(() => scanner.write(Buffer.from(']'))).toThrow(ScanError)
  expect(() => scanner.end()).toThrow(/byte/)
})

const kinds = (text: string, own: Partial<ScanLimits>) => {
  const { fault, events } = scan(text, own)
  return fault ? [fault.kind, fault.offset, events.length] : events.map((e: ScannedEvent) => e.fault?.kind ?? 'ok')
}

test('limits hold at both edges', () => {
  const text = inDocument('{"a":"xy"},[1],12345678')
  const length = text.length
  expect(kinds(text, { documentBytes: length })).toEqual(['ok', 'ok', 'ok'])
  expect(kinds(text, { documentBytes: length - 1 })).toEqual(['document-size', length - 1, 3])
  expect(kinds(text, { eventBytes: 10 })).toEqual(['ok', 'ok', 'ok'])
  expect(kinds(text, { eventBytes: 9 })).toEqual(['event-size', START + 9, 0])
  expect(kinds(inDocument('[1],12345678'), { eventBytes: 8 })).toEqual(['ok', 'ok'])
  expect(kinds(inDocument('[1],12345678'), { eventBytes: 7 })).toEqual(['event-size', START + 11, 1])
  expect(kinds(inDocument('"123456"'), { eventBytes: 8 })).toEqual(['ok'])
  expect(kinds(inDocument('"123456"'), { eventBytes: 7 })).toEqual(['event-size', START + 7, 0])
  expect(kinds(text, { events: 3 })).toEqual(['ok', 'ok', 'ok'])
  expect(kinds(text, { events: 2 })).toEqual(['too-many-events', text.indexOf('123'), 2])
  expect(kinds(inDocument(''), { events: 0 })).toEqual([])

  const head = inDocument('').length
  expect(kinds(text, { headBytes: head })).toEqual(['ok', 'ok', 'ok'])
  expect(kinds(text, { headBytes: head - 1 })).toEqual(['head-size', length - 1, 3])
  expect(kinds(text, { headBytes: START })).toEqual(['head-size', START, 0])
  expect(kinds(`${text} `, { headBytes: head })).toEqual(['head-size', length, 3])
  expect(kinds(`{"a":"${'x'.repeat(99)}"}`, { headBytes: 50 })).toEqual(['head-size', 50, 0])

  expect(kinds(inDocument('{"a":"12345678901234"}'), { stringBytes: 14 })).toEqual(['ok'])
  expect(kinds(inDocument('{"a":"123456789012345"}'), { stringBytes: 14 })).toEqual(['string-length'])
  expect(kinds('{"a":"123456789012345"}', { stringBytes: 14 })).toEqual(['string-length', 5, 0])
})

test('depth is that of the document, so an event has what its list leaves', () => {
  const inQuery = (list: string) => `{"epcisBody":{"queryResults":{"resultsBody":{"eventList":[${list}]}}}}`
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
  expect(kinds(inDocument(nested(61)), {})).toEqual(['ok'])
  expect(kinds(inDocument(nested(62)), {})).toEqual(['depth'])
  expect(kinds(inQuery(nested(59)), {})).toEqual(['ok'])
  expect(kinds(inQuery(nested(60)), {})).toEqual(['depth'])
  expect(kinds(`{"a":${nested(63)}}`, {})).toEqual([])
  expect(kinds(`{"a":${nested(64)}}`, {})).toEqual(['depth', 5 + 63, 0])
  expect(kinds(inDocument(''), { depth: 3 })).toEqual([])
  expect(kinds(inDocument(''), { depth: 2 })).toEqual(['depth', START - 1, 0])
})
