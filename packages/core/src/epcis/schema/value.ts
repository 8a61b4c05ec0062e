import Type from 'typebox'
import { quote, type Words, wrongPattern } from '../fault.ts'
import { nearest } from '../nearest.ts'
import { parseTime } from '../time.ts'
import { isUri } from '../uri.ts'
import { distinct, rule, ruled } from './rule.ts'
import * as terms from './standard-terms.ts'

const uriRule = rule(
  value => isUri(value as string),
  value => [
    {
      pointer: '',
      message: wrongPattern(
        {
          zh: 'URI（如 urn:epc:id:… 或 https://id.gs1.org/…）',
          en: 'a URI (like urn:epc:id:… or https://id.gs1.org/…)',
        },
        value,
      ),
    },
  ],
)

const timeRule = rule(
  value => parseTime(value as string) !== null,
  value => [
    {
      pointer: '',
      message: wrongPattern(
        {
          zh: '真实存在的带时区时刻（如 2026-03-01T08:30:00+08:00；24:00:00、第 60 秒和不存在的日期不收）',
          en: 'an existing instant with its zone (like 2026-03-01T08:30:00+08:00; no 24:00:00, no second 60, no day that does not exist)',
        },
        value,
      ),
    },
  ],
)

export const Uri = ruled(Type.String(), uriRule)
export const Time = ruled(Type.String(), timeRule)
export const Text = Type.String()
export const Decimal = Type.Number()

/** A list of URIs that may repeat. */
export const Uris = Type.Array(Uri)
/** A list of URIs without repetition. */
export const DistinctUris = distinct(Uri)

/** Text of a shape; `shape` says it in words. */
export function patterned(pattern: RegExp, shape: { zh: string; en: string }) {
  return ruled(
    Type.String(),
    rule(
      value => pattern.test(value as string),
      value => [{ pointer: '', message: wrongPattern(shape, value) }],
    ),
  )
}

export const Zone = patterned(/^[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)$/, {
  zh: '时区偏移 ±hh:mm（如 +08:00，最大 14:00）',
  en: 'a zone offset ±hh:mm (like +08:00, at most 14:00)',
})
const UOM = /^[A-Z0-9]{2,3}$/
export const isUom = (text: string) => UOM.test(text)
export const Uom = patterned(UOM, {
  zh: 'UN/ECE 第 20 号建议书的计量单位代码（2 至 3 个大写字母或数字，如 KGM）',
  en: 'a UN/ECE Rec 20 unit code (2 or 3 upper-case letters or digits, like KGM)',
})
export const HexBinary = patterned(/^[A-Fa-f0-9]+$/, { zh: '十六进制数字', en: 'hexadecimal digits' })
export const Version = patterned(/^\d+(?:\.\d+)*$/, { zh: '版本号（如 2.0）', en: 'a version number (like 2.0)' })

/** Own terms are URIs outside the standard vocabulary's namespaces, whose terms must be written bare. */
const CBV_NAMESPACE = /^(?:urn:epcglobal:cbv|https?:\/\/ns\.gs1\.org\/cbv\/)/
const GS1_NAMESPACE = /^https?:\/\/(?:www\.)?gs1\.org\/voc\//

/** Whether a text is a term of a standard list, bare, or a URI of another vocabulary. */
function termCheck(known: readonly string[], reserved: RegExp): (text: string) => boolean {
  const standard = new Set(known)
  return text => standard.has(text) || (isUri(text) && !reserved.test(text))
}

/** A term that `isTerm`, with the words for what is none. */
function term(isTerm: (text: string) => boolean, known: readonly string[], reserved: RegExp) {
  const checked = rule(
    value => isTerm(value as string),
    value => {
      const inside = reserved.test(value as string)
      const near = nearest(inside ? (/\w+$/.exec(value as string)?.[0] ?? '') : (value as string), known)
      const what: Words = inside
        ? { zh: '属标准词表，应直接写词条', en: 'is of the standard vocabulary, whose terms are written bare' }
        : { zh: '不是标准词条', en: 'is no standard term' }
      const guess: Words = near ? { zh: `，是否指 ${near}？`, en: `, is ${near} meant?` } : { zh: '。', en: '.' }
      return [
        {
          pointer: '',
          message: {
            zh: `${quote(value)} ${what.zh}${guess.zh}可用：${known.join('、')}，或其他词表的 URI`,
            en: `${quote(value)} ${what.en}${guess.en} Allowed: ${known.join(', ')}, or a URI of another vocabulary`,
          },
          leniency: 'unknown-term',
        },
      ]
    },
  )
  return ruled(Type.String(), Object.assign(checked, { leniency: 'unknown-term' as const }))
}

/** One of these words and nothing else. */
export function oneOf(words: readonly string[]) {
  return ruled(
    Type.String(),
    rule(
      value => words.includes(value as string),
      value => [
        {
          pointer: '',
          message: {
            zh: `${quote(value)} 不是允许的值；可用：${words.join('、')}`,
            en: `${quote(value)} is not allowed; allowed: ${words.join(', ')}`,
          },
        },
      ],
    ),
  )
}

export const isBizStep = termCheck(terms.BIZ_STEPS, CBV_NAMESPACE)
export const BizStep = term(isBizStep, terms.BIZ_STEPS, CBV_NAMESPACE)
export const isDisposition = termCheck(terms.DISPOSITIONS, CBV_NAMESPACE)
export const Disposition = term(isDisposition, terms.DISPOSITIONS, CBV_NAMESPACE)
export const isBizTransactionType = termCheck(terms.BIZ_TRANSACTION_TYPES, CBV_NAMESPACE)
export const BizTransactionType = term(isBizTransactionType, terms.BIZ_TRANSACTION_TYPES, CBV_NAMESPACE)
export const isSourceDestType = termCheck(terms.SOURCE_DEST_TYPES, CBV_NAMESPACE)
export const SourceDestType = term(isSourceDestType, terms.SOURCE_DEST_TYPES, CBV_NAMESPACE)
export const ErrorReason = term(termCheck(terms.ERROR_REASONS, CBV_NAMESPACE), terms.ERROR_REASONS, CBV_NAMESPACE)
export const Component = term(termCheck(terms.COMPONENTS, CBV_NAMESPACE), terms.COMPONENTS, CBV_NAMESPACE)
export const MeasurementType = term(
  termCheck(terms.MEASUREMENT_TYPES, GS1_NAMESPACE),
  terms.MEASUREMENT_TYPES,
  GS1_NAMESPACE,
)
export const SensorAlertType = term(
  termCheck(terms.SENSOR_ALERT_TYPES, GS1_NAMESPACE),
  terms.SENSOR_ALERT_TYPES,
  GS1_NAMESPACE,
)
export const ActionWord = oneOf(['OBSERVE', 'ADD', 'DELETE'])
