import type { Schedule, Subscription, SubscriptionState } from '@yuanliu/core'
import { iso } from '../lib/clock.ts'
import type { SubscriptionRow } from './store.ts'

/** A subscription as EPCIS 2.0 §12.7 shows it. */
export function presentSubscription(row: SubscriptionRow): Subscription {
  const minimum = Math.max(row.min_recorded ?? row.created, row.last_run ?? 0)
  return {
    subscriptionID: row.id,
    queryName: row.query_name,
    dest: row.dest,
    createdAt: iso(row.created),
    ...(row.schedule === null
      ? { stream: true as const }
      : { schedule: JSON.parse(row.schedule) as Schedule, reportIfEmpty: row.report_if_empty }),
    ...(row.min_recorded !== null && { initialRecordTime: iso(row.min_recorded) }),
    minRecordTime: iso(minimum),
    ...(row.last_success !== null && { lastNotifiedAt: iso(row.last_success) }),
    epcFormat: row.format,
    mediaType: row.media === 'xml' ? 'application/xml' : 'application/json',
    ...(row.media === 'xml' && { cbvXmlFormat: row.terms }),
    signed: row.secret !== null,
  }
}

/** The same with how its delivery goes; `head` is the capture position now. */
export function presentState(row: SubscriptionRow, head: number): SubscriptionState {
  const time = (t: number | null) => (t === null ? null : iso(t))
  return {
    ...presentSubscription(row),
    organisation: row.organisation_code,
    createdBy: row.created_by,
    state: row.state === 'dead' ? 'dead' : row.attempts > 0 ? 'retrying' : 'active',
    position: row.position,
    lag: Math.max(0, head - row.position),
    delivered: row.delivered,
    batch: row.batch,
    attempts: row.attempts,
    failingSince: time(row.failing_since),
    nextAttempt: time(row.next_attempt),
    nextRun: time(row.next_run),
    lastSuccess: time(row.last_success),
    lastError: row.last_error,
    lastErrorAt: time(row.last_error_at),
  }
}
