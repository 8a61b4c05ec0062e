/** URIs as RFC 3986 writes them; the syntax that the EPCIS JSON schema asks for by `format: uri`. */

const LETTER = 1
const SCHEME = 2
const PATH = 4
const SEGMENT = 8

/** What each ASCII character may be in a URI. */
const CLASSES = new Uint8Array(128)
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code)
  if (/[A-Za-z]/.test(char)) CLASSES[code]! |= LETTER
  if (/[A-Za-z0-9+.-]/.test(char)) CLASSES[code]! |= SCHEME
  if (/[A-Za-z0-9]/.test(char)) CLASSES[code]! |= SEGMENT
  if (/[A-Za-z0-9._~!$&'()*+,;=:@/-]/.test(char)) CLASSES[code]! |= PATH
}

const COLON = 58
const SLASH = 47
const POINT = 46
const QUESTION = 63
const HASH = 35
const PERCENT = 37

/** userinfo, host and port; a bracketed host is not taken apart further */
const AUTHORITY =
  /^(?:(?:[\w.~!$&'()*+,;=:-]|%[0-9a-f]{2})*@)?(?:\[(?:[0-9a-f:.]+|v[0-9a-f]+\.[\w.~!$&'()*+,;=:-]+)\]|(?:[\w.~!$&'()*+,;=-]|%[0-9a-f]{2})*)(?::\d*)?$/i

function isHex(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102)
}

/**
 * Whether `text` is a URI with a scheme and something after it: no spaces, nothing outside ASCII, `%` only before
 * two hex digits. A name with a prefix (`example:field`, `cbv:BizStep-shipping`) is one.
 * @param from,length limits of the part that is meant
 */
export function isUri(text: string, from = 0, length = text.length): boolean {
  if (from >= length || !(CLASSES[text.charCodeAt(from)]! & LETTER)) return false
  let at = from + 1
  while (at < length && CLASSES[text.charCodeAt(at)]! & SCHEME) at++
  if (at >= length || text.charCodeAt(at) !== COLON || ++at === length) return false
  if (text.charCodeAt(at) === SLASH && at + 1 < length && text.charCodeAt(at + 1) === SLASH) {
    const start = at + 2
    let plain = true
    for (at = start; at < length; at++) {
      const code = text.charCodeAt(at)
      if (code === SLASH || code === QUESTION || code === HASH) break
      if (!(CLASSES[code]! & SCHEME)) plain = false
    }
    if (!plain && !AUTHORITY.test(text.slice(start, at))) return false
  } else if (text.charCodeAt(at) === QUESTION || text.charCodeAt(at) === HASH) return false
  return isPathQueryFragment(text, at, length)
}

/** Letters and digits, one at least: any such may stand in place of the last segment of a URI. */
export function isSegment(text: string, from: number, until: number): boolean {
  for (let at = from; at < until; at++) if (!(CLASSES[text.charCodeAt(at)]! & SEGMENT)) return false
  return from < until
}

const LONGEST_SEGMENT = 20

/** Where 1 to 20 letters and digits behind the last `/` or `.` of a URI begin, −1 where it does not end so. */
export function lastSegment(text: string, from = 0, until = text.length): number {
  const least = Math.max(from, until - 1 - LONGEST_SEGMENT)
  for (let at = until - 1; at >= least; at--) {
    const code = text.charCodeAt(at)
    if (code === SLASH || code === POINT) return at + 1 < until ? at + 1 : -1
    if (!(CLASSES[code]! & SEGMENT)) return -1
  }
  return -1
}

function isPathQueryFragment(text: string, from: number, length: number): boolean {
  let fragment = false
  for (let at = from; at < length; at++) {
    const code = text.charCodeAt(at)
    if (CLASSES[code]! & PATH) continue
    if (code === PERCENT) {
      if (at + 2 >= length || !isHex(text.charCodeAt(at + 1)) || !isHex(text.charCodeAt(at + 2))) return false
      at += 2
    } else if (code === HASH && !fragment) fragment = true
    else if (code !== QUESTION) return false
  }
  return true
}
