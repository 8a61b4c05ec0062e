import type { Queryable } from '../lib/db/db.ts'
import { storedContext } from './documents.ts'
import type { Prefixes } from './names.ts'
import { contextsBehind } from './store.ts'

/** Prefixes that the documents received so far declared. */
export type StoredPrefixes = () => Promise<Prefixes>

/** Numbers of contexts are given before they are committed: a later one may be seen before an earlier one. */
const OVERLAP = 1_000
/** Characters of a context that are worth looking at. */
const LONGEST = 100_000

/** The prefixes of all contexts; what was read once is remembered, as contexts are only ever added. */
export function createStoredPrefixes(db: Queryable): StoredPrefixes {
  const spaces = new Map<string, Set<string>>()
  const seen = new Set<number>()
  let last = 0

  function collect(context: unknown): void {
    if (Array.isArray(context)) for (const part of context) collect(part)
    if (typeof context !== 'object' || context === null || Array.isArray(context)) return
    for (const [prefix, definition] of Object.entries(context)) {
      if (typeof definition !== 'string' || prefix.startsWith('@')) continue
      const known = spaces.get(prefix)
      if (known) known.add(definition)
      else spaces.set(prefix, new Set([definition]))
    }
  }

  return async () => {
    for (const id of seen) if (id <= last - OVERLAP) seen.delete(id)
    for (const { id, body } of await contextsBehind(db, last - OVERLAP, [...seen], LONGEST)) {
      seen.add(id)
      last = Math.max(last, id)
      collect(storedContext(body))
    }
    return {
      spaces: prefix => spaces.get(prefix) ?? [],
      spellings: full =>
        [...spaces].flatMap(([prefix, all]) =>
          [...all].filter(space => full.startsWith(space)).map(space => `${prefix}:${full.slice(space.length)}`),
        ),
    }
  }
}
