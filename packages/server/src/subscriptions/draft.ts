import { randomUUID } from 'node:crypto'
import { type FaultAt, Problem, parseTime, type Schedule, type SubscriptionDraft } from '@yuanliu/core'
import type { AddressRules } from './address.ts'
import { nextRun, readSchedule, type Timetable } from './schedule.ts'

/** When somebody who follows a query is told. */
export interface Controls {
  /** null: whenever something comes */
  timetable: Timetable | null
  reportIfEmpty: boolean
  /** record time (microseconds) from which events are reported; null: what comes from now on */
  since: number | null
}

/** What a subscription says of when it wants to be told; `stream` and the fields of a schedule exclude each other. */
export interface Asked {
  stream?: boolean | undefined
  schedule?: Schedule | undefined
  reportIfEmpty?: boolean | undefined
  initialRecordTime?: string | undefined
}

/**
 * Reads the controls of a subscription (EPCIS 2.0 §8.2.5). Throws 400 `subscription-controls` with a pointer to each
 * that is wrong.
 * @param at what stands before names in pointers: `/` in a body, `/query/` in an address
 * @param inSchedule the same for the fields of a schedule
 */
export function readControls(asked: Asked, at: '/' | '/query/', inSchedule: string): Controls {
  const { stream, schedule, reportIfEmpty = false, initialRecordTime } = asked
  const errors: FaultAt[] = []
  if (schedule === undefined && stream !== true) {
    errors.push({
      pointer: `${at}stream`,
      message: '须给出 schedule，或 stream: true a schedule is needed, or stream: true',
    })
  } else if (schedule !== undefined && stream !== undefined) {
    errors.push({
      pointer: `${at}stream`,
      message: 'stream 与 schedule 只能有其一 either a schedule or stream, not both',
    })
  }
  const table = schedule === undefined ? null : readSchedule(schedule, inSchedule)
  if (Array.isArray(table)) errors.push(...table)
  if (reportIfEmpty && schedule === undefined)
    errors.push({ pointer: `${at}reportIfEmpty`, message: '仅用于定时订阅 goes with a schedule only' })
  const since = initialRecordTime === undefined ? null : instantOf(initialRecordTime)
  if (initialRecordTime !== undefined && since === null) {
    const message = '应为带时区的时间 an ISO 8601 instant such as 2026-10-01T08:00:00+08:00'
    errors.push({ pointer: `${at}initialRecordTime`, message })
  }
  if (errors.length) throw wrong(errors)
  return { timetable: table as Timetable | null, reportIfEmpty, since }
}

/** Microseconds; a `+` that a form decoder made a space is one. Null for what is no instant. */
export function instantOf(text: string): number | null {
  return parseTime(text.replace(/ (?=\d\d:\d\d$)/, '+'))
}

/** A draft as it is stored, but for where it begins. Throws 400 with pointers. */
export function readDraft(draft: SubscriptionDraft, rules: AddressRules, zone: string, now: number) {
  const controls = readControls(draft, '/', '/schedule/')
  const fault = rules.faultOf(draft.dest)
  if (fault) throw wrong([{ pointer: '/dest', message: fault }])
  return {
    id: randomUUID(),
    dest: draft.dest,
    secret: draft.signatureToken ?? draft.secret ?? null,
    schedule: draft.schedule === undefined ? null : JSON.stringify(draft.schedule),
    report_if_empty: controls.reportIfEmpty,
    next_run: controls.timetable && nextRun(controls.timetable, now, zone) * 1000,
    since: controls.since,
  }
}

/** Controls that are wrong, as a problem. */
export function wrong(errors: FaultAt[]): Problem {
  return new Problem('subscription-controls', { detail: `${errors[0]?.pointer}: ${errors[0]?.message}`, errors })
}
