import type { UnitLevel } from '../api/trace.ts'
import { decodeCode } from './code-uri.ts'
import type { Compiled } from './compiled.ts'
import { codeIn } from './layout.ts'
import { clean } from './normalise.ts'
import { uriOf } from './plain-code.ts'
import { mayBeCode } from './plain-uri.ts'
import { CLEAN, judgeWhole, type Scheme } from './scheme.ts'

/** URIs of codes that are no GS1 keys: `urn:yuanliu:uscc:…`, `urn:oid:…`, `https://hdl.handle.net/…`. */

const OWN = 'urn:yuanliu:'

/** One way in which URIs of a scheme's codes begin, in lower case. */
export interface Head {
  text: string
  scheme: Scheme
}

export function headsOf(schemes: Iterable<Scheme>): Head[] {
  return [...schemes]
    .flatMap(scheme => (scheme.file.forms.uri ?? []).map(uri => ({ text: uri.toLowerCase(), scheme })))
    .sort((a, b) => b.text.length - a.text.length)
}

/** A URI's scheme and the rest of it, which is a code or should be. */
export function splitAddress({ all, heads }: Compiled, uri: string): { scheme: Scheme; at: number } | null {
  const first = uri.charCodeAt(0) | 32
  if (first === 117 && uri.charCodeAt(4) === 121 && uri.startsWith(OWN)) return splitOwn(all, uri)
  for (const head of heads) {
    if (head.text.charCodeAt(0) === first && beginsWith(uri, head.text)) {
      return { scheme: head.scheme, at: head.text.length }
    }
  }
  return first === 117 && beginsWith(uri, OWN) ? splitOwn(all, uri) : null
}

function splitOwn(all: ReadonlyMap<string, Scheme>, uri: string): { scheme: Scheme; at: number } | null {
  const colon = uri.indexOf(':', OWN.length)
  if (colon < 0) return null
  const scheme = all.get(uri.slice(OWN.length, colon))
  return scheme?.uri ? { scheme, at: colon + 1 } : null
}

function beginsWith(uri: string, head: string): boolean {
  for (let i = 0; i < head.length; i++) {
    const c = uri.charCodeAt(i)
    if ((c >= 65 && c <= 90 ? c + 32 : c) !== head.charCodeAt(i)) return false
  }
  return uri.length > head.length
}

/** The text behind the head, without query and fragment where it is an address; null where it is no UTF-8. */
export function codeBehind(uri: string, at: number): string | null {
  const web = (uri.charCodeAt(0) | 32) === 104 && /^https?:/i.test(uri)
  const end = web ? uri.slice(at).search(/[?#]/) : -1
  return decodeCode(end < 0 ? uri.slice(at) : uri.slice(at, at + end))
}

/** The unit that a URI names through a scheme; null where it stands for itself. */
export function unitOfAddress(compiled: Compiled, uri: string): { key: string; level: UnitLevel } | null {
  if (!mayBeCode(uri)) return null
  const split = splitAddress(compiled, uri)
  if (!split) return unitOfPage(compiled, uri)
  const code = codeBehind(uri, split.at)
  if (code === null) return null
  const scheme = split.scheme.identity ?? split.scheme
  const value = clean(scheme.normaliser, code, scheme.layouts[0]!.head === '' ? 0 : headEnd(scheme, code))
  const { verdict, layout } = judgeWhole(scheme, value)
  if (verdict >= 0) return null
  const key = uriOf(scheme, codeIn(scheme.layouts[layout]!, value))
  return mayBeCode(key) ? { key, level: scheme.file.level } : null
}

/** The unit whose page's address this is, `https://any.example/t/<code>`. */
function unitOfPage({ paged }: Compiled, uri: string): { key: string; level: UnitLevel } | null {
  const at = (uri.charCodeAt(0) | 32) === 104 ? uri.lastIndexOf('/t/') + 3 : 2
  if (at === 2) return null
  const code = codeBehind(uri, at)
  if (code === null) return null
  for (const scheme of paged) {
    const value = clean(scheme.normaliser, code)
    const { verdict, layout } = judgeWhole(scheme, value)
    if (verdict === CLEAN) return { key: uriOf(scheme, codeIn(scheme.layouts[layout]!, value)), level: scheme.level }
  }
  return null
}

function headEnd(scheme: Scheme, code: string): number {
  const { head } = scheme.layouts[0]!
  return code.slice(0, head.length).toUpperCase() === head.toUpperCase() ? head.length : 0
}
