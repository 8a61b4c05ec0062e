/** Named in the header, at most so many: headers have limits. */
const NAMED = 10

/** RFC 7234 §5.5, code 199: a warning of its own kind, for people and logs. */
export function untranslatedWarning(codes: readonly string[]): string {
  const named = codes.slice(0, NAMED).map(code => encodeURI(code).replace(/["\\]/g, encodeURIComponent).slice(0, 300))
  const more = codes.length > NAMED ? ` and ${codes.length - NAMED} more` : ''
  return `199 - "length of the company prefix unknown, left as Digital Link: ${named.join(' ')}${more}"`
}
