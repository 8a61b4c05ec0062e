import { createHash } from 'node:crypto'
import {
  contextOf,
  eventHash,
  readXmlEvent,
  writeXmlEvent,
  type XmlPrefixes,
  XSI,
  xmlNames,
  xmlPrefixes,
} from '@yuanliu/core'
import { describe, expect, it } from 'vitest'
import { PLAIN_EVENT } from './event.fixture.ts'
import { START, treeParser } from './tree.ts'
import { LIMITS } from './vectors.fixture.ts'

/** XML that we write is read as a document of its own: every namespace is declared around its events. */

type Fields = Record<string, unknown>
const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex')
const tools = { sha256, toDigitalLink: () => null }

function again(event: Fields, context: unknown): { value: Fields; context: unknown; text: string } {
  const prefixes = xmlPrefixes()
  const text = writeXmlEvent(event, { context: contextOf(context), prefixes, terms: 'No_Preference' })
  const declared = prefixes.declarations()
  const parser = treeParser(LIMITS, null)
  parser.begin(START)
  parser.write(`<l xmlns:xsi="${XSI}"${declared}>${text}</l>`)
  const element = parser.end().children[0]
  if (!element) throw new Error(text)
  const scope = new Map([...declared.matchAll(/ xmlns:([^=]+)="([^"]*)"/g)].map(m => [m[1] as string, m[2] as string]))
  const names = xmlNames(scope)
  const { value, faults } = readXmlEvent(element, names, { version: 2, wrapped: 0 })
  expect(faults).toEqual([])
  return { value, context: names.context, text }
}

describe('an event in XML of ours is the same event when it is captured again', () => {
  it.each<[string, Fields, unknown]>([
    ['keywords of JSON-LD', { 'ex:a': { '@id': 'urn:x', '@type': 'T', 'ex:v': '1' } }, [{ ex: 'https://ex.org/ns/' }]],
    ['a prefix that nobody defined', { 'rem:a': '1' }, undefined],
    ['a prefix of a context elsewhere', { 'rem:a': { 'rem:b': '2' } }, 'https://remote.example.org/ctx.jsonld'],
    ['namespaces of its own', { 'ex:a': '1', 'urn:b:c': '2' }, [{ ex: 'https://ex.org/ns/' }]],
  ])('%s', (_name, extensions, context) => {
    const event = { ...PLAIN_EVENT, ...extensions }
    const { value, context: ours } = again(event, context)
    expect(eventHash(value, contextOf(ours, value['@context']), tools)).toBe(
      eventHash(event, contextOf(context), tools),
    )
    // A URN has no prefix to keep.
    expect(value).toMatchObject('urn:b:c' in extensions ? { 'ex:a': '1' } : extensions)
  })
})

describe('a prefix that nobody defined, beside an event that defines it', () => {
  it('keeps its name: the namespace of the other one gets a number', () => {
    const write = (prefixes: XmlPrefixes) =>
      [contextOf([{ rem: 'https://rem.example.org/' }]), contextOf(undefined)].map(context =>
        writeXmlEvent({ ...PLAIN_EVENT, 'rem:a': '1' }, { context, prefixes, terms: 'No_Preference' }),
      )
    const first = xmlPrefixes()
    write(first)
    const clashing = first.clashing()
    expect(clashing).toEqual(new Set(['rem']))
    const second = xmlPrefixes(clashing ?? undefined)
    const [defined, undefined_] = write(second)
    expect(undefined_).toContain('<rem:a>1</rem:a>')
    expect(second.declarations()).toContain(' xmlns:rem="rem:"')
    const own = /<(\w+):a>1/.exec(defined ?? '')?.[1]
    expect(own).not.toBe('rem')
    expect(second.declarations()).toContain(` xmlns:${own}="https://rem.example.org/"`)
  })
})

describe('what JSON takes and XML has another form for', () => {
  const sensor = (report: Fields) => ({ ...PLAIN_EVENT, sensorElementList: [{ sensorReport: [report] }] })
  const ex = [{ ex: 'https://ex.org/ns/' }]

  it.each<[string, Fields, string]>([
    ['two names of one namespace and name', { 'ex:a': '1', 'https://ex.org/ns/a': '2' }, '["1","2"]'],
    ['two names that XML spells alike', { 'ex:a%20b': '1', 'ex:a_x0020_b': '2' }, '["1","2"]'],
  ])('%s are one attribute', (_name, names, value) => {
    const { value: read } = again(sensor({ type: 'Temperature', value: 1, ...names }), ex)
    const [{ sensorReport }] = read.sensorElementList as [{ sensorReport: [Fields] }]
    expect(Object.values(sensorReport[0])).toContain(value)
  })

  it('keywords that nobody knows stay well-formed', () => {
    const { text } = again({ ...PLAIN_EVENT, 'ex:a': { '@b c': '1', '@b_x0020_c': '2', '@value': 'x' } }, ex)
    expect(text.match(/jsonld:/g)).toHaveLength(1)
  })

  it.each([
    ['2024-01-01t08:00:00.1234567z', '2024-01-01T08:00:00.1234567Z'],
    ['2024-01-01T08:00:00.5+15:00', '2023-12-31T17:00:00.5Z'],
    ['2024-12-31T23:30:00-23:59', '2025-01-01T23:29:00Z'],
    ['2024-01-01T08:00:00+14:00', '2024-01-01T08:00:00+14:00'],
  ])('%s is the instant %s', (eventTime, written) => {
    const { text } = again({ ...sensor({ type: 'Temperature', value: 1, time: eventTime }), eventTime }, undefined)
    expect(text).toContain(`<eventTime>${written}</eventTime>`)
    expect(text).toContain(` time="${written}"`)
  })

  it('a namespace that nobody may declare is none', () => {
    const { text } = again({ ...PLAIN_EVENT, 'n:a': '1' }, [{ n: 'http://www.w3.org/2000/xmlns/' }])
    expect(text).toContain('<n:a>1</n:a>')
  })

  it('a term that is not in the standard vocabulary stays the URI that it was', () => {
    const disposition = 'https://ref.gs1.org/cbv/Disp-nope'
    const { value } = again({ ...sensor({ type: 'gs1:EffectiveDoseRate', value: 1 }), disposition }, ex)
    expect(value.disposition).toBe(disposition)
    expect(JSON.stringify(value)).toContain('"https://gs1.org/voc/EffectiveDoseRate"')
    expect(again({ ...PLAIN_EVENT, disposition: 'urn:epcglobal:cbv:disp:active' }, ex).value.disposition).toBe('active')
  })

  it('half a byte is a whole one, and no certificate no element', () => {
    const event = { ...sensor({ type: 'ex:x', hexBinaryValue: 'ABC' }), certificationInfo: [] }
    const { text } = again(event, ex)
    expect(text).toContain('hexBinaryValue="0ABC"')
    expect(text).not.toContain('certificationInfo')
  })
})
