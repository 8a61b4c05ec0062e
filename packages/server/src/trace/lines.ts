import type { TraceEdge } from '@yuanliu/core'
import { eventOf, eventsInOrder, isLimit, refsOf, roleName, type TraceAnswer, unitsInOrder } from './answer.ts'
import { edgesOf } from './edges.ts'
import { type Found, type FoundUnit, limitsOf } from './found.ts'
import type { KnownUnit, TraceCodes } from './known.ts'
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
    const { standing } = unit
    const { from, until } = limitsOf(standing)
    let text = `{"key":"${key}","code":"${codeOf(unit, key)}","level":"${unit.level}","reachedAs":"${standing.as}","depth":${standing.depth}`
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
    const scheme = unit.level === 'other' ? '' : key.slice(0, key.indexOf('/') + 1)
    const start = starts.get(scheme)
    if (start !== undefined) return start + key
    const code = escaped(codes.codeOf(unit.key))
    if (scheme !== '' && code.endsWith(key)) starts.set(scheme, code.slice(0, code.length - key.length))
    return code
  }
}

function* eventTexts(found: Found): Generator<string> {
  // One clock each: recorded times lie far from the times of events, and one would forget the day of the other.
  const [timeOf, recordedOf] = [timeTexts(), timeTexts()]
  for (const [event, elsewhere] of eventsInOrder(found)) {
    const e = eventOf(event, elsewhere, timeOf, recordedOf)
    const flow = `"sources":${JSON.stringify(e.sources)},"destinations":${JSON.stringify(e.destinations)}`
    const what = `"type":"${e.type}","action":${quoted(e.action)},"step":${quoted(e.step)},"disposition":${quoted(e.disposition)}`
    const where = `"place":${quoted(e.place)},"readPoint":${quoted(e.readPoint)},"bizLocation":${quoted(e.bizLocation)}`
    const who = `"reporter":${quoted(e.reporter)},"reporterCreditCode":${quoted(e.reporterCreditCode)},"recorded":"${e.recorded}","elsewhere":${e.elsewhere},"disputed":${e.disputed}`
    yield `{"id":${quoted(e.id)},"key":${quoted(e.key)},"time":"${e.time}","zone":${e.zone},${what},${where},${flow},${who},"units":[${refTexts(event)}]}`
  }
}

function quoted(text: string | null): string {
  return text === null ? 'null' : `"${escaped(text)}"`
}

function refTexts(event: KnownEvent): string {
  const { facts, named } = event
  if (facts.quantities) {
    const text = JSON.stringify(refsOf(event))
    return text.slice(1, -1)
  }
  let text = ''
  for (let i = 0; i < named.length; i++) {
    const { key, standing } = named[i] as KnownUnit
    if (standing) text += `${text === '' ? '' : ','}{"unit":"${escaped(key)}","role":"${roleName(facts.roles[i])}"}`
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
