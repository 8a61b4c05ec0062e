/**
 * Percent-encoding in Digital Link paths: one spelling for every value, so that equal values give equal keys.
 * Literal are the unreserved characters of RFC 3986 §2.3 and those of its §3.3 that GS1's character set 82 uses and
 * EPC URNs leave literal too (TDS §6, table of escapes), so a URN's serial is usually the path segment as it stands.
 * `&` is escaped as the Digital Link grammar and the URN escapes have it. Hex digits are upper case.
 */
const LITERAL = new Uint8Array(128)
for (const char of "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._~!'()*+,:;=") {
  LITERAL[char.charCodeAt(0)] = 1
}
const HEX: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
)

/** text[from…until), possibly percent-encoded, in its one spelling. A `%` that starts no escape stands for itself. */
export function canonicalSegment(text: string, from = 0, until = text.length): string {
  for (let i = from; i < until; i++) {
    if (LITERAL[text.charCodeAt(i)] !== 1) return respell(text.slice(from, until), true)
  }
  return text.slice(from, until)
}

/** A plain value (no escapes in it) as a path segment. */
export function encodeSegment(text: string): string {
  for (let i = 0; i < text.length; i++) if (LITERAL[text.charCodeAt(i)] !== 1) return respell(text, false)
  return text
}

/** The value behind a segment. Escapes that are no UTF-8 are read byte by byte, as Latin-1. */
export function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment
  const clean = respell(segment, true)
  try {
    return decodeURIComponent(clean)
  } catch {
    return clean.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  }
}

/** Where character `index` of the decoded segment begins in the raw one. */
export function rawIndex(segment: string, index: number): number {
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

function respell(text: string, escaped: boolean): string {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 37 && escaped) {
      const high = hexDigit(text.charCodeAt(i + 1))
      const low = hexDigit(text.charCodeAt(i + 2))
      if (high >= 0 && low >= 0) {
        const byte = high * 16 + low
        out += LITERAL[byte] === 1 ? String.fromCharCode(byte) : HEX[byte]!
        i += 2
        continue
      }
    }
    if (c < 128) {
      out += LITERAL[c] === 1 ? text[i]! : HEX[c]!
      continue
    }
    const point = text.codePointAt(i)!
    if (point > 0xffff) i++
    out += utf8(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point)
  }
  return out
}

function utf8(point: number): string {
  const tail = (shift: number) => HEX[0x80 | ((point >> shift) & 63)]!
  if (point < 0x800) return HEX[0xc0 | (point >> 6)]! + tail(0)
  if (point < 0x10000) return HEX[0xe0 | (point >> 12)]! + tail(6) + tail(0)
  return HEX[0xf0 | (point >> 18)]! + tail(12) + tail(6) + tail(0)
}

function hexDigit(c: number): number {
  if (c >= 48 && c <= 57) return c - 48
  const lower = c | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

/**
 * A value as Digital Link URIs are written (RFC 3986 §2.3: only unreserved characters stay literal), so that every
 * reader understands it alike.
 */
export function escapeUri(text: string): string {
  let out = ''
  for (const char of encodeURIComponent(
    text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd'),
  )) {
    out += "!'()*".includes(char) ? HEX[char.charCodeAt(0)]! : char
  }
  return out
}
