import { checked } from './check-digit.ts'

/** Canonical Digital Link domain (GS1 Digital Link 1.2 §5.6): what a code is called whoever resolves it. */
export const DOMAIN = 'https://id.gs1.org/'

/** All demonstration company prefixes have this length, so links convert to EPC URNs without a table. */
export const PREFIX_DIGITS = 7

/** Product without lot or serial, GTIN-14. */
export const classLink = (gtin: string): string => `${DOMAIN}01/${gtin}`
export const lotLink = (gtin: string, lot: string): string => `${DOMAIN}01/${gtin}/10/${lot}`
export const itemLink = (gtin: string, serial: string): string => `${DOMAIN}01/${gtin}/21/${serial}`
export const siteLink = (gln: string): string => `${DOMAIN}414/${gln}`
export const partyLink = (gln: string): string => `${DOMAIN}417/${gln}`

/** Logistic unit, AI 00: extension digit 0, company prefix, nine digits, check digit. */
export const logisticLink = (prefix: string, serial: number): string =>
  `${DOMAIN}00/${checked(`0${prefix}${String(serial).padStart(9, '0')}`)}`

/** Returnable asset, AI 8003: filler 0, company prefix, asset type, check digit, serial. */
export const crateLink = (prefix: string, type: number, serial: string): string =>
  `${DOMAIN}8003/0${checked(prefix + String(type).padStart(5, '0'))}${serial}`

/** Individual asset, AI 8004: company prefix and the owner's reference. */
export const assetLink = (prefix: string, reference: string): string => `${DOMAIN}8004/${prefix}${reference}`

/** Document, AI 253: company prefix, document type, check digit, serial. */
export const paperLink = (prefix: string, type: number, serial: string): string =>
  `${DOMAIN}253/${checked(prefix + String(type).padStart(5, '0'))}${serial}`

type Rewrite = readonly [RegExp, (...parts: string[]) => string]

// EPC Tag Data Standard 2.0 §6 and GS1 Digital Link 1.2 §4: the same key in its older spelling. Lots and
// serials of the demonstration are letters, digits and hyphens, so nothing needs escaping.
const REWRITES: readonly Rewrite[] = [
  [/^01\/(\d)(\d{7})(\d{5})\d\/10\/([\w-]+)$/, (i, p, r, lot) => `urn:epc:class:lgtin:${p}.${i}${r}.${lot}`],
  [/^01\/(\d)(\d{7})(\d{5})\d\/21\/([\w-]+)$/, (i, p, r, serial) => `urn:epc:id:sgtin:${p}.${i}${r}.${serial}`],
  [/^01\/(\d)(\d{7})(\d{5})\d$/, (i, p, r) => `urn:epc:idpat:sgtin:${p}.${i}${r}.*`],
  [/^00\/(\d)(\d{7})(\d{9})\d$/, (e, p, s) => `urn:epc:id:sscc:${p}.${e}${s}`],
  [/^414\/(\d{7})(\d{5})\d$/, (p, r) => `urn:epc:id:sgln:${p}.${r}.0`],
  [/^417\/(\d{7})(\d{5})\d$/, (p, r) => `urn:epc:id:pgln:${p}.${r}`],
  [/^8003\/0(\d{7})(\d{5})\d([\w-]+)$/, (p, t, s) => `urn:epc:id:grai:${p}.${t}.${s}`],
  [/^8004\/(\d{7})([\w-]+)$/, (p, r) => `urn:epc:id:giai:${p}.${r}`],
  [/^253\/(\d{7})(\d{5})\d([\w-]+)$/, (p, t, s) => `urn:epc:id:gdti:${p}.${t}.${s}`],
]

/** The EPC URN of a demonstration link; anything else comes back as it is. */
export function urnOf(link: string): string {
  if (!link.startsWith(DOMAIN)) return link
  const path = link.slice(DOMAIN.length)
  for (const [pattern, write] of REWRITES) {
    const match = pattern.exec(path)
    if (match) return write(...match.slice(1))
  }
  return link
}

/** What `/…` path of this installation shows a code. */
export const pathOf = (link: string): string => `/${link.slice(DOMAIN.length)}`
