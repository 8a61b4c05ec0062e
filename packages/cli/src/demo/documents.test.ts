import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkDocument } from '@yuanliu/core'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { city, DATA, documents, effective, eventsOf, records, text, unitsOf } from './city.fixture.ts'
import { DOMAIN, partyLink } from './codes.ts'
import { demoDocuments } from './documents.ts'
import { loadDemoCity } from './load-city.ts'
import { linksIn } from './master-data.ts'

const SCHEMA = join(process.cwd(), '../shared/vectors/gs1-epcis/EPCIS-JSON-Schema.json')
const events = documents.flatMap(({ document }) => eventsOf(document))

describe('documents', () => {
  it('are the same bytes every time', () => {
    const again = [...demoDocuments(loadDemoCity(join(DATA, 'demo')))]
    expect(JSON.stringify(again)).toBe(JSON.stringify(documents))
  })

  it('depend on the seed', () => {
    const other = [...demoDocuments({ ...city, seed: 'another' })]
    expect(JSON.stringify(other)).not.toBe(JSON.stringify(documents))
  })

  it('hold a few thousand events of all five types, at most 500 each', () => {
    expect(events.length).toBeGreaterThanOrEqual(2500)
    expect(events.length).toBeLessThanOrEqual(4000)
    expect(events.length).toBe(records.length)
    expect(new Set(events.map(event => event.type)).size).toBe(5)
    for (const { document } of documents) expect(eventsOf(document).length).toBeLessThanOrEqual(500)
  })

  it('keep the order of time within each reporter, and each belongs to one party', () => {
    const last = new Map<string, number>()
    for (const { reporter, document } of documents) {
      expect(city.parties.has(reporter)).toBe(true)
      const created = Date.parse(text(document.creationDate))
      expect(created).toBeGreaterThan(last.get(reporter) ?? 0)
      last.set(reporter, created)
      for (const event of eventsOf(document))
        if (!event.errorDeclaration) expect(Date.parse(text(event.eventTime))).toBeLessThanOrEqual(created)
    }
    expect(last.size).toBe(city.parties.size)
  })

  it('never name a unit at the same instant in two effective events', () => {
    const seen = new Set<string>()
    for (const { event } of effective(records)) {
      for (const unit of new Set(unitsOf(event))) {
        const key = `${unit} ${text(event.eventTime)}`
        expect(seen.has(key), key).toBe(false)
        seen.add(key)
      }
    }
  })

  it('stand between September and the middle of November 2026, older ones only where a story is that long', () => {
    const times = events.map(event => text(event.eventTime)).sort()
    expect(times.at(-1)?.localeCompare('2026-11-20')).toBeLessThan(0)
    const autumn = times.filter(time => time >= '2026-09-01')
    expect(autumn.length / times.length).toBeGreaterThan(0.95)
  })

  it('bear unique version 5 ids of their own, or none', () => {
    const ids = events.filter(event => !event.errorDeclaration && event.eventID).map(event => text(event.eventID))
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids)
      expect(id).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const hashed = events.filter(event => !event.eventID)
    expect(ids.length).toBeGreaterThan(1000)
    expect(hashed.length).toBeGreaterThan(1000)
    // Events known by their content alone must differ in content.
    expect(new Set(hashed.map(event => JSON.stringify(event))).size).toBe(hashed.length)
  })

  it('say in header, names and master data that they are a demonstration', () => {
    for (const { document } of documents) {
      const header = document.epcisHeader as { [name: string]: unknown }
      expect(header['yuanliu:demonstration']).toContain('演示数据')
      expect(text(document.sender)).toContain('演示')
    }
    for (const party of city.parties.values()) {
      for (const { name } of [party, ...party.sites]) {
        expect(name.zh).toContain('演示')
        expect(name.en).toContain('demo')
      }
    }
    for (const product of city.products.values()) {
      expect(product.name.zh).toMatch(/^演示/)
      expect(product.name.en).toMatch(/^Demo/)
    }
  })

  it('describe every product, site and party that they name', () => {
    for (const { reporter, document } of documents) {
      if (city.parties.get(reporter)?.notation === 'urn') continue
      const { epcisMasterData } = document.epcisHeader as {
        epcisMasterData: { vocabularyList: { vocabularyElementList: { id: string }[] }[] }
      }
      const described = new Set(epcisMasterData.vocabularyList.flatMap(v => v.vocabularyElementList.map(e => e.id)))
      expect(described.has(partyLink(city.parties.get(reporter)?.gln ?? ''))).toBe(true)
      for (const link of eventsOf(document).flatMap(event => [...linksIn(event)])) {
        const [ai, key] = link.slice(DOMAIN.length).split('/')
        if (ai === '01' || ai === '414' || ai === '417')
          expect(described.has(`${DOMAIN}${ai}/${key}`), `${reporter}: ${link}`).toBe(true)
      }
    }
  })

  it('pass our own check', () => {
    for (const { reporter, document } of documents) expect(checkDocument(document), reporter).toEqual([])
  })

  it.skipIf(!existsSync(SCHEMA))('are valid by the official schema (skipped where ../shared/vectors is absent)', () => {
    const ajv = new Ajv({ strict: false })
    formats.default(ajv)
    const validate = ajv.compile(JSON.parse(readFileSync(SCHEMA, 'utf8')))
    for (const { reporter, document } of documents) {
      validate(document)
      expect(validate.errors, reporter).toBeNull()
    }
    // The schema is really at work: one wrong step makes a document invalid.
    const broken = structuredClone(documents[0]?.document)
    for (const event of eventsOf(broken ?? {})) event.bizStep = 'shiping'
    expect(validate(broken)).toBe(false)
  })

  it('hold on some events what must never be shown', () => {
    const { mark } = city.secrets
    const secret = events.filter(event => event['demo:price'])
    expect(secret.length).toBeGreaterThan(50)
    for (const event of secret)
      for (const name of ['demo:price', 'demo:customer', 'demo:stock']) expect(text(event[name])).toContain(mark)
    // Several stories have them, so every kind of page can be tested.
    expect(new Set(secret.map(event => text(event.bizStep)))).toEqual(new Set(['shipping', 'retail_selling']))
  })
})
