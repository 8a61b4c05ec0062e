import { createHash } from 'node:crypto'
import {
  canonicalLinks,
  checkDocumentHead,
  checkEvent,
  contextOf,
  eventHash,
  eventPrehash,
  XML_SCHEMA_TAKES,
} from '@yuanliu/core'
import { describe, expect, it } from 'vitest'
import { readSchemes } from '../data.ts'
import { DATA } from '../paths.ts'
import { ScanError } from '../scan/fault.ts'
import { filesIn, present, type ReadDocument, readDocument, vector } from './vectors.fixture.ts'

const tools = {
  sha256: (text: string) => createHash('sha256').update(text, 'utf8').digest('hex'),
  toDigitalLink: canonicalLinks(readSchemes(DATA)),
}

/** Fields that a document asks not to count, by their names in JSON. */
function ignoredBy({ root, context }: ReadDocument): string[] {
  const names = Object.entries((context as [unknown, Record<string, string>?])[1] ?? {})
  return root.children
    .filter(c => c.local === 'ignoreFields')
    .flatMap(c => c.children)
    .map(f => `${names.find(([, namespace]) => namespace === f.namespace)?.[0]}:${f.local}`)
}

function hashesOf(document: ReadDocument): string[] {
  const options = { ...tools, ignoreFields: ignoredBy(document) }
  return document.events.map(e => eventHash(e.value, contextOf(document.context, e.value['@context']), options))
}

const lines = (file: string) => vector(file).toString('utf8').trim().split(/\r?\n/)

describe.skipIf(!present)('event hash of XML, reference vectors (present)', () => {
  const files = filesIn('epcis-event-hash/tests/examples', '.xml')

  it('covers the XML vectors', () => expect(files.length).toBeGreaterThanOrEqual(14))

  it.each(files)('%s', file => {
    const document = readDocument(vector(file))
    const options = { ...tools, ignoreFields: ignoredBy(document) }
    const prehashes = document.events.map(e =>
      eventPrehash(e.value, contextOf(document.context, e.value['@context']), options),
    )
    expect(prehashes).toEqual(lines(file.replace(/xml$/, 'prehashes')))
    expect(hashesOf(document)).toEqual(lines(file.replace(/xml$/, 'hashes')))
  })

  it('is the same for documents expected equal', () => {
    const equal = filesIn('epcis-event-hash/tests/expected_equal', '.xml')
    expect(equal.length).toBeGreaterThanOrEqual(10)
    for (const file of equal) {
      const hashes = hashesOf(readDocument(vector(file)))
      expect(hashes.length, file).toBeGreaterThan(1)
      expect(new Set(hashes).size, file).toBe(1)
    }
  })
})

/** Where our verdict is not the schema's, and why. */
const OTHER_VERDICT: Record<string, string> = {
  'openepcis-test-resources/1.2/EPCIS/XML/Capture/Documents/AssociationEvent_all_possible_fields.xml':
    'the schema fails over a type of XML Schema whose prefix is not declared, in an extension that we need not validate',
}

/** True where nothing is wrong but what the XML schema has room for. */
function isValid(file: string): boolean {
  try {
    const { head, headFaults, events } = readDocument(vector(file))
    const content = [...checkDocumentHead(head), ...events.flatMap(e => checkEvent(e.value, 1_000))]
    return (
      !headFaults.length && events.every(e => !e.faults.length) && content.every(f => XML_SCHEMA_TAKES.has(f.leniency))
    )
  } catch (error) {
    if (error instanceof ScanError) return false
    throw error
  }
}

describe.skipIf(!present)('the verdict of the official XML schemas (present)', () => {
  const verdicts = !present
    ? []
    : vector('_golden/xsd-verdicts.tsv')
        .toString('utf8')
        .trim()
        .split('\n')
        .map(line => line.split('\t') as [string, string])
        // Documents of other kinds: capture jobs, queries, master data alone, bare events.
        .filter(([file, verdict]) => !/CaptureJob|Queries\/|SKIP|Capture\/Events/.test(file + verdict))

  it('is known of many documents', () => expect(verdicts.length).toBeGreaterThan(80))

  it.each(verdicts)('%s', (file, verdict) => {
    expect(isValid(file)).toBe(file in OTHER_VERDICT || verdict.startsWith('OK'))
  })
})
