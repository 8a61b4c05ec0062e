import type { Compiled } from './compiled.ts'
import { linkShape, webPathStart } from './digital-link.ts'
import { codeOfUrn, urnPrefixEnd } from './epc-urn.ts'
import { canonicalSegment, decodeSegment } from './percent.ts'
import { type Primary, pathOfCode } from './primary.ts'
import type { Reading, UnitOf } from './read.ts'
import { type Field, failed, readingOf } from './reading.ts'

/** Readings of a GS1 Digital Link: with scheme and host, with host alone, or a bare path such as a unit key. */
export function readPath(compiled: Compiled, uri: string, offset: number, unit: UnitOf): Reading[] {
  const web = webPathStart(uri)
  let text = uri
  let start = web
  let shift = offset
  if (web < 0) {
    start = /^[a-z0-9.-]+\.[a-z]+(:\d+)?\//i.test(uri) ? uri.indexOf('/') : 0
    if (start === 0 && uri[0] !== '/') {
      text = `/${uri}`
      shift = offset - 1
    }
  }
  const shape = linkShape(compiled.names, text, start)
  if (!shape) return []
  const { primary } = shape
  const qualifiers = new Map<string, Field>()
  for (const part of shape.parts) {
    if (!primary.qualifierIndex.has(part.ai) || qualifiers.has(part.ai)) {
      return [failed(primary, { reason: 'component', at: part.from + shift })]
    }
    qualifiers.set(part.ai, segmentField(text, part.from, part.until, shift))
  }
  const value = segmentField(text, shape.from, shape.until, shift)
  const others = queryData(text, shape.end, primary)
  return [readingOf({ primary, value, qualifiers, others, forms: {}, strict: false }, unit)]
}

/** Readings of an EPC URN; none where it is of a kind that no scheme knows. */
export function readUrn(compiled: Compiled, uri: string, offset: number, unit: UnitOf): Reading[] {
  const end = urnPrefixEnd(uri)
  const form = compiled.urns.get(uri.slice(0, end).toLowerCase())
  if (!form) return []
  const code = codeOfUrn(form, uri)
  if ('reason' in code) return [failed(form.primary, { ...code, at: code.at + offset })]
  const readings = readPath(compiled, pathOfCode(code), 0, unit)
  return readings.map(reading =>
    // positions in the path mean nothing to who gave a URN
    reading.ok ? { ...reading, forms: { ...reading.forms, urn: uri } } : { ...reading, at: offset + end },
  )
}

/** Data attributes of the query, the first under each application identifier; key and qualifiers belong in the path. */
function queryData(uri: string, end: number, primary: Primary): Record<string, string> {
  const data: Record<string, string> = {}
  if (uri[end] !== '?') return data
  const query = uri.slice(end + 1).split('#', 1)[0]!
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=')
    const ai = pair.slice(0, equals)
    if (equals < 0 || !/^\d{2,4}$/.test(ai) || ai === primary.ai || primary.qualifierIndex.has(ai)) continue
    data[ai] ??= decodeSegment(pair.slice(equals + 1))
  }
  return data
}

function segmentField(text: string, from: number, until: number, shift: number): Field {
  const segment = text.slice(from, until)
  return {
    value: decodeSegment(segment),
    place: index => shift + from + rawIndex(segment, index),
    segment: canonicalSegment(segment),
  }
}

/** Where character `index` of the decoded segment begins in the raw one. */
function rawIndex(segment: string, index: number): number {
  let raw = 0
  for (let decoded = 0; raw < segment.length && decoded < index; ) {
    const escaped = /^%[0-9A-Fa-f]{2}/.test(segment.slice(raw, raw + 3))
    if (!escaped) {
      raw++
      decoded++
      continue
    }
    const byte = Number.parseInt(segment.slice(raw + 1, raw + 3), 16)
    // bytes that continue a UTF-8 character add none, those that begin one beyond U+FFFF two
    decoded += byte >= 0xf0 ? 2 : byte >= 0x80 && byte < 0xc0 ? 0 : 1
    raw += 3
  }
  return raw
}
