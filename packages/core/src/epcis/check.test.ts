import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { Compile as CompileSchema } from 'typebox/schema'
import { describe, expect, it } from 'vitest'
import { checkDocument, checkDocumentHead, checkEvent, checkSingleEvent, UNEXPLAINED } from './check.ts'

const VECTORS = join(import.meta.dirname, '../../../../../shared/vectors')
const present = existsSync(VECTORS)

interface Verdict {
  file: string
  verdict: string
  reason: string
}

function goldenVerdicts(): Verdict[] {
  const lines = readFileSync(join(VECTORS, '_golden/json-schema-verdicts.tsv'), 'utf8').trim().split('\n')
  return lines.map(line => {
    const [file = '', verdict = '', reason = ''] = line.split('\t')
    return { file, verdict, reason }
  })
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(join(VECTORS, file), 'utf8').replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** An ordinary event of about 600 bytes with 3 units. */
const ordinary = {
  type: 'ObjectEvent',
  eventTime: '2026-03-01T08:30:00.000+08:00',
  eventTimeZoneOffset: '+08:00',
  eventID: 'urn:uuid:6f2d9c1e-7c1b-4a59-9d0e-2f4f7f0a1b2c',
  epcList: [
    'https://id.gs1.org/01/06901234567892/10/L42/21/000000000001',
    'https://id.gs1.org/01/06901234567892/10/L42/21/000000000002',
    'https://id.gs1.org/00/069012340000000018',
  ],
  action: 'OBSERVE',
  bizStep: 'shipping',
  disposition: 'in_transit',
  readPoint: { id: 'https://id.gs1.org/414/6901234000016' },
  bizTransactionList: [{ type: 'desadv', bizTransaction: 'urn:epcglobal:cbv:bt:6901234000016:4711' }],
  sourceList: [{ type: 'owning_party', source: 'https://id.gs1.org/417/6901234000016' }],
  'example:temperature': 4,
}

describe.skipIf(!present)('verdicts of the official schema (vectors present)', () => {
  it('are ours on every document of the table', () => {
    const differences: string[] = []
    const table = goldenVerdicts()
    expect(table.length).toBeGreaterThan(100)
    for (const { file, verdict, reason } of table) {
      const document = parsed(file)
      if (verdict === 'PARSE') {
        if (document !== undefined) differences.push(`${file}: parses`)
        continue
      }
      const faults = checkDocument(document)
      if ((faults.length === 0) !== (verdict === 'OK'))
        differences.push(`${file}: official ${verdict} ${reason}; ours ${JSON.stringify(faults)}`)
    }
    expect(differences).toEqual([])
  })

  it('are ours on documents with one thing changed', () => {
    const official = CompileSchema(
      JSON.parse(readFileSync(join(VECTORS, 'gs1-epcis/EPCIS-JSON-Schema.json'), 'utf8')) as object,
    )
    const good = goldenVerdicts()
      .filter(row => row.verdict === 'OK' && row.file.startsWith('gs1-epcis/'))
      .map(row => JSON.stringify(parsed(row.file)))
    const refused = { count: 0 }
    fc.assert(
      fc.property(fc.constantFrom(...good), fc.nat(), fc.nat(), (text, where, how) => {
        const document = JSON.parse(text) as unknown
        const change = mutate(document, where, how)
        const faults = checkDocument(document)
        if (faults.length > 0) refused.count++
        for (const fault of faults) {
          expect(fault.pointer).toMatch(/^\//)
          expect(fault.message).not.toEqual(UNEXPLAINED)
        }
        const verdict = official.Check(document) as boolean
        if ((faults.length === 0) !== verdict)
          throw new Error(`${change}: official ${verdict}, ours ${JSON.stringify(faults)}`)
      }),
      { numRuns: 2000, seed: 42 },
    )
    expect(refused.count).toBeGreaterThan(500)
  })
})

const REPLACEMENTS: unknown[] = [
  null,
  '',
  'abc',
  'a:b',
  'a b:c',
  0,
  -1.5,
  true,
  [],
  {},
  ['a:b'],
  ['a:b', 'a:b'],
  [{ 'a:b': 1 }],
  'ADD',
  'DELETE',
  'shipping',
  'urn:epcglobal:cbv:bizstep:shipping',
  'https://ref.gs1.org/cbv/BizStep-shipping',
  'https://gs1.org/voc/Temperature',
  '2026-02-30T00:00:00Z',
  '2026-02-28T00:00:00Z',
  '+14:00',
  '+14:01',
  'ObjectEvent',
  'AggregationEvent',
  'TransformationEvent',
  'AssociationEvent',
  'TransactionEvent',
  'EPCISQueryDocument',
]
const ADDED = [
  'weight',
  'a:b',
  'ilmd',
  'epcList',
  '@context',
  'persistentDisposition',
  'transformationID',
  'set',
  'parentID',
]

/** Changes one place of a document: replaces, removes or adds a member. */
function mutate(document: unknown, where: number, how: number): string {
  const places: { holder: Record<string, unknown>; key: string }[] = []
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const key of Object.keys(value)) {
      places.push({ holder: value as Record<string, unknown>, key })
      collect((value as Record<string, unknown>)[key])
    }
  }
  collect(document)
  const { holder, key } = places[where % places.length]!
  const replacement = REPLACEMENTS[Math.floor(how / 3) % REPLACEMENTS.length]
  if (how % 3 === 0 && !Array.isArray(holder)) delete holder[key]
  else if (how % 3 === 1 && !Array.isArray(holder)) holder[ADDED[how % ADDED.length]!] = replacement
  else holder[key] = replacement
  return `${key} (${how % 3}) ${JSON.stringify(replacement)}`
}

describe('checkEvent', () => {
  const pointers = (event: unknown) => checkEvent(event).map(fault => fault.pointer)

  it('takes an ordinary event', () => {
    expect(checkEvent(ordinary)).toEqual([])
  })

  it('refuses a number that JSON can write and nobody can hold', () => {
    const event = JSON.parse('{"sensorReport":[{"type":"Temperature","value":1e999}]}') as object
    expect(checkEvent({ ...ordinary, sensorElementList: [event] })).toEqual([
      {
        pointer: '/sensorElementList/0/sensorReport/0/value',
        message: { zh: '数字超出范围', en: 'the number is out of range' },
      },
    ])
  })

  it('names a missing field, in both languages', () => {
    const { eventTime: _, ...event } = ordinary
    expect(checkEvent(event)).toEqual([
      {
        pointer: '/eventTime',
        message: { zh: '缺少必填字段 eventTime', en: 'required field eventTime is missing' },
      },
    ])
  })

  it('points at the innermost fault', () => {
    expect(pointers({ ...ordinary, epcList: ['urn:epc:id:sscc:1.2', 'no uri'] })).toEqual(['/epcList/1'])
    expect(pointers({ ...ordinary, weight: 3 })).toEqual(['/weight'])
    expect(pointers({ ...ordinary, 'a/b~c': 3 })).toEqual(['/a~1b~0c'])
    expect(pointers({ ...ordinary, bizStep: 'posting' })).toEqual(['/bizStep'])
    expect(pointers({ ...ordinary, quantityList: [{ epcClass: 'a:b', quantity: '3' }] })).toEqual([
      '/quantityList/0/quantity',
    ])
    expect(
      pointers({ ...ordinary, sensorElementList: [{ sensorReport: [{ type: 'Temperature', value: null }] }] }),
    ).toEqual(['/sensorElementList/0/sensorReport/0/value'])
    expect(pointers({ ...ordinary, certificationInfo: ['a:b', 1] })).toEqual(['/certificationInfo/1'])
    expect(pointers({ ...ordinary, persistentDisposition: { set: [] } })).toEqual(['/persistentDisposition/set'])
    expect(pointers({ ...ordinary, ilmd: { 'a:b': 1 } })).toEqual(['/ilmd'])
    expect(pointers({ ...ordinary, epcList: ['a:b', 'c:d', 'a:b'] })).toEqual(['/epcList/2'])
    expect(pointers({ ...ordinary, type: 'ObjektEvent' })).toEqual(['/type'])
    expect(
      pointers(
        JSON.parse(
          '{"__proto__":1,"type":"ObjectEvent","eventTime":"2026-01-01T00:00:00Z","eventTimeZoneOffset":"+08:00","action":"ADD","epcList":[]}',
        ),
      ),
    ).toEqual(['/__proto__'])
  })

  it('guesses what a misspelt word was meant to be', () => {
    expect(checkEvent({ ...ordinary, bizStep: 'receving' })[0]?.message.zh).toContain('是否指 receiving？')
    const urn = { ...ordinary, bizStep: 'urn:epcglobal:cbv:bizstep:shipping' }
    expect(checkEvent(urn)[0]?.message.zh).toContain('应直接写词条，是否指 shipping？')
    expect(checkEvent({ ...ordinary, readpoint: 1 })[0]?.message.en).toContain('is readPoint meant?')
    expect(checkEvent({ ...ordinary, weight: 1 })[0]?.message).toEqual({
      zh: '未知字段 weight。扩展字段须带命名空间前缀，如 example:weight',
      en: 'unknown field weight. An extension field needs a namespace prefix, like example:weight',
    })
  })

  it('says what is allowed instead of a wrong word', () => {
    const [fault] = checkEvent({ ...ordinary, action: 'INSERT' })
    expect(fault?.message.en).toBe('"INSERT" is not allowed; allowed: OBSERVE, ADD, DELETE')
    expect(fault?.message.zh).toContain('OBSERVE、ADD、DELETE')
  })

  it.each([
    '2026-03-01T24:00:00Z',
    '2026-03-01T23:59:60Z',
    '2026-02-30T00:00:00Z',
    '2026-03-01T00:00:00',
    '2026-03-01',
  ])('refuses the time %s wherever it stands', time => {
    expect(pointers({ ...ordinary, eventTime: time })).toEqual(['/eventTime'])
    expect(pointers({ ...ordinary, errorDeclaration: { declarationTime: time } })).toEqual([
      '/errorDeclaration/declarationTime',
    ])
  })

  it('tells all faults up to the limit', () => {
    const event = { ...ordinary, epcList: Array.from({ length: 500 }, (_, i) => `not a uri ${i}`) }
    expect(checkEvent(event)).toHaveLength(100)
    expect(checkEvent(event, 7)).toHaveLength(7)
    expect(checkEvent({ ...event, epcList: [], bizStep: 'x', disposition: 'y', recordTime: 1 }).length).toBe(3)
  })

  it('checks an extended type by its common fields only', () => {
    const own = { type: 'example:OwnEvent', eventTime: ordinary.eventTime, eventTimeZoneOffset: '+08:00', anything: 1 }
    expect(checkEvent(own)).toEqual([])
    expect(pointers({ ...own, eventTimeZoneOffset: '8' })).toEqual(['/eventTimeZoneOffset'])
  })

  it('never throws, and explains exactly what it refuses', () => {
    fc.assert(
      fc.property(fc.object({ key: fc.constantFrom(...Object.keys(ordinary), 'x') }), parts => {
        const faults = checkEvent({ type: 'ObjectEvent', ...parts })
        for (const { pointer } of faults) expect(pointer).toMatch(/^(\/|$)/)
      }),
    )
    for (const value of [null, 1, 'x', [], {}]) expect(checkEvent(value)).toHaveLength(1)
  })
})

describe('documents', () => {
  const head = {
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-03-01T00:00:00Z',
    epcisBody: { eventList: [] as unknown[] },
  }

  it('are checked without looking at their events', () => {
    expect(checkDocumentHead({ ...head, epcisBody: { eventList: [1, 2] } })).toEqual([])
    expect(checkDocumentHead({ ...head, schemaVersion: 'two' }).map(f => f.pointer)).toEqual(['/schemaVersion'])
    expect(checkDocumentHead({ ...head, '@context': ['a:b', 'a:b'] }).map(f => f.pointer)).toEqual(['/@context/1'])
    expect(checkDocumentHead({ ...head, epcisBody: {} }).map(f => f.pointer)).toEqual(['/epcisBody/eventList'])
    expect(checkDocumentHead({ ...head, type: 'Document' }).map(f => f.pointer)).toEqual(['/type'])
  })

  it('as a whole point into their events', () => {
    const document = { ...head, epcisBody: { eventList: [ordinary, { ...ordinary, action: 1 }] } }
    expect(checkDocument(document).map(f => f.pointer)).toEqual(['/epcisBody/eventList/1/action'])
  })

  it('an event by itself needs its context', () => {
    expect(checkSingleEvent(ordinary).map(f => f.pointer)).toEqual(['/@context'])
    expect(checkDocument({ ...ordinary, '@context': head['@context'] })).toEqual([])
  })
})
