import { expect } from 'vitest'

/** Readings make parts, forms and messages on demand; two of them are equal when all that they say is. */
function plain(value: unknown): unknown {
  const { toJSON } = value as { toJSON?: unknown }
  return typeof toJSON === 'function' && 'ok' in (value as object) ? toJSON.call(value) : value
}

expect.addEqualityTesters([
  function (a, b, testers) {
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return undefined
    const [x, y] = [plain(a), plain(b)]
    return x === a && y === b ? undefined : this.equals(x, y, testers)
  },
])
