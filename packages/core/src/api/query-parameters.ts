import Type, { type TSchema } from 'typebox'

/**
 * The query language of EPCIS 2.0 §8.2.7.1 as its description tells it: what stands under a name of its own, and the
 * families whose members have a name in their name. Values of a list are divided by `|`. What each does is decided by the
 * server (`events/parameters.ts`); a test holds the two tables together.
 */

const Text = Type.String()
const Instant = Type.String({ description: 'ISO 8601 instant with its zone' })
const Amount = Type.Number()
const Flag = Type.String({ description: 'empty or true; false: as if it were not given' })
const list = (description?: string) => Type.Array(Text, description === undefined ? {} : { description })

/** Parameters by name, every one of them optional. */
type Named = Record<string, TSchema>

function each(names: readonly string[], schema: TSchema): Named {
  return Object.fromEntries(names.map(name => [name, Type.Optional(schema)]))
}

/** Between two instants: from the first, before the second. */
const between = (names: readonly string[]) => names.flatMap(name => [`GE_${name}`, `LT_${name}`])

export const COMPARED = ['EQ', 'GT', 'GE', 'LT', 'LE'] as const
const compared = (name: string): Named => ({
  ...each([`EQ_${name}`], Type.Array(Amount)),
  ...each(
    COMPARED.slice(1).map(relation => `${relation}_${name}`),
    Amount,
  ),
})

/** A page of a list, EPCIS 2.0 §12.7. */
export const Paging = {
  perPage: Type.Optional(Type.Integer({ minimum: 1, description: 'at most so many; 30 if absent' })),
  nextPageToken: Type.Optional(Type.String({ description: 'as given in Link rel="next"' })),
}

const NAMED: Named = {
  ...each(['eventType'], list('ObjectEvent, AggregationEvent, …, or the full name of a type of your own')),
  ...each(between(['eventTime', 'recordTime']), Instant),
  ...each(['EQ_action'], Type.Array(Type.Enum(['ADD', 'OBSERVE', 'DELETE']))),
  ...each(
    ['EQ_bizStep', 'EQ_disposition', 'EQ_persistentDisposition_set', 'EQ_persistentDisposition_unset'],
    list('terms of the CBV, short or as URIs, or URIs of your own'),
  ),
  ...each(['EQ_readPoint', 'EQ_bizLocation'], list('URIs of places')),
  ...each(['WD_readPoint', 'WD_bizLocation'], list('URIs of places; what master data put below them, too')),
  ...each(['EQ_eventID', 'EQ_transformationID'], list()),
  ...each(
    ['MATCH_epc', 'MATCH_parentID', 'MATCH_inputEPC', 'MATCH_outputEPC', 'MATCH_anyEPC'],
    list('URIs, patterns urn:epc:idpat:…, or Digital Links ending in *'),
  ),
  ...each(
    ['MATCH_epcClass', 'MATCH_inputEPCClass', 'MATCH_outputEPCClass', 'MATCH_anyEPCClass'],
    list('URIs of classes, or patterns'),
  ),
  ...compared('quantity'),
  ...each(['EXISTS_errorDeclaration'], Flag),
  ...each(between(['errorDeclarationTime']), Instant),
  ...each(['EQ_errorReason', 'EQ_correctiveEventID'], list()),
  ...each(['EXISTS_sensorElementList'], Flag),
  ...each(between(['time', 'startTime', 'endTime']), Instant),
  ...each(['EQ_type'], list('of sensor reports: Temperature, …')),
  ...each(
    [
      'EQ_deviceID',
      'EQ_dataProcessingMethod',
      'EQ_bizRules',
      'EQ_microorganism',
      'EQ_chemicalSubstance',
      'EQ_uriValue',
    ],
    list('URIs'),
  ),
  ...each(['EQ_stringValue', 'EQ_hexBinaryValue'], list()),
  ...each(['EQ_booleanValue'], Type.Boolean()),
  ...compared('percRank'),
  ...each(['orderBy'], Type.String({ description: 'eventTime, recordTime, or the full name of an extension field' })),
  ...each(['orderDirection'], Type.Enum(['ASC', 'DESC'])),
  ...each(['eventCountLimit'], Type.Integer({ minimum: 1, description: 'cuts the answer; needs orderBy' })),
  ...each(['maxEventCount'], Type.Integer({ minimum: 1, description: 'more than that is 413' })),
  ...Paging,
}

/** Parameters that have a name in their name. */
export interface QueryFamily {
  /** of the whole name */
  pattern: string
  says: string
  /** names that belong to it, the telling ones first */
  examples: readonly string[]
}

const MEASURES = ['quantity', 'value', 'minValue', 'maxValue', 'meanValue', 'sDev', 'percValue']
const AREAS = [
  'ILMD',
  'ERROR_DECLARATION',
  'SENSORELEMENT',
  'SENSORMETADATA',
  'SENSORREPORT',
  'readPoint',
  'bizLocation',
]

export const QUERY_FAMILIES: readonly QueryFamily[] = [
  {
    pattern: `^(${COMPARED.join('|')})_(${MEASURES.join('|')})_[A-Z0-9]{1,4}$`,
    says: 'quantities and sensor values in a unit of measure',
    examples: MEASURES.flatMap(name => COMPARED.map(relation => `${relation}_${name}_KGM`)),
  },
  {
    pattern: '^EQ_(bizTransaction|source|destination)_.+$',
    says: 'business transactions, sources, destinations of a type',
    examples: ['EQ_bizTransaction_po', 'EQ_source_owning_party', 'EQ_destination_possessing_party'],
  },
  {
    pattern: '^HASATTR_.+$',
    says: 'what has this attribute in master data',
    examples: ['HASATTR_bizLocation'],
  },
  {
    pattern: '^EQ_ATTR_.+_.+$',
    says: 'an attribute in master data is one of these',
    examples: ['EQ_ATTR_bizLocation_cbvmda:city', 'EQ_ATTR_ext:field_cbvmda:city'],
  },
  {
    pattern: `^(${COMPARED.join('|')}|EXISTS)_(INNER_)?((${AREAS.join('|')})_)?.*[:#].*$`,
    says: 'extension fields, at the top or nested (INNER_), by area',
    examples: [...COMPARED, 'EXISTS'].flatMap(relation => [
      `${relation}_ext:field`,
      `${relation}_INNER_ext:field`,
      ...AREAS.map(area => `${relation}_${area}_ext:field`),
    ]),
  },
]

/** The parameters of an event query, but for those that the address says already. */
export function eventQueryParameters(...fixed: readonly string[]): TSchema {
  return Type.Object(Object.fromEntries(Object.entries(NAMED).filter(([name]) => !fixed.includes(name))), {
    patternProperties: Object.fromEntries(
      QUERY_FAMILIES.map(({ pattern, says, examples }) => [
        pattern,
        { type: 'string', description: says, examples: examples.slice(0, 3) },
      ]),
    ),
    additionalProperties: false,
  })
}

/** Controls of a subscription in the address of a WebSocket, EPCIS 2.0 §12.7. */
export const StreamControls = {
  stream: Type.Optional(Type.Boolean({ description: 'as they come; or a schedule by the fields below' })),
  ...each(['second', 'minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek'], Text),
  reportIfEmpty: Type.Optional(Type.Boolean()),
  initialRecordTime: Type.Optional(Instant),
}
