import type { StoredEvent } from './source.ts'

/** A place in the order of all events: event time (µs since the epoch), then order of capture. */
export interface Position {
  readonly time: number
  readonly position: number
}

export const BEGINNING: Position = { time: Number.NEGATIVE_INFINITY, position: Number.NEGATIVE_INFINITY }
export const END: Position = { time: Number.POSITIVE_INFINITY, position: Number.POSITIVE_INFINITY }

/** The last position with that time: a limit given as a time includes every event of that instant. */
export function untilTime(time: number): Position {
  return { time, position: Number.POSITIVE_INFINITY }
}

/** The first position with that time. */
export function sinceTime(time: number): Position {
  return { time, position: Number.NEGATIVE_INFINITY }
}

/** Negative if `a` stands before `b`. */
export function compare(a: Position, b: Position): number {
  // Not a difference: infinite times would give NaN.
  if (a.time !== b.time) return a.time < b.time ? -1 : 1
  return a.position === b.position ? 0 : a.position < b.position ? -1 : 1
}

export function atOrBefore(a: Position, b: Position): boolean {
  return compare(a, b) <= 0
}

export function earlier<P extends Position>(a: P, b: P): P {
  return compare(a, b) <= 0 ? a : b
}

export function later<P extends Position>(a: P, b: P): P {
  return compare(a, b) >= 0 ? a : b
}

type Brought = Pick<StoredEvent, 'time' | 'document'>

/** Whether the order of two events of one instant is known from nothing but the order in which documents came. */
export function orderedByCaptureOnly(a: Brought, b: Brought): boolean {
  return a !== b && a.time === b.time && (a.document === undefined || a.document !== b.document)
}

/** Index of the first element at or after `at`; all of them sorted by position. */
export function firstFrom(sorted: readonly Position[], at: Position): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(sorted[middle] as Position, at) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Index after the last element at or before `at`. */
export function afterUntil(sorted: readonly Position[], at: Position): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(sorted[middle] as Position, at) <= 0) low = middle + 1
    else high = middle
  }
  return low
}
