import { TextDecoder } from 'node:util'
import { Problem } from '@yuanliu/core'

/** The `charset` of a Content-Type, lower-cased; null where there is none (RFC 9110 §8.3.2). */
export function charsetOf(contentType: string | undefined): string | null {
  const given = /;\s*charset\s*=\s*(?:"([^"]*)"|([^;\s]*))/i.exec(contentType ?? '')
  return given ? (given[1] ?? given[2] ?? '').trim().toLowerCase() : null
}

const UTF8 = /^(utf-?8|us-ascii|ascii)$/
const UTF16 = /^utf-?16(le|be)?$/

/**
 * JSON is UTF-8 (RFC 8259 §8.1), of XML UTF-16 is read besides (XML 1.0 §4.3.3). Throws 415 for a charset that is neither:
 * read as UTF-8, its letters would be others.
 */
export function requireCharset(contentType: string | undefined, media: 'json' | 'xml'): void {
  const charset = charsetOf(contentType)
  if (charset === null || UTF8.test(charset) || (media === 'xml' && UTF16.test(charset))) return
  const taken = media === 'xml' ? 'UTF-8, UTF-16' : 'UTF-8'
  throw new Problem('unsupported-media-type', {
    detail: `charset ${charset.slice(0, 100)}: 内容须为 ${taken} 编码 the content has to be in ${taken}`,
  })
}

/** Characters in which an XML declaration has to end to be looked at. */
const DECLARATION = 1_000

/**
 * XML as UTF-8: what begins with the byte order mark of UTF-16, or with `<` in two bytes, or is said to be UTF-16 by its
 * charset, is written anew piece by piece; anything else passes as it is. Throws 400 for what is no UTF-16.
 */
export async function* xmlAsUtf8(body: AsyncIterable<Buffer>, charset: string | null): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | null = null
  let head: Buffer | null = Buffer.alloc(0)
  let text = ''
  let isDeclared = false
  let line = 1

  const decoded = (piece?: Buffer): string => {
    const strict = decoder as TextDecoder
    try {
      const part = piece ? strict.decode(piece, { stream: true }) : strict.decode()
      line += part.split('\n').length - 1
      return part
    } catch (error) {
      // What is wrong shows as a replacement where it is read without strictness; at the end something is missing.
      const [right = ''] = new TextDecoder(strict.encoding).decode(piece).split('\ufffd')
      const lines = right.split('\n')
      const place = { line: line + lines.length - 1, column: (lines.at(-1) ?? '').length + 1 }
      const message = '内容不是正确的 UTF-16 the content is not correct UTF-16'
      throw new Problem(
        'invalid-xml',
        {
          detail: `${message} (第 ${place.line} 行第 ${place.column} 列 line ${place.line}, column ${place.column})`,
          errors: [{ pointer: '', message, code: 'encoding', ...place }],
        },
        { cause: error },
      )
    }
  }
  /** Text that may go on; what may still be the declaration waits for its end. */
  function ready(isLast: boolean): string {
    if (!isDeclared && !isLast && text.length < DECLARATION && !text.includes('?>')) return ''
    const out = isDeclared ? text : withoutEncoding(text)
    isDeclared = true
    text = ''
    return out
  }

  for await (const piece of body) {
    let bytes = piece
    if (head) {
      bytes = head.length ? Buffer.concat([head, piece]) : piece
      head = bytes.length < 2 ? bytes : null
      if (head) continue
      const encoding = utf16Of(bytes, charset)
      decoder = encoding && new TextDecoder(encoding, { fatal: true })
    }
    if (!decoder) {
      yield bytes
      continue
    }
    text += decoded(bytes)
    const out = ready(false)
    if (out) yield Buffer.from(out)
  }
  if (head?.length) yield head
  if (!decoder) return
  text += decoded()
  const out = ready(true)
  if (out) yield Buffer.from(out)
}

/** Which UTF-16 the first two bytes are, if any. */
function utf16Of(bytes: Buffer, charset: string | null): 'utf-16le' | 'utf-16be' | null {
  const first = bytes.readUInt16BE(0)
  if (first === 0xfeff) return 'utf-16be'
  if (first === 0xfffe) return 'utf-16le'
  // Without a mark its first character, `<`, tells which it is, whatever the charset says or does not say.
  if (first === 0x003c) return 'utf-16be'
  if (first === 0x3c00) return 'utf-16le'
  if (charset === null || !UTF16.test(charset)) return null
  return charset.endsWith('le') ? 'utf-16le' : 'utf-16be'
}

/** The encoding that a declaration names is no longer that of the text. */
function withoutEncoding(text: string): string {
  return text.replace(/^(<\?xml\s[^>]*?)\s+encoding\s*=\s*(?:"utf-?16(?:le|be)?"|'utf-?16(?:le|be)?')/i, '$1')
}
