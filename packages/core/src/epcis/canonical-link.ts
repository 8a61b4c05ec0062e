import type { ToDigitalLink } from './prehash.ts'

/** What is needed of codes; `Codes` has it. */
export interface LinkCodes {
  unit(uri: string): { key: string; level: string; lot: string | null }
  codeOf(key: string): string
}

/**
 * The canonical `https://id.gs1.org/…` Digital Link of any EPC URN or GS1 Digital Link, whatever its domain, query or
 * notation; null for other URIs. Lot and serial both stay. A consumer product variant (22) does not: it is no part of
 * a unit's key.
 */
export function canonicalLinks(codes: LinkCodes): ToDigitalLink {
  return uri => {
    const { key, level, lot } = codes.unit(uri)
    if (level === 'other') return null
    if (lot === null || level !== 'item') return codes.codeOf(key)
    // `01/<gtin>/21/<serial>` of the lot `01/<gtin>/10/<lot>`
    const serialAt = key.indexOf('/', key.indexOf('/') + 1)
    return codes.codeOf(lot) + key.slice(serialAt)
  }
}
