import { type CaptureJob, problems } from '@yuanliu/core'
import { iso } from '../lib/clock.ts'
import type { Queryable } from '../lib/db/db.ts'
import { LIMITS } from '../lib/http/limits.ts'
import { type CaptureRow, type ConflictReceipt, conflictReceipts } from './job-store.ts'

/**
 * Capture jobs as EPCIS 2.0 §12.6 shows them. What came under an id that other content holds is an error of its job: it is
 * kept aside (docs/adr/0007-identity.md), but not captured as an event.
 */
export async function presentJobs(
  db: Queryable,
  captures: readonly CaptureRow[],
  publicUrl: string,
): Promise<CaptureJob[]> {
  const clashing = captures.filter(c => c.conflict > 0).map(c => c.id)
  const receipts = clashing.length ? await conflictReceipts(db, clashing, LIMITS.errors) : []
  const of = new Map<string, ConflictReceipt[]>(clashing.map(id => [id, []]))
  for (const receipt of receipts) of.get(receipt.capture)?.push(receipt)
  return captures.map(c => presentJob(c, of.get(c.id) ?? [], publicUrl))
}

function presentJob(c: CaptureRow, conflicts: readonly ConflictReceipt[], publicUrl: string): CaptureJob {
  const faults = c.errors.map(e => ({
    type: 'epcisException:ValidationException',
    title: e.message,
    status: 400,
    detail: `${e.pointer}: ${e.message}`,
    pointer: e.pointer,
    ...(e.line !== undefined && { line: e.line, column: e.column }),
  }))
  const list = conflicts.length ? listOf(c) : ''
  const clashes = conflicts.map(r => clash(r, list, `${publicUrl}/api/captures/${c.id}/receipts`))
  return {
    captureID: c.id,
    createdAt: iso(c.created),
    ...(c.finished !== null && { finishedAt: iso(c.finished) }),
    running: c.state !== 'done' && c.state !== 'failed',
    success: c.state !== 'failed' && c.rejected === 0 && c.conflict === 0,
    captureErrorBehaviour: c.behaviour,
    errors: [...faults, ...clashes].slice(0, LIMITS.errors),
    counts: {
      events: c.events,
      applied: c.state === 'done' ? c.events : c.applied,
      accepted: c.accepted,
      duplicate: c.duplicate,
      conflict: c.conflict,
      rejected: c.rejected,
    },
  }
}

function clash({ ordinal, event_id, first_reporter, is_xml }: ConflictReceipt, list: string, receipts: string) {
  const { zh, en, status } = problems['event-conflict']
  const pointer = is_xml ? `//EventList/*[${ordinal + 1}]` : `${list}/${ordinal}`
  return {
    type: 'epcisException:ResourceAlreadyExistsException',
    title: `${zh} ${en}`,
    status,
    detail: `${pointer}: ${event_id}（已由 ${first_reporter} 上报 reported by ${first_reporter} before）`,
    pointer,
    // Which event of which capture it happened to: its receipt.
    instance: `${receipts}?from=${ordinal}&limit=1`,
  }
}

/** Where the events of a JSON document are. */
function listOf({ header }: CaptureRow): string {
  const { type } = JSON.parse(header ?? '{}') as { type?: unknown }
  return type === 'EPCISQueryDocument' ? '/epcisBody/queryResults/resultsBody/eventList' : '/epcisBody/eventList'
}
