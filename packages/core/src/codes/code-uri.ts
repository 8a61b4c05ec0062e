/** Codes inside URIs: the URN of a code (RFC 8141 §2) and addresses that codes are appended to (RFC 3986 §3.3). */

/** By character code: stands for itself in a name-specific string and in a path alike. */
const PLAIN = new Uint8Array(128)
for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~!*'(),;:=@-/") {
  PLAIN[char.charCodeAt(0)] = 1
}
const SLASH = 47
/** Escapes of bytes. */
const ESCAPES = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)

/** A code as it stands behind the head of a URI; lone surrogates become U+FFFD. */
export function encodeCode(code: string): string {
  let text = ''
  let kept = 0
  for (let i = 0; i < code.length; i++) {
    const c = code.charCodeAt(i)
    // an NSS does not begin with a slash
    if (c < 128 && PLAIN[c] === 1 && !(c === SLASH && i === 0)) continue
    if (i > kept) text += code.slice(kept, i)
    const point = code.codePointAt(i)!
    if (point > 0xffff) i++
    text += escaped(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point)
    kept = i + 1
  }
  if (kept === 0) return code
  return kept < code.length ? text + code.slice(kept) : text
}

/** The bytes of a character in UTF-8, escaped. */
function escaped(point: number): string {
  const tail = (shift: number) => ESCAPES[0x80 | ((point >> shift) & 63)]!
  if (point < 0x80) return ESCAPES[point]!
  if (point < 0x800) return ESCAPES[0xc0 | (point >> 6)]! + tail(0)
  if (point < 0x10000) return ESCAPES[0xe0 | (point >> 12)]! + tail(6) + tail(0)
  return ESCAPES[0xf0 | (point >> 18)]! + tail(12) + tail(6) + tail(0)
}

/** The code behind the head of a URI; null where an escape is no UTF-8. */
export function decodeCode(text: string): string | null {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
