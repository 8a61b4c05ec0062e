import type { PublicStep, TraceEvent } from '@yuanliu/core'
import type { Visible } from './knowledge.ts'

/**
 * Who signed a visible event, and whether parties disagree about it. Bodies that vouch in public are named; an enterprise
 * is where it reported a step that is shown, else it may be a customer.
 */
export function attestations({ events, graph }: Visible) {
  const shown = new Set(events.map(event => event.reporter))
  const twoLots = new Set(graph.anomalies.filter(a => a.kind === 'two-lots').map(a => a.event))
  return (event: TraceEvent): Pick<PublicStep, 'attested' | 'signatures'> => {
    const signatures = (event.signatures ?? []).map(({ organisation, name, kind, suite }) => {
      const isNamed = kind !== 'enterprise' || shown.has(organisation)
      return { name: isNamed ? name : null, code: isNamed ? organisation : null, kind, suite }
    })
    const disagree = event.disputed || event.contradicted === true || twoLots.has(event.id)
    return { attested: disagree ? 'disagrees' : signatures.length > 0 ? 'signed' : 'reported', signatures }
  }
}
