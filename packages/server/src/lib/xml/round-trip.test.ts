import { createHash } from 'node:crypto'
import {
  type CbvXmlFormat,
  type Context,
  canonicalLinks,
  contextOf,
  eventHash,
  prefixedName,
  readXmlEvent,
  writeXmlEvent,
  xmlNames,
  xmlPrefixes,
} from '@yuanliu/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSchemes } from '../data.ts'
import { DATA } from '../paths.ts'
import { PLAIN_EVENT } from './event.fixture.ts'
import { eventReading, storedScope } from './stored-context.ts'
import { START, treeParser } from './tree.ts'
import { filesIn, LIMITS, present, readDocument, vector } from './vectors.fixture.ts'

const tools = {
  sha256: (text: string) => createHash('sha256').update(text, 'utf8').digest('hex'),
  toDigitalLink: canonicalLinks(readSchemes(DATA)),
}

type Fields = Record<string, unknown>

/** The event written as XML and read again. */
function through(event: Fields, documentContext: unknown, terms: CbvXmlFormat = 'No_Preference') {
  const prefixes = xmlPrefixes()
  const text = writeXmlEvent(event, { context: contextOf(documentContext, event['@context']), prefixes, terms })
  const parser = treeParser(LIMITS, null)
  parser.begin(START)
  parser.write(`<l xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"${prefixes.declarations()}>${text}</l>`)
  let element = parser.end().children[0]
  const isWrapped = element?.local === 'extension'
  if (isWrapped) element = element?.children[0]
  if (!element) throw new Error(text)
  const names = xmlNames(new Map(Object.entries(parser.root()?.declared ?? {})))
  const { value, faults } = readXmlEvent(element, names, { version: 2, wrapped: isWrapped ? 1 : 0 })
  const context = contextOf(names.context, value['@context'])
  return { value, faults, text, context, around: names.context }
}

/** A standard term in another spelling than JSON's own. */
const TERM = /^(?:https:\/\/gs1\.org\/voc\/|https:\/\/ref\.gs1\.org\/cbv\/(?:BizStep|Disp|BTT|SDT|ER|Comp)-)/

/** Without contexts, names in full, members in order, texts for values of extensions: what XML and JSON both can say. */
function plain(value: unknown, context: Context, isExtension = false): unknown {
  if (Array.isArray(value)) {
    const list = value.map(v => plain(v, context, isExtension))
    // JSON-LD: a list of one extension is that one.
    return isExtension && list.length === 1 ? list[0] : list
  }
  if (typeof value === 'string') {
    const full = !isExtension && prefixedName(value, context) ? (context.expand(value) ?? value) : value
    return isExtension ? value.trim() : full.replace(TERM, '')
  }
  if (typeof value !== 'object' || value === null) return isExtension ? String(value ?? '') : value
  const entries = Object.entries(value)
    .filter(([name]) => name !== '@context')
    .map(([name, v]) => {
      const extends_ = isExtension || name.includes(':')
      return [name.includes(':') ? (context.expand(name) ?? name) : name, plain(v, context, extends_)] as const
    })
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/

/** Times as instants and codes as links: the twins write some of them otherwise. */
function normal(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_name, v: unknown) =>
    typeof v !== 'string' ? v : TIME.test(v) ? new Date(v).toISOString() : (tools.toDigitalLink(v) ?? v),
  )
}

const hashOf = (event: Fields, context: unknown) => eventHash(event, contextOf(context, event['@context']), tools)

describe.skipIf(!present)('XML and JSON of the same events (published twins, present)', () => {
  const twins = filesIn('openepcis-test-resources/2.0/EPCIS/XML/Capture/Documents', '.xml').flatMap(file => {
    const twin = file.replace('/XML/', '/JSON/').replace(/xml$/, 'json')
    return filesIn('openepcis-test-resources/2.0/EPCIS/JSON/Capture/Documents', '.json').includes(twin)
      ? [[file, twin] as const]
      : []
  })

  it('are many', () => expect(twins.length).toBeGreaterThanOrEqual(18))

  it.each(twins)('%s', (xml, json) => {
    const document = readDocument(vector(xml))
    const twin = JSON.parse(vector(json).toString('utf8')) as {
      '@context': unknown
      epcisBody: { eventList: Fields[] }
    }
    const theirs = twin.epcisBody.eventList
    expect(document.events.length).toBe(theirs.length)
    // XML has no colon behind this namespace, JSON-LD has; the reference hashes keep what each has.
    const isOther = JSON.stringify(document.context).includes('"urn:epcglobal:cbv:mda"')
    const context = isOther ? [twin['@context'], { cbvmda: 'urn:epcglobal:cbv:mda' }] : twin['@context']
    document.events.forEach(({ value, faults }, i) => {
      expect(faults).toEqual([])
      expect(hashOf(value, document.context)).toBe(hashOf(theirs[i] as Fields, context))
      // The hash knows neither the id nor the error declaration: the whole event, too.
      const own = contextOf(document.context, value['@context'])
      const twins = contextOf(context, theirs[i]?.['@context'])
      expect(normal(plain(value, own))).toEqual(normal(plain(theirs[i], twins)))
    })
  })
})

describe.skipIf(!present)('every published JSON event (present)', () => {
  const files = [
    ...filesIn('gs1-epcis/JSON', '.jsonld'),
    ...filesIn('openepcis-test-resources/2.0/EPCIS/JSON/Capture/Documents', '.json'),
  ]

  it('are many', () => expect(files.length).toBeGreaterThan(60))

  it.each(files)('%s says the same after it was XML', file => {
    const document = JSON.parse(vector(file).toString('utf8')) as Fields
    const body = document.epcisBody as { eventList?: Fields[]; queryResults?: { resultsBody: { eventList: Fields[] } } }
    const events = body.eventList ?? body.queryResults?.resultsBody.eventList ?? []
    for (const event of events) {
      for (const terms of ['No_Preference', 'Always_URN'] as const) {
        const { value, faults, context, around } = through(event, document['@context'], terms)
        expect(faults).toEqual([])
        const own = contextOf(document['@context'], event['@context'])
        expect(plain(value, context)).toEqual(plain(event, own))
        expect(hashOf(value, around)).toBe(hashOf(event, document['@context']))
      }
    }
  })
})

describe('JSON as XML', () => {
  it('keeps any text of extensions, but what XML has no character for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const { value } = through({ ...PLAIN_EVENT, 'ext:note': text }, [{ ext: 'https://ns.example.org/' }])
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML 1.0 cannot hold
        const kept = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
        expect(value['ext:note']).toBe(kept.trim())
      }),
      { numRuns: 300 },
    )
  })

  it('keeps extensions of any depth and name, and namespaces apart that share a prefix', () => {
    const value = fc.letrec(tie => ({
      any: fc.oneof({ maxDepth: 4 }, fc.string({ unit: 'grapheme-ascii' }), tie('list'), tie('object')),
      list: fc.array(tie('any'), { minLength: 2, maxLength: 3 }).filter(l => !l.some(Array.isArray)),
      object: fc.dictionary(fc.constantFrom('a:x', 'a:y', 'b:z', 'bare'), tie('any'), { minKeys: 1, maxKeys: 3 }),
    })).object
    const context = [{ a: 'https://a.example.org/', b: 'urn:b:' }]
    fc.assert(
      fc.property(value, extension => {
        const event = { ...PLAIN_EVENT, '@context': { a: 'https://other.example.org#' }, 'a:top': extension }
        const { value: again, context: read } = through(event, context)
        expect(plain(again, read)).toEqual(plain(event, contextOf(context, event['@context'])))
      }),
      { numRuns: 200 },
    )
  })

  it('writes what XML cannot name so that it can be read again', () => {
    const event = { ...PLAIN_EVENT, 'ext:%E4%BA%A7%E5%9C%B0': '山东', 'undefined:field': '1', 'ext:1st': 'x' }
    const { value, text } = through(event, [{ ext: 'https://ns.example.org/' }])
    expect(text).toContain(':产地>山东<')
    expect(value['ext:%E4%BA%A7%E5%9C%B0']).toBe('山东')
    expect(value['undefined:field']).toBe('1')
    expect(value['ext:_x0031_st']).toBe('x')
  })

  it('puts an event of an own type into an extension of the list', () => {
    const event = { ...PLAIN_EVENT, type: 'ext:Inspection', 'ext:result': 'good', epcList: 5, own: ['a', 'b'] }
    const { value, text, faults } = through(event, [{ ext: 'https://ns.example.org/' }])
    expect(faults).toEqual([])
    expect(text).toMatch(/^<extension><ext:Inspection>/)
    expect(value).toMatchObject({ type: 'ext:Inspection', 'ext:result': 'good', own: ['a', 'b'], action: 'OBSERVE' })
  })

  it('gives terms as they are asked for', () => {
    const event = { ...PLAIN_EVENT, bizStep: 'shipping', disposition: 'https://ref.gs1.org/cbv/Disp-in_transit' }
    const written = (terms: CbvXmlFormat) => through(event, undefined, terms).text
    expect(written('Always_URN')).toContain('urn:epcglobal:cbv:bizstep:shipping')
    expect(written('Always_URN')).toContain('urn:epcglobal:cbv:disp:in_transit')
    for (const terms of ['No_Preference', 'Always_Web_URI', 'Never_Translates'] as const) {
      expect(written(terms)).toContain('<bizStep>https://ref.gs1.org/cbv/BizStep-shipping</bizStep>')
    }
  })

  it('says without preference what it says of web URIs, whatever spelling was sent', () => {
    const event = {
      ...PLAIN_EVENT,
      bizStep: 'urn:epcglobal:cbv:bizstep:shipping',
      disposition: 'cbv:Disp-in_transit',
      sensorElementList: [{ sensorReport: [{ type: 'gs1:Speed', exception: 'voc:ALARM_CONDITION' }] }],
    }
    const written = (terms: CbvXmlFormat) => through(event, [{ voc: 'https://gs1.org/voc/' }], terms).text
    expect(written('No_Preference')).toBe(written('Always_Web_URI'))
    expect(written('No_Preference')).toContain('type="https://gs1.org/voc/Speed"')
    expect(written('No_Preference')).toContain('exception="https://gs1.org/voc/ALARM_CONDITION"')
    expect(written('No_Preference')).toContain('>https://ref.gs1.org/cbv/Disp-in_transit<')
    expect(written('Never_Translates')).toContain('type="gs1:Speed" exception="gs1:ALARM_CONDITION"')
  })

  it('reads an event again from its bytes and the stored declarations alone', () => {
    const stored = storedScope({ epcis: 'urn:epcglobal:epcis:xsd:2', e: 'https://e.example.org/"<&', '': 'urn:d' })
    const bytes = Buffer.from('<ObjectEvent xmlns=""><e:f a="1">x</e:f></ObjectEvent>')
    const { context, value, isXml } = eventReading(stored)
    expect(isXml).toBe(true)
    expect(context).toEqual([expect.any(String), { e: 'https://e.example.org/"<&' }])
    expect(value(bytes)['e:f']).toEqual({ a: '1', '@value': 'x' })
  })
})
