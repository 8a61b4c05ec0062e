import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testCodes } from '../codes/schemes.fixture.ts'
import { checkEvent } from './check.ts'
import { factsOf, factsOfPlain } from './facts-of.ts'
import { plainEventReader } from './plain-event.ts'
import { rememberedCodes } from './remembered-codes.ts'

const codes = testCodes()
const reader = plainEventReader()
const remembering = rememberedCodes(codes)

const URIS = [
  'urn:epc:id:sgtin:6901234.000001.400',
  'urn:epc:id:sgtin:6901234.000001.401',
  'urn:epc:id:sgtin:6901234.000001.4%2F1',
  'https://id.gs1.org/01/06901234567892/21/400',
  'https://example.com/some/path/01/06901234567892/10/L1/21/401?x=1',
  'https://id.gs1.org/01/06901234567892/10/L1',
  'urn:epc:class:lgtin:6901234.000001.L2',
  'urn:epc:id:sscc:6901234.0000000001',
  'https://id.gs1.org/414/6901234000009',
  'urn:epc:id:sgln:6901234.00000.0',
  'urn:jaif:id:obj:37SUN321456A8B',
  'HTTPS://Example.COM/a/b',
]
const BAD = ['', 'no uri', 'a:', 'urn:x:"', 'urn:x:\\u0041', 'urn:例', 'urn:x%zz', 7, null]

/** Events with whatever fields; of the values every n-th or so is wrong, none for 0. */
function events(wrong: 0 | 1) {
  const some = <T>(good: fc.Arbitrary<T>, ...bad: unknown[]) =>
    wrong ? fc.oneof({ weight: 12, arbitrary: good }, fc.constantFrom<unknown>(...bad)) : good
  const uri = some(fc.constantFrom(...URIS), ...BAD)
  const uris = fc.uniqueArray(uri, { maxLength: 12 })
  const list = some(uris, ['urn:a:1', 'urn:a:1'], [], {}, 'urn:a:1')
  const place = some(
    uri.map<unknown>(id => ({ id })),
    { id: 'urn:a:1', 'ex:more': 1 },
    {},
  )
  const quantity = fc.record(
    {
      epcClass: uri,
      quantity: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()),
      uom: some(fc.constantFrom('KGM', 'H87'), 'kgm'),
    },
    { requiredKeys: ['epcClass'] },
  )
  const quantities = fc.array(quantity, { maxLength: 3 })
  const typed = (name: string, types: string[], requiredKeys: string[]) =>
    fc.array(
      fc.record<Record<string, unknown>>(
        { type: some(fc.constantFrom(...types), 'nonsense'), [name]: uri },
        { requiredKeys },
      ),
      { minLength: 1 - wrong, maxLength: 2 },
    )
  const flow = (name: string) => typed(name, ['location', 'owning_party', 'urn:own:x'], wrong ? [name] : ['type', name])
  const time = some(
    fc.constantFrom('2026-03-01T08:30:00.123456789+08:00', '2026-03-01t00:30:00z'),
    '2026-02-30T00:00:00Z',
    '2026-03-01T24:00:00Z',
  )
  const step = some(fc.constantFrom('shipping', 'urn:own:x'), 'nonsense', 'urn:epcglobal:cbv:bizstep:shipping')
  return fc.record(
    {
      '@context': fc.constant('https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'),
      type: some(fc.constantFrom(...Object.keys(LISTS)), 'ex:Own', '__proto__'),
      eventID: some(fc.constantFrom(...URIS), 'ni:///sha-256;00?ver=CBV2.0', ...BAD),
      eventTime: time,
      recordTime: time,
      eventTimeZoneOffset: some(fc.constantFrom('+08:00', '-00:30'), '+14:01', '8'),
      action: some(fc.constantFrom('OBSERVE', 'ADD', 'DELETE'), 'observe'),
      bizStep: step,
      disposition: some(fc.constantFrom('in_transit', 'urn:own:x'), 'shipping'),
      readPoint: place,
      bizLocation: place,
      bizTransactionList: typed('bizTransaction', ['po', 'inv'], ['bizTransaction']),
      sourceList: flow('source'),
      destinationList: flow('destination'),
      parentID: uri,
      epcList: list,
      quantityList: quantities,
      childEPCs: list,
      childQuantityList: quantities,
      inputEPCList: list,
      inputQuantityList: quantities,
      outputEPCList: list,
      outputQuantityList: quantities,
      transformationID: uri,
      'ex:more': fc.constant(1),
      ilmd: fc.constant({ 'cbvmda:lotNumber': 'L9' }),
    },
    { requiredKeys: ['type', 'eventTime', 'eventTimeZoneOffset', 'action', 'eventID'], noNullPrototype: true },
  )
}

const LISTS: Record<string, string[]> = {
  ObjectEvent: ['epcList', 'quantityList'],
  AggregationEvent: ['parentID', 'childEPCs', 'childQuantityList'],
  TransactionEvent: ['parentID', 'epcList', 'quantityList'],
  TransformationEvent: ['inputEPCList', 'inputQuantityList', 'outputEPCList', 'outputQuantityList', 'transformationID'],
  AssociationEvent: ['parentID', 'childEPCs', 'childQuantityList'],
}
const OF_ALL =
  'type eventID eventTime recordTime eventTimeZoneOffset bizStep disposition readPoint bizLocation bizTransactionList sourceList destinationList'.split(
    ' ',
  )
/** An event with no fields but those of its type. */
function fitted(event: Record<string, unknown>): Record<string, unknown> {
  const own = Object.hasOwn(LISTS, String(event.type)) ? LISTS[String(event.type)]! : []
  const fields = [...OF_ALL, ...(event.type === 'TransformationEvent' ? [] : ['action']), ...own]
  return Object.fromEntries(Object.entries(event).filter(([name]) => fields.includes(name)))
}

/** What is read must be what the long way finds valid, and the same. */
function agrees(text: string, from: number): boolean {
  const plain = reader.read(text, from)
  if (!plain) return false
  const value = JSON.parse(text.slice(from, reader.end())) as { eventID: string }
  expect(checkEvent(value)).toEqual([])
  expect(plain.eventID).toBe(value.eventID)
  expect(factsOfPlain(plain, remembering)).toEqual(factsOf(value, { codes, expand: () => null }))
  return true
}

const spaced = (value: unknown, space: number) =>
  JSON.stringify(value, null, [0, 1, '\t', 3][space]).replaceAll('\n', space > 2 ? '\r\n' : '\n')

const anyEvent = fc.oneof(events(1), events(1).map(fitted), events(0).map(fitted))

/** Events that differ in little, as those of one document do, and in what looks like little. */
const likeEvents = fc
  .record({
    eventID: fc.constantFrom('urn:a:1', 'urn:a:1.2', 'urn:a:1.', 'a.b', 'http://h.1', 'http://h:80', 'http://h:8x'),
    place: fc.constantFrom(
      'http://h/1',
      'http://h/2',
      'http://h/',
      'http://h/2 ',
      'http://h',
      'http://u@h:8/1',
      'http://h:/1',
    ),
    unit: fc.constantFrom(
      'http://h.x',
      'http://h.y',
      'http://[::1.2',
      'http://[::1.3]',
      'urn:x%2F.1',
      'urn:x%2.F1',
      'urn:x.%2',
    ),
    step: fc.constantFrom('shipping', 'receiving', 'shippin', 'shipping1', ''),
    zone: fc.constantFrom('+08:00', '+0:00', '-08:00'),
    action: fc.constantFrom('OBSERVE', 'ADD', 'OBSERV'),
    isLast: fc.boolean(),
  })
  .map(({ eventID, place, unit, step, zone, action, isLast }) => ({
    ...(isLast ? {} : { action }),
    type: 'ObjectEvent',
    eventID,
    eventTime: '2026-03-01T08:30:00Z',
    eventTimeZoneOffset: zone,
    bizStep: step,
    readPoint: { id: place },
    bizLocation: { id: place },
    epcList: [unit, `${unit}1`],
    ...(isLast ? { action } : {}),
  }))

describe('plain events', () => {
  it('reads only what is valid, and reads the same from it as the long way does', () => {
    let read = 0
    fc.assert(
      fc.property(anyEvent, fc.nat(3), (value, space) => {
        if (agrees(`[${spaced(value, space)},"§"]`, 1)) read++
      }),
      { numRuns: 5_000 },
    )
    expect(read).toBeGreaterThan(500)
  })

  it('reads an event as if it had read none before, whatever that had', () => {
    const events = fc.array(fc.tuple(fc.oneof(anyEvent, likeEvents), fc.nat(3)), { minLength: 2, maxLength: 6 })
    fc.assert(
      fc.property(events, some => {
        const used = plainEventReader()
        for (const [value, space] of some) {
          const text = spaced(value, space)
          const fresh = plainEventReader()
          expect(used.read(text, 0)).toEqual(fresh.read(text, 0))
          expect(used.end()).toBe(fresh.end())
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('is not misled by what is not JSON', () => {
    const plain = JSON.stringify({
      eventID: 'urn:uuid:1',
      type: 'ObjectEvent',
      eventTime: '2026-03-01T08:30:00Z',
      eventTimeZoneOffset: '+08:00',
      action: 'OBSERVE',
      epcList: ['urn:a:1', 'urn:a:2'],
      quantityList: [{ epcClass: 'urn:a:3', quantity: -1.5e3, uom: 'KGM' }],
      readPoint: { id: 'urn:a:4' },
    })
    expect(agrees(plain, 0)).toBe(true)
    const chars = '{}[]":,0-.eE \t\n\\x\u0000é'
    let read = 0
    fc.assert(
      fc.property(fc.nat(plain.length), fc.nat(chars.length - 1), fc.nat(2), (at, c, cut) => {
        const text = plain.slice(0, at) + chars[c] + plain.slice(at + cut)
        if (agrees(text, 0)) read++
      }),
      { numRuns: 5_000 },
    )
    expect(read).toBeGreaterThan(10)
    for (let cut = 1; cut < plain.length; cut++) expect(reader.read(plain.slice(0, -cut), 0)).toBeNull()
  })

  it.each([
    ['no id', { eventID: undefined }],
    ['a hash as id', { eventID: 'ni:///sha-256;00?ver=CBV2.0' }],
    ['an extension', { 'ex:more': 1 }],
    ['a declaration', { errorDeclaration: { declarationTime: '2026-03-01T08:30:00Z' } }],
    ['a unit twice', { epcList: ['urn:a:1', 'urn:a:1'] }],
    ['a field of another type', { childEPCs: ['urn:a:1'] }],
    ['a character beyond ASCII', { bizStep: 'urn:例' }],
  ])('leaves %s to the long way', (_what, change) => {
    const event = {
      eventID: 'urn:uuid:1',
      type: 'ObjectEvent',
      eventTime: '2026-03-01T08:30:00Z',
      eventTimeZoneOffset: '+08:00',
      action: 'OBSERVE',
      epcList: ['urn:a:1', 'urn:a:2'],
    }
    expect(reader.read(JSON.stringify(event), 0)).not.toBeNull()
    expect(reader.read(JSON.stringify({ ...event, ...change }), 0)).toBeNull()
    expect(reader.read(JSON.stringify(event).replace('}', ',"action":"ADD"}'), 0)).toBeNull()
  })
})

describe('remembered codes', () => {
  it('says the same as what it remembers', () => {
    const tail = fc.stringMatching(/^[A-Za-z0-9]{1,21}$/)
    const changed = fc
      .tuple(fc.constantFrom(...URIS), tail, fc.boolean())
      .map(([u, t, replace]) => (replace ? u.replace(/[^/.]*$/, t) : u + t))
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...URIS), changed), u => {
        expect(remembering.unit(u)).toEqual(codes.unit(u))
        expect(remembering.unitKey(u)).toBe(codes.unitKey(u))
      }),
      { numRuns: 5_000 },
    )
  })
})
