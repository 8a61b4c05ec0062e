import { isNoteworthy } from './flags.ts'
import type { Tally } from './job-store.ts'
import type { Prepared } from './prepare.ts'
import type { Settled } from './settle.ts'
import type { ReceiptRow } from './store.ts'

/** How many events of a batch became what. */
export function tallyOf(settled: readonly Settled[]): Omit<Tally, 'applied'> {
  const tally = { accepted: 0, duplicate: 0, conflict: 0 }
  for (const s of settled) tally[s.status]++
  return tally
}

/** Receipts that say more than "accepted": those are derived from the event itself. */
export function receiptRows(batch: { capture: string }, settled: readonly Settled[]): ReceiptRow[] {
  return settled.flatMap(s =>
    s.status === 'accepted' && !isNoteworthy(s.event.flags)
      ? []
      : [
          {
            capture: batch.capture,
            ordinal: s.event.ordinal,
            status: s.status,
            id: s.event.id,
            body: {
              ...(s.event.flags && { flags: s.event.flags }),
              ...(s.first && { firstReporter: s.first.organisationCode }),
            },
          },
        ],
  )
}

/** Receipts of new events that say more than "accepted". */
export function remarkRows({ capture, events }: { capture: string; events: readonly Prepared[] }): ReceiptRow[] {
  return events
    .filter(e => isNoteworthy(e.flags))
    .map(({ ordinal, id, flags }) => ({ capture, ordinal, status: 'accepted', id, body: { flags } }))
}
