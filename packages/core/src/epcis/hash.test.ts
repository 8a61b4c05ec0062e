import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testCodes } from '../codes/schemes.fixture.ts'
import { canonicalLinks } from './canonical-link.ts'
import { contextOf } from './context.ts'
import { eventHash, eventPrehash, isHashId } from './hash.ts'

const VECTORS = join(import.meta.dirname, '../../../../../shared/vectors/epcis-event-hash/tests')
const present = existsSync(VECTORS)

const tools = {
  sha256: (text: string) => createHash('sha256').update(text, 'utf8').digest('hex'),
  toDigitalLink: canonicalLinks(testCodes()),
}

type Fields = Record<string, unknown>

interface Document {
  '@context': unknown
  type: string
  epcisBody: { eventList?: Fields[]; queryResults?: { resultsBody: { eventList: Fields[] } } }
}

function documentOf(file: string): Document {
  return JSON.parse(readFileSync(join(VECTORS, file), 'utf8')) as Document
}

function eventsOf(document: Document): Fields[] {
  return document.epcisBody.eventList ?? document.epcisBody.queryResults?.resultsBody.eventList ?? []
}

/** What a document says is not to be hashed, at its top or in its query results. */
function ignoredBy(document: Document): string[] {
  return [document, document.epcisBody.queryResults ?? {}]
    .flatMap(holder => Object.entries(holder))
    .filter(([name]) => name.endsWith(':ignoreFields'))
    .flatMap(([, fields]) => fields as string[])
}

function lines(file: string): string[] {
  return readFileSync(join(VECTORS, file), 'utf8').trim().split(/\r?\n/)
}

/** This file's pre-hash texts are garbled as published; its hash is right. */
const GARBLED = 'epcisDocWithAllGS1Keys'

describe.skipIf(!present)('event hash, reference vectors (present)', () => {
  const names = present
    ? readdirSync(join(VECTORS, 'examples'))
        .filter(file => file.endsWith('.jsonld'))
        .map(file => file.slice(0, -'.jsonld'.length))
    : []

  it('covers the JSON vectors', () => {
    expect(names.length).toBeGreaterThanOrEqual(15)
  })

  it.each(names)('%s', name => {
    const document = documentOf(`examples/${name}.jsonld`)
    const options = { ...tools, ignoreFields: ignoredBy(document) }
    const context = (event: Fields) => contextOf(document['@context'], event['@context'])
    const prehashes = eventsOf(document).map(event => eventPrehash(event, context(event), options))
    if (name !== GARBLED) expect(prehashes).toEqual(lines(`examples/${name}.prehashes`))
    const hashes = eventsOf(document).map(event => eventHash(event, context(event), options))
    expect(hashes).toEqual(lines(`examples/${name}.hashes`))
  })

  it('is the same for documents expected equal', () => {
    const files = readdirSync(join(VECTORS, 'expected_equal')).filter(file => /\.json(ld)?$/.test(file))
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) {
      const document = documentOf(`expected_equal/${file}`)
      const hashes = eventsOf(document).map(event => eventHash(event, contextOf(document['@context']), tools))
      expect(hashes.length).toBeGreaterThan(1)
      expect(new Set(hashes).size).toBe(1)
    }
  })
})

describe('event hash', () => {
  const context = contextOf([{ example: 'https://ns.example.com/epcis/' }])
  const event = {
    type: 'ObjectEvent',
    eventTime: '2026-03-01T08:30:00.1235+08:00',
    eventTimeZoneOffset: '+08:00',
    epcList: ['urn:epc:id:sscc:4012345.0000000333', 'urn:epc:id:sscc:4012345.0000000111'],
    action: 'OBSERVE',
    bizStep: 'shipping',
    sourceList: [{ type: 'owning_party', source: 'urn:epc:id:pgln:4012345.00000' }],
    'example:weight': '007.50',
    'example:note': { 'example:b': ['2', '1'], 'example:a': true },
  }
  const hash = (value: object, names = context) => eventHash(value, names, tools)

  it('does not count who recorded it, when, under what id, or that it is declared wrong', () => {
    const declared = {
      ...event,
      recordTime: '2026-03-02T00:00:00Z',
      eventID: 'urn:uuid:1',
      errorDeclaration: { declarationTime: '2026-03-03T00:00:00Z' },
    }
    expect(hash(declared)).toBe(hash(event))
    expect(isHashId(hash(event))).toBe(true)
    expect(isHashId('urn:uuid:1')).toBe(false)
  })

  it('depends on the namespace of a name, not on its prefix', () => {
    const renamed = JSON.parse(JSON.stringify(event).replaceAll('example:', 'ext:')) as object
    expect(hash(renamed, contextOf({ ext: 'https://ns.example.com/epcis/' }))).toBe(hash(event))
    expect(hash(renamed, contextOf({ ext: 'https://other.example.com/' }))).not.toBe(hash(event))
    const full = JSON.parse(JSON.stringify(event).replaceAll('example:', 'https://ns.example.com/epcis/')) as object
    expect(hash(full, contextOf())).toBe(hash(event))
  })

  it('is the same in any notation', () => {
    expect(
      hash({
        ...event,
        eventTime: '2026-03-01T00:30:00.1239999Z',
        bizStep: 'https://ref.gs1.org/cbv/BizStep-shipping',
        epcList: ['https://id.gs1.org/00/040123450000001112', 'https://example.cn/00/040123450000003338'],
        sourceList: [{ source: 'https://id.gs1.org/417/4012345000009', type: 'cbv:SDT-owning_party' }],
        'example:weight': 7.5,
      }),
    ).toBe(hash(event))
  })

  it('does not depend on the order of members or of list items', () => {
    const shuffled = (value: unknown, seed: number): unknown => {
      const order = <T>(list: T[]) =>
        list.map((item, i) => ({ item, at: (i * seed + seed) % 7 })).sort((a, b) => a.at - b.at)
      if (Array.isArray(value)) return order(value).map(({ item }) => shuffled(item, seed))
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(order(Object.entries(value)).map(({ item: [k, v] }) => [k, shuffled(v, seed)]))
    }
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), seed => {
        expect(hash(shuffled(event, seed) as object)).toBe(hash(event))
      }),
    )
  })

  it('changes when any field changes', () => {
    const hashes = new Set(
      [
        event,
        { ...event, action: 'ADD' },
        { ...event, epcList: event.epcList.slice(1) },
        { ...event, 'example:weight': '7.51' },
        { ...event, eventTime: '2026-03-01T08:30:00.125+08:00' },
        { ...event, sourceList: [] },
        { ...event, 'example:note': { 'example:b': ['2', '1', '1'], 'example:a': true } },
      ].map(value => hash(value)),
    )
    expect(hashes.size).toBe(7)
  })

  it('is not confused by fields named like parts of the language', () => {
    const odd = JSON.parse(
      '{"type":"ObjectEvent","constructor":[1],"__proto__":["x"],"toString":{"a:b":null}}',
    ) as object
    expect(eventPrehash(odd, context, tools)).toBe('eventType=ObjectEvent__proto__=xconstructor=1toStringa:b')
  })

  it('writes numbers in digits, texts in code-point order', () => {
    const prehash = (value: object) => eventPrehash({ type: 'ObjectEvent', ...value }, context, tools)
    expect(prehash({ 'example:n': 1e-7 })).toContain('n=0.0000001')
    expect(prehash({ 'example:n': -1.25e-9 })).toContain('n=-0.00000000125')
    expect(prehash({ 'example:n': '1e21' })).toContain('n=1000000000000000000000')
    expect(prehash({ 'example:n': '-0.0' })).toContain('n=0')
    expect(prehash({ 'example:n': '1e999' })).toContain('n=1e999')
    // as in a reference vector that is only published as XML
    expect(prehash({ 'example:n': '111100001111000011110000' })).toContain('n=111100001111000003641344')
    expect(prehash({ 'example:n': ['\u{1F600}', '\uFF5E'] })).toMatch(/n=\uFF5E.*n=\u{1F600}/u)
  })
})
