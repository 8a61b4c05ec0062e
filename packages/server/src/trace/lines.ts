import type { TraceEdge } from '@yuanliu/core'
import {
  actionName,
  attestedOf,
  eventsInOrder,
  isLimit,
  pairsOf,
  roleName,
  type TraceAnswer,
  typeName,
  unitsInOrder,
} from './answer.ts'
import { edgesOf } from './edges.ts'
import { type Found, type FoundUnit, limitsOf } from './found.ts'
import type { KnownUnit, TraceCodes } from './known.ts'
import { isDisputed, type KnownEvent } from './known-event.ts'
import { timeTexts } from './times.ts'

/**
 * An answer as NDJSON, a record to a line, each made when it is asked for: the head, units, events, edges, gaps,
 * anomalies, balances. The last is always `cut`, so that a reader knows that nothing is lacking.
 */
export function* traceLines(answer: TraceAnswer): Generator<string> {
  yield `{"trace":${JSON.stringify(answer.head)}}\n`
  for (const text of unitTexts(answer.found)) yield `{"unit":${text}}\n`
  for (const text of eventTexts(answer)) yield `{"event":${text}}\n`
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
  yield* divided(eventTexts(answer))
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

function* eventTexts(answer: TraceAnswer): Generator<string> {
  // One clock each: recorded times lie far from the times of events, and one would forget the day of the other.
  const [timeOf, recordedOf] = [timeTexts(), timeTexts()]
  // Steps, dispositions, places and parties: few, and each many times.
  const quotedTerm = quotedOnce()
  for (const [event, elsewhere] of eventsInOrder(answer.found)) {
    const e = event.facts
    const what = `"type":"${typeName(e)}","action":${quoted(actionName(e))},"step":${quotedTerm(e.bizStep)},"disposition":${quotedTerm(e.disposition)}`
    const [readPoint, bizLocation] = [quotedTerm(e.readPoint), quotedTerm(e.bizLocation)]
    const where = `"place":${e.bizLocation === null ? readPoint : bizLocation},"readPoint":${readPoint},"bizLocation":${bizLocation}`
    const flow = `"sources":${pairsText(e.sources)},"destinations":${pairsText(e.destinations)}`
    const who = `"reporter":${quotedTerm(e.reporterCode)},"reporterCreditCode":${quotedTerm(e.reporterCreditCode ?? null)},"recorded":"${recordedOf(e.recorded)}","elsewhere":${elsewhere},"disputed":${isDisputed(e)}${attestedText(answer, event)}`
    yield `{"id":${quoted(e.id)},"key":${quoted(e.key)},"time":"${timeOf(e.time)}","zone":${e.zone},${what},${where},${flow},${who},"units":[${refTexts(event)}]}`
  }
}

/** Members of what is known of it beside what it says, each behind a comma. */
function attestedText(answer: TraceAnswer, event: KnownEvent): string {
  const attested = answer.attested.size > 0 ? attestedOf(answer, event) : null
  const text = attested ? JSON.stringify(attested).slice(1, -1) : ''
  return text && `,${text}`
}

function quoted(text: string | null): string {
  return text === null ? 'null' : `"${escaped(text)}"`
}

/** `quoted` for few texts that come again and again. */
function quotedOnce(): (text: string | null) => string {
  const known = new Map<string, string>()
  return text => {
    if (text === null) return 'null'
    let there = known.get(text)
    if (there === undefined) {
      there = quoted(text)
      if (known.size < TERMS_KEPT) known.set(text, there)
    }
    return there
  }
}

const TERMS_KEPT = 10_000

function pairsText(flat: readonly string[]): string {
  return flat.length === 0 ? '[]' : JSON.stringify(pairsOf(flat))
}

function refTexts({ facts, named }: KnownEvent): string {
  const { roles, quantities, uoms } = facts
  let text = ''
  for (let i = 0; i < named.length; i++) {
    const { key, standing } = named[i] as KnownUnit
    if (!standing) continue
    text += `${text === '' ? '' : ','}{"unit":"${escaped(key)}","role":"${roleName(roles[i])}"`
    const quantity = quantities?.[i]
    const uom = uoms?.[i]
    if (quantity) text += `,"quantity":${quoted(quantity)}`
    if (uom) text += `,"uom":${quoted(uom)}`
    text += '}'
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
