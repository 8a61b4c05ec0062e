import type { Queryable } from '../../lib/db/db.ts'
import { nodeHashes } from '../../lib/signing/node-hashes.ts'
import type { LogSuite } from '../suites.ts'
import type { AnchorAdapter } from './adapter.ts'
import { claimOf } from './anchoring.ts'
import { anchorsAt } from './store.ts'

/** A log that is to take the place of what was anchored. */
export interface RestoredLog {
  suite: LogSuite
  origin: string
  size: number
  /** root of its first entries */
  rootAt(size: number): Promise<Uint8Array>
}

/** What stands at an anchor's place and this log does not continue. */
export interface Contradiction {
  size: number
  why: 'longer' | 'other'
}

/** How long a chain is waited for. */
const ANSWER_MS = 10_000
/** Anchors that are compared, the newest: a tree binds all that were before it. */
const COMPARED = 100

/**
 * Compares a log with what was anchored of it: sizes, and roots. A place that does not tell roots is asked for the anchors
 * that the database has, with the roots that its tree gives.
 * @param say told what could not be compared
 */
export async function anchoredOtherwise(
  db: Queryable,
  adapter: AnchorAdapter,
  { suite, origin, size, rootAt }: RestoredLog,
  say: (words: string) => void,
): Promise<Contradiction | null> {
  const originHash = nodeHashes[suite.hashName](Buffer.from(origin))
  const stop = AbortSignal.timeout(ANSWER_MS)
  const asked = <T>(answer: Promise<T>): Promise<T | null> =>
    answer.catch((error: Error) => {
      say(`log: ${adapter.place} could not be asked what was anchored 无法查询锚定记录: ${error.message}`)
      return null
    })
  const last = await asked(adapter.lastSize(originHash, stop))
  if (last === null) return null
  if (last > size) return { size: last, why: 'longer' }
  const heads = await asked(adapter.heads(originHash, stop))
  for (const head of heads?.toSorted((a, b) => b.size - a.size).slice(0, COMPARED) ?? [])
    if (!Buffer.from(head.root).equals(await rootAt(head.size))) return { size: head.size, why: 'other' }
  if (heads || last === 0) return null
  const anchors = await anchorsAt(db, suite.number, adapter.id, adapter.place, COMPARED)
  for (const { note, size: of } of anchors.filter(a => a.size <= last)) {
    const found = await asked(
      adapter.find({ ...claimOf(suite, note), size: of, root: await rootAt(of) }, stop).then(is),
    )
    if (found === false) return { size: of, why: 'other' }
  }
  if (!anchors.some(a => a.size === last))
    say(`log: ${adapter.place} has a checkpoint of ${last} entries that the backup does not know 备份中没有此锚定记录`)
  return null
}

const is = (found: unknown): boolean => found !== null
