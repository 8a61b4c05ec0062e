import type { Case } from './case.ts'
import { expectEqual, expectEvents, expectProblem } from './expect.ts'
import { NAMESPACE } from './sample.ts'
import type { Tester } from './tester.ts'
import { LABELS, type Label, type World } from './world.ts'

/** A query over the known events, and which of them it finds. `{name}` stands for a word of the world. */
interface Row {
  name: string
  query: Readonly<Record<string, string>>
  finds: readonly Label[]
  /** the order matters, too */
  ordered?: true
}

const row = (name: string, query: Row['query'], finds: string, ordered?: true): Row => ({
  name,
  query,
  finds: [...finds] as Label[],
  ...(ordered && { ordered }),
})

/** Every family of EPCIS 2.0 §8.2.7.1. */
const ROWS: readonly Row[] = [
  row('eventType', { eventType: 'AggregationEvent' }, 'c'),
  row('eventType-several', { eventType: 'TransactionEvent|TransformationEvent' }, 'de'),
  row('eventType-association', { eventType: 'AssociationEvent' }, 'f'),
  row('GE_eventTime', { GE_eventTime: '{second4}' }, 'efgh'),
  row('LT_eventTime', { LT_eventTime: '{second2}' }, 'ab'),
  row('eventTime-offset', { GE_eventTime: '{second4}', LT_eventTime: '{later}' }, 'efgh'),
  row('GE_recordTime', { GE_recordTime: '2016-01-01T00:00:00Z' }, 'abcdefgh'),
  row('LT_recordTime', { LT_recordTime: '2016-01-01T00:00:00Z' }, ''),
  row('EQ_action', { EQ_action: 'ADD' }, 'acef'),
  row('EQ_action-several', { EQ_action: 'ADD|OBSERVE' }, 'abcefgh'),
  row('EQ_bizStep', { EQ_bizStep: 'shipping' }, 'b'),
  row('EQ_bizStep-uri', { EQ_bizStep: 'https://ref.gs1.org/cbv/BizStep-shipping' }, 'b'),
  row('EQ_bizStep-several', { EQ_bizStep: 'commissioning|packing' }, 'acd'),
  row('EQ_disposition', { EQ_disposition: 'in_transit' }, 'b'),
  row('EQ_persistentDisposition_set', { EQ_persistentDisposition_set: 'completeness_verified' }, 'b'),
  row('EQ_persistentDisposition_unset', { EQ_persistentDisposition_unset: 'completeness_inferred' }, 'b'),
  row('EQ_readPoint', { EQ_readPoint: '{place1}' }, 'ab'),
  row('EQ_bizLocation', { EQ_bizLocation: '{place2}' }, 'b'),
  row('WD_readPoint', { WD_readPoint: '{place2}' }, ''),
  row('WD_bizLocation', { WD_bizLocation: '{place1}' }, 'ah'),
  row('HASATTR', { HASATTR_bizLocation: '{zone}' }, 'a'),
  row('EQ_ATTR', { 'EQ_ATTR_bizLocation_{zone}': '{zoneValue}' }, 'a'),
  row('EQ_ATTR-other', { 'EQ_ATTR_bizLocation_{zone}': 'elsewhere' }, ''),
  row('EQ_transformationID', { EQ_transformationID: '{process}' }, 'd'),
  row('EQ_eventID', { EQ_eventID: '{id_a}|{id_c}' }, 'ac'),
  row('MATCH_epc', { MATCH_epc: '{item1}' }, 'abc'),
  row('MATCH_epc-several', { MATCH_epc: '{item1}|{item2}' }, 'abce'),
  row('MATCH_epc-pattern', { MATCH_epc: '{items}' }, 'abce'),
  row('MATCH_epc-association', { MATCH_epc: '{item4}' }, 'fgh'),
  row('MATCH_parentID', { MATCH_parentID: '{pallet}' }, 'ce'),
  row('MATCH_inputEPC', { MATCH_inputEPC: '{item1}' }, 'd'),
  row('MATCH_outputEPC', { MATCH_outputEPC: '{item3}' }, 'd'),
  row('MATCH_anyEPC', { MATCH_anyEPC: '{item1}' }, 'abcd'),
  row('MATCH_anyEPC-parent', { MATCH_anyEPC: '{pallet}' }, 'ce'),
  row('MATCH_epcClass', { MATCH_epcClass: '{lot1}' }, 'b'),
  row('MATCH_inputEPCClass', { MATCH_inputEPCClass: '{lot1}' }, 'd'),
  row('MATCH_outputEPCClass', { MATCH_outputEPCClass: '{lot2}' }, 'd'),
  row('MATCH_anyEPCClass', { MATCH_anyEPCClass: '{lot1}' }, 'bd'),
  row('EQ_quantity', { EQ_quantity: '10' }, 'b'),
  row('LT_quantity', { LT_quantity: '100' }, 'b'),
  row('quantity-unit', { GE_quantity_KGM: '10', LE_quantity_KGM: '50' }, 'b'),
  row('EQ_bizTransaction', { EQ_bizTransaction_po: '{order}' }, 'b'),
  row('EQ_bizTransaction-other-type', { EQ_bizTransaction_po: '{invoice}' }, ''),
  row('EQ_source', { EQ_source_owning_party: '{owner1}' }, 'b'),
  row('EQ_destination', { EQ_destination_owning_party: '{owner2}' }, 'b'),
  row('EQ_destination-not-source', { EQ_destination_owning_party: '{owner1}' }, ''),
  row('EXISTS_errorDeclaration', { EXISTS_errorDeclaration: 'true' }, 'h'),
  row('EQ_errorReason', { EQ_errorReason: 'incorrect_data' }, 'h'),
  row('EQ_correctiveEventID', { EQ_correctiveEventID: '{id_b}' }, 'h'),
  row('GE_errorDeclarationTime', { GE_errorDeclarationTime: '{declared}' }, 'h'),
  row('LT_errorDeclarationTime', { LT_errorDeclarationTime: '{declared}' }, ''),
  row('EXISTS_sensorElementList', { EXISTS_sensorElementList: 'true' }, 'g'),
  row('EQ_type', { EQ_type: 'Temperature' }, 'g'),
  row('EQ_deviceID', { EQ_deviceID: '{sensor}' }, 'g'),
  row('EQ_dataProcessingMethod', { EQ_dataProcessingMethod: '{manual}' }, 'g'),
  row('EQ_bizRules', { EQ_bizRules: '{manual}' }, 'g'),
  row('EQ_stringValue', { EQ_stringValue: 'dim' }, 'g'),
  row('EQ_booleanValue', { EQ_booleanValue: 'true' }, 'g'),
  row('EQ_hexBinaryValue', { EQ_hexBinaryValue: 'A0B1' }, 'g'),
  row('EQ_uriValue', { EQ_uriValue: '{manual}' }, 'g'),
  row('GE_value', { GE_value_CEL: '7.5' }, 'g'),
  row('LT_value', { LT_value_CEL: '7.5' }, ''),
  row('value-converted', { EQ_value_KEL: '280.65' }, 'g'),
  row('LE_minValue', { LE_minValue_CEL: '6.5' }, 'g'),
  row('GT_maxValue', { GT_maxValue_CEL: '8.5' }, ''),
  row('EQ_extension', { 'EQ_cx:weight': '5' }, 'a'),
  row('GT_extension', { 'GT_cx:weight': '5' }, 'b'),
  row('EXISTS_extension', { 'EXISTS_cx:weight': 'true' }, 'ab'),
  row('EQ_INNER', { 'EQ_INNER_cx:inside': 'x' }, 'a'),
  row('EQ_ILMD', { 'EQ_ILMD_cx:colour': 'red' }, 'a'),
  row('GE_INNER_ILMD', { 'GE_INNER_ILMD_cx:field': '3' }, 'a'),
  row('EQ_ERROR_DECLARATION', { 'EQ_ERROR_DECLARATION_cx:why': '{run}' }, 'h'),
  row('EQ_SENSORREPORT', { 'EQ_SENSORREPORT_cx:probe': 'p1' }, 'g'),
  row('all-must-hold', { EQ_action: 'ADD', MATCH_anyEPC: '{item2}' }, 'ce'),
  row('orderBy-ascending', { orderBy: 'eventTime', orderDirection: 'ASC', EQ_action: 'ADD' }, 'acef', true),
  row('orderBy-default', { orderBy: 'eventTime', EQ_action: 'ADD' }, 'feca', true),
  row('orderBy-extension', { orderBy: 'cx:weight', orderDirection: 'DESC', 'EXISTS_cx:weight': 'true' }, 'ba', true),
  row('eventCountLimit', { orderBy: 'eventTime', orderDirection: 'ASC', eventCountLimit: '2' }, 'ab', true),
  row('maxEventCount', { maxEventCount: '50' }, 'abcdefgh'),
]

const PARAMETER = 'QueryParameterException'

/** Queries that are refused: what is asked, the status, the exception that is named. */
const REFUSED: readonly [name: string, query: Row['query'], status: number, exception: string][] = [
  ['too-many', { maxEventCount: '1' }, 413, 'QueryTooLargeException'],
  ['both-limits', { maxEventCount: '5', eventCountLimit: '5', orderBy: 'eventTime' }, 400, PARAMETER],
  ['unknown-parameter', { EQ_nothingOfTheKind: 'x' }, 400, PARAMETER],
  ['no-time', { GE_eventTime: 'yesterday' }, 400, PARAMETER],
  ['no-direction', { orderBy: 'eventTime', orderDirection: 'SIDEWAYS' }, 400, PARAMETER],
  ['no-count', { maxEventCount: 'many' }, 400, PARAMETER],
  ['no-action', { EQ_action: 'INVENT' }, 400, PARAMETER],
]

const CLAUSE = '§8.2.7.1; GET /events'

/** The query language, family by family. */
export const QUERY_CASES: readonly Case[] = [
  ...ROWS.map(
    ({ name, query, finds, ordered }): Case => ({
      id: `query/${name}`,
      clause: CLAUSE,
      does: { zh: `查询 ${shown(query)}`, en: `query ${shown(query)}` },
      expects: {
        zh: `恰为事件 {${finds.join(', ')}}${ordered ? '，依此顺序' : ''}`,
        en: `exactly the events {${finds.join(', ')}}${ordered ? ', in this order' : ''}`,
      },
      run: tester => finding(tester, query, finds, ordered ?? false),
    }),
  ),
  ...REFUSED.map(
    ([name, query, status, exception]): Case => ({
      id: `query/refused-${name}`,
      clause: CLAUSE,
      does: { zh: `查询 ${shown(query)}`, en: `query ${shown(query)}` },
      expects: { zh: `${status} ${exception}`, en: `${status} ${exception}` },
      async run(tester) {
        const answer = await ask(tester, await tester.world(), query)
        expectProblem(answer, [status], exception)
      },
    }),
  ),
]

async function finding(tester: Tester, query: Row['query'], finds: readonly Label[], ordered: boolean) {
  const world = await tester.world()
  const answer = await ask(tester, world, query)
  const labels = new Map(LABELS.map(label => [world.ids[label], label]))
  // An event and its error declarations bear one id; what others captured in the same minute is not ours.
  const found = [...new Set(expectEvents(answer).flatMap(e => labels.get(String(e.eventID)) ?? []))]
  expectEqual(answer, 'events', ordered ? found : found.toSorted(), ordered ? finds : finds.toSorted())
}

/** Asks within the world's minute. */
export async function ask(tester: Tester, world: World, query: Row['query']) {
  const filled = Object.entries({ ...world.scope, ...query }).map(([name, value]) => [
    fill(name, world),
    fill(value, world),
  ])
  const search = filled.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  return tester.get(`/events?${search}`, { 'GS1-Extensions': `cx=${NAMESPACE}` })
}

/** Percent-encoded as a form does not: a space is `%20`, and `|` divides values. */
function encode(text = ''): string {
  return text.split('|').map(encodeURIComponent).join('%7C')
}

function fill(text: string, { names }: World): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => names[name] ?? place)
}

function shown(query: Row['query']): string {
  return Object.entries(query)
    .map(([name, value]) => `${name}=${value}`)
    .join(' & ')
}
