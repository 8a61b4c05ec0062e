import { type AdmissionCase, type Codes, canonicalTerm, Problem } from '@yuanliu/core'
import { type Events, eventValue, readDocuments } from '../events/events.ts'
import type { Db } from '../lib/db/db.ts'
import type { ProfileCase } from './profile.ts'
import * as store from './store.ts'

/** Faults of a case that a report shows. */
const SHOWN = 20
/** Events that are read in one go. */
const STEP = 500

type Value = Record<string, unknown>

/**
 * Runs the cases of a profile over everything that a sandbox holds.
 * @param db view of its schema
 * @throws 503 while captures are still applied
 */
export async function checkSandbox(
  { db, events, codes }: { db: Db; events: Pick<Events, 'follow'>; codes: Pick<Codes, 'identify'> },
  cases: readonly ProfileCase[],
): Promise<AdmissionCase[]> {
  const tallies = cases.map(of => ({ of, tally: tallyOf(of), seen: new Set<string>() }))
  const counts = await store.receiptCounts(db)
  if (counts.open) {
    const detail = `${counts.open} 个采集尚未完成 captures are not finished; try again shortly`
    throw new Problem('busy', { detail, retryAfter: 2 })
  }
  const upTo = await events.follow.position()
  for (let after = 0; ; ) {
    const rows = await events.follow.after(after, upTo, STEP)
    const last = rows.at(-1)
    if (!last) break
    const documents = await readDocuments(db, rows)
    for (const [i, row] of rows.entries()) {
      const document = documents[i]
      if (!document) continue
      const value = eventValue(document)
      for (const { of, tally, seen } of tallies) judge(of, tally, seen, row.id, value, codes)
    }
    after = last.position
  }
  for (const { of, tally } of tallies) {
    if (of.check === 'receipts') await judgeReceipts(db, tally, counts)
    if (of.check === 'captured' && tally.checked < of.atLeast) {
      const message = `应有至少 ${of.atLeast} 个事件，现有 ${tally.checked} 个 at least ${of.atLeast} events are expected, there are ${tally.checked}`
      fail(tally, null, message)
    }
    tally.passed = tally.failed === 0
  }
  return tallies.map(({ tally }) => tally)
}

function tallyOf({ id, title }: ProfileCase): AdmissionCase {
  return { id, title, passed: false, checked: 0, failed: 0, faults: [] }
}

function fail(tally: AdmissionCase, eventID: string | null, message: string): void {
  tally.failed++
  if (tally.faults.length < SHOWN) tally.faults.push({ eventID, message })
}

/** @param seen codes that were judged already */
function judge(
  of: ProfileCase,
  tally: AdmissionCase,
  seen: Set<string>,
  id: string,
  value: Value,
  codes: Pick<Codes, 'identify'>,
): void {
  switch (of.check) {
    case 'captured':
      tally.checked++
      break
    case 'receipts':
      break
    case 'codes':
      for (const uri of codesOf(value)) {
        if (seen.has(uri)) continue
        seen.add(uri)
        tally.checked++
        const [best] = codes.identify(uri)
        // A URI that stands for itself is known to no scheme, and after a wrong code there is always that reading.
        if (best?.ok && best.level !== 'other') continue
        const why =
          best && !best.ok ? `${best.message.zh} ${best.message.en}` : '不是已登记的编码 no code of any scheme'
        fail(tally, id, `${uri.slice(0, 200)}: ${why}`)
      }
      break
    case 'fields': {
      const step = typeof value.bizStep === 'string' ? canonicalTerm('bizStep', value.bizStep) : ''
      if (of.steps && !of.steps.has(step)) break
      tally.checked++
      const missing = of.required.filter(names => !names.some(name => isGiven(value[name])))
      if (missing.length) {
        const names = missing.map(list => list.join('|')).join(', ')
        fail(tally, id, `缺少 ${names} missing`)
      }
    }
  }
}

function isGiven(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false
  return !Array.isArray(value) || value.length > 0
}

const LISTS = ['epcList', 'childEPCs', 'inputEPCList', 'outputEPCList']
const QUANTITIES = ['quantityList', 'childQuantityList', 'inputQuantityList', 'outputQuantityList']

/** Codes of the things that an event is about. */
function codesOf(value: Value): string[] {
  const list = (name: string) => (Array.isArray(value[name]) ? (value[name] as unknown[]) : [])
  return [
    value.parentID,
    ...LISTS.flatMap(list),
    ...QUANTITIES.flatMap(list).map(item => (item as { epcClass?: unknown } | null)?.epcClass),
  ].filter(uri => typeof uri === 'string')
}

async function judgeReceipts(
  db: Db,
  tally: AdmissionCase,
  { events, refused }: { events: number; refused: number },
): Promise<void> {
  tally.checked = events
  if (!refused) return
  for (const row of await store.refusedReceipts(db, SHOWN)) {
    const { errors = [] } = row.body as { errors?: { pointer?: string; message?: string }[] }
    const why = errors[0] ? `${errors[0].pointer}: ${errors[0].message}` : row.status
    const words = row.status === 'conflict' ? '同一编号已有另一内容 conflict' : `被拒 rejected, ${why}`
    fail(tally, row.event_id, `/epcis/capture/${row.capture} #${row.ordinal}: ${words}`)
  }
  tally.failed = refused
}
