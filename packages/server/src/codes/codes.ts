import type { CodeChange, CodeRange, Codes, Input, lookUpCode, PublicTrace, Reply } from '@yuanliu/core'
import type { Db } from '../lib/db/db.ts'
import type { Actor } from '../lib/http/mount.ts'
import type { Formats } from './formats.ts'
import { type CodeToPrint, codesToPrint, type ListFormat, listedLines } from './listing.ts'
import { createLocator } from './locate.ts'
import { createRanges, type Ranges } from './ranges.ts'
import { countStates, listChanges } from './state-store.ts'
import { createStates, presentChange, type States } from './states.ts'

export { readFormats } from './formats.ts'
export { LIST_TYPES, type ListFormat } from './listing.ts'
export { type Counted, createScans, readScanRules, type ScanRules, type Scans } from './scans.ts'
export { createSignals, type Signals } from './signals.ts'
export type { CodeStanding } from './states.ts'

export interface IssuingParts {
  db: Db
  codes: Codes
  formats: Formats
  config: { publicUrl: string }
}

/** Codes that this platform issues: ranges, lists, states, and what a scan says. */
export interface Issuing {
  issue: Ranges['issue']
  list: Ranges['list']
  describe(id: number, actor: Actor): Promise<CodeRange & { states: Record<string, number>; changes: CodeChange[] }>
  /** The lines of a page of a range's codes, and whether there are more. Throws 404. */
  codesOf(
    id: number,
    actor: Actor,
    page: { from: number; limit: number; format: ListFormat },
  ): Promise<{ lines: AsyncIterable<string>; next: number | null }>
  /** The codes of a range, to be printed in any order. Throws 404. */
  toPrint(id: number, actor: Actor): Promise<RangeToPrint>
  set: States['set']
  lookUp(query: Input<typeof lookUpCode>['query'], actor: Actor): Promise<Reply<typeof lookUpCode>>
  standing: States['standing']
  /** What the public may know of a unit's code; null where it is none of ours. */
  publicState(key: string): Promise<PublicTrace['codeState']>
}

export interface RangeToPrint {
  id: number
  count: number
  /** codes from number `from`, at most `count` */
  codes(from: number, count: number): Promise<CodeToPrint[]>
}

const CHANGES = 100

export function createIssuing(parts: IssuingParts): Issuing {
  const { db, codes, formats } = parts
  const ranges = createRanges(parts)
  const locator = createLocator(parts)
  const states = createStates({ db, codes, ranges, locator })
  return {
    issue: ranges.issue,
    list: ranges.list,
    set: states.set,
    standing: states.standing,
    async publicState(key) {
      const found = await states.standing(key)
      // since when a code has been lying in a drawer, or on the market, is its enterprise's business
      const isPublic = found?.state === 'used' || found?.state === 'retired' || found?.state === 'void'
      return found && { state: found.state, since: isPublic ? found.since : null }
    },
    async describe(id, actor) {
      const found = await ranges.find(id, actor)
      const counts = await countStates(db, id)
      const changes = await listChanges(db, id, 0, found.range.count - 1, CHANGES)
      return {
        ...ranges.present(found),
        states: Object.fromEntries(counts.map(({ state, n }) => [state, n])),
        changes: changes.map(presentChange),
      }
    },
    async codesOf(id, actor, { from, limit, format }) {
      const found = await ranges.find(id, actor)
      const next = from + limit < found.range.count ? from + limit : null
      const lines = listedLines({ db, codes, formats, publicUrl: parts.config.publicUrl }, found, from, limit, format)
      return { lines, next }
    },
    async toPrint(id, actor) {
      const found = await ranges.find(id, actor)
      const { count } = found.range
      return { id, count, codes: (from, most) => codesToPrint({ db, formats }, found, from, most) }
    },
    async lookUp({ code }, actor) {
      const located = await locator.one(code, actor)
      const found = await ranges.find(located.range.id, actor)
      const { state, since, changes } = await states.of(located)
      return { code, range: ranges.present(found), n: located.n, state, since, changes }
    },
  }
}
