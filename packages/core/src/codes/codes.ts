import type { UnitLevel } from '../api/trace.ts'
import { unitOfAddress } from './address.ts'
import { compile } from './compiled.ts'
import { codeOfLink, webPathStart } from './gs1/digital-link.ts'
import { codeOfUrn, urnPrefixEnd } from './gs1/epc-urn.ts'
import { encodeSegment } from './gs1/percent.ts'
import { type Code, pathOfCode, type UnitRef, unitOfCode } from './gs1/primary.ts'
import { urnOfCode } from './gs1/to-urn.ts'
import { boundedKey, plainUri } from './plain-uri.ts'
import { readText } from './read.ts'
import { type FailedReading, type FittingReading, plainReading, type Reading } from './reading.ts'
import type { SchemeFile } from './scheme-file.ts'
import { type Verbs, verbsOf } from './verbs.ts'

export type { Verdict, Written } from './verbs.ts'
export type { SchemeFile, UnitRef, Verbs }
export { type FailedReading, type FittingReading, plainReading, type Reading }

/** Where canonical Digital Links live (GS1 Digital Link: URI Syntax, "canonical GS1 Digital Link URI"). */
const CANONICAL = 'https://id.gs1.org/'

/** All schemes at work. Pure functions over what was compiled; none throws. */
export interface Codes extends Verbs {
  /**
   * The unit that a URI names: EPC URN (pure identity, class, class pattern), GS1 Digital Link of any domain and path
   * prefix, URI of any other scheme's code (`urn:yuanliu:uscc:…`, `urn:oid:…`) in its one spelling, or any other URI,
   * which stands for itself with scheme and host lower-cased. A wrong check digit in a link is kept as written.
   */
  unit(uri: string): UnitRef
  /** `unit(uri).key`, for places and parties as for things. */
  unitKey(uri: string): string
  /** Unit key → canonical `https://id.gs1.org/…` Digital Link, or the URI itself. */
  codeOf(key: string): string
  /** Level of the unit that a key names; `other` for what is no code. */
  levelOf(key: string): UnitLevel
  /** Key of lot `lot` (plain text, as in ILMD `lotNumber`) of the product of a GTIN key; null for any other key. */
  lotKey(key: string, lot: string): string | null
  /** Product class `01/…` of an item or lot key; null for any other key, the class's own included. */
  classKey(key: string): string | null
  /** EPC URN → canonical Digital Link; a link, and what has no such form, comes back as it is. */
  toDigitalLink(uri: string): string
  /**
   * Digital Link → EPC URN. Null where the prefix length is unknown, the check digit is wrong (a URN could not say
   * so), or there is no URN form.
   * @param prefixLength length of the company prefix that these digits start with, null if unknown
   */
  toUrn(uri: string, prefixLength: (digits: string) => number | null): string | null
  /**
   * Whatever a person typed, pasted or scanned. Every reading that fits, best first; where none fits, what is wrong
   * with the ones that nearly do; empty where nothing is known about such a text. A URI that is no faultless GS1 code is
   * listed as `uri` too, with the key that `unit` gives: after a GS1 number that is wrong, before one that merely might be.
   */
  identify(text: string): Reading[]
  /** These schemes and further ones, compiled anew. @throws SchemeError as `compileSchemes` */
  add(files: readonly SchemeFile[]): Codes
  schemes: ReadonlyMap<string, SchemeFile>
}

/**
 * Compiles scheme files to functions.
 * @throws SchemeError where two files claim the same id, application identifier, alias or URN type
 */
export function compileSchemes(files: readonly SchemeFile[]): Codes {
  const compiled = compile(files)
  const { schemes, names, urns } = compiled

  function codeOfUri(uri: string): Code | null {
    const first = uri.charCodeAt(0) | 32
    if (first === 104) {
      const start = webPathStart(uri)
      return start < 0 ? null : codeOfLink(names, uri, start)
    }
    if (first !== 117) return null
    const end = urnPrefixEnd(uri)
    if (end === 0) return null
    const prefix = uri.slice(0, end)
    const form = urns.get(prefix) ?? urns.get(prefix.toLowerCase())
    if (!form) return null
    const code = codeOfUrn(form, uri)
    return 'reason' in code ? null : code
  }

  function unit(uri: string): UnitRef {
    const code = codeOfUri(uri)
    if (!code) {
      const known = unitOfAddress(compiled, uri)
      if (known) return { key: known.key, level: known.level, lot: null }
      const key = boundedKey(plainUri(uri))
      return { key, level: levelOf(key), lot: null }
    }
    const ref = unitOfCode(code)
    if (ref.key.length > 170) ref.key = boundedKey(ref.key)
    if (ref.lot !== null && ref.lot.length > 170) ref.lot = boundedKey(ref.lot)
    return ref
  }

  /** The unit that a key names, null where the text is no GS1 key in its one spelling. */
  function unitOfKey(key: string): UnitRef | null {
    if (key.charCodeAt(0) > 57) return null
    const code = codeOfLink(names, `/${key}`, 0)
    const ref = code && unitOfCode(code)
    return ref?.key === key ? ref : null
  }

  // Serials of one product differ in their last segment only: what stands before it decides, if that is plain.
  const levels = new Map<string, UnitLevel>()
  function levelOf(key: string): UnitLevel {
    if (key.charCodeAt(0) > 57) return unitOfAddress(compiled, key)?.level ?? 'other'
    const end = key.lastIndexOf('/') + 1
    const head = key.slice(0, end)
    const plain = QUALIFIED.test(head) && PLAIN.test(key.slice(end))
    const remembered = plain ? levels.get(head) : undefined
    if (remembered) return remembered
    const level = unitOfKey(key)?.level ?? 'other'
    if (plain && level !== 'other') {
      if (levels.size > 10_000) levels.clear()
      levels.set(head, level)
    }
    return level
  }

  const identify = (text: string) => readText(compiled, text, unit)

  return {
    schemes,
    unit,
    unitKey: uri => unit(uri).key,
    levelOf,
    codeOf: key => (unitOfKey(key) ? CANONICAL + key : key),
    lotKey(key, lot) {
      const product = productOf(key)
      return product === null || lot === '' ? null : boundedKey(`${product}/10/${encodeSegment(lot)}`)
    },
    classKey(key) {
      const product = productOf(key)
      return product === key ? null : product
    },
    toDigitalLink(uri) {
      if ((uri.charCodeAt(0) | 32) !== 117) return uri
      const code = codeOfUri(uri)
      return code ? CANONICAL + pathOfCode(code) : uri
    },
    toUrn(uri, prefixLength) {
      const code = codeOfUri(uri)
      if (!code) return null
      if ((uri.charCodeAt(0) | 32) === 117) return uri
      return urnOfCode(compiled, code, prefixLength)
    },
    identify,
    add: more => compileSchemes([...files, ...more]),
    ...verbsOf(compiled, identify),
  }
}

/** A product's lots and serials: up to 20 characters of set 82, of which letters and digits stand unescaped. */
const QUALIFIED = /^01\/\d{14}\/(?:10|21)\/$/
const PLAIN = /^[A-Za-z0-9]{1,20}$/

const PRODUCT = /^01\/\d{14}(?=\/|$)/
function productOf(key: string): string | null {
  return PRODUCT.exec(key)?.[0] ?? null
}
