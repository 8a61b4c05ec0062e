import { ACTION, canonicalTerm, EVENT_TYPE, parseTime, ROLE, type TermKind, transformationUnit } from '@yuanliu/core'
import { stands } from './compare.ts'
import { eventKey } from './event-key.ts'
import { declarations, itemsOf, listOf, textsAt, transactions, type Value } from './fields.ts'
import { FLAG, type Kind, type Parameter, parameter, TIME, texts } from './parameter.ts'
import { type MatchLevel, unitPattern } from './pattern.ts'
import type { EventQuery, TermColumn, Test } from './query.ts'
import { wantedTerms } from './wanted-terms.ts'

const TYPES: ReadonlyMap<string, number> = new Map(Object.entries(EVENT_TYPE).filter(([, n]) => n !== 0))
const ACTIONS: ReadonlyMap<string, number> = new Map(Object.entries(ACTION).filter(([, n]) => n !== 0))
/** Which fields each parameter looks at: EPCIS 2.0 §8.2.7.1. Roles that were derived are never matched. */
const EPCS = [ROLE.epc, ROLE.child]
const PARENTS = [ROLE.parent, ROLE.transactionParent]
const ANY_EPCS = [...EPCS, ...PARENTS, ROLE.input, ROLE.output]
const CLASSES = [ROLE.quantity, ROLE.childQuantity]
const ANY_CLASSES = [...CLASSES, ROLE.inputQuantity, ROLE.outputQuantity]

/** Adds what is decided on the event itself. */
export function test(into: EventQuery, holds: Test['holds']): undefined {
  into.conditions.push({ on: 'event', test: { holds } })
}

/** Terms of a vocabulary in one spelling. */
export function terms(kind: TermKind): Kind<string> {
  return texts('应为业务词汇或 URI a term or a URI', text => canonicalTerm(kind, text))
}
/** Places, parties and things by their keys. */
export const KEYS = texts('应为 URI a URI', (text, { codes }) => codes.unitKey(text))
const IDS = texts('应为事件编号 an event id', text => text)

function instants(name: string, on: 'time' | 'recorded'): Parameter[] {
  return [
    parameter(`GE_${name}`, TIME, ([from], into) => void into.conditions.push({ on, from })),
    parameter(`LT_${name}`, TIME, ([until], into) => void into.conditions.push({ on, until })),
  ]
}

function column(name: string, on: TermColumn, kind: Kind<string>): Parameter {
  return parameter(name, kind, (values, into) => void into.conditions.push({ on, texts: values }))
}

/**
 * Steps and dispositions: a name with a prefix is stored as it was sent, so what the database finds by all its spellings is
 * looked at again.
 */
function step(name: string, on: 'bizStep' | 'disposition'): Parameter {
  return parameter(name, terms(on), (values, into, { names }) => {
    const wanted = wantedTerms(on, values, names)
    into.conditions.push({ on, texts: wanted.spelled })
    if (!wanted.isPlain) test(into, event => textsAt(event.value, on).some(text => wanted.has(text, event)))
  })
}

function descendants(name: string, on: TermColumn): Parameter {
  return parameter(name, KEYS, (roots, into) => void into.conditions.push({ on, roots }))
}

const PATTERN =
  '应为编码的 URI、urn:epc:idpat 模式或以 * 结尾的 Digital Link a URI, a urn:epc:idpat pattern, or a Digital Link ending in *'

function match(name: string, level: MatchLevel, roles: readonly number[]): Parameter {
  const kind = texts(PATTERN, (text, { codes }) => unitPattern(text, level, codes))
  return parameter(name, kind, (patterns, into) => {
    const keys = patterns.flatMap(p => p.keys)
    into.conditions.push({ on: 'unit', roles, keys, ranges: patterns.flatMap(p => p.ranges) })
  })
}

function flow(side: 's' | 'd', name: string): Parameter {
  return parameter(new RegExp(`^EQ_${name}_(.+)$`), KEYS, (keys, into, { codes, names }, [type = '']) => {
    const wanted = wantedTerms('srcDest', [canonicalTerm('srcDest', type)], names)
    const lines = wanted.spelled.flatMap(text => keys.map(key => `${side}\t${text}\t${key}`))
    into.conditions.push({ on: 'flow', lines })
    if (wanted.isPlain) return
    const things = new Set(keys)
    test(into, event =>
      listOf(event.value, `${name}List`).some(
        one => wanted.has(one.type, event) && textsAt(one, name).some(uri => things.has(codes.unitKey(uri))),
      ),
    )
  })
}

function persistent(member: 'set' | 'unset'): Parameter {
  const kind = terms('disposition')
  return parameter(`EQ_persistentDisposition_${member}`, kind, (values, into, { names }) => {
    const wanted = wantedTerms('disposition', values, names)
    return test(into, event =>
      itemsOf(event.value.persistentDisposition).some(p =>
        textsAt((p ?? {}) as Value, member).some(text => wanted.has(text, event)),
      ),
    )
  })
}

/** Of error declarations only; what they say is decided on the event itself. */
function declared<V>(name: string | RegExp, kind: Kind<V>, holds: (values: V[], declaration: Value) => boolean) {
  return parameter(name, kind, (values, into) => {
    into.conditions.push({ on: 'declared' })
    return test(into, ({ value }) => declarations(value).some(declaration => holds(values, declaration)))
  })
}

function declaredAt(relation: 'GE' | 'LT'): Parameter {
  // The official query schema writes it with a second underscore.
  return declared(new RegExp(`^${relation}_errorDeclaration_?Time$`), TIME, ([edge = 0], declaration) =>
    textsAt(declaration, 'declarationTime').some(text => {
      const time = parseTime(text)
      return time !== null && stands(relation, Math.sign(time - edge) as -1 | 0 | 1)
    }),
  )
}

const EVENT_TYPES = texts(
  `${[...TYPES.keys()].join(' | ')} | 扩展类型的全名 the full name of a type of your own`,
  (text, { names }): number | ReadonlySet<string> | null =>
    TYPES.get(text) ?? (/[:#]/.test(text) ? names.full(text) : null),
)

/** Fields of events (EPCIS 2.0 §8.2.7.1) but for sensors and extensions. */
export const EVENT_PARAMETERS: readonly Parameter[] = [
  parameter('eventType', EVENT_TYPES, (types, into) => {
    const standard = types.filter(t => typeof t === 'number')
    const own = types.filter(t => typeof t !== 'number')
    into.conditions.push({ on: 'type', numbers: own.length ? [...standard, EVENT_TYPE.extended] : standard })
    if (!own.length) return
    // An extended type is stored as such, without its name.
    test(into, ({ value, nameOf }) => {
      const type = String(value.type)
      return TYPES.has(type) || own.some(names => names.has(nameOf(type)))
    })
  }),
  ...instants('eventTime', 'time'),
  ...instants('recordTime', 'recorded'),
  parameter(
    'EQ_action',
    texts([...ACTIONS.keys()].join(' | '), text => ACTIONS.get(text) ?? null),
    (numbers, into) => void into.conditions.push({ on: 'action', numbers }),
  ),
  step('EQ_bizStep', 'bizStep'),
  step('EQ_disposition', 'disposition'),
  persistent('set'),
  persistent('unset'),
  column('EQ_readPoint', 'readPoint', KEYS),
  descendants('WD_readPoint', 'readPoint'),
  column('EQ_bizLocation', 'bizLocation', KEYS),
  descendants('WD_bizLocation', 'bizLocation'),
  parameter('EQ_eventID', IDS, (ids, into) => void into.conditions.push({ on: 'key', keys: ids.map(eventKey) })),
  parameter('EQ_transformationID', IDS, (ids, into) => {
    const keys = ids.map(transformationUnit)
    into.conditions.push({ on: 'unit', roles: [ROLE.transformation], keys, ranges: [] })
  }),
  match('MATCH_epc', 'item', EPCS),
  match('MATCH_parentID', 'item', PARENTS),
  match('MATCH_inputEPC', 'item', [ROLE.input]),
  match('MATCH_outputEPC', 'item', [ROLE.output]),
  match('MATCH_anyEPC', 'item', ANY_EPCS),
  match('MATCH_epcClass', 'class', CLASSES),
  match('MATCH_inputEPCClass', 'class', [ROLE.inputQuantity]),
  match('MATCH_outputEPCClass', 'class', [ROLE.outputQuantity]),
  match('MATCH_anyEPCClass', 'class', ANY_CLASSES),
  parameter(/^EQ_bizTransaction_(.+)$/, KEYS, (keys, into, { codes, names }, [name = '']) => {
    const type = wantedTerms('bizTransactionType', [canonicalTerm('bizTransactionType', name)], names)
    const wanted = new Set(keys)
    return test(into, event =>
      transactions(event.value).some(
        t => type.has(t.type, event) && textsAt(t, 'bizTransaction').some(uri => wanted.has(codes.unitKey(uri))),
      ),
    )
  }),
  flow('s', 'source'),
  flow('d', 'destination'),
  parameter('EXISTS_errorDeclaration', FLAG, ([wanted], into) => {
    if (wanted) into.conditions.push({ on: 'declared' })
  }),
  declaredAt('GE'),
  declaredAt('LT'),
  parameter('EQ_errorReason', terms('errorReason'), (reasons, into, { names }) => {
    const wanted = wantedTerms('errorReason', reasons, names)
    into.conditions.push({ on: 'declared' })
    return test(into, event =>
      declarations(event.value).some(d => textsAt(d, 'reason').some(reason => wanted.has(reason, event))),
    )
  }),
  declared('EQ_correctiveEventID', IDS, (ids, declaration) =>
    textsAt(declaration, 'correctiveEventIDs').some(id => ids.includes(id)),
  ),
]
