import type { UnitRef } from '../codes/codes.ts'
import { isSameText } from './same-text.ts'
import { lastSegment } from './uri.ts'

interface UnitCodes {
  unit(uri: string): UnitRef
}

/** Entries of each table; a full one is begun anew. */
const REMEMBERED = 10_000
/** Places for the hashes of URIs that were met once; a power of two. */
const MET = 8_192

/** What URIs of one beginning have in common. */
interface Head {
  key: string
  level: UnitRef['level']
  lot: string | null
}

/**
 * Codes whose units are remembered as far as they repeat: places and parties by their whole URI from the second time on,
 * lots and serials of a product by all but their last segment, since what stands before it decides if that is plain.
 */
export function rememberedCodes<C extends UnitCodes>(codes: C): C {
  const heads = new Map<string, Head>()
  const keys = new Map<string, string>()
  const met = new Int32Array(MET)
  // What one event names is often of one product, and stands at one place.
  let lastStart = ''
  let lastHead: Head | null = null
  let lastUri = ''
  let lastKey = ''

  /** Whether a URI was met lately: most pallets and cartons come once, and to keep them would cost more than to read them. */
  function isMetAgain(uri: string): boolean {
    const hash = hashOf(uri)
    const at = hash & (MET - 1)
    if (met[at] === hash) return true
    met[at] = hash
    return false
  }

  function unit(uri: string): UnitRef {
    const end = lastSegment(uri)
    if (end < 0) return codes.unit(uri)
    const tail = uri.slice(end)
    if (lastHead && end === lastStart.length && uri.startsWith(lastStart)) return behind(lastHead, tail)
    const start = uri.slice(0, end)
    const known = heads.get(start)
    if (known) {
      lastStart = start
      lastHead = known
      return behind(known, tail)
    }
    const ref = codes.unit(uri)
    const key = ref.key.slice(0, -tail.length)
    if (ref.key.endsWith(tail) && QUALIFIED.test(key)) {
      if (heads.size >= REMEMBERED) heads.clear()
      heads.set(copy(start), { key: copy(key), level: ref.level, lot: ref.lot })
    }
    return ref
  }

  return {
    ...codes,
    unit,
    unitKey(uri: string): string {
      if (isSameText(uri, lastUri)) return lastKey
      const known = keys.get(uri)
      if (known !== undefined) {
        lastUri = uri
        lastKey = known
        return known
      }
      const { key } = codes.unit(uri)
      if (uri.length <= LONGEST && isMetAgain(uri)) {
        if (keys.size >= REMEMBERED) keys.clear()
        keys.set(copy(uri), copy(key))
      }
      return key
    },
  }
}

function behind({ key, level, lot }: Head, tail: string): UnitRef {
  return { key: key + tail, level, lot }
}

/** A product's lots and serials: up to 20 characters of set 82, of which letters and digits stand unescaped. */
const QUALIFIED = /^01\/\d{14}\/(?:10|21)\/$/
const LONGEST = 200

/** FNV-1a over the code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}

/** A text that keeps no other one alive: a part of a text may stand for all of it in memory. */
function copy(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string
}
