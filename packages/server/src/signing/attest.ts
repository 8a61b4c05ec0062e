import type { TraceSignature } from '@yuanliu/core'
import type { Parties } from '../access/access.ts'
import { iso } from '../lib/clock.ts'
import type { Queryable } from '../lib/db/db.ts'
import { suiteOfKey } from './cover.ts'
import { areAttested, attestationRows } from './store.ts'

/** What is known of an event beside what it says. */
export interface Attestation {
  /** who signed it, in the order of their places; each in each capacity and suite once */
  signatures: TraceSignature[]
  /** another organisation sent other content under its id */
  contradicted: boolean
}

type Attestations = ReadonlyMap<string, Attestation>

/**
 * Gives what tells what is known of events, by event key, up to a capture position (null: all). Whether anything is known
 * of any event is asked at once: where nothing is, a trace asks for nothing more.
 */
export function attestationsOf(
  db: Queryable,
  parties: Pick<Parties, 'of' | 'quarantine'>,
): (events: readonly string[], upTo: number | null) => Promise<Attestations> {
  const some = areAttested(db)
  // Who does not ask must not be told.
  some.catch(() => {})
  return async (events, upTo) => (events.length && (await some) ? read(db, parties, events, upTo) : new Map())
}

/** What organisations in quarantine say does not count. */
async function read(
  db: Queryable,
  parties: Pick<Parties, 'of' | 'quarantine'>,
  events: readonly string[],
  upTo: number | null,
): Promise<Attestations> {
  const found = new Map<string, Attestation>()
  const rows = await attestationRows(db, events, upTo ?? Number.MAX_SAFE_INTEGER)
  const known = parties.quarantine ? await parties.of(rows.map(r => r.organisation)) : null
  const suites = new Map<string, ReturnType<typeof suiteOfKey>>()
  for (const { event, organisation, code, name, kind, key, signed } of rows) {
    if (known && known.get(organisation)?.quarantined !== false) continue
    const attestation = found.get(event) ?? { signatures: [], contradicted: false }
    found.set(event, attestation)
    if (key === null || code === null || name === null || kind === null) {
      attestation.contradicted = true
      continue
    }
    const suite = suites.get(key) ?? suiteOfKey(key)
    suites.set(key, suite)
    const { signatures } = attestation
    const isKnown = signatures.some(s => s.organisation === code && s.kind === kind && s.suite === suite)
    if (!isKnown) signatures.push({ organisation: code, name, kind, suite, signed: iso((signed ?? 0) * 1_000_000) })
  }
  return found
}
