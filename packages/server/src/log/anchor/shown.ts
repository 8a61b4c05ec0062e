import { type LogAnchor, parseCheckpoint, parseNote, textOf } from '@yuanliu/core'
import { iso } from '../../lib/clock.ts'
import type { Log } from '../log.ts'
import type { LogSuite } from '../suites.ts'
import { bytes32 } from './adapter.ts'
import { claimOf } from './anchoring.ts'
import { anchorOver, readAnchors } from './store.ts'

/** Anchors of a suite as they are shown: those that were read back, newest first, or the first over an entry. */
export async function anchorsOf(
  log: Log,
  suite: LogSuite,
  { index, perPage = 30 }: { index?: number; perPage?: number },
): Promise<LogAnchor[]> {
  const { db } = log.parts
  const first = index === undefined ? undefined : await anchorOver(db, suite.number, index)
  const rows = index === undefined ? await readAnchors(db, suite.number, perPage) : first ? [first] : []
  return rows.map(row => {
    const claim = claimOf(suite, row.note)
    return {
      suite: suite.id,
      origin: parseCheckpoint(textOf(parseNote(row.note).text)).origin,
      size: row.size,
      root: bytes32(claim.root),
      originHash: bytes32(claim.originHash),
      noteHash: bytes32(row.note_hash),
      checkpoint: row.note.toString(),
      adapter: row.adapter as LogAnchor['adapter'],
      place: row.place,
      block: row.block,
      blockHash: row.block_hash,
      transaction: row.transaction_id,
      at: row.placed_ms === null ? null : iso(row.placed_ms * 1000),
      readBack: iso(row.recorded),
    }
  })
}
