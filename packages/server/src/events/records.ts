import type { EventRecord } from '@yuanliu/core'
import type { Parties } from '../access/access.ts'
import { iso } from '../lib/clock.ts'
import type { Terms } from '../lib/terms.ts'
import type { FoundEvent } from './store.ts'

/** What the repository knows of events beside what they say: who reported each, where it happened, when it came. */
export async function recordsOf(
  parts: { terms: Terms; parties: Pick<Parties, 'of'> },
  events: readonly FoundEvent[],
): Promise<EventRecord[]> {
  const { terms } = parts
  const parties = await parts.parties.of(new Set(events.map(e => e.organisation)))
  await terms.load(events.flatMap(e => [e.biz_location, e.read_point]))
  return events.map(e => {
    const party = parties.get(e.organisation)
    return {
      eventID: e.id,
      reporter: party?.code ?? String(e.organisation),
      reporterCreditCode: party?.creditCode ?? null,
      site: terms.textOf(e.biz_location) ?? terms.textOf(e.read_point),
      recorded: iso(e.recorded),
      quarantined: party?.quarantined ?? false,
    }
  })
}
