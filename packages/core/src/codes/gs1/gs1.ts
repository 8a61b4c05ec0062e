/** GS1 whole, for those who want it without the other schemes. */
export { type Ai, aiOf, allAis } from './ai-table.ts'
export { compressLink, decompressLink } from './compressed-link.ts'
export type { Gs1Element, Gs1Fault } from './element.ts'
export {
  type ElementForm,
  type ElementOptions,
  type Gs1Elements,
  parseElementString,
  writeElementString,
} from './elements.ts'
export { type Gs1Link, type LinkOptions, parseDigitalLink } from './link.ts'
export { type LinkForm, writeDigitalLink } from './link-write.ts'
export { isoDate } from './lint/dates.ts'
export type { PrefixSource } from './lint/lint.ts'
export { type PrefixLengths, PUBLIC_PREFIX_LENGTHS, prefixLengths, prefixOfUrn } from './prefix-lengths.ts'
export { readScan, type Scan, type Symbology, writeScan } from './scan.ts'
export { linkToUrn, urnToLink } from './urn-link.ts'
