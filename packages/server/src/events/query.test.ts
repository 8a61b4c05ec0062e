import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import {
  kinds,
  type Thing,
  things,
  type Wanted,
  type Written,
  wantedKinds,
  wantedThings,
  written,
} from './naive.fixture.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
})
afterAll(() => p.stop())

type Fields = Partial<Record<string, Written[]>>
interface Told {
  id: string
  type: string
  action: string | null
  /** microseconds */
  time: number
  step: string | null
  disposition: string | null
  readPoint: string | null
  bizLocation: string | null
  fields: Fields
  declared: boolean
}

const STEPS = ['shipping', 'receiving', 'https://own.example.org/step/1']
const DISPOSITIONS = ['in_transit', 'in_progress']
/** One place in two notations, and two others. */
const PLACES = [
  ['urn:epc:id:sgln:9521234.00001.0', 'https://id.gs1.org/414/9521234000013'],
  ['urn:epc:id:sgln:9521234.00001.7', 'https://example.org/414/9521234000013/254/7'],
  ['urn:example:yard', 'URN:example:yard'],
]
const TYPES = ['ObjectEvent', 'AggregationEvent', 'TransactionEvent', 'TransformationEvent', 'AssociationEvent']
const BASE = Date.UTC(2026, 9, 1) * 1000

function spelled(kind: 'bizstep' | 'disp', mark: string, term: string): string[] {
  return /^\w+$/.test(term)
    ? [term, `urn:epcglobal:cbv:${kind}:${term}`, `https://ref.gs1.org/cbv/${mark}${term}`]
    : [term]
}
const iso = (micros: number) =>
  new Date(Math.floor(micros / 1000)).toISOString().replace('Z', `${String(micros % 1000).padStart(3, '0')}Z`)

const list = (of: fc.Arbitrary<Thing>, least: number) => fc.array(written(of), { minLength: least, maxLength: 3 })
const fieldsOf: Record<string, fc.Arbitrary<Fields>> = {
  ObjectEvent: fc.record({ epcList: list(things, 1), quantityList: list(kinds, 0) }),
  AggregationEvent: fc.record({
    parentID: list(things, 1).map(l => l.slice(0, 1)),
    childEPCs: list(things, 1),
    childQuantityList: list(kinds, 0),
  }),
  TransactionEvent: fc.record({
    parentID: list(things, 0).map(l => l.slice(0, 1)),
    epcList: list(things, 1),
    quantityList: list(kinds, 0),
  }),
  TransformationEvent: fc.record({
    inputEPCList: list(things, 1),
    inputQuantityList: list(kinds, 0),
    outputEPCList: list(things, 1),
    outputQuantityList: list(kinds, 0),
  }),
  AssociationEvent: fc.record({
    parentID: list(things, 1).map(l => l.slice(0, 1)),
    childEPCs: list(things, 1),
    childQuantityList: list(kinds, 0),
  }),
}

const told: fc.Arbitrary<Told> = fc.constantFrom(...TYPES).chain(type =>
  fc.record({
    id: fc.uuid().map(id => `urn:uuid:${id}`),
    type: fc.constant(type),
    action: type === 'TransformationEvent' ? fc.constant(null) : fc.constantFrom('ADD', 'OBSERVE', 'DELETE'),
    time: fc.integer({ min: 0, max: 5 }).chain(n => fc.constantFrom(0, 1).map(m => BASE + n * 3_600_000_000 + m)),
    step: fc.option(fc.constantFrom(...STEPS)),
    disposition: fc.option(fc.constantFrom(...DISPOSITIONS)),
    readPoint: fc.option(fc.constantFrom(...PLACES.flat())),
    bizLocation: fc.option(fc.constantFrom(...PLACES.flat())),
    fields: fieldsOf[type] as fc.Arbitrary<Fields>,
    declared: fc.constant(false),
  }),
)

function jsonOf(e: Told): Record<string, unknown> {
  const json: Record<string, unknown> = {
    type: e.type,
    eventID: e.id,
    eventTime: iso(e.time),
    eventTimeZoneOffset: '+08:00',
    ...(e.action && { action: e.action }),
    ...(e.step && { bizStep: e.step }),
    ...(e.disposition && { disposition: e.disposition }),
    ...(e.readPoint && { readPoint: { id: e.readPoint } }),
    ...(e.bizLocation && { bizLocation: { id: e.bizLocation } }),
    ...(e.type === 'TransactionEvent' && { bizTransactionList: [{ bizTransaction: 'urn:example:bt' }] }),
    ...(e.declared && { errorDeclaration: { declarationTime: '2026-11-01T00:00:00Z' } }),
  }
  for (const [field, list] of Object.entries(e.fields)) {
    if (!list?.length) continue
    const texts = [...new Set(list.map(w => w.text))]
    json[field] =
      field === 'parentID'
        ? texts[0]
        : field.includes('uantity')
          ? texts.map(epcClass => ({ epcClass, quantity: 2 }))
          : texts
  }
  return json
}

/** A parameter, and what it asks of an event, without any of the code under test. */
interface Asked {
  name: string
  values: string[]
  holds(e: Told, recorded: number): boolean
}

const oneOf = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 })
const place = (name: string, of: (e: Told) => string | null): fc.Arbitrary<Asked> =>
  oneOf(PLACES).chain(groups =>
    fc.tuple(...groups.map(g => fc.constantFrom(...g))).map(values => ({
      name,
      values,
      holds: (e: Told) => groups.some(g => g.includes(of(e) ?? '')),
    })),
  )
const termed = (
  name: string,
  kind: 'bizstep' | 'disp',
  mark: string,
  terms: string[],
  of: (e: Told) => string | null,
) =>
  oneOf([...terms, 'nobody_says_this']).chain(some =>
    fc
      .tuple(...some.map(t => fc.constantFrom(...spelled(kind, mark, t))))
      .map((values): Asked => ({ name, values, holds: e => some.includes(of(e) ?? '-') })),
  )
const match = (name: string, wanted: fc.Arbitrary<Wanted>, fields: string[]): fc.Arbitrary<Asked> =>
  fc.array(wanted, { minLength: 1, maxLength: 3 }).map(some => ({
    name,
    values: some.map(w => w.text),
    holds: (e: Told) => fields.some(f => e.fields[f]?.some(({ thing }) => some.some(w => w.covers(thing)))),
  }))
const times = fc.integer({ min: -1, max: 6 }).chain(n => fc.constantFrom(0, 1).map(m => BASE + n * 3_600_000_000 + m))

function asked(recorded: number[], ids: string[]): fc.Arbitrary<Asked[]> {
  const EPC = ['epcList', 'childEPCs']
  const CLASS = ['quantityList', 'childQuantityList']
  const at = fc.constantFrom(...recorded)
  const one: fc.Arbitrary<Asked>[] = [
    oneOf(TYPES).map(values => ({ name: 'eventType', values, holds: e => values.includes(e.type) })),
    oneOf(['ADD', 'OBSERVE', 'DELETE']).map(values => ({
      name: 'EQ_action',
      values,
      holds: e => values.includes(e.action ?? ''),
    })),
    times.map(t => ({ name: 'GE_eventTime', values: [iso(t)], holds: e => e.time >= t })),
    times.map(t => ({ name: 'LT_eventTime', values: [iso(t)], holds: e => e.time < t })),
    at.map(t => ({ name: 'GE_recordTime', values: [iso(t)], holds: (_, r) => r >= t })),
    at.map(t => ({ name: 'LT_recordTime', values: [iso(t)], holds: (_, r) => r < t })),
    termed('EQ_bizStep', 'bizstep', 'BizStep-', STEPS, e => e.step),
    termed('EQ_disposition', 'disp', 'Disp-', DISPOSITIONS, e => e.disposition),
    fc
      .uniqueArray(fc.constantFrom(...ids, 'urn:example:unknown'), { minLength: 1, maxLength: 60 })
      .map(values => ({ name: 'EQ_eventID', values, holds: e => values.includes(e.id) })),
    place('EQ_readPoint', e => e.readPoint),
    place('EQ_bizLocation', e => e.bizLocation),
    match('MATCH_epc', wantedThings, EPC),
    match('MATCH_anyEPC', wantedThings, [...EPC, 'parentID', 'inputEPCList', 'outputEPCList']),
    match('MATCH_parentID', wantedThings, ['parentID']),
    match('MATCH_inputEPC', wantedThings, ['inputEPCList']),
    match('MATCH_outputEPC', wantedThings, ['outputEPCList']),
    match('MATCH_epcClass', wantedKinds, CLASS),
    match('MATCH_inputEPCClass', wantedKinds, ['inputQuantityList']),
    match('MATCH_outputEPCClass', wantedKinds, ['outputQuantityList']),
    match('MATCH_anyEPCClass', wantedKinds, [...CLASS, 'inputQuantityList', 'outputQuantityList']),
  ]
  return fc
    .uniqueArray(fc.integer({ min: 0, max: one.length - 1 }), { maxLength: 3 })
    .chain(chosen => fc.tuple(...chosen.map(i => one[i] as fc.Arbitrary<Asked>)))
}

interface Stored {
  event: Told
  recorded: number
}

async function answers(path: string, body: Record<string, unknown> | null): Promise<string[]> {
  const seen: string[] = []
  let next: string | null = path
  while (next) {
    const answer: Response = await p.call(next, body ? { method: 'POST', body: JSON.stringify(body) } : {})
    const document = await answer.json()
    if (answer.status !== 200) throw new Error(JSON.stringify(document))
    for (const e of document.epcisBody.queryResults.resultsBody.eventList)
      seen.push(e.eventID + (e.errorDeclaration ? '!' : ''))
    const link = answer.headers.get('link')
    next = link ? (/^<https:\/\/trace\.example\.org(.*)>/.exec(link)?.[1] as string) : null
  }
  return seen
}

async function captureAll(events: Told[]): Promise<Stored[]> {
  const stored: Stored[] = []
  for (let i = 0; i < events.length; i += 9) {
    const some = events.slice(i, i + 9)
    const { counts } = await p.capture(documentOf(some.map(jsonOf)))
    expect(counts.accepted).toBe(some.length)
    for (const event of some) stored.push({ event, recorded: Number.NaN })
  }
  const answer = await p.call('/epcis/events?orderBy=recordTime&orderDirection=ASC&perPage=1000')
  const list = (await answer.json()).epcisBody.queryResults.resultsBody.eventList
  expect(list).toHaveLength(events.length)
  return stored.map((s, i) => {
    expect(list[i].eventID).toBe(s.event.id)
    const [, seconds = '', micros = ''] = /^(.*)\.(\d+)Z$/.exec(list[i].recordTime) ?? []
    return { ...s, recorded: Date.parse(`${seconds}Z`) * 1000 + Number(micros.padEnd(6, '0')) }
  })
}

describe('queries', () => {
  it('answer what a naive evaluation of the parameters answers', { timeout: 240_000 }, async () => {
    const drawn = fc.sample(told, { numRuns: 110, seed: 20261101 })
    const declared = drawn.slice(0, 8).map(e => ({ ...e, declared: true }))
    const stored = await captureAll([...drawn, ...declared])
    const question = fc.record({
      asked: asked(
        [...new Set(stored.map(s => s.recorded))],
        stored.map(s => s.event.id),
      ),
      orderBy: fc.constantFrom('eventTime', 'recordTime'),
      descending: fc.boolean(),
      perPage: fc.integer({ min: 3, max: 60 }),
      post: fc.boolean(),
    })
    let found = 0
    await fc.assert(
      fc.asyncProperty(question, async q => {
        const order = (s: Stored, i: number) => (q.orderBy === 'eventTime' ? [s.event.time, i] : [i]) as number[]
        const expected = stored
          .map((s, i) => ({ s, key: order(s, i) }))
          .filter(({ s }) => q.asked.every(a => a.holds(s.event, s.recorded)))
          .sort(
            (a, b) =>
              ((a.key[0] as number) - (b.key[0] as number) || (a.key[1] ?? 0) - (b.key[1] ?? 0)) *
              (q.descending ? -1 : 1),
          )
          .map(({ s }) => s.event.id + (s.event.declared ? '!' : ''))
        found += expected.length && q.asked.length ? 1 : 0
        const plain = { orderBy: q.orderBy, orderDirection: q.descending ? 'DESC' : 'ASC', perPage: q.perPage }
        const got = q.post
          ? await answers('/api/events/search', {
              ...plain,
              ...Object.fromEntries(q.asked.map(a => [a.name, a.values])),
            })
          : await answers(
              `/epcis/events?${new URLSearchParams({ ...plain, perPage: String(q.perPage), ...Object.fromEntries(q.asked.map(a => [a.name, a.values.join('|')])) })}`,
              null,
            )
        expect(got).toEqual(expected)
      }),
      { numRuns: 250 },
    )
    // Questions that nothing answers would prove nothing.
    expect(found).toBeGreaterThan(50)
  })
})
