import { commitmentTo, type Finding, type HashName, type LogEntry, sameBytes, TOMBSTONE_REASONS } from '@yuanliu/core'
import type { Queryable } from '../lib/db/db.ts'
import { nodeHashes } from '../lib/signing/node-hashes.ts'
import { type TombstoneRow, tombstoneTargets } from './event-store.ts'

/** What was found of deletions while entries were read. A tombstone comes after its target, so all is judged at the end. */
export interface SeenDeletions {
  /** entries whose event is missing, and which a row of `log_tombstone` names */
  missing: number[]
  /** entries that are tombstones; `opened`: the row stored is the one that was logged */
  tombstones: { index: number; position: number; target: number; opened: boolean }[]
}

const HASH_NAMES: readonly HashName[] = ['sha256', 'sm3']

/**
 * Whether a row of `log_tombstone` is the one that a tombstone entry was made of: the statement and its salt open every
 * commitment of the entry, and it names the same event for the same reason.
 * @param reporter code of the organisation that the row names
 */
export function opensTombstone(entry: LogEntry, row: TombstoneRow, reporter: string): boolean {
  if (entry.kind !== 'tombstone') return false
  if (BigInt(row.target) !== entry.target || row.reason !== TOMBSTONE_REASONS[entry.reason]) return false
  const committed = {
    kind: 'tombstone' as const,
    salt: row.salt,
    mediaType: 'application/json',
    receivedAt: BigInt(row.recorded),
    reporter,
    contextDigest: new Uint8Array(0),
  }
  return HASH_NAMES.every(name => {
    const [hash, commitment] = [nodeHashes[name], entry.commitments[name]]
    const digest = hash(Buffer.from(row.statement))
    return !commitment || sameBytes(commitmentTo(hash, { ...committed, digest }), commitment)
  })
}

/**
 * Judges deletions when every entry was read. An event may be missing only where a later entry of the tombstone kind names
 * it and opens the row that says why: rows alone can be written by anybody who can delete the event.
 * @param size entries of the log; what is handed over and waits has no deletion counted yet
 */
export async function judgeDeletions(
  db: Queryable,
  seen: readonly SeenDeletions[],
  size: number,
): Promise<{ findings: Finding[]; deleted: number }> {
  const tombstones = seen.flatMap(s => s.tombstones)
  const opened = new Map(tombstones.filter(t => t.opened && t.target < t.index).map(t => [t.target, t.index]))
  const positions = new Set(tombstones.map(t => t.position))
  const findings: Finding[] = []
  let deleted = 0
  for (const index of seen.flatMap(s => s.missing).sort((a, b) => a - b)) {
    const by = opened.get(index)
    if (by === undefined) findings.push(unproved(index))
    else if (by < size) deleted++
  }
  // A row at the place of a tombstone entry that it does not open was told with that entry.
  for (const row of await tombstoneTargets(db)) if (!positions.has(row.position)) findings.push(withoutEntry(row))
  return { findings, deleted }
}

function unproved(index: number): Finding {
  return {
    at: `entry ${index}`,
    words: {
      zh: '事件缺失：log_tombstone 中虽有记录，但日志中没有能打开它的墓碑条目',
      en: 'Its event is missing: a row of log_tombstone says why, but no tombstone entry of the log opens that row',
    },
  }
}

function withoutEntry({ position, target }: { position: number; target: number }): Finding {
  return {
    at: `log_tombstone ${position}`,
    words: {
      zh: `此记录称条目 ${target} 的内容已删除，而日志中没有与之对应的墓碑条目`,
      en: `It says that the content of entry ${target} is deleted, and no tombstone entry of the log opens it`,
    },
  }
}
