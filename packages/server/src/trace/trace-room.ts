import { join } from 'node:path'
import { type Codes, Problem, type TraceGraph } from '@yuanliu/core'
import { readJsonFile } from '../lib/data.ts'
import type { Queryable } from '../lib/db/db.ts'
import type { Terms } from '../lib/terms.ts'
import { type Resolved, resolveText } from '../resolve/resolve.ts'
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

/** Unit keys that a text may stand for, best first. Throws 400 with the place of the fault where it stands for none. */
function keysOf(codes: Codes, text: string, pointer: string): string[] {
  const resolved = resolveText(codes, text)
  if (resolved.kind === 'unit') return [resolved.unit.key]
  if (resolved.kind === 'choice') return resolved.units.map(u => u.key)
  const errors = resolved.faults.map(f => ({ pointer, message: `${f.scheme}: ${faultWords(f)}` }))
  throw new Problem('malformed-code', {
    detail: errors[0]?.message ?? `not a code of any known scheme 不是已知编码: ${text.slice(0, 80)}`,
    errors,
  })
}

function faultWords(fault: Extract<Resolved, { kind: 'malformed' }>['faults'][number]): string {
  return `${fault.message.zh} ${fault.message.en} (${fault.reason}, ${fault.at})`
}
