import type { Queryable } from '../lib/db/db.ts'
import { newSalts, saltAt } from '../log/log.ts'
import { groupForBlocks, packBlock } from './block.ts'
import { type BlockRow, takeRange } from './store.ts'

export interface Place {
  block: number
  slot: number
  /** 16 random bytes for the log (docs/adr/0018) */
  salt: Buffer
}

export interface Numbers {
  /** A number that no other process uses. */
  next(db: Queryable): Promise<number>
}

const RANGE = 1024

/** Hands out numbers from ranges of a sequence of the database. */
export function createNumbers(sequence: Parameters<typeof takeRange>[1]): Numbers {
  let free = 0
  let left = 0
  let asking: Promise<void> | null = null
  return {
    async next(db) {
      while (left === 0) {
        asking ??= takeRange(db, sequence).then(id => {
          free = id
          left = RANGE
          asking = null
        })
        await asking
      }
      left--
      return free++
    },
  }
}

/** Packs events into blocks: the rows to write and where each event will be found. */
export async function packEvents<E extends { ordinal: number; bytes: Buffer }>(
  db: Queryable,
  ids: Numbers,
  capture: string,
  events: readonly E[],
): Promise<{ blocks: BlockRow[]; places: Place[] }> {
  const places: Place[] = []
  const blocks: BlockRow[] = []
  for (const group of groupForBlocks(events)) {
    const id = await ids.next(db)
    const salts = newSalts(group.length)
    blocks.push(blockOf(id, capture, group, salts))
    group.forEach((_, slot) => {
      places.push({ block: id, slot, salt: saltAt(salts, slot) })
    })
  }
  return { blocks, places }
}

function blockOf(
  id: number,
  capture: string,
  group: readonly { ordinal: number; bytes: Buffer }[],
  salts: Buffer,
): BlockRow {
  const firstOrdinal = group[0]?.ordinal ?? 0
  const lastOrdinal = group.at(-1)?.ordinal ?? 0
  return { id, capture, firstOrdinal, events: lastOrdinal - firstOrdinal + 1, body: packBlock(group), salts }
}
