import fc from 'fast-check'
import { CONTEXT } from '../../../../test/support/events.ts'

/**
 * Events with everything that is decided event by event, and questions to them with their own answers: a model is
 * compared with the model, never through the code under test.
 */

export const SPACES = ['https://ns.example.org/ext/', 'https://elsewhere.example.org/v1#']
/** The same namespaces under other prefixes, and the same prefix for another namespace. */
export const DIALECTS: readonly Record<string, string>[] = [
  { ext: SPACES[0] as string, own: SPACES[1] as string },
  { x: SPACES[0] as string, ext: SPACES[1] as string },
  {},
]
export const contextOfDialect = (dialect: number) => [CONTEXT, DIALECTS[dialect] as Record<string, string>]

export interface Name {
  space: number
  local: string
}
export const NAMES: Name[] = [0, 1].flatMap(space => ['colour', 'mass'].map(local => ({ space, local })))
export const isName = (a: Name, b: Name) => a.space === b.space && a.local === b.local

export function spelled({ space, local }: Name, dialect: Record<string, string>): string {
  const prefix = Object.keys(dialect).find(p => dialect[p] === SPACES[space])
  return prefix ? `${prefix}:${local}` : `${SPACES[space]}${local}`
}

/** The parts that bear extensions: the word in a parameter, and where its fields stand in JSON. */
export const AREAS = [
  '',
  'ILMD',
  'ERROR_DECLARATION',
  'SENSORELEMENT',
  'SENSORMETADATA',
  'SENSORREPORT',
  'readPoint',
] as const
export type Area = (typeof AREAS)[number]

export type Scalar = string | number
interface Field {
  area: Area
  name: Name
  value: Scalar
  /** instead of a value: a field inside it */
  inner: { name: Name; value: Scalar } | null
}

/** Temperatures from cold to warm, each in two units; masses in grams. */
export const WARMTHS = [
  ['-40', '-40'],
  ['0', '32'],
  ['10', '50'],
  ['37.5', '99.5'],
] as const
export const MASSES: Record<string, number> = { GRM: 1, KGM: 1000, TNE: 1_000_000 }
export const GRAMS = [500, 1_000, 250_000, 3_000_000]

export interface Rich {
  id: string
  dialect: number
  fields: Field[]
  /** grams and unit; null: bare count */
  quantities: { n: number; uom: string | null }[]
  /** index of WARMTHS and unit */
  sensors: { warmth: number; uom: 'CEL' | 'FAH'; device: string; flag: boolean; text: string }[]
  set: string[]
  unset: string[]
  transactions: { type: string; id: string }[]
  sources: { type: string; id: string }[]
  declaration: { reason: string; time: number; corrective: string[] } | null
}

export const BASE = Date.UTC(2026, 9, 1)
export const DAY = 86_400_000
export const iso = (time: number) => new Date(time).toISOString()
export const PARTIES = [
  ['urn:epc:id:pgln:9521234.00001', 'https://id.gs1.org/417/9521234000013'],
  ['urn:epc:id:pgln:9521235.00002', 'https://id.gs1.org/417/9521235000029'],
] as const
export const REASONS = ['incorrect_data', 'did_not_occur']
export const DISPOSITIONS = ['expired', 'recalled', 'damaged']
const BTT = ['po', 'inv']
export const VALUES: Scalar[] = ['red', '7', 7, 7.5, '2026-10-02T00:00:00Z', '2026-10-02T08:00:00+08:00', 100]

export const name = fc.constantFrom(...NAMES)
const value = fc.constantFrom(...VALUES)
const party = fc.record({ type: fc.constantFrom('owning_party', 'location'), id: fc.constantFrom(...PARTIES.flat()) })

export const rich: fc.Arbitrary<Rich> = fc.record({
  id: fc.uuid().map(id => `urn:uuid:${id}`),
  dialect: fc.constantFrom(0, 1, 2),
  fields: fc.uniqueArray(
    fc.record({
      area: fc.constantFrom(...AREAS),
      name,
      value,
      inner: fc.option(fc.record({ name, value })),
    }),
    { maxLength: 5, selector: f => `${f.area} ${f.name.space} ${f.name.local}` },
  ),
  quantities: fc.array(
    fc.oneof(
      fc.record({ n: fc.constantFrom(...GRAMS), uom: fc.constantFrom(...Object.keys(MASSES)) }),
      fc.record({ n: fc.constantFrom(7, 12), uom: fc.constant(null) }),
    ),
    { maxLength: 2 },
  ),
  sensors: fc.array(
    fc.record({
      warmth: fc.nat(WARMTHS.length - 1),
      uom: fc.constantFrom('CEL' as const, 'FAH' as const),
      device: fc.constantFrom('urn:epc:id:giai:9521234.1', 'https://id.gs1.org/8004/95212342'),
      flag: fc.boolean(),
      text: fc.constantFrom('a', 'b'),
    }),
    { maxLength: 2 },
  ),
  set: fc.subarray(DISPOSITIONS),
  unset: fc.subarray(DISPOSITIONS),
  transactions: fc.array(fc.record({ type: fc.constantFrom(...BTT), id: fc.constantFrom('urn:x:1', 'urn:x:2') }), {
    maxLength: 2,
  }),
  sources: fc.array(party, { maxLength: 1 }),
  declaration: fc.option(
    fc.record({
      reason: fc.constantFrom(...REASONS),
      time: fc.constantFrom(BASE, BASE + DAY),
      corrective: fc.subarray(['urn:x:c1', 'urn:x:c2']),
    }),
    { freq: 5 },
  ),
})

function fieldsOf(e: Rich, area: Area): Record<string, unknown> {
  const dialect = DIALECTS[e.dialect] as Record<string, string>
  return Object.fromEntries(
    shown(e)
      .filter(f => f.area === area)
      .map(f => [
        spelled(f.name, dialect),
        f.inner ? { deep: [{ [spelled(f.inner.name, dialect)]: f.inner.value }] } : f.value,
      ]),
  )
}

/** The fields that the event really has: an area may be missing. */
export function shown(e: Rich): Field[] {
  return e.fields.filter(
    ({ area }) =>
      !(area.startsWith('SENSOR') && !e.sensors.length) && !(area === 'ERROR_DECLARATION' && !e.declaration),
  )
}

export const written = (n: number, uom: string | null) => (uom === null ? n : n / (MASSES[uom] as number))

export function jsonOf(e: Rich): Record<string, unknown> {
  const list = <T>(items: T[]) => (items.length ? items : undefined)
  const persistent = e.set.length || e.unset.length
  const json = {
    type: 'ObjectEvent',
    eventID: e.id,
    eventTime: '2026-10-01T00:00:00Z',
    eventTimeZoneOffset: '+00:00',
    action: 'ADD',
    epcList: ['urn:epc:id:sgtin:9521234.012345.1'],
    readPoint: { id: 'urn:epc:id:sgln:9521234.00001.0', ...fieldsOf(e, 'readPoint') },
    quantityList: list(
      e.quantities.map(({ n, uom }) => ({
        epcClass: 'urn:epc:idpat:sgtin:9521234.012345.*',
        quantity: written(n, uom),
        ...(uom && { uom }),
      })),
    ),
    persistentDisposition: persistent
      ? { ...(e.set.length && { set: e.set }), ...(e.unset.length && { unset: e.unset }) }
      : undefined,
    bizTransactionList: list(e.transactions.map(t => ({ type: t.type, bizTransaction: t.id }))),
    sourceList: list(e.sources.map(s => ({ type: s.type, source: s.id }))),
    sensorElementList: list(
      e.sensors.map((s, i) => ({
        sensorMetadata: { deviceID: s.device, time: iso(BASE + i), ...(i === 0 && fieldsOf(e, 'SENSORMETADATA')) },
        sensorReport: [
          {
            type: 'Temperature',
            value: Number(WARMTHS[s.warmth]?.[s.uom === 'CEL' ? 0 : 1]),
            uom: s.uom,
            booleanValue: s.flag,
            stringValue: s.text,
            ...(i === 0 && fieldsOf(e, 'SENSORREPORT')),
          },
        ],
        ...(i === 0 && fieldsOf(e, 'SENSORELEMENT')),
      })),
    ),
    ilmd: fieldsOf(e, 'ILMD'),
    errorDeclaration: e.declaration
      ? {
          declarationTime: iso(e.declaration.time),
          reason: e.declaration.reason,
          correctiveEventIDs: list(e.declaration.corrective),
          ...fieldsOf(e, 'ERROR_DECLARATION'),
        }
      : undefined,
    ...fieldsOf(e, ''),
  }
  return JSON.parse(JSON.stringify(json)) as Record<string, unknown>
}
