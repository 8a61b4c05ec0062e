import type { Attribute } from '../vocabularies/vocabularies.ts'
import {
  type EventView,
  extensionValues,
  listOf,
  quantityElements,
  scalarsOf,
  textsAt,
  transactions,
} from './fields.ts'
import { type Language, type Parameter, parameter, texts } from './parameter.ts'
import type { EventQuery, TermColumn } from './query.ts'

const COLUMNS: ReadonlySet<string> = new Set<TermColumn>(['bizStep', 'disposition', 'readPoint', 'bizLocation'])

/** What an event names in the fields of vocabulary types that are lists; what stands in columns the database decides. */
const FIELDS: ReadonlyMap<string, (event: EventView) => string[]> = new Map([
  ['epcClass', ({ value }: EventView) => quantityElements(value).flatMap(q => textsAt(q, 'epcClass'))],
  ['bizTransaction', ({ value }: EventView) => transactions(value).flatMap(t => textsAt(t, 'bizTransaction'))],
  ['source', ({ value }: EventView) => listOf(value, 'sourceList').flatMap(s => textsAt(s, 'source'))],
  ['destination', ({ value }: EventView) => listOf(value, 'destinationList').flatMap(d => textsAt(d, 'destination'))],
])
const STANDARD = [...COLUMNS, ...FIELDS.keys()].join('|')

const MASTER_DATA = 'urn:epcglobal:cbv:mda:'

/** The names that an attribute may be asked for by: its full name, with a prefix, or bare as the CBV has it. */
export function attributeNames(name: string, { names }: Pick<Language, 'names'>): ReadonlySet<string> {
  return /[:#]/.test(name) ? new Set([...names.full(name), name]) : new Set([name, MASTER_DATA + name])
}

function add(into: EventQuery, field: string, attribute: Attribute, { codes, names }: Language) {
  if (COLUMNS.has(field)) return void into.conditions.push({ on: field as TermColumn, attribute })
  const listed = FIELDS.get(field)
  if (!listed && !/[:#]/.test(field)) return `没有字段 ${field} no such field; one of ${STANDARD}, or an extension`
  const full = names.full(field)
  const things = (event: EventView) => {
    const uris = listed
      ? listed(event)
      : [...extensionValues(event, '', false, full)].flatMap(value => [...scalarsOf(value)].map(String))
    return uris.map(codes.unitKey)
  }
  into.conditions.push({
    on: 'event',
    test: { things, holds: (event, describes) => things(event).some(thing => describes(thing, attribute)) },
  })
}

const ATTRIBUTES = texts('应为属性名 the name of an attribute', (text, language) => attributeNames(text, language))
const VALUES = texts('应为文本 a text', text => text)

/**
 * By what master data say of a place, step, class … (EPCIS 2.0 §8.2.7.1): `HASATTR_bizLocation=cbvmda:site`,
 * `EQ_ATTR_bizLocation_cbvmda:city=…`. In the second, the attribute's name begins behind the field's: a standard field,
 * else the last `_` before a name with a prefix or a namespace.
 */
export const ATTRIBUTE_PARAMETERS: readonly Parameter[] = [
  parameter(/^HASATTR_(.+)$/, ATTRIBUTES, (attributes, into, language, [field]) => {
    const names = new Set(attributes.flatMap(names => [...names]))
    return add(into, field as string, { names, values: null }, language)
  }),
  ...[new RegExp(`^EQ_ATTR_(${STANDARD})_(.+)$`), /^EQ_ATTR_(.*[:#].*)_([a-z][a-z0-9+.-]*:.+|[^_]+)$/i].map(name =>
    parameter(name, VALUES, (values, into, language, [field, attribute]) => {
      const names = attributeNames(attribute as string, language)
      return add(into, field as string, { names, values: new Set(values) }, language)
    }),
  ),
]
