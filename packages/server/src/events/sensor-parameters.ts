import { parseTime } from '@yuanliu/core'
import { type Decimal, signOf, subtract, ZERO } from '../lib/decimal.ts'
import { compareMeasures, measure, type Units } from '../lib/units.ts'
import { decimalOf, type Relation, stands } from './compare.ts'
import { KEYS, terms, test } from './event-parameters.ts'
import { quantityElements, sensorElements, sensorMetadata, sensorReports, textsAt, type Value } from './fields.ts'
import { BOOLEAN, FLAG, NUMBER, NUMBERS, type Parameter, parameter, TIME, texts } from './parameter.ts'
import { wantedTerms } from './wanted-terms.ts'

const RELATIONS: readonly Relation[] = ['EQ', 'GT', 'GE', 'LT', 'LE']
const TEXT = texts('应为文本 a text', text => text)

/** Where a field may stand. */
type Holders = (event: Value) => Value[]
const everywhere: Holders = event => [...sensorMetadata(event), ...sensorReports(event)]

/** Devices, rules and substances by the keys of their URIs. */
function uris(name: string, holders: Holders): Parameter {
  return parameter(`EQ_${name}`, KEYS, (keys, into, { codes }) => {
    const wanted = new Set(keys)
    return test(into, ({ value }) =>
      holders(value).some(holder => textsAt(holder, name).some(uri => wanted.has(codes.unitKey(uri)))),
    )
  })
}

function instants(name: string, holders: Holders): Parameter[] {
  return (['GE', 'LT'] as const).map(relation =>
    parameter(`${relation}_${name}`, TIME, ([edge], into) =>
      test(into, ({ value }) =>
        holders(value).some(holder =>
          textsAt(holder, name).some(text => {
            const time = parseTime(text)
            return time !== null && stands(relation, Math.sign(time - edge) as -1 | 0 | 1)
          }),
        ),
      ),
    ),
  )
}

function holdsMeasure(
  relation: Relation,
  wanted: readonly Decimal[],
  found: unknown,
  unit: { units: Units; asked: string; given: unknown },
): boolean {
  if (typeof found !== 'number') return false
  const number = decimalOf(found)
  if (!number) return false
  const mine = measure(unit.units, number, typeof unit.given === 'string' ? unit.given : null)
  return wanted.some(w => stands(relation, compareMeasures(mine, measure(unit.units, w, unit.asked))))
}

/** A number as it stands, whatever its unit. */
function bare(name: string, holders: Holders): Parameter[] {
  return RELATIONS.map(relation =>
    parameter(`${relation}_${name}`, relation === 'EQ' ? NUMBERS : NUMBER, (wanted, into) =>
      test(into, ({ value }) =>
        holders(value).some(holder => {
          const number = typeof holder[name] === 'number' ? decimalOf(holder[name]) : null
          return number !== null && wanted.some(w => stands(relation, signOf(subtract(number, w))))
        }),
      ),
    ),
  )
}

/** A number with a unit of measure: compared by dimension, so that 1 KGM finds 1000 GRM. */
function measured(name: string, holders: Holders): Parameter[] {
  return RELATIONS.map(relation =>
    parameter(
      new RegExp(`^${relation}_${name}_([A-Z0-9]{1,4})$`),
      relation === 'EQ' ? NUMBERS : NUMBER,
      (wanted, into, { units }, [asked = '']) => {
        const scale = name === 'sDev' ? withoutOffset(units) : units
        return test(into, ({ value }) =>
          holders(value).some(h => holdsMeasure(relation, wanted, h[name], { units: scale, asked, given: h.uom })),
        )
      },
    ),
  )
}

const differences = new WeakMap<Units, Units>()
/** Units of differences: a deviation of 1 °C is one of 1.8 °F. */
function withoutOffset(units: Units): Units {
  let found = differences.get(units)
  if (!found) {
    found = new Map([...units].map(([code, unit]) => [code, { ...unit, offset: ZERO }]))
    differences.set(units, found)
  }
  return found
}

/** Quantities (EPCIS 2.0 §7.3.3.3) and sensor elements (§7.3.6). */
export const SENSOR_PARAMETERS: readonly Parameter[] = [
  ...bare('quantity', quantityElements),
  ...measured('quantity', quantityElements),
  parameter('EXISTS_sensorElementList', FLAG, ([wanted], into) =>
    wanted ? test(into, ({ value }) => sensorElements(value).length > 0) : undefined,
  ),
  ...instants('time', everywhere),
  ...instants('startTime', sensorMetadata),
  ...instants('endTime', sensorMetadata),
  parameter('EQ_type', terms('sensorType'), (types, into, { names }) => {
    const wanted = wantedTerms('sensorType', types, names)
    return test(into, event =>
      sensorReports(event.value).some(report => textsAt(report, 'type').some(type => wanted.has(type, event))),
    )
  }),
  uris('deviceID', everywhere),
  uris('dataProcessingMethod', everywhere),
  uris('bizRules', everywhere),
  uris('microorganism', sensorReports),
  uris('chemicalSubstance', sensorReports),
  uris('uriValue', sensorReports),
  parameter('EQ_stringValue', TEXT, (values, into) => {
    const wanted = new Set(values)
    return test(into, ({ value }) => sensorReports(value).some(r => textsAt(r, 'stringValue').some(t => wanted.has(t))))
  }),
  parameter('EQ_hexBinaryValue', TEXT, (wanted, into) => {
    const digits = new Set(wanted.map(text => text.toUpperCase()))
    return test(into, ({ value }) =>
      sensorReports(value).some(r => textsAt(r, 'hexBinaryValue').some(t => digits.has(t.toUpperCase()))),
    )
  }),
  parameter('EQ_booleanValue', BOOLEAN, ([wanted], into) =>
    test(into, ({ value }) => sensorReports(value).some(report => report.booleanValue === wanted)),
  ),
  ...['value', 'minValue', 'maxValue', 'meanValue', 'sDev', 'percValue'].flatMap(n => measured(n, sensorReports)),
  ...bare('percRank', sensorReports),
]
