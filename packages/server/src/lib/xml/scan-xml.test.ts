import type { XmlElement } from '@yuanliu/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ScanError } from '../scan/fault.ts'
import { quickParser } from './quick-tree.ts'
import { scanXml } from './scan-xml.ts'
import { START, treeParser } from './tree.ts'
import { filesIn, LIMITS, present, readDocument, vector } from './vectors.fixture.ts'

const SCOPE = { a: 'urn:a', b: 'urn:b', epcis: 'urn:epcglobal:epcis:xsd:2' }

function withoutPlaces({ line: _l, column: _c, children, ...rest }: XmlElement): unknown {
  return { ...rest, children: children.map(withoutPlaces) }
}

/** What the parser makes of a text; null where it is not well-formed. */
function parsed(text: string): unknown {
  const parser = treeParser(LIMITS, SCOPE)
  parser.begin(START)
  try {
    parser.write(text)
    return withoutPlaces(parser.end())
  } catch (error) {
    if (error instanceof ScanError) return null
    throw error
  }
}

/** Elements, and now and then a piece that does not belong. */
const markup = fc.letrec(tie => ({
  name: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('x', 'a:y', 'b:z', 'x.1-_') },
    { weight: 1, arbitrary: fc.constantFrom('no:w', '名', 'xml:lang', ':', '1') },
  ),
  space: fc.constantFrom('', '', ' ', '\n', '\r\n', '\t'),
  text: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('', ' ', 'abc', 'a b', '山东') },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '&amp;',
        '&#65;',
        '&no;',
        '<![CDATA[x]]>',
        '<!-- c -->',
        ']]>',
        ']',
        '<?p?>',
        '\r\n',
        '\u0001',
        '\ufffe',
        '>',
        'a\rb',
      ),
    },
  ),
  attribute: fc
    .tuple(
      fc.constantFrom(' ', '\n', ''),
      tie('name'),
      fc.constantFrom('="v"', "='v'", '="a>b"', '="&lt;"', '="<"', '', '="\n"', '="山"', ' = "v"'),
    )
    .map(parts => parts.join('')),
  element: fc.oneof(
    { maxDepth: 4 },
    tie('text') as fc.Arbitrary<string>,
    fc
      .tuple(
        tie('name') as fc.Arbitrary<string>,
        fc.array(tie('attribute') as fc.Arbitrary<string>, { maxLength: 2 }),
        tie('space') as fc.Arbitrary<string>,
        fc.array(tie('element') as fc.Arbitrary<string>, { maxLength: 3 }),
        fc.constantFrom('', '', '', 'x'),
      )
      .map(([name, attributes, space, children, more]) =>
        children.length || more
          ? `<${name}${attributes.join('')}${space}>${children.join(space)}</${name}${more}${space}>`
          : `<${name}${attributes.join('')}${space}/>`,
      ),
  ),
}))

describe('the quick parser', () => {
  it('reads what it reads as the parser does, and nothing that is not well-formed', () => {
    const quick = quickParser(SCOPE)
    let read = 0
    fc.assert(
      fc.property(markup.element as fc.Arbitrary<string>, fc.boolean(), (text, isBytes) => {
        const shown = isBytes ? Buffer.from(text).toString('latin1') : text
        const element = shown[0] === '<' ? quick.read(shown, 0, isBytes) : null
        if (!element) return
        read++
        expect(withoutPlaces(element)).toEqual(parsed(shown.slice(0, quick.end())))
      }),
      { numRuns: 8_000 },
    )
    expect(read).toBeGreaterThan(300)
  })
})

const DOCUMENT = `\ufeff<?xml version="1.0"?>
<!-- a comment <EventList> -->
<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" xmlns:a="urn:a" schemaVersion="2.0" creationDate="2026-01-01T00:00:00Z">
<EPCISBody><EventList><!-- <ObjectEvent/> --><ObjectEvent><a:x><![CDATA[</ObjectEvent>]]></a:x></ObjectEvent>
 <AggregationEvent a:b="&lt;/ObjectEvent>"/><extension><extension><AssociationEvent><extension><a:q/></extension></AssociationEvent></extension>
 <a:Own>山</a:Own></extension>
<ObjectEvent><!-- </ObjectEvent> --><y>1</y></ObjectEvent></EventList></EPCISBody></e:EPCISDocument>\n`

describe('cutting', () => {
  it('gives the same events in whatever chunks, with their exact bytes and places', () => {
    const bytes = Buffer.from(DOCUMENT)
    const cutIn = (piece: number) =>
      readDocument(bytes, piece).events.map(e => ({ path: e.path, offset: e.offset, text: e.bytes.toString('utf8') }))
    const whole = cutIn(1e6)
    const list = '/e:EPCISDocument/EPCISBody/EventList'
    expect(whole.map(e => e.path)).toEqual([
      `${list}/ObjectEvent[1]`,
      `${list}/AggregationEvent[1]`,
      `${list}/extension/extension/AssociationEvent[1]`,
      `${list}/extension/a:Own[1]`,
      `${list}/ObjectEvent[2]`,
    ])
    expect(whole[0]?.text).toBe('<ObjectEvent><a:x><![CDATA[</ObjectEvent>]]></a:x></ObjectEvent>')
    for (const e of whole) expect(bytes.subarray(e.offset).toString('utf8').startsWith(e.text)).toBe(true)
    for (let piece = 1; piece < 60; piece++) expect(cutIn(piece)).toEqual(whole)
  })

  it('tells lines and columns alike, whether an event came whole or in pieces', () => {
    const lines = (piece: number) => {
      const scanner = scanXml(LIMITS)
      const bytes = Buffer.from(DOCUMENT)
      const places: number[][] = []
      for (let i = 0; i < bytes.length; i += piece)
        for (const cut of scanner.write(bytes.subarray(i, i + piece)))
          places.push([cut.precise().line, cut.precise().column])
      return places
    }
    expect(lines(1e6)).toEqual([
      [4, 46],
      [5, 2],
      [5, 67],
      [6, 2],
      [7, 1],
    ])
    expect(lines(3)).toEqual(lines(1e6))
  })

  it('holds to every limit exactly', () => {
    const size = Buffer.byteLength(DOCUMENT)
    const failing = (limits: Partial<typeof LIMITS>, piece = 50) => {
      try {
        readDocument(Buffer.from(DOCUMENT), piece, { ...LIMITS, ...limits })
        return null
      } catch (error) {
        if (error instanceof ScanError) return error.fault.kind
        throw error
      }
    }
    expect(failing({ documentBytes: size })).toBe(null)
    expect(failing({ documentBytes: size - 1 })).toBe('document-size')
    expect(failing({ events: 5 })).toBe(null)
    expect(failing({ events: 4 })).toBe('too-many-events')
    expect(failing({ eventBytes: 66 })).toBe(null)
    expect(failing({ eventBytes: 65 })).toBe('event-size')
    expect(failing({ headBytes: 100 })).toBe('head-size')
    expect(failing({ depth: 8 })).toBe(null)
    expect(failing({ depth: 7 })).toBe('depth')
    expect(failing({ stringBytes: 14 }, 1e6)).toBe('string-length')
  })

  it('never throws anything but a fault with a place, whatever bytes are changed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.nat(2)), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 500 }),
        (changes, piece) => {
          let bytes = Buffer.from(DOCUMENT)
          for (const [at, byte, how] of changes) {
            const i = at % bytes.length
            if (how === 0) bytes[i] = byte
            else if (how === 1) bytes = Buffer.concat([bytes.subarray(0, i), bytes.subarray(i + 1 + (byte % 30))])
            else bytes = Buffer.concat([bytes.subarray(0, i), Buffer.from([byte]), bytes.subarray(i)])
          }
          const results = [piece, 1e6].map(size => {
            try {
              return readDocument(bytes, size).events.map(e => e.bytes.toString('latin1'))
            } catch (error) {
              if (!(error instanceof ScanError)) throw error
              expect(error.fault.line).toBeGreaterThan(0)
              return 'refused'
            }
          })
          expect(results[0]).toEqual(results[1])
        },
      ),
      { numRuns: 1_500 },
    )
  })

  it('100 MB pass in bounded memory', () => {
    const head = DOCUMENT.slice(0, DOCUMENT.lastIndexOf('<EventList>') + 11)
    const event = `<ObjectEvent>${'<epc>urn:epc:id:sgtin:9521234.054321.1</epc>'.repeat(50)}</ObjectEvent>\n<!-- x -->\n`
    const chunk = Buffer.from(event.repeat(30))
    const scanner = scanXml({ ...LIMITS, documentBytes: 1e9 })
    scanner.write(Buffer.from(head))
    let events = 0
    let peak = 0
    const before = process.memoryUsage().rss
    for (let sent = 0; sent < 100e6; sent += chunk.length) {
      events += scanner.write(Buffer.from(chunk)).length
      peak = Math.max(peak, process.memoryUsage().rss - before)
    }
    scanner.write(Buffer.from('</EventList></EPCISBody></e:EPCISDocument>'))
    expect(scanner.end().events).toBe(events)
    expect(events).toBeGreaterThan(40_000)
    expect(peak).toBeLessThan(150e6)
  })
})

describe.skipIf(!present)('published documents (present)', () => {
  it('are cut alike in small and large chunks, quickly and precisely', () => {
    const files = ['gs1-epcis/XML', 'openepcis-test-resources', 'epcis-event-hash', 'opentraceability']
      .flatMap(folder => filesIn(folder, '.xml'))
      .filter(file => !/Capture\/(Events|Invalid\/ObjectEvent_bare)/.test(file))
    expect(files.length).toBeGreaterThan(90)
    for (const file of files) {
      const bytes = vector(file)
      const small = readDocument(bytes, 301)
      const large = readDocument(bytes, 1e6)
      expect(
        small.events.map(e => e.value),
        file,
      ).toEqual(large.events.map(e => e.value))
    }
  })
})
