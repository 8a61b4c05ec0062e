import type { TraceEdge } from '@yuanliu/core'
import { eventOf, eventsInOrder, isLimit, refsOf, roleName, type TraceAnswer, unitsInOrder } from './answer.ts'
import { edgesOf } from './edges.ts'
import { type Found, type FoundUnit, limitsOf } from './found.ts'
import type { TraceCodes } from './known.ts'
import type { KnownEvent } from './known-event.ts'
import { timeTexts } from './times.ts'

/**
 * An answer as NDJSON, a record to a line, each made when it is asked for: the head, units, events, edges, gaps,
 * anomalies, balances. The last is always `cut`, so that a reader knows that nothing is lacking.
 */
export function* traceLines(answer: TraceAnswer): Generator<string> {
  yield `{"trace":${JSON.stringify(answer.head)}}\n`
  for (const text of unitTexts(answer.found)) yield `{"unit":${text}}\n`
  for (const text of eventTexts(answer.found)) yield `{"event":${text}}\n`
  for (const text of edgeTexts(answer.found)) yield `{"edge":${text}}\n`
  for (const gap of answer.gaps) yield `{"gap":${JSON.stringify(gap)}}\n`
  for (const anomaly of answer.anomalies) yield `{"anomaly":${JSON.stringify(anomaly)}}\n`
  for (const balance of answer.balances) yield `{"balance":${JSON.stringify(balance)}}\n`
  yield `{"cut":${JSON.stringify(answer.cut)}}\n`
}

/** An answer as one JSON object, in pieces. */
export function* traceJson(answer: TraceAnswer): Generator<string> {
  const { found, gaps, anomalies, balances, cut } = answer
  yield `${JSON.stringify(answer.head).slice(0, -1)},"units":[`
  yield* divided(unitTexts(found))
  yield '],"events":['
  yield* divided(eventTexts(found))
  yield '],"edges":['
  yield* divided(edgeTexts(found))
  const rest = JSON.stringify({ gaps, anomalies, balances, cut })
  yield `],${rest.slice(1)}`
}

function* divided(texts: Iterable<string>): Generator<string> {
  let comma = ''
  for (const text of texts) {
    yield comma + text
    comma = ','
  }
}

/** Text that JSON writes as it stands (RFC 8259 §7): no quote, backslash, control character or lone surrogate. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/

/** A text as it stands between the quotes of JSON. */
function escaped(text: string): string {
  return PLAIN.test(text) ? text : JSON.stringify(text).slice(1, -1)
}

/** `escaped` for texts that come several times in a row. */
function remembering(): (text: string) => string {
  let last = ''
  let written = ''
  return text => {
    if (text !== last) {
      last = text
      written = escaped(text)
    }
    return written
  }
}

function* unitTexts(found: Found): Generator<string> {
  const timeOf = timeTexts()
  const codeOf = codeTexts(found.known.codes)
  for (const unit of unitsInOrder(found)) {
    const key = escaped(unit.key)
    const { from, until } = limitsOf(unit)
    let text = `{"key":"${key}","code":"${codeOf(unit, key)}","level":"${unit.record.level}","reachedAs":"${unit.as}","depth":${unit.depth}`
    if (isLimit(from)) text += `,"from":"${timeOf(from.time)}"`
    if (isLimit(until)) text += `,"until":"${timeOf(until.time)}"`
    yield `${text}}`
  }
}

/**
 * The code of a unit, escaped. What stands before the key depends on the scheme alone, and so on the key up to its
 * first slash: it is asked for once each. A key of no scheme is asked for every time.
 */
function codeTexts(codes: TraceCodes): (unit: FoundUnit, key: string) => string {
  const starts = new Map<string, string>()
  return (unit, key) => {
    const scheme = unit.record.level === 'other' ? '' : key.slice(0, key.indexOf('/') + 1)
    const start = starts.get(scheme)
    if (start !== undefined) return start + key
    const code = escaped(codes.codeOf(unit.key))
    if (scheme !== '' && code.endsWith(key)) starts.set(scheme, code.slice(0, code.length - key.length))
    return code
  }
}

function* eventTexts(found: Found): Generator<string> {
  const timeOf = timeTexts()
  for (const [event, elsewhere] of eventsInOrder(found)) {
    const text = JSON.stringify(eventOf(event, elsewhere, timeOf))
    yield `${text.slice(0, -1)},"units":[${refTexts(found, event)}]}`
  }
}

function refTexts(found: Found, event: KnownEvent): string {
  const { units, roles, quantities } = event.facts
  if (quantities) {
    const text = JSON.stringify(refsOf(found, event))
    return text.slice(1, -1)
  }
  let text = ''
  for (let i = 0; i < units.length; i++) {
    const unit = units[i] as string
    if (!found.units.has(unit)) continue
    text += `${text === '' ? '' : ','}{"unit":"${escaped(unit)}","role":"${roleName(roles[i])}"}`
  }
  return text
}

function* edgeTexts(found: Found): Generator<string> {
  const [fromText, toText, eventText] = [remembering(), remembering(), remembering()]
  for (const edge of edgesOf(found)) {
    const text = `{"from":"${fromText(edge.from)}","to":"${toText(edge.to)}","event":"${eventText(edge.event)}","kind":"${edge.kind}"`
    yield `${text}${edge.possible ? ',"possible":true' : ''}${quantityText(edge)}}`
  }
}

function quantityText({ quantity, uom }: TraceEdge): string {
  if (quantity === undefined) return ''
  const text = `,"quantity":${JSON.stringify(quantity)}`
  return uom === undefined ? text : `${text},"uom":${JSON.stringify(uom)}`
}
