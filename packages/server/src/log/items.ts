import type { Queryable } from '../lib/db/db.ts'
import { eventsBetween, type LoggedEvent, tombstonesBetween } from './event-store.ts'
import { rangesBetween } from './reader-store.ts'
import { statementsBetween } from './statement-store.ts'

/**
 * One event, error declaration, tombstone or statement, as a part of the program that follows the log gets it. `index` is that of its
 * entry; null where it has none yet, or the log is off.
 */
export type LogItem = { index: number | null; position: number } & (
  | { kind: 'event'; event: LoggedEvent }
  /** the content of the entry at `target` was deleted */
  | { kind: 'tombstone'; target: number }
  /** of a subject that signs: its key was registered or revoked, or its signature came */
  | { kind: 'statement' }
  /** an event whose content has been deleted since */
  | { kind: 'deleted' }
)

/** What stands at the positions behind `after`, up to and with `upTo`, in order, with the events as they are stored now. */
export async function itemsBetween(db: Queryable, after: number, upTo: number): Promise<LogItem[]> {
  if (upTo <= after) return []
  const items = new Map<number, LogItem>()
  for (const { first_index, first_position, count } of await rangesBetween(db, after + 1, upTo)) {
    const end = Math.min(upTo, first_position + count - 1)
    for (let position = Math.max(after + 1, first_position); position <= end; position++)
      items.set(position, { index: first_index + position - first_position, position, kind: 'deleted' })
  }
  const indexOf = (position: number) => items.get(position)?.index ?? null
  for (const { position, target } of await tombstonesBetween(db, after + 1, upTo))
    items.set(position, { index: indexOf(position), position, kind: 'tombstone', target })
  for (const { position } of await statementsBetween(db, after + 1, upTo))
    items.set(position, { index: indexOf(position), position, kind: 'statement' })
  for (const event of await eventsBetween(db, after + 1, upTo)) {
    const { position } = event
    items.set(position, { index: indexOf(position), position, kind: 'event', event })
  }
  return [...items.values()].sort((a, b) => a.position - b.position)
}
