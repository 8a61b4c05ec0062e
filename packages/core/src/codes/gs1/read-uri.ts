import type { Compiled } from '../compiled.ts'
import { type FailedReading, failedText, type Reading } from '../reading.ts'
import { aiOf } from './ai-table.ts'
import { associationFaults } from './associations.ts'
import { decompressLink } from './compressed-link.ts'
import { codeOfLink, linkShape, webPathStart } from './digital-link.ts'
import { codeOfUrn, urnPrefixEnd } from './epc-urn.ts'
import { type Field, failed, faultlessCode, readingOf } from './gs1-reading.ts'
import { type Other, otherFaults } from './others.ts'
import { canonicalSegment, decodeSegment, rawIndex } from './percent.ts'
import { type Code, type Primary, pathOfCode } from './primary.ts'
import { valueFault } from './value.ts'

/** The one key that means nothing without its qualifier: a payment slip's (415) needs its number (8020). */
const INVOICING_PARTY = '415'

/**
 * A link in which nothing at all is wrong, taken apart the short way; null for any other text, which may be a link still.
 * @param start index of the slash that begins the path
 */
export function readCleanLink(compiled: Compiled, uri: string, start: number): Reading | null {
  const code = codeOfLink(compiled.names, uri, start)
  if (!code || code.primary.ai === INVOICING_PARTY) return null
  const question = uri.indexOf('?', start)
  if (question < 0) return faultlessCode(code)
  const others = cleanData(code, uri, question + 1)
  return others && faultlessCode(code, others)
}

/** The data of a query in which nothing is wrong or escaped, else null. */
function cleanData({ primary, qualifiers }: Code, uri: string, from: number): Record<string, string> | null {
  const elements = [{ ai: primary.ai, value: '', at: 0 }]
  for (let i = 0; i < qualifiers.length; i++) {
    if (qualifiers[i] !== undefined) elements.push({ ai: primary.qualifiers[i]!.ai, value: '', at: 0 })
  }
  const others: Record<string, string> = {}
  for (let at = from, end = 0; at < uri.length; at = end + 1) {
    end = uri.indexOf('&', at)
    if (end < 0) end = uri.length
    const pair = uri.slice(at, end)
    const equals = pair.indexOf('=')
    const digit = pair.charCodeAt(0) - 48
    if (equals < 0 || !(digit >= 0 && digit <= 9)) continue
    const name = pair.slice(0, equals)
    const ai = aiOf(name)
    if (!ai?.attribute || primary.qualifierIndex.has(name) || others[name] !== undefined) return null
    const value = pair.slice(equals + 1)
    if (/[%+#]/.test(value) || valueFault(ai, value)) return null
    others[name] = value
    elements.push({ ai: name, value, at: 0 })
  }
  return associationFaults(elements).length === 0 ? others : null
}

/** Readings of a GS1 Digital Link: with scheme and host, with host alone, or a bare path such as a unit key. */
export function readPath(
  compiled: Compiled,
  uri: string,
  offset: number,
  forms: Record<string, string> = {},
): Reading[] {
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
  if (!shape) return web < 0 ? [] : readCompressed(compiled, uri, forms)
  const { primary } = shape
  const qualifiers = new Map<string, Field>()
  for (const part of shape.parts) {
    if (!primary.qualifierIndex.has(part.ai) || qualifiers.has(part.ai)) {
      return [failed(primary, { reason: 'component', at: part.from + shift })]
    }
    qualifiers.set(part.ai, segmentField(text, part.from, part.until, shift))
  }
  const value = segmentField(text, shape.from, shape.until, shift)
  const data = text[shape.end] === '?' ? queryData(text, shape.end + 1, shift) : []
  const { others, warnings } = dataBeside(primary, value, qualifiers, data)
  return [readingOf({ primary, value, qualifiers, others, forms, strict: false, warnings })]
}

/** A link whose last segment is compressed, read as the one it stands for. */
function readCompressed(compiled: Compiled, uri: string, forms: Record<string, string>): Reading[] {
  const link = decompressLink(uri)
  return link.ok ? readPath(compiled, link.text, 0, forms).filter(reading => reading.ok) : []
}

/** Readings of an EPC URN; none where it is of a kind that no scheme knows. */
export function readUrn(compiled: Compiled, uri: string, offset: number): Reading[] {
  const end = urnPrefixEnd(uri)
  const form = compiled.urns.get(uri.slice(0, end).toLowerCase())
  if (!form) return []
  const code = codeOfUrn(form, uri)
  if ('reason' in code) return [failed(form.primary, { ...code, at: code.at + offset })]
  const readings = readPath(compiled, pathOfCode(code), 0, { urn: uri })
  // positions in the path mean nothing to who gave a URN
  return readings.map(reading => (reading.ok ? reading : failed(form.primary, { ...reading, at: offset + end })))
}

/** Data attributes of the query under their identifiers, each the first time it stands there. */
function queryData(uri: string, from: number, shift: number): Other[] {
  const hash = uri.indexOf('#', from)
  const query = uri.slice(from, hash < 0 ? uri.length : hash)
  const data = new Map<string, Other>()
  let at = from
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=')
    const ai = pair.slice(0, Math.max(equals, 0))
    if (/^\d{2,4}$/.test(ai) && !data.has(ai)) {
      const start = at + equals + 1 + shift
      // in a query a plus sign is a space
      const segment = pair.slice(equals + 1).replaceAll('+', ' ')
      data.set(ai, { ai, value: decodeSegment(segment), place: index => start + rawIndex(segment, index) })
    }
    at += pair.length + 1
  }
  return [...data.values()]
}

/** The data that may stand beside a key in a query, and what is wrong with them or with those that may not. */
function dataBeside(
  { ai: key, file }: Primary,
  value: Field,
  qualifiers: ReadonlyMap<string, Field>,
  data: readonly Other[],
): { others: Record<string, string>; warnings: FailedReading[] } {
  const others: Record<string, string> = {}
  const sequences = aiOf(key)?.sequences ?? []
  const stray: FailedReading[] = []
  const kept = data.filter(({ ai, value: text, place }) => {
    const inPath = sequences.some(list => list.includes(ai) && [...qualifiers.keys()].every(q => list.includes(q)))
    const allowed = ai !== key && !inPath && aiOf(ai)?.attribute !== false
    if (!allowed) {
      const title = { zh: `(${ai}) 不能写在问号之后`, en: `(${ai}) cannot stand in the query` }
      stray.push(failedText(file.id, title, { reason: 'component', at: place(0) }))
    } else others[ai] = text
    return allowed
  })
  const path = [{ ai: key, ...value }, ...[...qualifiers].map(([ai, field]) => ({ ai, ...field }))]
  const rules = kept.length > 0 || key === INVOICING_PARTY ? otherFaults(file.id, kept, [...path, ...kept]) : []
  return { others, warnings: [...stray, ...rules] }
}

function segmentField(text: string, from: number, until: number, shift: number): Field {
  const segment = text.slice(from, until)
  return {
    value: decodeSegment(segment),
    place: index => shift + from + rawIndex(segment, index),
    segment: canonicalSegment(segment),
  }
}
