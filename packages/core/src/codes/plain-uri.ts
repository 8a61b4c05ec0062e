import { sha256Hex } from '../lib/sha256.ts'

/** What is no GS1 key stands for itself; here its one spelling, and the bound that every key keeps. */

/** Longest key in bytes; longer ones keep this much of their text and a digest of the whole. */
const LONGEST = 512
const KEPT = 440

/**
 * Scheme and host lower-cased (RFC 3986 §6.2.2.1), of URNs the namespace too (RFC 8141 §3.1); the rest untouched.
 * Text that is no URI is returned as it is.
 */
export function plainUri(uri: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(uri)?.[0]
  if (scheme === undefined) return uri
  let until = scheme.length
  if (uri.startsWith('//', until)) {
    const authority = /[/?#]/.exec(uri.slice(until + 2))
    const end = authority ? until + 2 + authority.index : uri.length
    const at = uri.lastIndexOf('@', end - 1)
    // user information keeps its case
    if (at >= until)
      return (
        uri.slice(0, until).toLowerCase() + uri.slice(until, at) + uri.slice(at, end).toLowerCase() + uri.slice(end)
      )
    until = end
  } else if (until === 4 && scheme.toLowerCase() === 'urn:') {
    const colon = uri.indexOf(':', 4)
    if (colon > 0) until = colon
  }
  return uri.slice(0, until).toLowerCase() + uri.slice(until)
}

/**
 * Whether a URI is short enough to be a code's: a longer one is a URI like any other, its key may be cut, and a cut code
 * is none.
 */
export function mayBeCode(uri: string): boolean {
  return uri.length <= SURELY_WHOLE || (uri.length <= KEPT && !CUT.test(uri))
}
/** No key that was cut is so short, of whatever characters it is. */
const SURELY_WHOLE = 170
const CUT = /~[0-9a-f]{64}$/

/** A key of at most 512 bytes: longer ones are cut to 440 bytes, `~` and the SHA-256 of the whole follow. */
export function boundedKey(key: string): string {
  if (key.length * 3 <= LONGEST) return key
  if (byteLength(key, LONGEST) <= LONGEST) return key
  let bytes = 0
  let end = 0
  for (const char of key) {
    bytes += charBytes(char.codePointAt(0)!)
    if (bytes > KEPT) break
    end += char.length
  }
  // an escape is one character: half of one would be read as something else
  const percent = key.lastIndexOf('%', end - 1)
  if (percent >= 0 && end - percent < 3 && /^%[0-9A-Fa-f]{2}/.test(key.slice(percent, percent + 3))) end = percent
  return `${key.slice(0, end)}~${sha256Hex(key)}`
}

function byteLength(text: string, enough: number): number {
  let bytes = 0
  for (const char of text) {
    bytes += charBytes(char.codePointAt(0)!)
    if (bytes > enough) break
  }
  return bytes
}

const charBytes = (point: number) => (point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4)
