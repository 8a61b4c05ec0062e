import { type Codes, type FaultAt, Problem } from '@yuanliu/core'
import { LIMITS } from '../lib/http/limits.ts'
import type { Attribute, Describes } from '../vocabularies/vocabularies.ts'
import type { EventView } from './fields.ts'
import { NO_PREFIXES, namesOf } from './names.ts'
import type { Given, Language, Parameter } from './parameter.ts'
import { parameterOf } from './parameters.ts'
import type { KeyRange } from './pattern.ts'

export type TermColumn = 'bizStep' | 'disposition' | 'readPoint' | 'bizLocation'

/** What the database cannot decide, decided on the event itself. */
export interface Test {
  holds(event: EventView, describes: Describes): boolean
  /** what must be known of master data beforehand: unit keys and URIs */
  things?(event: EventView): Iterable<string>
}

/** What an event must fulfil; all conditions of a query hold together. */
export type Condition =
  | { on: 'type' | 'action'; numbers: number[] }
  | { on: TermColumn; texts: string[] }
  /** places with all that master data put below them */
  | { on: TermColumn; roots: string[] }
  /** places, steps … that master data describe so */
  | { on: TermColumn; attribute: Attribute }
  | { on: 'key'; keys: string[] }
  | { on: 'time' | 'recorded' | 'position'; from?: number; until?: number }
  | { on: 'unit'; roles: readonly number[]; keys: string[]; ranges: KeyRange[] }
  /** sources and destinations, as lines of `event.flow` */
  | { on: 'flow'; lines: string[] }
  /** error declarations only */
  | { on: 'declared' }
  | { on: 'event'; test: Test }

export type OrderBy = 'eventTime' | 'recordTime'

export interface EventQuery {
  conditions: Condition[]
  orderBy: OrderBy
  /** order by an extension field of one of these full names instead */
  orderField: ReadonlySet<string> | null
  descending: boolean
  perPage: number
  nextPageToken: string | null
  /** no more than so many events over all pages */
  eventCountLimit: number | null
  /** more than so many are refused */
  maxEventCount: number | null
}

/** Values that parameters were given, by name; a list where there are several. */
export type Parameters = Readonly<Record<string, unknown>>

/** Parameters of one query. */
const MOST = 500

/** The values of a parameter, or what is wrong with their form. */
function givenOf(value: unknown, many: boolean): Given[] | string {
  const list = Array.isArray(value) ? (value as unknown[]) : [value]
  if (list.length > 1 && !many) return '只能给一个值 one value only'
  if (list.length === 0) return '至少给一个值 at least one value'
  if (list.length > LIMITS.searchIds) return `最多 ${LIMITS.searchIds} 个值 at most ${LIMITS.searchIds} values`
  if (list.some(item => typeof item === 'object' && item !== null)) {
    return '值须为文本、数或布尔值 values are texts, numbers or booleans'
  }
  return list as Given[]
}

/** A language in which units of measure are compared with themselves only and prefixes are those of the query. */
export function plainLanguage(codes: Codes, context?: unknown): Language {
  return { codes, units: new Map(), names: namesOf({}, context, NO_PREFIXES) }
}

/**
 * What the parameters ask for. Throws 400 with a pointer to each that is unknown or wrong.
 * @param at what stands before the parameter's name in pointers
 */
export function parseQuery(
  parameters: Parameters,
  at: string,
  codes: Codes,
  language: Language = plainLanguage(codes, parameters['@context']),
): EventQuery {
  const query: EventQuery = {
    conditions: [],
    orderBy: 'eventTime',
    orderField: null,
    descending: true,
    perPage: 30,
    nextPageToken: null,
    eventCountLimit: null,
    maxEventCount: null,
  }
  const errors: FaultAt[] = []
  const given = Object.entries(parameters)
  if (given.length > MOST) {
    throw invalid([{ pointer: at.slice(0, -1), message: `最多 ${MOST} 个参数 at most ${MOST} parameters` }])
  }
  for (const [name, value] of given) {
    if (name === '@context') continue
    const pointer = at + name.replaceAll('~', '~0').replaceAll('/', '~1')
    const found = parameterOf(name)
    const fault = found
      ? taken(found.parameter, value, query, language, found.groups)
      : { message: '没有这个查询参数 no such parameter' }
    if (!fault) continue
    const index = 'index' in fault && Array.isArray(value) && at === '/' ? `/${fault.index}` : ''
    errors.push({ pointer: pointer + index, message: fault.message })
  }
  if (query.eventCountLimit !== null && query.maxEventCount !== null)
    errors.push({ pointer: `${at}maxEventCount`, message: '不能与 eventCountLimit 同用 not with eventCountLimit' })
  if (query.eventCountLimit !== null && !Object.hasOwn(parameters, 'orderBy'))
    errors.push({ pointer: `${at}eventCountLimit`, message: '须同时给出 orderBy needs orderBy' })
  if (errors.length) throw invalid(errors)
  return query
}

function taken(
  parameter: Parameter,
  value: unknown,
  into: EventQuery,
  language: Language,
  groups: readonly string[],
): { message: string; index?: number } | null {
  const given = givenOf(value, parameter.many)
  if (typeof given === 'string') return { message: given }
  const wrong = parameter.take(given, into, language, groups)
  if (wrong === null) return null
  if (typeof wrong === 'string') return { message: wrong }
  return { message: `${String(given[wrong] ?? '').slice(0, 200)}: ${parameter.expected}`, index: wrong }
}

function invalid(errors: FaultAt[]): Problem {
  const shown = errors.slice(0, LIMITS.errors)
  return new Problem('invalid-query', { detail: shown.map(e => `${e.pointer}: ${e.message}`)[0] ?? '', errors: shown })
}
