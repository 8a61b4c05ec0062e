import type { EventElement } from './event-element.ts'
import { EVENT_SHAPE, LEFT_OUT, type Shape } from './hash-order.ts'
import { canonicalTerm, termUri, webTerm } from './terms.ts'
import { parseTime } from './time.ts'

/** Answers the canonical GS1 Digital Link of a URN or Digital Link, null for anything else. */
export type ToDigitalLink = (uri: string) => string | null

/**
 * The text over which the event hash of CBV 2.0 §8.9 is taken: names and canonical values of an event in a fixed order.
 * @param type the event's type, as `ObjectEvent` or, of an extended event, with its namespace
 */
export function prehash(type: string, elements: readonly EventElement[], toDigitalLink: ToDigitalLink): string {
  const counted = elements.filter(element => !LEFT_OUT.has(element.name))
  const late: Late = { path: '', texts: [] }
  const text = writeChildren(counted, EVENT_SHAPE, toDigitalLink, late)
  return `eventType=${type}${text}${late.texts.length ? joined(late.texts) : ''}`
}

/** What stands at the end of the event, and the names on the way to where the writing is. */
interface Late {
  path: string
  texts: string[]
}

function writeChildren(
  elements: readonly EventElement[],
  { children, late: isLate }: Shape,
  toDigitalLink: ToDigitalLink,
  late: Late,
): string {
  if (elements.length === 0) return ''
  const known: (string[] | undefined)[] = []
  const others: EventElement[] = []
  for (const element of elements) {
    const place = children?.get(element.name)
    if (!place) {
      if (isLate?.has(element.name)) late.texts.push(late.path + writeExtensions([element], toDigitalLink))
      else others.push(element)
      continue
    }
    const text = writeKnown(element, place.shape, toDigitalLink, late)
    const same = known[place.at]
    if (same) same.push(text)
    else known[place.at] = [text]
  }
  let text = ''
  for (const same of known) if (same) text += joined(same)
  return text + writeExtensions(others, toDigitalLink)
}

/** Empty elements leave no trace. */
function writeKnown(element: EventElement, shape: Shape, toDigitalLink: ToDigitalLink, late: Late): string {
  const value = canonicalText(element.text, shape.kind, toDigitalLink)
  let children = ''
  if (element.children.length) {
    const { path } = late
    late.path = path + element.name
    children = writeChildren(element.children, shape, toDigitalLink, late)
    late.path = path
  }
  if (!value && !children) return ''
  return `${shape.nameless ? '' : element.name}${value && `=${value}`}${children}`
}

function writeExtensions(elements: readonly EventElement[], toDigitalLink: ToDigitalLink): string {
  if (elements.length === 0) return ''
  const written = elements.map(element => {
    const value = canonicalText(element.text, undefined, toDigitalLink)
    return `${element.name}${value && `=${value}`}${writeExtensions(element.children, toDigitalLink)}`
  })
  return joined(written)
}

function joined(texts: string[]): string {
  return texts.length === 1 ? texts[0]! : texts.sort(byCodePoint).join('')
}

const URI = /^(?:urn:|https?:)/i
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

function canonicalText(raw: string, kind: Shape['kind'], toDigitalLink: ToDigitalLink): string {
  const text = raw.trim()
  if (text === '') return ''
  if (kind === 'time') return roundedTime(text)
  if (kind !== undefined) return termUri(kind, canonicalTerm(kind, text))
  if (!URI.test(text)) return NUMBER.test(text) ? plainNumber(text) : text
  const term = webTerm(text)
  const link = toDigitalLink(term)
  return link === null ? term : link.replace(/[!()*]/g, escaped)
}

/** The reference vectors escape more of a link's path than RFC 3986 asks for. */
function escaped(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`
}

/**
 * A number in digits without exponent, plus or needless zeros. Digits beyond the 17 of a double do not count: XML has
 * no types, so a text that looks like a number is one, and the reference implementation reads it as a double.
 */
function plainNumber(text: string): string {
  const value = Number(text)
  if (!Number.isFinite(value)) return text
  if (Number.isInteger(value)) return BigInt(value).toString()
  const [digits = '', exponent] = String(value).split('e-')
  if (exponent === undefined) return digits
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.')
  const shifted = `0.${whole.padStart(Number(exponent), '0')}${fraction}`
  return value < 0 ? `-${shifted}` : shifted
}

/** In UTC with three fraction digits, rounded half up. */
function roundedTime(text: string): string {
  const micros = parseTime(text)
  return micros === null ? text : new Date(Math.floor((micros + 500) / 1000)).toISOString()
}

/** UTF-16 units in the order of their code points: surrogates after everything else. */
function rank(unit: number): number {
  return unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}

/** Order by code points, as of UTF-8 bytes. */
function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}
