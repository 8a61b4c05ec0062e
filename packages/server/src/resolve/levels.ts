import type { Codes } from '@yuanliu/core'
import type { Fitting } from './readings.ts'

/**
 * Places at which links of a code may have been registered, the most specific first, the primary key last
 * (GS1-Conformant Resolver 1.2, "walking up the tree"): the serial number, then every combination of the other
 * qualifiers with fewer of them each time. A serial number stands alone: no lot or variant is part of its place.
 * For a code without qualifiers, or of another scheme, its unit key alone.
 */
export function levelsOf(codes: Pick<Codes, 'schemes'>, reading: Fitting): string[] {
  const path = reading.forms.digitalLink?.replace(/^https:\/\/id\.gs1\.org\//, '')
  if (path === undefined) return [reading.key]
  const segments = path.split('/')
  const base = segments.slice(0, 2).join('/')
  const declared = codes.schemes.get(reading.scheme)?.qualifiers ?? []
  const serials: string[] = []
  const others: string[] = []
  for (let i = 2; i + 1 < segments.length; i += 2) {
    const isSerial = declared.some(q => q.ai === segments[i] && q.level === 'item')
    ;(isSerial ? serials : others).push(`/${segments[i]}/${segments[i + 1]}`)
  }
  return [...serials.map(serial => base + serial), ...combinations(others).map(combination => base + combination)]
}

/** `abc, bc, ac, ab, c, b, a` and nothing at all, for at most four qualifiers. */
function combinations(parts: readonly string[]): string[] {
  const used = parts.slice(0, 4)
  const all = Array.from({ length: 2 ** used.length }, (_, mask) => used.filter((_, i) => mask & (1 << i)))
  return all
    .reverse()
    .sort((a, b) => b.length - a.length)
    .map(combination => combination.join(''))
}
