import { type Ai, aiOf } from './ai-table.ts'
import { BASE64URL, BitReader, BitWriter } from './bits.ts'
import type { Gs1Element } from './element.ts'
import { OPTIMISATIONS } from './tables.ts'

/**
 * Elements as a compressed path segment and back (GS1 Digital Link: Compression). An identifier takes four bits a digit
 * (or a code for several together), a value what its format says: fixed digits as one number, the rest behind its
 * encoding and its length.
 */

type Pair = Pick<Gs1Element, 'ai' | 'value'>

/** What a value consists of for compression: neighbours of one kind are one field. */
interface Field {
  numeric: boolean
  /** of fixed length */
  fixed: boolean
  /** its length, or its greatest */
  max: number
}

const optimisations = new Map<string, readonly string[]>()
for (const row of OPTIMISATIONS.trim().split(/[\n;]/)) {
  const [code = '', ais = ''] = row.split('=')
  optimisations.set(code, ais.split(' '))
}

const layouts = new WeakMap<readonly unknown[], Field[]>()

function fieldsOf({ components }: Ai): Field[] {
  const known = layouts.get(components)
  if (known) return known
  const fields: Field[] = []
  for (const { type, min, max, optional } of components) {
    const fixed = min === max && !optional
    const last = fields.at(-1)
    // fixed digits stay apart from what may follow them; of other characters one field says all
    const joins = last && last.numeric === (type === 'N') && (last.fixed === fixed || type !== 'N')
    if (joins) {
      last.max += max
      last.fixed &&= fixed
    } else fields.push({ numeric: type === 'N', fixed, max })
  }
  layouts.set(components, fields)
  return fields
}

/** Bits that hold so many decimal digits; by the standard's formula one bit for none. */
const valueBits = (digits: number) => Math.ceil(digits * Math.log2(10) + 0.01)
/** Bits that hold a length. */
const lengthBits = (most: number) => Math.ceil(Math.log2(most) + 0.01)

/** Ways to write characters, the shorter first. */
const ENCODINGS = [
  { chars: '0123456789', bits: 0 },
  { chars: '0123456789abcdef', bits: 4 },
  { chars: '0123456789ABCDEF', bits: 4 },
  { chars: BASE64URL, bits: 6 },
  { chars: Array.from({ length: 128 }, (_, c) => String.fromCharCode(c)).join(''), bits: 7 },
] as const
/** also that of an empty text, as GS1's own toolkit writes it */
const ASCII = 4

/**
 * Elements as a segment, by their identifiers; where several are keys, the first of them stays first, so that it is
 * known which one the link is about. Values have to be right.
 */
export function compress(elements: readonly Pair[], optimise: boolean): string {
  const [first, ...others] = elements.filter(({ ai }) => aiOf(ai)!.sequences)
  const leading = others.length > 0 ? [first!] : []
  const sorted = elements.filter(e => !leading.includes(e)).sort((a, b) => (a.ai < b.ai ? -1 : 1))
  const left = new Map([...leading, ...sorted].map(({ ai, value }) => [ai, value]))
  const bits = new BitWriter()
  for (let code = optimise && others.length === 0 ? bestCode(left) : null; code; code = bestCode(left)) {
    for (const digit of code) bits.push(Number.parseInt(digit, 16), 4)
    for (const ai of optimisations.get(code)!) {
      pushValue(bits, aiOf(ai)!, left.get(ai)!)
      left.delete(ai)
    }
  }
  for (const [ai, value] of left) {
    for (const digit of ai) bits.push(Number(digit), 4)
    pushValue(bits, aiOf(ai)!, value)
  }
  return bits.toString()
}

/** The code that spares most digits of identifiers. */
function bestCode(left: ReadonlyMap<string, string>): string | null {
  let best: string | null = null
  let most = 0
  for (const [code, ais] of optimisations) {
    const { length } = ais.join('')
    if (length > most && ais.every(ai => left.has(ai))) {
      best = code
      most = length
    }
  }
  return best
}

function pushValue(bits: BitWriter, ai: Ai, value: string): void {
  let at = 0
  for (const { numeric, fixed, max } of fieldsOf(ai)) {
    const text = fixed ? value.slice(at, at + max) : value.slice(at)
    at += text.length
    if (numeric) {
      if (!fixed) bits.push(text.length, lengthBits(max))
      pushText(bits, text, 0)
      continue
    }
    const encoding = text === '' ? ASCII : ENCODINGS.findIndex(({ chars }) => [...text].every(c => chars.includes(c)))
    bits.push(encoding, 3)
    if (!fixed) bits.push(text.length, lengthBits(max))
    pushText(bits, text, encoding)
  }
}

function pushText(bits: BitWriter, text: string, encoding: number): void {
  const { chars, bits: width } = ENCODINGS[encoding]!
  if (encoding === 0) bits.push(BigInt(text), valueBits(text.length))
  else for (const char of text) bits.push(chars.indexOf(char), width)
}

export interface Decompressed {
  elements: Pair[]
  /** parameters that are none of GS1's, as `name=value`, not escaped */
  extra: [string, string][]
}

/** The elements of a segment; null where it is none. Values are not judged. */
export function decompress(segment: string): Decompressed | null {
  // most segments of other people's addresses do not even begin like one
  const head = BitReader.of(segment.slice(0, 4))
  if (!head || !identifiers(head, head.take(4))) return null
  const bits = BitReader.of(segment)
  if (!bits) return null
  const found: Decompressed = { elements: [], extra: [] }
  while (!bits.done) {
    const code = bits.take(4)
    if (code === 15) {
      const pair = otherPair(bits)
      if (!pair) return null
      found.extra.push(pair)
      continue
    }
    const ais = identifiers(bits, code)
    if (!ais) return null
    for (const ai of ais) {
      const value = takeValue(bits, ai)
      if (value === null) return null
      found.elements.push({ ai: ai.ai, value })
    }
  }
  return found.elements.length > 0 ? found : null
}

/** What the next code means: one identifier digit by digit, or several at once. */
function identifiers(bits: BitReader, first: number): Ai[] | null {
  const second = bits.take(4)
  if (first < 0 || second < 0) return null
  let name = first.toString(16).toUpperCase() + second.toString(16).toUpperCase()
  const several = optimisations.get(name)
  if (several) return several.map(ai => aiOf(ai)!)
  while (name.length <= 4) {
    const ai = aiOf(name)
    if (ai) return [ai]
    const digit = bits.take(4)
    if (digit < 0 || digit > 9) return null
    name += digit
  }
  return null
}

function takeValue(bits: BitReader, ai: Ai): string | null {
  let value = ''
  for (const { numeric, fixed, max } of fieldsOf(ai)) {
    const encoding = numeric ? 0 : bits.take(3)
    const length = fixed ? max : bits.take(lengthBits(max))
    if (encoding < 0 || encoding > 4 || length < 0 || length > max) return null
    const text = takeText(bits, length, encoding)
    if (text === null) return null
    value += text
  }
  return value
}

function takeText(bits: BitReader, length: number, encoding: number): string | null {
  if (encoding === 0) return bits.digits(valueBits(length), length)
  const { chars, bits: width } = ENCODINGS[encoding]!
  let text = ''
  for (let i = 0; i < length; i++) {
    const index = bits.take(width)
    if (index < 0) return null
    text += chars[index]!
  }
  return text
}

/** A parameter that is none of GS1's: length and name, encoding, length and value. */
function otherPair(bits: BitReader): [string, string] | null {
  const name = takeText(bits, Math.max(bits.take(7), 0), 3)
  const encoding = bits.take(3)
  const length = bits.take(7)
  if (!name || encoding < 0 || encoding > 4 || length < 0) return null
  const value = takeText(bits, length, encoding)
  return value === null ? null : [name, value]
}
