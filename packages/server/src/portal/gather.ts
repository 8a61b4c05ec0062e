import { type Codes, type PublicTrace, type PublicVerdict, type TraceGraph, transformationUnit } from '@yuanliu/core'
import type { Config } from '../lib/config.ts'
import type { Db } from '../lib/db/db.ts'
import { type Disclosed, disclose } from './disclose.ts'
import { type Visible, visiblePart } from './knowledge.ts'
import { makerKey } from './party.ts'
import type { Attribute, PublicFields } from './public-fields.ts'
import * as store from './store.ts'

export interface GatherParts {
  db: Db
  codes: Codes
  fields: PublicFields
  config: Pick<Config, 'publicUrl' | 'demo'>
  /** backward trace with the budget of a public request */
  trace(key: string): Promise<TraceGraph>
  /** what other parts of the platform say of a unit; none so far */
  standings?(key: string): Promise<PublicVerdict[]>
  /** state of a unit's code, where this platform issues it (room `codes`) */
  codeState?(key: string): Promise<PublicTrace['codeState']>
  /** whether the class of the unit shows its verdict only; none does so far */
  show?(key: string): 'all' | 'verdict'
  /** only what registered organisations describe is shown */
  quarantine?: boolean
  clock?: () => number
}

export interface Gathered {
  disclosed: Disclosed
  /** unit keys, and event keys behind `#`: an event that touches none of them leaves the answer as it is */
  names: Set<string>
  /** ids whose master data are shown */
  ids: string[]
  /** keys of the events behind the steps, in their order */
  events: string[]
}

/** Documents read for one answer, newest events first. */
const DOCUMENTS = 400
/** How long an answer stands that the time limit cut. */
const CUT_MS = 2_000

/** Traces a unit, reads what the answer needs beside the trace, and discloses. */
export async function gather(parts: GatherParts, key: string): Promise<Gathered> {
  const { db, codes, fields, config, quarantine = false } = parts
  const graph = await parts.trace(key)
  const visible = visiblePart(graph)
  const keys = visible.events.slice(0, DOCUMENTS).map(event => event.key)
  const ids = idsIn(codes, visible)
  const [documents, described, organisations, standings, codeState] = await Promise.all([
    store.documents(db, keys),
    store.descriptions(db, ids, quarantine),
    store.organisations(db, [...new Set(visible.events.map(event => event.reporter))]),
    parts.standings?.(key) ?? [],
    parts.codeState?.(key) ?? null,
  ])
  const makers = makersIn(parts, described)
  for (const [id, attributes] of await store.descriptions(db, makers, quarantine)) described.set(id, attributes)
  const now = (parts.clock ?? Date.now)()
  const disclosed = disclose('public', graph, {
    codes,
    fields,
    publicUrl: config.publicUrl,
    demo: config.demo,
    now,
    descriptions: described,
    documents,
    organisations,
    standings,
    codeState,
    show: parts.show?.(key) ?? 'all',
  })
  // a search that ran out of time may get further next time
  if (graph.cut?.limit === 'time') disclosed.changesAt = Math.min(disclosed.changesAt, now + CUT_MS)
  const names = new Set(graph.units.map(unit => unit.key))
  for (const event of graph.events) names.add(`#${event.key}`)
  for (const { event } of documents.values())
    if (typeof event.transformationID === 'string') names.add(transformationUnit(event.transformationID))
  const events = disclosed.trace.steps.length ? visible.events.map(event => event.key) : []
  return { disclosed, names, ids: [...ids, ...makers], events }
}

function idsIn(codes: Codes, { graph, units, events }: Visible): string[] {
  const ids = new Set<string>()
  for (const { key } of units) {
    ids.add(key)
    const product = codes.classKey(key)
    if (product) ids.add(product)
  }
  for (const event of events) {
    if (event.place) ids.add(event.place)
    for (const { value } of [...event.sources, ...event.destinations]) ids.add(value)
  }
  for (const gap of graph.gaps) if (gap.party) ids.add(gap.party)
  return [...ids]
}

function makersIn(
  { codes, fields }: Pick<GatherParts, 'codes' | 'fields'>,
  described: ReadonlyMap<string, readonly Attribute[]>,
): string[] {
  const makers = new Set<string>()
  for (const attributes of described.values()) {
    const key = makerKey({ codes, fields }, attributes)
    if (key && !described.has(key)) makers.add(key)
  }
  return [...makers]
}
