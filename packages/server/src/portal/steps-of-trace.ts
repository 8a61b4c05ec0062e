import { canonicalTerm, type PublicStep, type TraceEvent } from '@yuanliu/core'
import { attestations } from './attested.ts'
import type { Knowledge, Visible } from './knowledge.ts'
import { partyOf } from './party.ts'

type Ends = { type: string; value: string }[]
const BY_WEIGHT = ['possessing_party', 'owning_party', 'location']

/** The steps of the visible events, newest first, each field taken by name. */
export function stepsOf(known: Knowledge, visible: Visible): PublicStep[] {
  const { graph, index } = visible
  const received = receivers(visible)
  const percent = percentages(visible)
  const attestedOf = attestations(visible)
  const inputs = new Map<string, Set<number>>()
  for (const edge of graph.edges) {
    const from = index.get(edge.from)
    if (edge.kind !== 'transformation' || from === undefined || !index.has(edge.to)) continue
    inputs.set(edge.event, (inputs.get(edge.event) ?? new Set()).add(from))
  }
  return visible.events.map(event => {
    const step = termIn(known.fields.titles.steps, event.step && canonicalTerm('bizStep', event.step))
    // where a step happens at one end of the way, only the other end is news
    const from = isAt(event, event.sources) ? null : endOf(event.sources)
    const isLast = step !== null && known.fields.noReceiver.has(step)
    const to = isLast || isAt(event, event.destinations) ? null : endOf(event.destinations)
    return {
      time: event.time,
      zone: event.zone,
      type: event.type,
      action: event.action,
      step,
      disposition: termIn(
        known.fields.titles.dispositions,
        event.disposition && canonicalTerm('disposition', event.disposition),
      ),
      place: event.place === null ? null : partyOf(known, event.place),
      from: from === null ? null : partyOf(known, from),
      to: to !== null && received(event) ? partyOf(known, to) : null,
      reporter: known.organisations.get(event.reporter)?.name ?? event.reporter,
      reporterCode: event.reporter,
      reporterCreditCode: known.organisations.get(event.reporter)?.creditCode ?? null,
      recorded: event.recorded,
      disputed: event.disputed,
      ...attestedOf(event),
      units: event.units.flatMap(({ unit, role }) => {
        const i = index.get(unit)
        return i === undefined ? [] : [{ unit: i, role }]
      }),
      of: visible.storiesOf(event).map(key => index.get(key) as number),
      madeFrom: [...(inputs.get(event.id) ?? [])],
      // what a shop sells a day is its own business
      percent: isLast ? null : percent(event),
    }
  })
}

/** The term if there is a title for it: own words of an enterprise are not shown. */
function termIn(titles: Record<string, unknown>, term: string | null): string | null {
  return term !== null && Object.hasOwn(titles, term) ? term : null
}

function isAt(event: TraceEvent, ends: Ends): boolean {
  return event.place !== null && ends.some(end => end.value === event.place)
}

function endOf(ends: Ends): string | null {
  for (const type of BY_WEIGHT) {
    const found = ends.find(e => canonicalTerm('srcDest', e.type) === type)
    if (found) return found.value
  }
  return null
}

/**
 * Whether the receiver that an event names shows itself: a visible event at the same time or later happens at the
 * destination, or names it as its own. Else it is a customer, whom the public does not see.
 */
function receivers({ events, storiesOf }: Visible): (event: TraceEvent) => boolean {
  return event => {
    const values = new Set(event.destinations.map(d => d.value))
    if (!values.size) return false
    const stories = new Set(storiesOf(event))
    // newest first
    for (const later of events) {
      if (later === event) break
      if (!storiesOf(later).some(story => stories.has(story))) continue
      if (later.place !== null && values.has(later.place)) return true
      const arrives = later.step === 'receiving' || later.step === 'accepting' || later.step === 'arriving'
      if (arrives && later.destinations.some(d => values.has(d.value))) return true
      if (later.sources.some(s => values.has(s.value))) return true
    }
    return false
  }
}

/** Percent of the lot looked up: the only quantity that the public sees. */
function percentages({ graph, events }: Visible): (event: TraceEvent) => string | null {
  const amountIn = (event: TraceEvent) =>
    event.units.find(ref => ref.unit === graph.start && ref.quantity !== undefined && !ref.role.startsWith('input'))
  const first = events.toReversed().map(amountIn).find(Boolean)
  const whole = Number(first?.quantity)
  return event => {
    const part = amountIn(event)
    if (!first || !part || part.uom !== first.uom) return null
    const ratio = Number(part.quantity) / whole
    if (!(ratio > 0 && ratio < 1)) return null
    return ratio < 0.01 ? '<1%' : `${Math.min(99, Math.round(ratio * 100))}%`
  }
}
