import {
  type Committed,
  commitmentTo,
  decodeEntry,
  type Finding,
  type HashName,
  type LogEntry,
  sameBytes,
  TOMBSTONE_REASONS,
} from '@yuanliu/core'
import { eventKey, unpackBlock } from '../events/events.ts'
import type { Queryable } from '../lib/db/db.ts'
import { nodeHashes } from '../lib/signing/node-hashes.ts'
import * as eventStore from './event-store.ts'
import { contextBytes, mediaTypeOf } from './hand-over.ts'
import { saltAt } from './salts.ts'
import { rangesFrom } from './store.ts'

/** An entry on its way to be compared with what is stored of its event. */
export interface ReadEntry {
  index: number
  entry: LogEntry
}

export interface EventChecker {
  /** Takes the next entries, in order and without gaps, and gives what differs. */
  check(entries: readonly ReadEntry[]): Promise<Finding[]>
  /** Gives the events behind the last entry, up to a position, that ought to have had one. */
  checkRest(upTo: number): Promise<Finding[]>
  /** events whose bytes and circumstances are those that were logged; events whose content is gone, as a tombstone says */
  readonly opened: number
  readonly deleted: number
}

interface Known {
  context: Record<HashName, Uint8Array>
}

/** Compares entries with the events, tombstones and runs in the database. */
export function createEventChecker(db: Queryable): EventChecker {
  const contexts = new Map<number, Known>()
  const reporters = new Map<number, string>()
  let last = -Number.MAX_SAFE_INTEGER
  let opened = 0
  let deleted = 0

  async function learn(events: readonly { context?: number; organisation: number }[]): Promise<void> {
    const ids = new Set(events.flatMap(e => (e.context === undefined || contexts.has(e.context) ? [] : [e.context])))
    for (const { id, body } of await eventStore.contextBodies(db, [...ids])) {
      const bytes = contextBytes(body)
      const of = (name: HashName) => (bytes.length ? nodeHashes[name](bytes) : bytes)
      contexts.set(id, { context: { sha256: of('sha256'), sm3: of('sm3') } })
    }
    const unknown = [...new Set(events.map(e => e.organisation))].filter(id => !reporters.has(id))
    for (const { id, code } of await eventStore.organisationCodes(db, unknown)) reporters.set(id, code)
  }

  /** Whether what is stored opens every commitment of the entry. */
  function opens(
    entry: LogEntry,
    bytes: Uint8Array,
    committed: Omit<Committed, 'digest' | 'contextDigest'>,
    context?: Known,
  ) {
    return (Object.keys(entry.commitments) as HashName[]).every(name => {
      const contextDigest = context?.context[name] ?? new Uint8Array(0)
      const computed = commitmentTo(nodeHashes[name], { ...committed, digest: nodeHashes[name](bytes), contextDigest })
      return sameBytes(computed, entry.commitments[name] as Uint8Array)
    })
  }

  async function check(entries: readonly ReadEntry[]): Promise<Finding[]> {
    const [first, end] = [entries[0], entries.at(-1)]
    if (!first || !end) return []
    const findings: Finding[] = []
    const to = Number(end.entry.position)
    const events = new Map((await eventStore.eventsBetween(db, last + 1, to)).map(e => [e.position, e]))
    const statements = new Map((await eventStore.tombstonesBetween(db, last + 1, to)).map(t => [t.position, t]))
    const gone = new Set((await eventStore.tombstonesOf(db, first.index, end.index)).map(t => t.target))
    await learn([...events.values(), ...statements.values()])
    const ids = [...new Set([...events.values()].map(e => e.block))]
    const blocks = new Map<number, { bytes: Buffer[]; salts: Buffer | null }>()
    for (const block of await eventStore.saltedBlocks(db, ids))
      blocks.set(block.id, { bytes: bytesOf(block.body), salts: block.salts })
    findings.push(...(await checkRuns(entries)))

    for (const { index, entry } of entries) {
      const position = Number(entry.position)
      const event = events.get(position)
      events.delete(position)
      if (entry.kind === 'tombstone') {
        const t = statements.get(position)
        const right =
          t &&
          BigInt(t.target) === entry.target &&
          t.reason === TOMBSTONE_REASONS[entry.reason] &&
          opens(entry, Buffer.from(t.statement), {
            kind: 'tombstone',
            salt: t.salt,
            mediaType: 'application/json',
            receivedAt: BigInt(t.recorded),
            reporter: reporters.get(t.organisation) ?? '',
          })
        if (!right)
          findings.push(at(index, '墓碑记录与日志不符', 'The tombstone stored is not the one that was logged'))
        continue
      }
      if (!event) {
        if (gone.has(index)) deleted++
        else findings.push(at(index, '事件缺失，且没有墓碑', 'Its event is missing, and no tombstone says why'))
        continue
      }
      const block = blocks.get(event.block)
      const bytes = block?.bytes[event.slot]
      const right =
        block?.salts &&
        bytes &&
        opens(
          entry,
          bytes,
          {
            kind: 'event',
            salt: saltAt(block.salts, event.slot),
            mediaType: mediaTypeOf(bytes),
            receivedAt: BigInt(event.recorded),
            reporter: reporters.get(event.organisation) ?? '',
          },
          contexts.get(event.context),
        )
      if (!right)
        findings.push(
          at(
            index,
            `事件 ${event.id}（位置 ${position}）的原文或收录情况与日志不符`,
            `Event ${event.id} (position ${position}): bytes or circumstances are not those that were logged`,
          ),
        )
      else if (event.key !== eventKey(event.id) || !bearsId(bytes, event.id))
        findings.push(
          at(index, `事件 ${event.id} 的编号被改动`, `Event ${event.id}: its id is not that of its content`),
        )
      else opened++
    }
    findings.push(...[...events.values()].map(withoutEntry))
    last = to
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

  /** Events behind the last entry, up to a position: there may be none. */
  async function checkRest(upTo: number): Promise<Finding[]> {
    return (await eventStore.eventsBetween(db, last + 1, upTo)).map(withoutEntry)
  }

  return {
    check,
    checkRest,
    get opened() {
      return opened
    },
    get deleted() {
      return deleted
    },
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

/** Whether a JSON event that names its id names this one. */
function bearsId(bytes: Buffer, id: string): boolean {
  if (mediaTypeOf(bytes) !== 'application/json') return true
  const { eventID } = JSON.parse(bytes.toString('utf8')) as { eventID?: unknown }
  return eventID === undefined || eventID === '' || eventID === id
}

/** Entries of a bundle or of queue rows, decoded. */
export function readEntries(from: number, entries: readonly Uint8Array[]): ReadEntry[] {
  return entries.map((bytes, i) => ({ index: from + i, entry: decodeEntry(bytes) }))
}
