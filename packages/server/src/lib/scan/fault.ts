/** What can be wrong with a JSON or XML text, and the one error that carries it. */

/** Limits that hold for any JSON text. */
export interface TextLimits {
  /** arrays and objects inside one another, the outermost counted; of a whole document, not of one event */
  depth: number
  /** bytes of one string or member name in UTF-8, escapes resolved */
  stringBytes: number
}

/** Limits of one capture document; each is the largest value that is still taken. */
export interface ScanLimits extends TextLimits {
  documentBytes: number
  eventBytes: number
  /** bytes of everything but the content of the event list */
  headBytes: number
  events: number
}

/** In the order in which the messages below explain them. */
export type ScanFaultKind =
  | 'syntax'
  | 'utf8'
  | 'duplicate-key'
  | 'forbidden-key'
  | 'nul-or-surrogate'
  | 'depth'
  | 'string-length'
  | 'event-size'
  | 'head-size'
  | 'document-size'
  | 'too-many-events'
  | 'too-many-elements'
  | 'not-a-document'
  | 'xml-syntax'
  | 'dtd'
  | 'instruction'

/** One text in the two languages of the platform. */
export interface BothLanguages {
  zh: string
  en: string
}

export interface ScanFault {
  kind: ScanFaultKind
  /** bytes from the start of what was received, a byte order mark included */
  offset: number
  /** JSON pointer (RFC 6901) as far as known, the member at fault for a fault of a name; of XML the element's path */
  pointer: string
  /** of XML, from 1 */
  line?: number
  column?: number
  message: BothLanguages
}

/** Thrown for a fault that a sender can cause; everything else that is thrown is ours. */
export class ScanError extends Error {
  readonly fault: ScanFault
  constructor(fault: ScanFault) {
    super(`${fault.message.en} (byte ${fault.offset}, ${fault.pointer || 'document'})`)
    this.name = 'ScanError'
    this.fault = fault
  }
}

const MESSAGES: Record<ScanFaultKind, (detail: string) => BothLanguages> = {
  syntax: detail => ({ zh: `JSON 语法错误（${detail}）`, en: `Not well-formed JSON (${detail})` }),
  utf8: () => ({ zh: '不是有效的 UTF-8 编码', en: 'Not valid UTF-8' }),
  'duplicate-key': name => ({
    zh: `同一对象中成员名 ${name} 重复`,
    en: `The member name ${name} occurs twice in one object`,
  }),
  'forbidden-key': name => ({ zh: `不允许的成员名 ${name}`, en: `The member name ${name} is not allowed` }),
  'nul-or-surrogate': what => ({ zh: `不允许的字符 ${what}`, en: `The character ${what} is not allowed` }),
  depth: limit => ({ zh: `嵌套超过 ${limit} 层`, en: `Nested deeper than ${limit} levels` }),
  'string-length': limit => ({ zh: `字符串超过 ${limit} 字节`, en: `A string is longer than ${limit} bytes` }),
  'event-size': limit => ({ zh: `单个事件超过 ${limit} 字节`, en: `An event is larger than ${limit} bytes` }),
  'head-size': limit => ({
    zh: `事件列表以外的内容超过 ${limit} 字节`,
    en: `What stands outside the event list is larger than ${limit} bytes`,
  }),
  'document-size': limit => ({ zh: `文档超过 ${limit} 字节`, en: `The document is larger than ${limit} bytes` }),
  'too-many-events': limit => ({ zh: `事件超过 ${limit} 个`, en: `More than ${limit} events` }),
  'too-many-elements': limit => ({
    zh: `一个事件的元素超过 ${limit} 个`,
    en: `More than ${limit} elements in one event`,
  }),
  'not-a-document': detail => ({ zh: `不是 EPCIS 文档（${detail}）`, en: `Not an EPCIS document (${detail})` }),
  'xml-syntax': detail => ({ zh: `XML 语法错误（${detail}）`, en: `Not well-formed XML (${detail})` }),
  dtd: () => ({
    zh: '不接受 DTD、实体声明和外部引用；请删除 DOCTYPE 的内容',
    en: 'Document type definitions, entities and external references are not taken; remove what the DOCTYPE declares',
  }),
  instruction: () => ({
    zh: '不接受处理指令（<?…?>）；请删除',
    en: 'Processing instructions (<?…?>) are not taken; remove them',
  }),
}

/**
 * A fault with its words.
 * @param detail the limit, the member name or the character, whichever the kind speaks of
 */
export function faultAt(kind: ScanFaultKind, offset: number, pointer: string, detail: string | number = ''): ScanFault {
  return { kind, offset, pointer, message: MESSAGES[kind](String(detail)) }
}

/** A step of a JSON pointer, escaped (RFC 6901 §3). */
export function pointerStep(name: string | number): string {
  return `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`
}
