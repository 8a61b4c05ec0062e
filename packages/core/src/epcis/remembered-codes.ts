import type { UnitRef } from '../codes/codes.ts'

interface UnitCodes {
  unit(uri: string): UnitRef
}

/** Entries of each table; a full one is begun anew. */
const REMEMBERED = 10_000

/** What URIs of one beginning have in common. */
interface Head {
  key: string
  level: UnitRef['level']
  lot: string | null
}

/**
 * Codes whose units are remembered as far as they repeat: places and parties by their whole URI, lots and serials of
 * a product by all but their last segment, since what stands before it decides if that is plain.
 */
export function rememberedCodes<C extends UnitCodes>(codes: C): C {
  const heads = new Map<string, Head>()
  const keys = new Map<string, string>()

  function unit(uri: string): UnitRef {
    const end = lastSegment(uri)
    if (end < 0) return codes.unit(uri)
    const start = uri.slice(0, end)
    const tail = uri.slice(end)
    const known = heads.get(start)
    if (known) return { key: known.key + tail, level: known.level, lot: known.lot }
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
      const known = keys.get(uri)
      if (known !== undefined) return known
      const { key } = codes.unit(uri)
      if (uri.length <= LONGEST) {
        if (keys.size >= REMEMBERED) keys.clear()
        keys.set(copy(uri), copy(key))
      }
      return key
    },
  }
}

/** A product's lots and serials: up to 20 characters of set 82, of which letters and digits stand unescaped. */
const QUALIFIED = /^01\/\d{14}\/(?:10|21)\/$/
const LONGEST_SEGMENT = 20
const LONGEST = 200

const POINT = 46
const SLASH = 47

/** Where 1 to 20 letters and digits behind the last `/` or `.` begin, −1 where the URI does not end so. */
function lastSegment(uri: string): number {
  let at = uri.length - 1
  const least = Math.max(0, at - LONGEST_SEGMENT)
  while (at >= least) {
    const c = uri.charCodeAt(at)
    if (c === SLASH || c === POINT) return at + 1 < uri.length ? at + 1 : -1
    const lower = c | 32
    if (!((c >= 48 && c <= 57) || (lower >= 97 && lower <= 122))) return -1
    at--
  }
  return -1
}

/** A text that keeps no other one alive: a part of a text may stand for all of it in memory. */
function copy(text: string): string {
  return text.split('').join('')
}
