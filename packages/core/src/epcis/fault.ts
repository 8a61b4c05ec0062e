import { nearest } from './nearest.ts'

/** What is wrong with a document, where, and in words for people; used by every check of a JSON document. */

export interface Words {
  zh: string
  en: string
}

export interface Fault {
  /** JSON pointer (RFC 6901) relative to the value checked; of a missing field, where it should stand */
  pointer: string
  message: Words
  /** what lenient capture takes it for; absent: refused in any case */
  leniency?: Leniency
}

/** What lenient capture takes all the same and remarks upon. */
export const LENIENCIES = [
  'element-order',
  'stray-text',
  'loose-form',
  'unknown-term',
  'persistent-disposition',
  'master-data-in-query-document',
  'repeated-item',
  'sensor-without-type',
  'schema-version',
  'not-kept',
  'not-in-json',
] as const
export type Leniency = (typeof LENIENCIES)[number]

/** What the XML schema has room for and the JSON schema has not: no fault of an event that came as XML. */
export const XML_SCHEMA_TAKES: ReadonlySet<Leniency | undefined> = new Set<Leniency>([
  'unknown-term',
  'persistent-disposition',
  'master-data-in-query-document',
  'repeated-item',
  'sensor-without-type',
  'not-in-json',
])

/** Remarked upon in either mode where the XML schema takes it. Of these, JSON never takes `not-in-json`. */
export const XML_ALWAYS_TELLS: ReadonlySet<Leniency | undefined> = new Set<Leniency>(['unknown-term', 'not-in-json'])

/** `pointer` one member further down. */
export function pointTo(pointer: string, member: string | number): string {
  return `${pointer}/${String(member).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** A value as it may stand in a message: short, on one line. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

const KINDS: Record<string, Words> = {
  string: { zh: '文本', en: 'a string' },
  number: { zh: '数字', en: 'a number' },
  boolean: { zh: 'true 或 false', en: 'true or false' },
  object: { zh: '对象', en: 'an object' },
  array: { zh: '数组', en: 'an array' },
  null: { zh: 'null', en: 'null' },
}

/** The JSON kind of a value: string, number, boolean, object, array or null. */
export function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

/** Words for one of several JSON kinds. */
export function kindWords(kinds: readonly string[]): Words {
  const words = kinds.map(kind => KINDS[kind] ?? { zh: kind, en: kind })
  return { zh: words.map(w => w.zh).join('或'), en: words.map(w => w.en).join(' or ') }
}

export function missing(field: string): Words {
  return { zh: `缺少必填字段 ${field}`, en: `required field ${field} is missing` }
}

export function wrongKind(expected: readonly string[], value: unknown): Words {
  if (typeof value === 'number' && !Number.isFinite(value))
    return { zh: '数字超出范围', en: 'the number is out of range' }
  const [want, got] = [kindWords(expected), kindWords([kindOf(value)])]
  return { zh: `应为${want.zh}，实际为${got.zh}`, en: `expected ${want.en}, found ${got.en}` }
}

/** Longer lists of fields say nothing to a reader. */
const LISTED_FIELDS = 12

export function unknownField(field: string, known: readonly string[], open: boolean): Words {
  const near = nearest(field, known)
  const listed = known.length > 0 && known.length <= LISTED_FIELDS
  const hint: Words = near
    ? { zh: `，是否指 ${near}？`, en: `; is ${near} meant?` }
    : listed
      ? { zh: `；此处可用字段：${known.join('、')}`, en: `; fields known here: ${known.join(', ')}` }
      : { zh: '', en: '' }
  const example = `example:${/^[A-Za-z_][\w.-]*$/.test(field) ? field : 'field'}`
  const rest: Words = open
    ? {
        zh: `。扩展字段须带命名空间前缀，如 ${example}`,
        en: `. An extension field needs a namespace prefix, like ${example}`,
      }
    : { zh: '。此处不允许扩展字段', en: '. Extensions are not allowed here' }
  return { zh: `未知字段 ${field}${hint.zh}${rest.zh}`, en: `unknown field ${field}${hint.en}${rest.en}` }
}

export function wrongPattern(expected: Words, value: unknown): Words {
  return { zh: `应为${expected.zh}，实际为 ${quote(value)}`, en: `expected ${expected.en}, found ${quote(value)}` }
}

export function tooFew(least: number): Words {
  return { zh: `至少应有 ${least} 项`, en: `at least ${least} item${least === 1 ? ' is' : 's are'} required` }
}

export function repeated(value: unknown, first: number): Words {
  return { zh: `${quote(value)} 与第 ${first + 1} 项重复`, en: `${quote(value)} repeats item ${first + 1}` }
}
