import { type Codes, decodeEntry, type Finding, type HashName, type LogEntry, Refusal } from '@yuanliu/core'
import { createRederiver, type Derived, differingUnitRows } from '../capture/capture.ts'
import { unpackBlock } from '../events/events.ts'
import type { Queryable } from '../lib/db/db.ts'
import { nodeHashes } from '../lib/signing/node-hashes.ts'
import * as eventStore from './event-store.ts'
import { contextBytes } from './hand-over.ts'
import { saltAt } from './salts.ts'
import { rangesFrom } from './store.ts'
import { opensTombstone, type SeenDeletions } from './verify-deletions.ts'
import { type Opening, opening } from './verify-openings.ts'
import { checkStatements } from './verify-statements.ts'

/** An entry on its way to be compared with what is stored of its event. */
export interface ReadEntry {
  index: number
  entry: LogEntry
  /** as it stands in its bundle */
  bytes: Uint8Array
}

export interface EventChecker {
  /**
   * Takes entries that follow each other and gives what differs. Calls may overlap.
   * @param after capture position of the entry before the first: no event may stand in between
   */
  check(entries: readonly ReadEntry[], after: number): Promise<Finding[]>
  readonly found: CheckedEvents
}

/** What was found of events, besides what differs. */
export interface CheckedEvents {
  /** events whose bytes and circumstances are those that were logged */
  opened: number
  /** events that are missing and tombstones, to be judged together */
  deletions: SeenDeletions
  /** sums of the rows of `event_unit` that these events give */
  sums: Uint8Array
}

/** A position before all others. */
export const BEFORE_ALL = -Number.MAX_SAFE_INTEGER

interface Known {
  id: number
  body: string
  context: Record<HashName, Uint8Array>
}

/**
 * Compares entries with the events, tombstones and runs in the database, and events with the columns derived from them.
 * @param key of the sums of rows of `event_unit`
 */
export function createEventChecker(db: Queryable, codes: Codes, key: string): EventChecker {
  const derived = createRederiver(db, codes, key)
  const contexts = new Map<number, Known>()
  const reporters = new Map<number, string>()
  const deletions: SeenDeletions = { missing: [], tombstones: [] }
  const counted: CheckedEvents = { opened: 0, deletions, sums: derived.sums }

  async function learn(events: readonly { context?: number; organisation: number }[]): Promise<void> {
    const ids = new Set<number>()
    for (const { context } of events) if (context !== undefined && !contexts.has(context)) ids.add(context)
    for (const { id, body } of await eventStore.contextBodies(db, [...ids])) {
      const bytes = contextBytes(body)
      const of = (name: HashName) => (bytes.length ? nodeHashes[name](bytes) : bytes)
      contexts.set(id, { id, body, context: { sha256: of('sha256'), sm3: of('sm3') } })
    }
    const unknown = [...new Set(events.map(e => e.organisation))].filter(id => !reporters.has(id))
    for (const { id, code } of await eventStore.organisationCodes(db, unknown)) reporters.set(id, code)
  }

  async function check(entries: readonly ReadEntry[], after: number): Promise<Finding[]> {
    const [first, end] = [entries[0], entries.at(-1)]
    if (!first || !end) return []
    const findings: Finding[] = []
    const to = Number(end.entry.position)
    // Asked for together: a connection takes them one after the other without waiting in between.
    const [found, told, targets, ofSubjects, runs] = await Promise.all([
      eventStore.derivedBetween(db, after + 1, to),
      eventStore.tombstonesBetween(db, after + 1, to),
      eventStore.tombstonesOf(db, first.index, end.index),
      checkStatements(db, entries, after, to),
      checkRuns(entries),
    ])
    const events = new Map(found.map(e => [e.position, e]))
    const statements = new Map(told.map(t => [t.position, t]))
    const named = new Set(targets.map(t => t.target))
    await learn([...events.values(), ...statements.values()])
    const ids = [...new Set([...events.values()].map(e => e.block))]
    const blocks = new Map<number, { bytes: Buffer[]; salts: Buffer | null }>()
    for (const block of await eventStore.saltedBlocks(db, ids))
      blocks.set(block.id, { bytes: bytesOf(block.body), salts: block.salts })
    findings.push(...runs, ...ofSubjects)
    const derivable: Derived[] = []
    const indexes: number[] = []
    const openings = new Map<LogEntry, Opening>()
    for (const { entry } of entries) {
      const event = entry.kind === 'event' && events.get(Number(entry.position))
      if (!event) continue
      const { recorded, organisation, slot } = event
      const block = blocks.get(event.block)
      const bytes = block?.bytes[slot]
      const context = contexts.get(event.context)?.context
      if (!block?.salts || !bytes || !context) continue
      const [salt, reporter] = [saltAt(block.salts, slot), reporters.get(organisation) ?? '']
      openings.set(entry, { entry, bytes, salt, recorded, reporter, context })
    }
    const opened = opening([...openings.values()])

    for (const { index, entry } of entries) {
      if (entry.kind === 'statement') continue
      const position = Number(entry.position)
      const event = events.get(position)
      events.delete(position)
      if (entry.kind === 'tombstone') {
        const t = statements.get(position)
        const opened = t !== undefined && isTrue(() => opensTombstone(entry, t, reporters.get(t.organisation) ?? ''))
        deletions.tombstones.push({ index, position, target: Number(entry.target), opened })
        if (!opened)
          findings.push(at(index, '墓碑记录与日志不符', 'The tombstone stored is not the one that was logged'))
        continue
      }
      if (!event) {
        if (named.has(index)) deletions.missing.push(index)
        else findings.push(at(index, '事件缺失，且没有墓碑', 'Its event is missing, and no tombstone says why'))
        continue
      }
      const right = openings.get(entry)
      if (!right || !opened.has(right))
        findings.push(
          at(
            index,
            `事件 ${event.id}（位置 ${position}）的原文或收录情况与日志不符`,
            `Event ${event.id} (position ${position}): bytes or circumstances are not those that were logged`,
          ),
        )
      else {
        const prepared = preparedOf(right.bytes, contexts.get(event.context))
        if (prepared?.id !== event.id || prepared.key !== event.key)
          findings.push(
            at(index, `事件 ${event.id} 的编号被改动`, `Event ${event.id}: its id is not that of its content`),
          )
        else {
          derivable.push({ event: prepared, stored: event })
          indexes.push(index)
          counted.opened++
        }
      }
    }
    for (const { n, columns } of await derived.compare(derivable))
      findings.push(
        at(
          indexes[n] as number,
          `由原文推出的数据与库中不同：event (${columns})`,
          `What is derived from its bytes is not what is stored: event (${columns})`,
        ),
      )
    findings.push(...[...events.values()].map(withoutEntry))
    return findings
  }

  /** Whether the stored runs lead from positions to these indexes. */
  async function checkRuns(entries: readonly ReadEntry[]): Promise<Finding[]> {
    const [first, end] = [entries[0] as ReadEntry, entries.at(-1) as ReadEntry]
    const runs = await rangesFrom(db, first.index, end.index - first.index + 2)
    const wrong = entries.find(({ index, entry }) => {
      const run = runs.findLast(r => r.first_index <= index)
      return (
        !run ||
        index >= run.first_index + run.count ||
        run.first_position + index - run.first_index !== Number(entry.position)
      )
    })
    if (!wrong) return []
    return [at(wrong.index, 'log_range 与条目的采集位置不符', 'log_range does not lead to its capture position')]
  }

  /** An event as capture reads it; null where it cannot be read. */
  function preparedOf(bytes: Buffer, context: Known | undefined) {
    try {
      return context ? derived.prepare(bytes, context) : null
    } catch {
      return null
    }
  }

  return { check, found: counted }
}

/** Events beyond the clock that are named: where many are, the first say enough. */
const NAMED = 1_000

/**
 * Events behind the last entry, up to a position, or beyond the clock, statements behind it, and rows of units that are
 * not those of events: there may be none.
 */
export async function checkRest(
  db: Queryable,
  {
    last,
    upTo,
    ...sums
  }: { last: number; upTo: number; stored: ReadonlyMap<number, bigint>; summed: readonly Uint8Array[] },
): Promise<Finding[]> {
  const unlogged = await eventStore.eventsBetween(db, last + 1, upTo)
  unlogged.push(...(await eventStore.eventsBeyondClock(db, NAMED)))
  const rest = unlogged.map(withoutEntry)
  const rows = (await differingUnitRows(db, sums)).map(({ event, what }) => ({
    at: `event ${event}`,
    words: {
      zh: `按单元查找事件的行与事件不符：${what}`,
      en: `A row that finds events by unit is not what events give: ${what}`,
    },
  }))
  return [...rest, ...(await checkStatements(db, [], last, Number.MAX_SAFE_INTEGER)), ...rows]
}

/** What cannot even be hashed, such as a time before 1970, opens nothing. */
function isTrue(opens: () => boolean): boolean {
  try {
    return opens()
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

function withoutEntry({ id, position }: eventStore.LoggedEvent): Finding {
  const zh = `位置 ${position} 的事件不在日志中`
  return { at: `event ${id}`, words: { zh, en: `It stands at position ${position} and has no entry in the log` } }
}

function at(index: number, zh: string, en: string): Finding {
  return { at: `entry ${index}`, words: { zh, en } }
}

/** Bytes of the events of a block; none where it cannot be read. */
function bytesOf(body: Buffer): Buffer[] {
  try {
    return unpackBlock(body).map(e => e.bytes)
  } catch {
    return []
  }
}

/** Entries of a bundle or of queue rows, decoded. */
export function readEntries(from: number, entries: readonly Uint8Array[]): ReadEntry[] {
  return entries.map((bytes, i) => ({ index: from + i, entry: decodeEntry(bytes), bytes }))
}
