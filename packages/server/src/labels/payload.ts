import { type CarrierContent, type CarrierSpec, type Codes, Problem, type Reading } from '@yuanliu/core'

type Fitting = Extract<Reading, { ok: true }>

/** A code as a carrier holds it. */
export interface Payload {
  reading: Fitting
  text: string
}

/** Longest text of any carrier: what a phone still reads from a label of ordinary size. */
const LONGEST = 512
const GTIN = /^\(01\)(\d{14})$/

/**
 * What `spec` holds for a code in any notation.
 * @param content one of what the carrier may hold; null: the first
 * @param pointer place of the code in the request
 * @throws Problem malformed-code where it is no code, carrier-unfit where this carrier cannot hold it
 */
export function payloadOf(
  codes: Pick<Codes, 'identify'>,
  publicUrl: string,
  spec: CarrierSpec,
  content: CarrierContent | null,
  code: string,
  pointer: string,
): Payload {
  const readings = codes.identify(code)
  const fitting = readings.filter(reading => reading.ok)
  // A misspelt number may still be an address; what is wrong first is what is printed wrong for ever.
  const [first] = readings
  if (!first?.ok) throw malformed(code, readings, pointer)
  const held = contentOf(spec, content)
  const refusals: string[] = []
  for (const reading of fitting) {
    const text = CONTENTS[held](reading, { code, publicUrl })
    if (typeof text === 'object') refusals.push(text.refusal)
    else return { reading, text: bounded(spec, text, pointer) }
  }
  throw unfit(pointer, spec, refusals[0] ?? '')
}

/** A carrier cannot hold a code, or a label not the carrier: what is wrong and what to do, in both languages. */
export function unfit(pointer: string, spec: Pick<CarrierSpec, 'id' | 'title'>, message: string): Problem {
  const words = `${spec.id} (${spec.title.zh}): ${message}`
  return new Problem('carrier-unfit', { detail: words, errors: [{ pointer, message: words }] })
}

function contentOf(spec: CarrierSpec, asked: CarrierContent | null): CarrierContent {
  const [usual] = spec.holds
  if (asked === null) return usual as CarrierContent
  if (spec.holds.includes(asked)) return asked
  const all = spec.holds.join(', ')
  const message = `${spec.id} 可承载的内容：${all}。${spec.id} holds ${all}; choose one of these, or another carrier`
  throw new Problem('invalid-query', { detail: message, errors: [{ pointer: '/query/content', message }] })
}

function malformed(code: string, readings: readonly Reading[], pointer: string): Problem {
  const errors = readings.flatMap(reading =>
    reading.ok ? [] : [{ pointer, message: `${reading.scheme}: ${reading.message.zh} ${reading.message.en}` }],
  )
  const message = `不是已知的编码，请核对 Not a code of any known scheme; check it: ${code.slice(0, 80)}`
  return new Problem('malformed-code', {
    detail: errors[0]?.message ?? message,
    errors: errors.length ? errors : [{ pointer, message }],
  })
}

function bounded(spec: CarrierSpec, text: string, pointer: string): string {
  if (spec.unicode ? UNSEEN.test(text) : !/^[ -~]+$/.test(text)) {
    throw unfit(
      pointer,
      spec,
      '编码含有 ASCII 以外的字符，请用 content=link。The code has characters outside ASCII; use content=link, the address of its page',
    )
  }
  const longest = Math.min(spec.longest ?? LONGEST, LONGEST)
  const length = lengthOf(spec, text)
  if (length <= longest) return text
  throw unfit(
    pointer,
    spec,
    `需要 ${length} 个字符，最多 ${longest} 个，请用二维载体。It needs ${length} characters and holds ${longest}; use a two-dimensional carrier such as gs1-qr or gs1-datamatrix`,
  )
}

/** Controls, but for line breaks: what no label shows (FNC1 is made by the carrier). */
const UNSEEN = /[^\P{Cc}\n]|\p{Cs}/u

/** Characters as a carrier counts them, bytes of UTF-8 beyond ASCII: element strings without brackets (GS1 General Specifications §5.4.4.3). */
function lengthOf(spec: CarrierSpec, text: string): number {
  if (!spec.holds.includes('element')) return Buffer.byteLength(text)
  const elements = text.split(/(?!^)(?=\(\d{2,4}\))/)
  const separators = elements.slice(0, -1).filter(element => !PREDEFINED.test(element)).length
  return text.length - 2 * elements.length + separators
}

/** Elements of predefined length, which no separator follows (§7.8.5). */
const PREDEFINED = /^\((?:0[0-4]|1[1-9]|20|3[1-6]|41)/

type Maker = (reading: Fitting, about: { code: string; publicUrl: string }) => string | { refusal: string }

const CONTENTS: Record<CarrierContent, Maker> = {
  'digital-link': ({ forms }, { publicUrl }) => linkOf(forms, publicUrl) ?? NOT_GS1,
  link: ({ forms }, { code, publicUrl }) =>
    linkOf(forms, publicUrl) ?? `${publicUrl}/t/${encodeURIComponent(code.trim())}`,
  element: ({ forms }) => forms.element ?? NO_ELEMENT,
  gtin14: ({ forms }) => GTIN.exec(forms.element ?? '')?.[1] ?? NO_GTIN,
  gtin13({ forms }) {
    const digits = GTIN.exec(forms.element ?? '')?.[1]
    if (digits === undefined) return NO_GTIN
    if (digits.startsWith('000000')) return GTIN_8
    return digits.startsWith('0') ? digits.slice(1) : GTIN_14
  },
  // lines as the scheme has them, however they were given
  text: ({ forms }, { code }) => (/\n/.test(forms.text ?? '') ? forms.text! : code.trim()),
}

/** The Digital Link on our own address: what is scanned leads here (GS1 Digital Link: URI Syntax, any domain). */
function linkOf(forms: Record<string, string>, publicUrl: string): string | null {
  const link = forms.digitalLink
  return link === undefined ? null : publicUrl + new URL(link).pathname
}

const NOT_GS1 = {
  refusal:
    '只承载 GS1 编码；其他编码请用 carrier=qr。It holds GS1 codes only; for other schemes use carrier=qr, which leads to the page of any code',
}
const NO_ELEMENT = {
  refusal:
    '需要 GS1 单元数据串，如 (01)06901234567892(10)L42；其他编码请用 code-128 或 qr。It needs GS1 element strings such as (01)06901234567892(10)L42; for other codes use code-128 or qr',
}
const NO_GTIN = {
  refusal:
    '只承载商品条码 (GTIN)，不含批号、序列号；需要时请用 gs1-128 或 gs1-datamatrix。It holds a GTIN alone, without lot or serial; with these use gs1-128 or gs1-datamatrix',
}
const GTIN_14 = {
  refusal:
    '14 位编码（首位不是 0）请用 itf-14 或 gs1-128。A GTIN of 14 digits that does not begin with 0 needs itf-14 or gs1-128',
}
const GTIN_8 = {
  refusal: 'GTIN-8 不能印成 EAN-13，请用 gs1-qr 或 gs1-datamatrix。A GTIN-8 is no EAN-13; use gs1-qr or gs1-datamatrix',
}
