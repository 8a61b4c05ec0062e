import { contextOf, elementsOf, readXmlEvent, writeXmlEvent, xmlNames, xmlPrefixes } from '@yuanliu/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventReading, storedScope } from './stored-context.ts'
import { START, treeParser } from './tree.ts'
import { LIMITS } from './vectors.fixture.ts'

type Fields = Record<string, unknown>

const base = { type: 'ObjectEvent', eventTime: '2026-10-01T08:00:00.000+08:00', eventTimeZoneOffset: '+08:00' }

/** An event that has these terms wherever one may stand. */
function withTerms(next: () => string): Fields {
  return {
    ...base,
    errorDeclaration: { declarationTime: base.eventTime, reason: next() },
    action: 'OBSERVE',
    bizStep: next(),
    disposition: next(),
    bizTransactionList: [{ type: next(), bizTransaction: 'urn:uuid:1' }],
    sourceList: [{ type: next(), source: 'https://s.example.org/1' }],
    destinationList: [{ type: next(), destination: 'https://d.example.org/1' }],
    sensorElementList: [{ sensorReport: [{ type: next(), exception: next(), component: next() }] }],
    persistentDisposition: { unset: [next()], set: [next(), next()] },
    'ext:inner': { '@type': next(), '@id': next(), '@value': 'x' },
  }
}

/** The terms of an event by their full names. */
function termsOf(event: Fields, documentContext: unknown): string[] {
  const { expand } = contextOf(documentContext, event['@context'])
  const found: string[] = []
  JSON.stringify(event, (name, value) => {
    if (name === '@context') return undefined
    const isTerm = /^(?:reason|bizStep|disposition|type|exception|component|@type|@id)$|^\d+$/.test(name)
    if (isTerm && typeof value === 'string') {
      const full = /^(?:urn:|\w+:\/\/)/.test(value) ? value : (expand(value) ?? value)
      // Standard terms are bare in JSON.
      found.push(full.replace(/^https:\/\/gs1\.org\/voc\//, ''))
    }
    return value
  })
  return found.sort()
}

/** Names in full and texts of an event's extensions. */
function extensionsOf(event: Fields, documentContext: unknown): string[] {
  const elements = elementsOf(event, contextOf(documentContext, event['@context']))
  return elements.filter(e => e.name.includes(':')).map(e => `${e.name.replace(/[{}]/g, '')}=${e.text}`)
}

/** Events of several documents in one list of XML, and read again as a document is. */
function listed(events: readonly { event: Fields; context: unknown }[], terms: 'No_Preference' | 'Never_Translates') {
  const write = (free?: ReadonlySet<string>) => {
    const prefixes = xmlPrefixes(free)
    const texts = events.map(({ event, context: document }) =>
      writeXmlEvent(event, { context: contextOf(document, event['@context']), prefixes, terms }),
    )
    return { prefixes, texts }
  }
  const first = write()
  const clashing = first.prefixes.clashing()
  const { prefixes, texts } = clashing ? write(clashing) : first
  const parser = treeParser(LIMITS, null)
  parser.begin(START)
  parser.write(
    `<l xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"${prefixes.declarations()}>${texts.join('')}</l>`,
  )
  const root = parser.end()
  const names = xmlNames(new Map(Object.entries(root.declared ?? {})))
  const read = root.children.map(element => readXmlEvent(element, names, { version: 2 }))
  return { read, text: texts.join('\n'), context: names.context, declared: prefixes.declarations() }
}

const ONE = 'https://one.example.org/ns/'
const OTHER = 'urn:other:'
const EXT = { ext: 'https://ext.example.org/' }

describe('names as values', () => {
  const event = { ...base, action: 'OBSERVE', bizStep: 'p:st' }

  it('bear the prefix that their namespace has, each its own', () => {
    const both = [
      { event: { ...event, 'p:f': 'v' }, context: [{ p: ONE }] },
      { event: { ...event, 'p:f': 'v' }, context: [{ p: OTHER }] },
    ]
    const { text, declared } = listed(both, 'No_Preference')
    expect(declared).toBe(` xmlns:p="${ONE}" xmlns:p1="${OTHER}"`)
    expect(text.split('\n')[0]).toContain('<bizStep>p:st</bizStep><p:f>v</p:f>')
    expect(text.split('\n')[1]).toContain('<bizStep>p1:st</bizStep><p1:f>v</p1:f>')
  })

  it('are declared where no element is of their namespace', () => {
    expect(listed([{ event, context: [{ p: ONE }] }], 'No_Preference').declared).toBe(` xmlns:p="${ONE}"`)
  })

  it.each(['urn:p:st', 'https://p.example.org/st', 'ni:///sha-256;abc?ver=CBV2.0', 'geo:1,2', 'p:st'])(
    '%s is none without a declaration',
    bizStep => {
      const { text, declared } = listed([{ event: { ...event, bizStep }, context: [{ q: ONE }] }], 'No_Preference')
      expect(text).toContain(`<bizStep>${bizStep}</bizStep>`)
      expect(declared).toBe('')
    },
  )

  it('are not made of what only another event declares', () => {
    const both = [
      { event, context: [{ p: ONE }] },
      { event, context: [] },
    ]
    const { text, declared } = listed(both, 'No_Preference')
    expect(declared).toBe(` xmlns:p1="${ONE}"`)
    expect(text.match(/<bizStep>[^<]*/g)).toEqual(['<bizStep>p1:st', '<bizStep>p:st'])
  })

  it('are read as they were written, wherever they stand and whatever the prefixes are', () => {
    const prefix = fc.constantFrom('p', 'q', 'epcis', 'epcisq', 'gs1', 'cbv', 'dcterms', 'xsi', 'xmlish', 'a+b')
    const namespace = fc.constantFrom(
      ONE,
      OTHER,
      'https://gs1.org/voc/',
      'https://ref.gs1.org/epcis/',
      'http://purl.org/dc/terms/',
      'none:',
      'urn:epcglobal:epcis:xsd:2',
      'http://www.w3.org/2001/XMLSchema-instance',
    )
    const context = fc.dictionary(prefix, namespace, { maxKeys: 4 })
    const term = fc.oneof(
      fc
        .tuple(fc.oneof(prefix, fc.constant('ext')), fc.constantFrom('st', 'a/b', 'x-1'))
        .map(([p, local]) => `${p}:${local}`),
      fc.constantFrom('urn:x:y', 'https://full.example.org/x', 'geo:1,2', 'none:x'),
    )
    const written = fc.record({ context, own: context, terms: fc.array(term, { minLength: 14, maxLength: 14 }) })
    fc.assert(
      fc.property(
        fc.array(written, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('No_Preference' as const, 'Never_Translates' as const),
        (given, terms) => {
          const events = given.map(({ context: document, own, terms: sent }) => {
            const left = [...sent]
            return { event: { '@context': own, ...withTerms(() => left.pop() ?? 'p:x') }, context: [document, EXT] }
          })
          const { read, context: joint } = listed(events, terms)
          read.forEach(({ value, faults }, i) => {
            const { event: sent, context: document } = events[i] as (typeof events)[number]
            expect(faults).toEqual([])
            expect(termsOf(value, joint)).toEqual(termsOf(sent, document))
            expect(extensionsOf(value, joint)).toEqual(extensionsOf(sent, document))
          })
        },
      ),
      { numRuns: 300 },
    )
  })

  it('are known where the event itself declares them', () => {
    const { context, value } = eventReading(storedScope({ p: ONE }))
    const read = (bizStep: string, declared: string) =>
      value(Buffer.from(`<ObjectEvent ${declared}><bizStep>${bizStep}</bizStep></ObjectEvent>`))
    const full = (event: Fields) => contextOf(context, event['@context']).expand(String(event.bizStep))
    expect(full(read('q:st', `xmlns:q="${OTHER}"`))).toBe(`${OTHER}st`)
    expect(full(read('p:st', `xmlns:p="${OTHER}"`))).toBe(`${OTHER}st`)
    expect(full(read('q:st', `xmlns:q="${ONE}"`))).toBe(`${ONE}st`)
    expect(read('urn:x', `xmlns:urn="${ONE}"`).bizStep).toBe('urn:x')
  })
})
