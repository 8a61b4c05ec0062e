import { type Codes, Problem, type Receipt } from '@yuanliu/core'
import { type BlockEvent, unpackBlock } from '../events/events.ts'
import type { Queryable } from '../lib/db/db.ts'
import type { Actor } from '../lib/http/mount.ts'
import { isUuid } from '../lib/uuid.ts'
import { eventReading } from '../lib/xml/stored-context.ts'
import type { CaptureRoom } from './capture.ts'
import { remarksOf } from './flags.ts'
import { blocksFrom, type CaptureRow, contextBody, findCapture, receiptsFrom } from './job-store.ts'
import { createPreparer } from './prepare.ts'
import { storedBlocks } from './store.ts'

/** The job of an organisation (of anybody, for `admin`). Throws 404. */
export async function captureOf(room: CaptureRoom, id: string, actor: Actor): Promise<CaptureRow> {
  const capture = isUuid(id) ? await findCapture(room.db, id) : undefined
  if (!capture || (capture.organisation !== actor.organisation && !actor.permissions.has('admin'))) {
    throw new Problem('capture-not-found', { detail: `captureID ${id.slice(0, 200)}` })
  }
  return capture
}

/** Receipts of the events with ordinals `from` ≤ ordinal < `from + limit`, in order. */
export async function receiptsOf(
  room: CaptureRoom,
  capture: CaptureRow,
  from: number,
  limit: number,
): Promise<Receipt[]> {
  const to = Math.min(from + limit, capture.events)
  if (from >= to) return []
  const receipts = new Map<number, Receipt>()
  const reporter = capture.organisation_code
  const aside = await room.parties.isQuarantined(capture.organisation)
  const reading = eventReading(await contextBody(room.db, capture.context ?? 0))
  const preparer = createPreparer(room.codes, reading, { mayVoid: false })
  for await (const { ordinal, bytes } of eventsOf(room.db, capture, from, to)) {
    const value: SentEvent = reading.value(bytes)
    const eventID = value.eventID || preparer.hash(bytes)
    const pending = capture.state !== 'done' && ordinal >= capture.applied
    receipts.set(ordinal, {
      ordinal,
      status: pending ? 'pending' : 'accepted',
      eventID,
      reporter,
      site: siteOf(value, room.codes),
      ...(!value.eventID && { remarks: ['id-assigned'] }),
    })
  }
  for (const row of await receiptsFrom(room.db, capture.id, from, to)) {
    const { flags, ...body } = row.body as {
      flags?: number
      firstReporter?: string
      errors?: NonNullable<Receipt['errors']>
    }
    const { site } = receipts.get(row.ordinal) ?? {}
    receipts.set(row.ordinal, {
      ordinal: row.ordinal,
      reporter,
      ...(site !== undefined && { site }),
      status: row.status as Receipt['status'],
      ...(row.event_id !== null && { eventID: row.event_id }),
      ...(flags && { remarks: remarksOf(flags) }),
      ...body,
    })
  }
  const inOrder = [...receipts.values()].sort((a, b) => a.ordinal - b.ordinal)
  return aside ? inOrder.map(setAside) : inOrder
}

/** Events of a capture that are kept, with ordinals `from` ≤ ordinal < `to`. */
async function* eventsOf(db: Queryable, capture: CaptureRow, from: number, to: number): AsyncGenerator<BlockEvent> {
  const wanted = ({ ordinal }: BlockEvent) => ordinal >= from && ordinal < to
  if (capture.block !== null && capture.slot !== null) {
    const body = (await storedBlocks(db, [capture.block])).get(capture.block)
    // All of them were new, or nothing would have been written so.
    if (body)
      yield* unpackBlock(body)
        .slice(capture.slot, capture.slot + capture.accepted)
        .filter(wanted)
    return
  }
  let at = from
  while (at < to) {
    const blocks = await blocksFrom(db, capture.id, at, 16)
    if (!blocks.length) return
    for (const block of blocks) {
      const events = unpackBlock(block.body)
      yield* events.filter(wanted)
      at = Math.max(at, 1 + (events.at(-1)?.ordinal ?? 0))
    }
  }
}

/** What a receipt needs of an event as it was sent. */
interface SentEvent {
  eventID?: string
  bizLocation?: { id: string }
  readPoint?: { id: string }
}

/** Where an event happened: bizLocation, else readPoint, as a unit key. */
function siteOf({ bizLocation, readPoint }: SentEvent, codes: Codes): string | null {
  const id = bizLocation?.id ?? readPoint?.id
  return id === undefined ? null : codes.unitKey(id)
}

/** The receipt of an event that is kept but not in force, since nobody knows who its reporter is (R-COD-10). */
function setAside(receipt: Receipt): Receipt {
  if (receipt.status !== 'accepted') return receipt
  return {
    ...receipt,
    remarks: [...(receipt.remarks ?? []), 'quarantined'],
    detail: `${QUARANTINED.zh} ${QUARANTINED.en}`,
  }
}

/** Why events are kept aside, and what to do (R-COD-10). */
export const QUARANTINED = {
  zh: '单位未登记统一社会信用代码，事件已保存但暂不生效；请管理员登记该单位（POST /api/organisations，creditCode），登记后自动生效，无需重报',
  en: 'the organisation has no registered credit code, its events are kept but not in force; ask the administrator to register it (POST /api/organisations, creditCode), then they are in force without being sent again',
}
