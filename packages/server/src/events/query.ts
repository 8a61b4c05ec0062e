import { ACTION, type Codes, canonicalTerm, EVENT_TYPE, type FaultAt, Problem, parseTime, ROLE } from '@yuanliu/core'
import { LIMITS } from '../lib/http/limits.ts'
import { eventKey } from './event-key.ts'
import { type KeyRange, type MatchLevel, unitPattern } from './pattern.ts'

export type TermColumn = 'bizStep' | 'disposition' | 'readPoint' | 'bizLocation'

/** What an event must fulfil; all conditions of a query hold together. */
export type Condition =
  | { on: 'type' | 'action'; numbers: number[] }
  | { on: TermColumn; texts: string[] }
  | { on: 'key'; keys: string[] }
  | { on: 'time' | 'recorded' | 'position'; from?: number; until?: number }
  | { on: 'unit'; roles: readonly number[]; keys: string[]; ranges: KeyRange[] }

export type OrderBy = 'eventTime' | 'recordTime'

export interface EventQuery {
  conditions: Condition[]
  orderBy: OrderBy
  descending: boolean
  perPage: number
  nextPageToken: string | null
  /** no more than so many events over all pages */
  eventCountLimit: number | null
  /** more than so many are refused */
  maxEventCount: number | null
}

/** One parameter of the query language (EPCIS 2.0 §8.2.7.1). `read` returns the index of a value it cannot take, or −1. */
interface Parameter {
  many: boolean
  expected: string
  read(texts: readonly string[], into: EventQuery, codes: Codes): number
}

/** A list of values, of which the event's must be one. */
function among<V>(
  expected: string,
  value: (text: string, codes: Codes) => V | null,
  condition: (values: V[]) => Condition,
): Parameter {
  return {
    many: true,
    expected,
    read(texts, into, codes) {
      const values: V[] = []
      for (const [i, text] of texts.entries()) {
        const v = value(text, codes)
        if (v === null) return i
        values.push(v)
      }
      into.conditions.push(condition(values))
      return -1
    },
  }
}

function instant(on: 'time' | 'recorded', edge: 'from' | 'until'): Parameter {
  return {
    many: false,
    expected: '应为带时区的时间 an ISO 8601 instant such as 2026-10-01T08:00:00+08:00',
    read([text = ''], into) {
      // A "+" in a query is a space to form decoders; a time with a zone means it.
      const time = parseTime(text.replace(/ (?=\d\d:\d\d$)/, '+'))
      if (time === null) return 0
      into.conditions.push(edge === 'from' ? { on, from: time } : { on, until: time })
      return -1
    },
  }
}

function term(on: TermColumn, canonical: (text: string, codes: Codes) => string): Parameter {
  return among('应为业务词汇或 URI a term or a URI', canonical, texts => ({ on, texts }))
}

function match(level: MatchLevel, roles: readonly number[]): Parameter {
  return among(
    '应为编码的 URI、urn:epc:idpat 模式或以 * 结尾的 Digital Link a URI, a urn:epc:idpat pattern, or a Digital Link ending in *',
    (text, codes) => unitPattern(text, level, codes),
    patterns => ({ on: 'unit', roles, keys: patterns.flatMap(p => p.keys), ranges: patterns.flatMap(p => p.ranges) }),
  )
}

function count(least: number, set: (into: EventQuery, n: number) => void): Parameter {
  return {
    many: false,
    expected: `应为不小于 ${least} 的整数 a whole number, ${least} or more`,
    read([text = ''], into) {
      const n = /^\d{1,15}$/.test(text) ? Number(text) : -1
      if (n < least) return 0
      set(into, n)
      return -1
    },
  }
}

function word<W extends string>(words: readonly W[], set: (into: EventQuery, word: W) => void): Parameter {
  return {
    many: false,
    expected: words.join(' | '),
    read([text], into) {
      const found = words.find(w => w === text)
      if (found === undefined) return 0
      set(into, found)
      return -1
    },
  }
}

const TYPES: ReadonlyMap<string, number> = new Map(Object.entries(EVENT_TYPE).filter(([, n]) => n !== 0))
const ACTIONS: ReadonlyMap<string, number> = new Map(Object.entries(ACTION).filter(([, n]) => n !== 0))
/** Which fields each parameter looks at: EPCIS 2.0 §8.2.7.1. Roles that were derived are never matched. */
const EPCS = [ROLE.epc, ROLE.child]
const ANY_EPCS = [...EPCS, ROLE.parent, ROLE.transactionParent, ROLE.input, ROLE.output]
const CLASSES = [ROLE.quantity, ROLE.childQuantity]
const ANY_CLASSES = [...CLASSES, ROLE.inputQuantity, ROLE.outputQuantity]

/** Every parameter there is. A new one is a row here and, where it looks at something new, a condition in store.ts. */
const PARAMETERS: ReadonlyMap<string, Parameter> = new Map(
  Object.entries({
    eventType: among(
      [...TYPES.keys()].join(' | '),
      // An extended type is stored as such, without its name.
      text => TYPES.get(text) ?? (text.includes(':') ? EVENT_TYPE.extended : null),
      numbers => ({ on: 'type', numbers }),
    ),
    GE_eventTime: instant('time', 'from'),
    LT_eventTime: instant('time', 'until'),
    GE_recordTime: instant('recorded', 'from'),
    LT_recordTime: instant('recorded', 'until'),
    EQ_action: among(
      [...ACTIONS.keys()].join(' | '),
      text => ACTIONS.get(text) ?? null,
      numbers => ({ on: 'action', numbers }),
    ),
    EQ_bizStep: term('bizStep', text => canonicalTerm('bizStep', text)),
    EQ_disposition: term('disposition', text => canonicalTerm('disposition', text)),
    EQ_readPoint: term('readPoint', (text, codes) => codes.unitKey(text)),
    EQ_bizLocation: term('bizLocation', (text, codes) => codes.unitKey(text)),
    EQ_eventID: among('应为事件编号 an event id', eventKey, keys => ({ on: 'key', keys })),
    MATCH_epc: match('item', EPCS),
    MATCH_anyEPC: match('item', ANY_EPCS),
    MATCH_epcClass: match('class', CLASSES),
    MATCH_anyEPCClass: match('class', ANY_CLASSES),
    orderBy: word(['eventTime', 'recordTime'], (into, by) => {
      into.orderBy = by
    }),
    orderDirection: word(['ASC', 'DESC'], (into, direction) => {
      into.descending = direction === 'DESC'
    }),
    perPage: count(1, (into, n) => {
      into.perPage = Math.min(n, LIMITS.perPage)
    }),
    eventCountLimit: count(1, (into, n) => {
      into.eventCountLimit = n
    }),
    maxEventCount: count(1, (into, n) => {
      into.maxEventCount = n
    }),
    nextPageToken: {
      many: false,
      expected: '应为本服务给出的翻页标记 a token of this service',
      read([text = ''], into) {
        into.nextPageToken = text
        return -1
      },
    },
  } satisfies Record<string, Parameter>),
)

export const PARAMETER_NAMES: readonly string[] = [...PARAMETERS.keys()]

/** Values that parameters were given, by name; a list where there are several. */
export type Parameters = Readonly<Record<string, unknown>>

/** The values of a parameter as texts, or what is wrong with their form. */
function textsOf(value: unknown, many: boolean): string[] | string {
  const list = Array.isArray(value) ? (value as unknown[]) : [value]
  if (list.length > 1 && !many) return '只能给一个值 one value only'
  if (list.length === 0) return '至少给一个值 at least one value'
  if (list.length > LIMITS.searchIds) return `最多 ${LIMITS.searchIds} 个值 at most ${LIMITS.searchIds} values`
  const texts: string[] = []
  for (const item of list) {
    const text = typeof item === 'number' ? String(item) : item
    if (typeof text !== 'string' || text === '') return '值须为非空文本 values are texts, not empty'
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (/[\u0000-\u001f\u007f]/.test(text)) return '值不得含控制字符 no control characters'
    texts.push(text)
  }
  return texts
}

/**
 * What the parameters ask for. Throws 400 with a pointer to each that is unknown or wrong.
 * @param at what stands before the parameter's name in pointers
 */
export function parseQuery(parameters: Parameters, at: string, codes: Codes): EventQuery {
  const query: EventQuery = {
    conditions: [],
    orderBy: 'eventTime',
    descending: true,
    perPage: 30,
    nextPageToken: null,
    eventCountLimit: null,
    maxEventCount: null,
  }
  const errors: FaultAt[] = []
  for (const [name, value] of Object.entries(parameters)) {
    const pointer = at + name.replaceAll('~', '~0').replaceAll('/', '~1')
    const parameter = PARAMETERS.get(name)
    if (!parameter) {
      errors.push({ pointer, message: '没有这个查询参数 no such parameter' })
      continue
    }
    const texts = textsOf(value, parameter.many)
    if (typeof texts === 'string') {
      errors.push({ pointer, message: texts })
      continue
    }
    const wrong = parameter.read(texts, query, codes)
    if (wrong >= 0) {
      const place = Array.isArray(value) && at === '/' ? `${pointer}/${wrong}` : pointer
      errors.push({ pointer: place, message: `${(texts[wrong] ?? '').slice(0, 200)}: ${parameter.expected}` })
    }
  }
  if (query.eventCountLimit !== null && query.maxEventCount !== null)
    errors.push({ pointer: `${at}maxEventCount`, message: '不能与 eventCountLimit 同用 not with eventCountLimit' })
  if (query.eventCountLimit !== null && !Object.hasOwn(parameters, 'orderBy'))
    errors.push({ pointer: `${at}eventCountLimit`, message: '须同时给出 orderBy needs orderBy' })
  if (errors.length) throw invalid(errors)
  return query
}

function invalid(errors: FaultAt[]): Problem {
  const shown = errors.slice(0, LIMITS.errors)
  return new Problem('invalid-query', { detail: shown.map(e => `${e.pointer}: ${e.message}`)[0] ?? '', errors: shown })
}
