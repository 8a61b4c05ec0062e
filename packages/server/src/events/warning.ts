import type { Codes } from '@yuanliu/core'

/** `toUrn` that notes what it cannot write because nobody knows how long its company prefix is. */
export function watchedUrns(codes: Pick<Codes, 'toUrn' | 'unit'>, untranslated: Set<string>): Codes['toUrn'] {
  return (uri, length) => {
    const urn = codes.toUrn(uri, length)
    if (urn === null && codes.unit(uri).level !== 'other') untranslated.add(uri)
    return urn
  }
}

/** Named in the header, at most so many: headers have limits. */
const NAMED = 10

/** RFC 7234 §5.5, code 199: a warning of its own kind, for people and logs. */
export function untranslatedWarning(codes: readonly string[]): string {
  const named = codes.slice(0, NAMED).map(code => encodeURI(code).replace(/["\\]/g, encodeURIComponent).slice(0, 300))
  const more = codes.length > NAMED ? ` and ${codes.length - NAMED} more` : ''
  return `199 - "length of the company prefix unknown, left as Digital Link: ${named.join(' ')}${more}"`
}
