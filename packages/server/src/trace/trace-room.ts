import { join } from 'node:path'
import { type Codes, Problem, type TraceGraph, type TraceKnown } from '@yuanliu/core'
import type { Parties } from '../access/access.ts'
import { readJsonFile } from '../lib/data.ts'
import type { Queryable } from '../lib/db/db.ts'
import type { Terms } from '../lib/terms.ts'
import { createKnownPoint, type KnownParts } from './known-point.ts'
import { traceStore } from './store.ts'
import {
  type Attested,
  graphOf,
  parseProfile,
  searchUnit,
  type TraceAnswer,
  type TraceProfile,
  type TraceRequest,
} from './trace.ts'

export type TraceOptions = Omit<TraceRequest, 'start' | 'profile' | 'codes'> & {
  /** what was known then: the index of a log entry, or an ISO 8601 instant; everything if absent */
  known?: string
}

export interface Trace {
  /** The trace of a unit by its key; one without events where nothing is known of it. */
  byKey(key: string, options: TraceOptions): Promise<TraceGraph>
  /** The trace of what a code in any notation means, ready to be told. Throws 400 for no code or no such `known`, 404 for an unknown one. */
  byCode(text: string, options: TraceOptions): Promise<TraceAnswer>
}

/** What data/vocab says about tracing. Throws an error that names the file. */
export function readProfile(dataFolder: string): TraceProfile {
  const file = (name: string) => readJsonFile(join(dataFolder, 'vocab', `${name}.json`))
  return parseProfile({ steps: file('steps'), uom: file('uom'), trace: file('trace') })
}

export interface TraceParts {
  db: Queryable
  terms: Terms
  parties: Parties
  codes: Codes
  profile: TraceProfile
  /** unit keys that a text may stand for, best first; throws 400 where it stands for none (resolve) */
  keysOf(text: string, pointer: string): AsyncIterable<string>
  /** what a day's knowledge is found by */
  known: KnownParts
  /**
   * Called before a search, which it does not wait for; what it gives tells what is known of events beside what they say,
   * by event key, up to a capture position (signing).
   */
  attestations(): (events: readonly string[], upTo: number | null) => Promise<ReadonlyMap<string, Attested>>
}

export function createTrace(parts: TraceParts): Trace {
  const { db, terms, parties, codes, profile } = parts
  const source = traceStore(db, terms, parties)
  const knownPoint = createKnownPoint(parts.known)

  async function search(start: string, options: TraceOptions, point: TraceKnown | null): Promise<TraceAnswer> {
    const attested = parts.attestations()
    const from = point ? traceStore(db, terms, parties, point.position) : source
    const answer = await searchUnit(from, { ...options, start, codes, profile })
    const keys = Array.from(answer.found.events.keys(), event => event.facts.key)
    return {
      ...answer,
      ...(point && { head: { ...answer.head, known: point } }),
      attested: await attested(keys, point?.position ?? null),
    }
  }
  const pointOf = ({ known }: TraceOptions) => (known === undefined ? null : knownPoint(known, '/query/known'))

  return {
    byKey: async (start, options) => graphOf(await search(start, options, await pointOf(options))),
    async byCode(text, options) {
      const point = await pointOf(options)
      const keys: string[] = []
      // Thirteen digits may be a product and a place: the reading of which something is known.
      for await (const key of parts.keysOf(text, '/query/code')) {
        keys.push(key)
        const answer = await search(key, options, point)
        if (answer.found.events.size > 0) return answer
      }
      const known = keys.map(key => codes.codeOf(key))
      const bare = keys.some(key => codes.levelOf(key) === 'class')
      const hint = bare
        ? ' (a product number alone: add a lot or a serial number 只有产品编码，请加上批号或序列号)'
        : ''
      const then = point ? ` (as known at position ${point.position} 按当时所知)` : ''
      throw new Problem('code-unknown', { detail: known.join(', ') + then + hint, readings: known })
    },
  }
}
