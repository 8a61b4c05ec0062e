import { join } from 'node:path'
import { type Codes, Problem, type TraceGraph } from '@yuanliu/core'
import { readJsonFile } from '../lib/data.ts'
import type { Queryable } from '../lib/db/db.ts'
import type { Terms } from '../lib/terms.ts'
import { keysOf } from '../resolve/resolve.ts'
import { traceStore } from './store.ts'
import { parseProfile, type TraceProfile, type TraceRequest, traceUnit } from './trace.ts'

export type TraceOptions = Omit<TraceRequest, 'start' | 'profile' | 'codes'>

export interface Trace {
  /** The trace of a unit by its key; one without events where nothing is known of it. */
  byKey(key: string, options: TraceOptions): Promise<TraceGraph>
  /** The trace of what a code in any notation means. Throws 400 for no code, 404 for an unknown one. */
  byCode(text: string, options: TraceOptions): Promise<TraceGraph>
}

/** What data/vocab says about tracing. Throws an error that names the file. */
export function readProfile(dataFolder: string): TraceProfile {
  const file = (name: string) => readJsonFile(join(dataFolder, 'vocab', `${name}.json`))
  return parseProfile({ steps: file('steps'), uom: file('uom'), trace: file('trace') })
}

export function createTrace(parts: { db: Queryable; terms: Terms; codes: Codes; profile: TraceProfile }): Trace {
  const { db, terms, codes, profile } = parts
  const source = traceStore(db, terms)
  const byKey = (start: string, options: TraceOptions) => traceUnit(source, { ...options, start, codes, profile })
  return {
    byKey,
    async byCode(text, options) {
      const keys = keysOf(codes, text, '/query/code')
      // Thirteen digits may be a product and a place: the reading of which something is known.
      for (const key of keys) {
        const graph = await byKey(key, options)
        if (graph.events.length) return graph
      }
      const known = keys.map(key => codes.codeOf(key))
      throw new Problem('code-unknown', { detail: known.join(', '), readings: known })
    },
  }
}
