import { PREFIX_LENGTHS } from './tables.ts'

/**
 * How long the company prefix is that digits begin with. No public register says it; what is known comes from rules of
 * member organisations (`data/gs1/company-prefixes.json`) and from EPC URNs, where a dot marks it.
 */
export interface PrefixLengths {
  /** length of the company prefix, null where it is not known; the longest entry that fits decides */
  of(digits: string): number | null
}

/** @param entries beginnings of company prefixes, and the length of those that begin so */
export function prefixLengths(entries: Iterable<readonly [string, number]>): PrefixLengths {
  const lengths = new Map(entries)
  const longest = Math.max(0, ...[...lengths.keys()].map(prefix => prefix.length))
  return {
    of(digits) {
      for (let length = Math.min(longest, digits.length); length > 0; length--) {
        const known = lengths.get(digits.slice(0, length))
        if (known !== undefined) return known
      }
      return null
    },
  }
}

/** What `data/gs1/company-prefixes.json` says. */
export const PUBLIC_PREFIX_LENGTHS: PrefixLengths = prefixLengths(publicEntries())

function publicEntries(): [string, number][] {
  return PREFIX_LENGTHS.trim()
    .split(/[\n;]/)
    .map(entry => {
      const [prefix = '', length] = entry.split('=')
      return [prefix, Number(length)]
    })
}

/** The company prefix that an EPC URN marks, with its length, as an entry; null for any other text. */
export function prefixOfUrn(urn: string): [string, number] | null {
  const found = /^urn:epc:(?:id|class|idpat):[a-z]+:(\d{6,12})\./.exec(urn)
  return found ? [found[1]!, found[1]!.length] : null
}
