import { base32Check, base32Value, decodeBase32, encodeBase32, normaliseBase32 } from './base32.ts'

/**
 * The platform's own trace code, for products that have no other: 16 symbols of base 32, `Y` (the scheme), four for
 * the issuer, ten for the serial, one check character. Printed in groups of four: `Y001-7Q2M-0VRA-9K3D`.
 * Layout and reasons: docs/adr/0010-trace-code.md.
 */
export interface TraceCode {
  /** number of the issuer, 0 to 2^20 − 1 */
  issuer: number
  /** number of the item with this issuer, 0 to 2^50 − 1 */
  serial: number
}

/** As the readings of other schemes: the kind of fault and the index of the first character that is wrong. */
export type TraceCodeFault = { reason: 'format' | 'length' | 'checksum' | 'component'; at: number }

export const TRACE_CODE = { mark: 'Y', issuer: 4, serial: 10, length: 16 } as const
/** Canonical URI and unit key: this with the code behind it. */
export const TRACE_CODE_URI = 'urn:yuanliu:trace-code:'

/** The code of an issuer's serial. Throws a RangeError where a number does not fit its part. */
export function formatTraceCode({ issuer, serial }: TraceCode): string {
  const body = TRACE_CODE.mark + encodeBase32(issuer, TRACE_CODE.issuer) + encodeBase32(serial, TRACE_CODE.serial)
  return body + base32Check(body)
}

/** The code as a person typed it, its canonical URI, or the bare code; positions of faults are those in `text`. */
export function parseTraceCode(text: string): (TraceCode & { code: string }) | TraceCodeFault {
  const start = text.slice(0, TRACE_CODE_URI.length).toLowerCase() === TRACE_CODE_URI ? TRACE_CODE_URI.length : 0
  if (text.length - start > 64) return { reason: 'length', at: start + 64 }
  const code = normaliseBase32(text.slice(start))
  /** where a symbol of the code stands in the text */
  const place = (index: number) => {
    for (let i = start, seen = 0; i < text.length; i++) {
      if (normaliseBase32(text[i]!) === '') continue
      if (seen++ === index) return i
    }
    return text.length
  }
  for (let i = 0; i < Math.min(code.length, TRACE_CODE.length); i++) {
    if (base32Value(code, i) < 0) return { reason: 'format', at: place(i) }
  }
  if (code.length !== TRACE_CODE.length) {
    return { reason: 'length', at: place(Math.min(code.length, TRACE_CODE.length)) }
  }
  if (code[0] !== TRACE_CODE.mark) return { reason: 'component', at: place(0) }
  const last = TRACE_CODE.length - 1
  if (base32Check(code.slice(0, last)) !== code[last]) return { reason: 'checksum', at: place(last) }
  return {
    code,
    issuer: decodeBase32(code.slice(1, 1 + TRACE_CODE.issuer)),
    serial: decodeBase32(code.slice(1 + TRACE_CODE.issuer, last)),
  }
}

/** A code in groups of four, as it is printed for people. */
export function groupTraceCode(code: string): string {
  return code.replace(/.{4}(?=.)/g, '$&-')
}
