import type { Queryable } from '../lib/db/db.ts'
import { eventsBetween, tombstonesBetween } from './event-store.ts'
import { rangeAtPosition, rangesFrom } from './store.ts'

/**
 * Capture position of the entry at an index, and when its event or tombstone was received: null where the event's content
 * was deleted since. Times are microseconds since the epoch.
 * @throws Error where the log has no such entry
 */
export async function entryAt(db: Queryable, index: number): Promise<{ position: number; recorded: number | null }> {
  const [range] = await rangesFrom(db, index, 1)
  if (!range || index < range.first_index || index >= range.first_index + range.count)
    throw new Error(`log_range: entry ${index} is not covered`)
  const position = range.first_position + index - range.first_index
  const [event] = await eventsBetween(db, position, position)
  if (event) return { position, recorded: event.recorded }
  const [stone] = await tombstonesBetween(db, position, position)
  return { position, recorded: stone?.recorded ?? null }
}

/** Index of the last entry at or before a capture position; null for none. */
export async function lastEntryAt(db: Queryable, position: number): Promise<number | null> {
  const range = await rangeAtPosition(db, position)
  return range ? range.first_index + Math.min(position - range.first_position, range.count - 1) : null
}
