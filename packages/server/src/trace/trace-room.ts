import { join } from 'node:path'
import { type Codes, Problem, type TraceGraph } from '@yuanliu/core'
import type { Parties } from '../access/access.ts'
import { readJsonFile } from '../lib/data.ts'
import type { Queryable } from '../lib/db/db.ts'
import type { Terms } from '../lib/terms.ts'
import { traceStore } from './store.ts'
import { graphOf, parseProfile, searchUnit, type TraceAnswer, type TraceProfile, type TraceRequest } from './trace.ts'

export type TraceOptions = Omit<TraceRequest, 'start' | 'profile' | 'codes'>

export interface Trace {
  /** The trace of a unit by its key; one without events where nothing is known of it. */
  byKey(key: string, options: TraceOptions): Promise<TraceGraph>
  /** The trace of what a code in any notation means, ready to be told. Throws 400 for no code, 404 for an unknown one. */
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
}

export function createTrace(parts: TraceParts): Trace {
  const { db, terms, parties, codes, profile } = parts
  const source = traceStore(db, terms, parties)
  const search = (start: string, options: TraceOptions) => searchUnit(source, { ...options, start, codes, profile })
  return {
    byKey: async (start, options) => graphOf(await search(start, options)),
    async byCode(text, options) {
      const keys: string[] = []
      // Thirteen digits may be a product and a place: the reading of which something is known.
      for await (const key of parts.keysOf(text, '/query/code')) {
        keys.push(key)
        const answer = await search(key, options)
        if (answer.found.events.size > 0) return answer
      }
      const known = keys.map(key => codes.codeOf(key))
      const bare = keys.some(key => codes.levelOf(key) === 'class')
      const hint = bare
        ? ' (a product number alone: add a lot or a serial number 只有产品编码，请加上批号或序列号)'
        : ''
      throw new Problem('code-unknown', { detail: known.join(', ') + hint, readings: known })
    },
  }
}
