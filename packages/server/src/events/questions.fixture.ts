import fc from 'fast-check'
import {
  AREAS,
  type Area,
  BASE,
  DAY,
  DISPOSITIONS,
  GRAMS,
  isName,
  iso,
  MASSES,
  NAMES,
  type Name,
  name,
  PARTIES,
  REASONS,
  type Rich,
  type Scalar,
  SPACES,
  shown,
  spelled,
  VALUES,
  WARMTHS,
  written,
} from './language.fixture.ts'

/** A parameter, and what it asks of an event. */
export interface Question {
  name: string
  values: Scalar[]
  many: boolean
  holds(e: Rich): boolean
}

const relations = {
  EQ: (a: number, b: number) => a === b,
  GT: (a: number, b: number) => a > b,
  GE: (a: number, b: number) => a >= b,
  LT: (a: number, b: number) => a < b,
  LE: (a: number, b: number) => a <= b,
}
const relation = fc.constantFrom('EQ', 'GT', 'GE', 'LT', 'LE') as fc.Arbitrary<keyof typeof relations>
const several = <T>(of: readonly T[]) => fc.uniqueArray(fc.constantFrom(...of), { minLength: 1, maxLength: 2 })

/** Values of fields of a name at a level, and `undefined` for one that holds another field. */
function valuesOf(e: Rich, area: Area, inner: boolean, of: Name): (Scalar | undefined)[] {
  const here = shown(e).filter(f => f.area === area)
  if (inner) return here.flatMap(f => (f.inner && isName(f.inner.name, of) ? [f.inner.value] : []))
  return here.filter(f => isName(f.name, of)).map(f => (f.inner ? undefined : f.value))
}
const isTime = (v: unknown) => typeof v === 'string' && v.includes('T')
const number = (v: unknown) => (typeof v === 'number' ? v : Number(v))
const equal = (a: Scalar | undefined, b: Scalar, typed: boolean): boolean => {
  if (a === undefined) return false
  if (isTime(a) && isTime(b)) return Date.parse(a as string) === Date.parse(b as string)
  // In an address every value is a text: it means a number where the field holds one.
  if (typeof a === 'number' || (typed && typeof b === 'number')) return number(a) === number(b)
  return String(a) === String(b)
}

const area = fc.constantFrom(...AREAS)
const word = (a: Area, inner: boolean) => `${inner ? 'INNER_' : ''}${a === '' ? '' : `${a}_`}`
/** @param typed values keep their type, as in a JSON body */
export function questions(dialect: Record<string, string>, typed: boolean): fc.Arbitrary<Question> {
  const called = ({ space, local }: Name) => {
    const prefixed = spelled({ space, local }, dialect)
    return prefixed.includes('//') ? `${SPACES[space]?.replace(/#$/, '')}#${local}` : prefixed
  }
  return fc.oneof(
    fc.record({ a: area, inner: fc.boolean(), n: name, wanted: several(VALUES) }).map(
      ({ a, inner, n, wanted }): Question => ({
        name: `EQ_${word(a, inner)}${called(n)}`,
        values: wanted,
        many: true,
        holds: e => valuesOf(e, a, inner, n).some(v => wanted.some(w => equal(v, w, typed))),
      }),
    ),
    fc.record({ a: area, inner: fc.boolean(), n: name }).map(
      ({ a, inner, n }): Question => ({
        name: `EXISTS_${word(a, inner)}${called(n)}`,
        values: ['true'],
        many: false,
        holds: e => valuesOf(e, a, inner, n).length > 0,
      }),
    ),
    fc
      .record({
        a: area,
        inner: fc.boolean(),
        n: name,
        r: relation,
        bound: fc.constantFrom(7, 7.2, '2026-10-02T00:00:00Z'),
      })
      .filter(q => q.r !== 'EQ')
      .map(
        ({ a, inner, n, r, bound }): Question => ({
          name: `${r}_${word(a, inner)}${called(n)}`,
          values: [bound],
          many: false,
          holds: e =>
            valuesOf(e, a, inner, n).some(v => {
              if (v === undefined || isTime(v) !== isTime(bound) || (!isTime(bound) && Number.isNaN(number(v))))
                return false
              return isTime(v)
                ? relations[r](Date.parse(v as string), Date.parse(bound as string))
                : relations[r](number(v), number(bound))
            }),
        }),
      ),
    fc.record({ r: relation, uom: fc.constantFrom(...Object.keys(MASSES)), grams: fc.constantFrom(...GRAMS, 600) }).map(
      ({ r, uom, grams }): Question => ({
        name: `${r}_quantity_${uom}`,
        values: [written(grams, uom)],
        many: false,
        holds: e => e.quantities.some(q => q.uom !== null && relations[r](q.n, grams)),
      }),
    ),
    fc.record({ r: relation, n: fc.constantFrom(0.5, 7, 1000) }).map(
      ({ r, n }): Question => ({
        name: `${r}_quantity`,
        values: [n],
        many: false,
        holds: e => e.quantities.some(q => relations[r](written(q.n, q.uom), n)),
      }),
    ),
    fc.record({ r: relation, uom: fc.constantFrom('CEL', 'FAH'), warmth: fc.nat(WARMTHS.length - 1) }).map(
      ({ r, uom, warmth }): Question => ({
        name: `${r}_value_${uom}`,
        values: [Number(WARMTHS[warmth]?.[uom === 'CEL' ? 0 : 1])],
        many: false,
        holds: e => e.sensors.some(s => relations[r](s.warmth, warmth)),
      }),
    ),
    plain('EQ_deviceID', ['urn:epc:id:giai:9521234.1', 'https://id.gs1.org/8004/95212341'], (e, [v]) =>
      e.sensors.some(s => s.device === 'urn:epc:id:giai:9521234.1' && v !== undefined),
    ),
    plain('EQ_stringValue', ['a', 'c'], (e, vs) => e.sensors.some(s => vs.includes(s.text))),
    plain('EQ_type', ['Temperature', 'https://gs1.org/voc/Temperature'], e => e.sensors.length > 0),
    fc.boolean().map(
      (flag): Question => ({
        name: 'EQ_booleanValue',
        values: [String(flag)],
        many: false,
        holds: e => e.sensors.some(s => s.flag === flag),
      }),
    ),
    plain('EQ_persistentDisposition_set', DISPOSITIONS, (e, vs) => e.set.some(d => vs.includes(d))),
    plain('EQ_persistentDisposition_unset', DISPOSITIONS, (e, vs) => e.unset.some(d => vs.includes(d))),
    plain('EQ_bizTransaction_po', ['urn:x:1', 'urn:x:3'], (e, vs) =>
      e.transactions.some(t => t.type === 'po' && vs.includes(t.id)),
    ),
    fc
      .record({
        type: fc.constantFrom('owning_party', 'urn:epcglobal:cbv:sdt:location'),
        n: fc.nat(1),
        form: fc.nat(1),
      })
      .map(
        ({ type, n, form }): Question => ({
          name: `EQ_source_${type}`,
          values: [PARTIES[n]?.[form] as string],
          many: true,
          holds: e => e.sources.some(s => type.endsWith(s.type) && (PARTIES[n] as readonly string[]).includes(s.id)),
        }),
      ),
    plain('EQ_errorReason', REASONS, (e, vs) => e.declaration !== null && vs.includes(e.declaration.reason)),
    plain('EQ_correctiveEventID', ['urn:x:c1', 'urn:x:c3'], (e, vs) =>
      (e.declaration?.corrective ?? []).some(id => vs.includes(id)),
    ),
    fc.constantFrom(BASE, BASE + 1, BASE + DAY).map(
      (time): Question => ({
        name: 'LT_errorDeclarationTime',
        values: [iso(time)],
        many: false,
        holds: e => e.declaration !== null && e.declaration.time < time,
      }),
    ),
    flag('EXISTS_errorDeclaration', e => e.declaration !== null),
    flag('EXISTS_sensorElementList', e => e.sensors.length > 0),
    fc.constant<Question>({
      name: 'GE_time',
      values: [iso(BASE + 1)],
      many: false,
      holds: e => e.sensors.length > 1,
    }),
  )
}

function plain(parameter: string, of: string[], holds: (e: Rich, values: string[]) => boolean): fc.Arbitrary<Question> {
  return several(of).map(values => ({ name: parameter, values, many: true, holds: e => holds(e, values) }))
}
function flag(parameter: string, holds: Question['holds']): fc.Arbitrary<Question> {
  return fc.constant({ name: parameter, values: ['true'], many: false, holds })
}

/** Values by which the naive evaluation orders: of the field `colour` of the first namespace. */
export function orderKey(e: Rich): Scalar | null {
  return valuesOf(e, '', false, NAMES[0] as Name)[0] ?? null
}
