import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'

/** Three documents say the same terms: with one prefix for two namespaces, and in full. */
const HERE = 'https://ns.example.com/epcis/'
const THERE = 'https://other.example/ns/'
const PARTY = 'urn:epc:id:pgln:9521234.00000'

/** An event of which every term that the standard leaves open is `prefix` + a name. */
function saying(eventID: string, prefix: string): object {
  return {
    type: 'ObjectEvent',
    eventID,
    eventTime: '2026-03-05T00:00:00Z',
    eventTimeZoneOffset: '+00:00',
    action: 'OBSERVE',
    epcList: ['urn:x:1'],
    bizStep: `${prefix}step`,
    disposition: `${prefix}disposition`,
    persistentDisposition: { set: [`${prefix}set`], unset: [`${prefix}unset`] },
    bizTransactionList: [{ type: `${prefix}paper`, bizTransaction: 'urn:x:paper' }],
    sourceList: [{ type: `${prefix}from`, source: PARTY }],
    destinationList: [{ type: `${prefix}to`, destination: PARTY }],
    sensorElementList: [
      { sensorReport: [{ type: `${prefix}taste`, value: 1, uom: 'CEL', time: '2026-03-05T00:00:00Z' }] },
    ],
    errorDeclaration: { declarationTime: '2026-03-06T00:00:00Z', reason: `${prefix}why` },
  }
}

function documentOf(event: object, example: string | null): object {
  const standard = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'
  return {
    '@context': example === null ? standard : [standard, { example }],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-03-06T00:00:00Z',
    epcisBody: { eventList: [event] },
  }
}

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
  // Declarations of events that never came are found by what they say, too: the events themselves come first.
  for (const [id, prefix, space] of [
    ['urn:x:here', 'example:', HERE],
    ['urn:x:there', 'example:', THERE],
    ['urn:x:full', HERE, null],
  ] as const) {
    const { errorDeclaration, ...event } = saying(id, prefix) as { errorDeclaration: unknown }
    await p.capture(documentOf(event, space))
    await p.capture(documentOf({ ...event, errorDeclaration }, space))
  }
})
afterAll(() => p.stop())

async function found(parameter: string, value: string, extensions?: string): Promise<string[]> {
  const query = new URLSearchParams({ [parameter]: value })
  const answer = await p.call(`/epcis/events?${query}`, extensions ? { headers: { 'GS1-Extensions': extensions } } : {})
  expect(answer.status, await answer.clone().text()).toBe(200)
  const { epcisBody } = (await answer.json()) as {
    epcisBody: { queryResults: { resultsBody: { eventList: { eventID: string }[] } } }
  }
  return [...new Set(epcisBody.queryResults.resultsBody.eventList.map(e => e.eventID))].sort()
}

/** Each parameter: its name and its value, of which one bears the term. */
const ASKED: [string, (term: (name: string) => string) => [string, string]][] = [
  ['EQ_bizStep', term => ['EQ_bizStep', term('step')]],
  ['EQ_disposition', term => ['EQ_disposition', term('disposition')]],
  ['EQ_persistentDisposition_set', term => ['EQ_persistentDisposition_set', term('set')]],
  ['EQ_persistentDisposition_unset', term => ['EQ_persistentDisposition_unset', term('unset')]],
  ['EQ_errorReason', term => ['EQ_errorReason', term('why')]],
  ['EQ_type', term => ['EQ_type', term('taste')]],
  ['EQ_bizTransaction', term => [`EQ_bizTransaction_${term('paper')}`, 'urn:x:paper']],
  ['EQ_source', term => [`EQ_source_${term('from')}`, PARTY]],
  ['EQ_destination', term => [`EQ_destination_${term('to')}`, PARTY]],
]

describe('terms with a prefix are compared by their full names', () => {
  it.each(ASKED)('%s', async (_name, ask) => {
    const asked = (start: string, extensions?: string) => found(...ask(name => start + name), extensions)
    expect(await asked(HERE)).toEqual(['urn:x:full', 'urn:x:here'])
    expect(await asked(THERE)).toEqual(['urn:x:there'])
    // What the query declares is meant; without it, whatever some document meant.
    expect(await asked('own:', `own=${HERE}`)).toEqual(['urn:x:full', 'urn:x:here'])
    expect(await asked('example:', `example=${THERE}`)).toEqual(['urn:x:there'])
    expect(await asked('example:')).toEqual(['urn:x:full', 'urn:x:here', 'urn:x:there'])
    expect(await asked('nobody:')).toEqual([])
  })
})

describe('names that every object has', () => {
  const NAMES = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', '__proto__']

  it.each(NAMES)('%s is no field of master data, and no query by it can be named', async name => {
    for (const parameter of [`HASATTR_${name}`, `EQ_ATTR_${name}_site`]) {
      const answer = await p.call(`/epcis/events?${parameter}=x`)
      expect([answer.status, ((await answer.json()) as { type: string }).type]).toEqual([
        400,
        'epcisException:QueryParameterException',
      ])
      const body = JSON.stringify({ name: 'p', query: { [parameter]: ['x'] } })
      expect((await p.call('/epcis/queries', { method: 'POST', body })).status).toBe(400)
    }
  })

  it.each(NAMES)('%s as a value is found nowhere', async name => {
    for (const [, ask] of ASKED) expect(await found(...ask(() => name))).toEqual([])
  })
})
