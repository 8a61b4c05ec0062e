import type { PublicGap, TraceGap } from '@yuanliu/core'
import type { Knowledge, Visible } from './knowledge.ts'
import { partyOf } from './party.ts'

/** Who sent or made something belongs to where it comes from; who should have received it may be a customer. */
const UPSTREAM = new Set(['no-shipment', 'unknown-origin'])

/** Gaps of the visible steps. Negative books are balances and stay with the enterprise. */
export function gapsOf(known: Knowledge, visible: Visible): PublicGap[] {
  const stepOf = new Map(visible.events.map((event, i) => [event.id, i]))
  const found = new Map<string, PublicGap>()
  for (const gap of visible.graph.gaps) {
    const unit = visible.index.get(gap.unit)
    const step = gap.event === null ? null : stepOf.get(gap.event)
    if (unit === undefined || step === undefined || gap.kind === 'more-out-than-in') continue
    // one missing record is one gap, however many things it would have named
    const mark = `${gap.kind} ${step ?? `unit ${unit}`} ${gap.party}`
    if (found.has(mark)) continue
    const due = gap.kind === 'no-receipt' && gap.since ? Date.parse(gap.since) : 0
    found.set(mark, {
      kind: gap.kind,
      unit,
      step,
      owedBy: gap.party !== null && mayName(visible, gap, gap.party) ? partyOf(known, gap.party) : null,
      dueBy: due > known.now ? new Date(due).toISOString() : null,
    })
  }
  return [...found.values()]
}

function mayName({ events, graph, storiesOf }: Visible, gap: TraceGap, party: string): boolean {
  if (UPSTREAM.has(gap.kind)) return true
  const at = events.find(e => e.id === gap.event)
  if (!at) return false
  const isOwn = storiesOf(at).includes(graph.start)
  // on the way to the unit looked up the receiver is a link of its chain
  if (!isOwn) return true
  return events.some(
    e =>
      e !== at && (e.place === party || e.sources.some(s => s.value === party)) && storiesOf(e).includes(graph.start),
  )
}
