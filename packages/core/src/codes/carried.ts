import { decodeCode } from './code-uri.ts'
import type { Compiled } from './compiled.ts'
import { clean } from './normalise.ts'
import { fittingPlain } from './plain-code.ts'
import type { Reading } from './reading.ts'
import { CLEAN, judgeWhole } from './scheme.ts'

/** Codes that stand in other people's addresses: `https://trace.example.cn/?c=…` on a label. */

/** Shorter ones are page numbers, days and whatever else addresses hold. */
const SHORTEST = 15

/**
 * Readings of the one stretch of an address (path segment or value of the query) that is a code of a scheme which
 * allows it; none where there are several, or none that fits without a warning.
 */
export function carriedCodes({ carried }: Compiled, uri: string): Reading[] {
  let found: Reading[] = []
  let code = ''
  for (const stretch of stretches(uri)) {
    const readings: Reading[] = []
    for (const scheme of carried) {
      const value = clean(scheme.normaliser, stretch)
      const { verdict, layout } = judgeWhole(scheme, value)
      if (verdict === CLEAN) readings.push(fittingPlain(scheme, scheme.layouts[layout]!, value))
    }
    if (readings.length === 0 || stretch === code) continue
    if (found.length > 0) return []
    found = readings
    code = stretch
  }
  return found
}

/** Path segments, values of the query and of the fragment, decoded, that are long enough and hold nothing strange. */
function* stretches(uri: string): Generator<string> {
  const start = uri.indexOf('/', uri.indexOf('//') + 2)
  if (start < 0) {
    const query = uri.search(/[?#]/)
    if (query >= 0) yield* between(uri, query)
    return
  }
  yield* between(uri, start)
}

function* between(uri: string, start: number): Generator<string> {
  let from = start
  for (let i = start; i <= uri.length; i++) {
    if (i < uri.length && !'/?#&=;'.includes(uri[i]!)) continue
    if (i - from >= SHORTEST) {
      const stretch = decodeCode(uri.slice(from, i))
      if (stretch !== null) yield stretch
    }
    from = i + 1
  }
}
