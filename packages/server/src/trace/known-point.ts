import { Problem, parseTime, type TraceKnown } from '@yuanliu/core'
import { isoTime } from './times.ts'

/** Where a day's knowledge is found: the log by index, events and registrations by time. Times are microseconds. */
export interface KnownParts {
  /** entries of the log that are shown; null: the log is off */
  size(): number | null
  /** capture position of an entry, and when its event was received: null where its content was deleted */
  entry(index: number): Promise<{ position: number; recorded: number | null }>
  /** index of the last entry at or before a capture position; null for none */
  lastEntry(position: number): Promise<number | null>
  /** capture position of the last event that was recorded at `time` or before, 0 for none */
  recordedBy(time: number): Promise<number>
  /** the same of registrations of organisations */
  registeredBy(time: number): Promise<number>
  /** microseconds since the epoch */
  now(): number
}

/** The clock of a caller may be ahead of ours by so many microseconds. */
const SKEW = 60_000_000

/**
 * Reads what `known` may be (the index of a log entry, or an ISO 8601 instant) and finds the last capture position that
 * counts: of an index the position of that entry, of an instant that of the last event recorded, or organisation
 * registered, at that time or before.
 */
export function createKnownPoint(parts: KnownParts): (text: string, pointer: string) => Promise<TraceKnown> {
  return async (text, pointer) => {
    const wrong = (message: string) => new Problem('invalid-query', { errors: [{ pointer, message }] })
    if (/^[0-9]+$/.test(text)) {
      const size = parts.size()
      if (size === null)
        throw wrong('LOG=off: there is no log to count by; give an instant 日志未启用，请给出带时区的时间')
      const index = Number(text)
      if (index >= size) throw wrong(beyond(text, size))
      const { position, recorded } = await parts.entry(index)
      return { position, index, time: recorded === null ? null : isoTime(recorded) }
    }
    // A "+" in a query is a space to form decoders; a time with a zone means it.
    const time = parseTime(text.replace(' ', '+'))
    if (time === null)
      throw wrong(
        'the index of a log entry, or an ISO 8601 instant such as 2026-10-01T08:00:00+08:00 应为日志条目序号或带时区的时间',
      )
    if (time > parts.now() + SKEW) throw wrong(`${isoTime(time)} has not come yet 该时间尚未到来`)
    const position = Math.max(await parts.recordedBy(time), await parts.registeredBy(time))
    return { position, index: await parts.lastEntry(position), time: isoTime(time) }
  }
}

function beyond(index: string, size: number): string {
  const has =
    size === 0
      ? 'the log has no entries yet 日志尚无条目'
      : `the log has entries 0 to ${size - 1} 日志条目为 0 至 ${size - 1}`
  return `${index}: ${has}`
}
