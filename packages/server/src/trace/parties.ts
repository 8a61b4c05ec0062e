import type { KnownEvent } from './known-event.ts'

const PARTY_FIRST = ['possessing_party', 'owning_party', 'location']

/** Value of the source or destination that says most about who it is; null where none is named. */
export function endOf(flow: readonly string[]): string | null {
  for (const type of PARTY_FIRST) {
    const found = valueIn(flow, type)
    if (found !== null) return found
  }
  return flow[1] ?? null
}

/** Who stands behind a shipment (its source) or a receipt (its destination), where a party is named. */
function partyOf({ facts, meaning }: KnownEvent): string | null {
  const flow = meaning.gap === 'receipt' ? facts.destinations : facts.sources
  return valueIn(flow, 'possessing_party') ?? valueIn(flow, 'owning_party')
}

function valueIn(flow: readonly string[], type: string): string | null {
  for (let i = 0; i + 1 < flow.length; i += 2) if (flow[i] === type) return flow[i + 1] ?? null
  return null
}

/** Whether a shipment and a receipt name the same giver and the same taker, as far as both name one. */
export function nameTheSame(shipment: KnownEvent, receipt: KnownEvent): boolean {
  return (['sources', 'destinations'] as const).every(side => {
    const one = valueIn(shipment.facts[side], 'possessing_party')
    const two = valueIn(receipt.facts[side], 'possessing_party')
    return one === null || two === null || one === two
  })
}

/**
 * Whether a shipment and a receipt (or two receipts) are by different parties: by the parties they name if both do,
 * else by who reported them or where they happened.
 */
export function areByDifferentParties(a: KnownEvent, b: KnownEvent): boolean {
  const first = partyOf(a)
  const second = partyOf(b)
  if (first !== null && second !== null) return first !== second
  if (a.facts.reporter !== b.facts.reporter) return true
  const here = a.facts.bizLocation ?? a.facts.readPoint
  const there = b.facts.bizLocation ?? b.facts.readPoint
  return here !== null && there !== null && here !== there
}
