import fc from 'fast-check'
import { documentOf, objectEvent } from './events.ts'

/** A valid event of each kind that the changes start from. */
export const aggregation = () =>
  objectEvent({
    type: 'AggregationEvent',
    action: 'ADD',
    epcList: undefined,
    parentID: 'urn:epc:id:sscc:9521321.1234567890',
    childEPCs: ['https://id.gs1.org/01/09521234543213/21/2'],
    childQuantityList: [{ epcClass: 'https://id.gs1.org/01/09521234543213/10/L1', quantity: 3.5, uom: 'KGM' }],
  })
export const transformation = () =>
  objectEvent({
    type: 'TransformationEvent',
    action: undefined,
    epcList: undefined,
    transformationID: 'urn:epc:id:gdti:9521321.00001.1',
    inputEPCList: ['https://id.gs1.org/01/09521234543213/21/3'],
    outputQuantityList: [{ epcClass: 'https://id.gs1.org/01/09521234543213/10/L2', quantity: 10, uom: 'KGM' }],
    ilmd: { 'ext:bestBefore': '2027-01-01' },
  })
export const rich = () =>
  objectEvent({
    sourceList: [{ type: 'owning_party', source: 'urn:epc:id:pgln:9521321.00001' }],
    bizTransactionList: [{ type: 'po', bizTransaction: 'urn:epc:id:gdti:9521321.00002.7' }],
    sensorElementList: [
      { sensorReport: [{ type: 'Temperature', value: 4.1, uom: 'CEL', time: '2026-10-01T00:00:00Z' }] },
    ],
    errorDeclaration: { declarationTime: '2026-10-02T00:00:00Z', reason: 'incorrect_data' },
    'ext:nested': { 'ext:list': [1, 'two', { 'ext:three': null }] },
  })

export function freshDocument(): Record<string, unknown> {
  const vocabularyList = [
    {
      type: 'urn:epcglobal:epcis:vtype:Location',
      vocabularyElementList: [
        { id: 'urn:epc:id:sgln:9521321.00001.0', attributes: [{ id: 'cbvmda:name', attribute: 'Farm 农场' }] },
      ],
    },
  ]
  return documentOf([objectEvent(), aggregation(), transformation(), rich()], {
    epcisHeader: { epcisMasterData: { vocabularyList } },
  })
}

/** Values that have broken programs before. */
export const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    ' ',
    0,
    -1,
    1e308,
    5e-324,
    2 ** 53,
    -0,
    [],
    {},
    [[]],
    [null],
    '\u007f\u0001\t\n',
    '源流🐖',
    'ADD',
    'extended',
    'constructor',
    'example:OwnEvent',
    'AssociationEvent',
    'OBSERVE',
    'urn:epc:id:sgtin:9521234.054321.*',
    'urn:epc:idpat:sgtin:*',
    'https://id.gs1.org/01/09521234543213/21/%00',
    'https://id.gs1.org/01/1',
    'urn:uuid:',
    'ni:///sha-256;00?ver=CBV2.0',
    '0000-00-00T00:00:00Z',
    '9999-12-31T23:59:59.999999999Z',
    '0001-01-01T00:00:00+14:00',
    '+14:00',
    '-99:99',
    '24:00',
    'x'.repeat(3_000),
    `https://example.org/${'a'.repeat(3_000)}`,
    { id: 'urn:x:y' },
    { '@value': 1 },
    { __proto_: 1 },
    { constructor: 1 },
    { toString: 'x' },
    'hasOwnProperty',
  ),
  fc.jsonValue({ maxDepth: 3 }),
)

/** Every place in a value, as the way to it. */
function places(value: unknown, way: (string | number)[] = []): (string | number)[][] {
  if (value === null || typeof value !== 'object') return [way]
  const steps = Array.isArray(value) ? value.keys() : Object.keys(value)
  return [way, ...[...steps].flatMap(s => places((value as Record<string | number, unknown>)[s], [...way, s]))]
}

interface Change {
  place: number
  how: 'replace' | 'remove' | 'add' | 'double' | 'swap'
  value: unknown
  name: string
}
export const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(),
  how: fc.constantFrom('replace', 'replace', 'remove', 'add', 'double', 'swap'),
  value: odd,
  name: fc.oneof(
    fc.constantFrom(
      'type',
      'eventID',
      'epcList',
      'quantity',
      'parentID',
      '@context',
      'ext:more',
      'unknown',
      'constructor',
      'id',
      'errorDeclaration',
      '',
    ),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
  ),
})

export function applyChange(document: unknown, { place, how, value, name }: Change): void {
  const all = places(document).slice(1)
  const way = all[place % Math.max(1, all.length)]
  if (!way) return
  let parent = document as Record<string | number, unknown>
  for (const step of way.slice(0, -1)) parent = parent[step] as Record<string | number, unknown>
  const last = way.at(-1) as string | number
  if (how === 'replace') parent[last] = value
  else if (how === 'remove' && Array.isArray(parent)) parent.splice(last as number, 1)
  else if (how === 'remove') delete parent[last]
  else if (how === 'add' && !Array.isArray(parent))
    Object.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true })
  else if (Array.isArray(parent)) parent.push(how === 'double' ? structuredClone(parent[last as number]) : value)
  else parent[last] = [parent[last]]
}

export const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'application/ld+json',
      'application/json; charset=utf-8',
      'APPLICATION/JSON',
      'text/xml',
      'application/',
      ';',
      'multipart/form-data; boundary=x',
    ),
    'content-encoding': fc.constantFrom('identity', 'gzip', 'br', 'deflate', 'gzip, gzip', 'GZIP', ''),
    'gs1-capture-error-behaviour': fc.constantFrom('rollback', 'proceed', 'Proceed', '', 'both'),
    'gs1-epc-format': fc.constantFrom(
      'Always_EPC_URN',
      'always_gs1_digital_link',
      'Never_Translates',
      'No_Preference',
      'x',
    ),
    'gs1-cbv-version': fc.constantFrom('2.0.0', '1', ''),
    'accept-language': fc.oneof(
      fc.constantFrom('zh', 'en;q=x', ',,,', '*'),
      fc.string({ unit: fc.constantFrom('a', ';', '=', ',', 'q', '-', '1'), maxLength: 30 }),
    ),
    accept: fc.constantFrom('*/*', 'text/html', 'application/json', 'application/linkset+json', 'x', ';;', ''),
    origin: fc.constantFrom('null', 'https://evil.example', ''),
  },
  { requiredKeys: [] },
)
