import { PUBLIC_PREFIX_LENGTHS, prefixLengths, prefixOfUrn } from '@yuanliu/core'
import { textArray } from './db/binary.ts'
import type { Queryable } from './db/db.ts'
import { sql } from './db/sql.ts'

/** How long company prefixes are: what rules say (data/gs1/company-prefixes.json), and what EPC URNs showed. */
export interface CompanyPrefixes {
  /** Notes the prefix of an EPC URN; anything else is passed over. Costs a look into a set. */
  note(uri: string): void
  /** Length of the company prefix that some digits begin with, null if unknown; the longest prefix seen decides. */
  lengths(): Promise<(digits: string) => number | null>
  /** Resolves when what was noted is stored, or could not be. */
  idle(): Promise<void>
}

/** For so long, in milliseconds, what other processes have seen is not asked for again. */
const TRUST_MS = 2_000
/** Prefixes that one process remembers: more than any register has, fewer than a hostile sender could make. */
const MOST = 1_000_000

/**
 * The prefixes of an installation. They are written beside capturing, not within: what is lost with a process is noted
 * again with the next URN that bears it.
 */
export function createCompanyPrefixes(db: Queryable, log: (error: unknown, about: string) => void): CompanyPrefixes {
  const seen = new Map<string, number>()
  let pending = new Set<string>()
  let writing: Promise<void> | null = null
  let fetched = Number.NEGATIVE_INFINITY
  let last = ''

  async function write(): Promise<void> {
    while (pending.size) {
      const some = [...pending]
      pending = new Set()
      try {
        await db.run(
          sql`insert into company_prefix (prefix) select * from unnest(${textArray(some)}::text[]) order by 1
              on conflict (prefix) do nothing`,
        )
      } catch (error) {
        // Noted anew with the next URN.
        for (const prefix of some) seen.delete(prefix)
        last = ''
        log(error, 'company prefixes')
      }
    }
  }

  return {
    note(uri) {
      if (!uri.startsWith('urn:epc:')) return
      // Codes of one prefix come together.
      if (last !== '' && uri.startsWith(last, uri.indexOf(':', 11) + 1)) return
      const entry = prefixOfUrn(uri)
      if (!entry) return
      const [prefix, length] = entry
      last = `${prefix}.`
      if (seen.has(prefix) || seen.size >= MOST) return
      seen.set(prefix, length)
      pending.add(prefix)
      writing ??= new Promise<void>(resolve => setImmediate(resolve)).then(write).finally(() => {
        writing = null
      })
    },
    async lengths() {
      if (performance.now() - fetched > TRUST_MS) {
        for (const { prefix } of await db.rows<{ prefix: string }>(sql`select prefix from company_prefix`))
          seen.set(prefix, prefix.length)
        fetched = performance.now()
      }
      const known = prefixLengths(seen)
      return digits => known.of(digits) ?? PUBLIC_PREFIX_LENGTHS.of(digits)
    },
    async idle() {
      await writing
    },
  }
}
