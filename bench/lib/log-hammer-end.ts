import { auditLog, openTiles } from '@yuanliu/core'
import type { Sample } from './log-hammer-events.ts'
import { proveEvent } from './log-hammer-prove.ts'
import { continues } from './log-hammer-read.ts'
import { Deviation, type Tally } from './log-hammer-tally.ts'
import { crypto, type HammeredLog, type Target } from './log-hammer-target.ts'

/** The end: everything that was acknowledged is covered, and the whole log is read again. */

export interface Ending {
  target: Target
  log: HammeredLog
  sample: Sample
  tally: Tally
  within: number
  /** entries before the first capture */
  begun: bigint
  /** nobody else writes: the log has what was acknowledged, and nothing besides */
  alone: boolean
}

/** @returns entries of the log that was re-read */
export async function endOf(ending: Ending): Promise<bigint> {
  const { log, tally } = ending
  // Each for itself: where one thing differs, what else does is worth knowing.
  await tally.once('the end', () => allCovered(ending))
  await tally.once('the end', () => allContinued(ending))
  return reread(log, tally)
}

async function allCovered({ target, log, sample, tally, within, begun, alone }: Ending): Promise<void> {
  for (const event of sample.lastOfEach()) await proveEvent({ target, log, event, tally }, within)
  const { size } = await log.heads.newest()
  const expected = begun + BigInt(tally.counts.events)
  if (alone ? size !== expected : size < expected)
    throw new Deviation(
      `${log.suite}: the log has ${size} entries; ${tally.counts.events} events were acknowledged after ${begun} entries`,
    )
}

/** The last checkpoint against every one that was seen. */
async function allContinued({ log, tally }: Ending): Promise<void> {
  const last = await log.heads.newest()
  const reader = await openTiles(log.tree, last, log.source.fetch)
  const earlier = log.heads.all().filter(c => c.size > 0n && c.size < last.size)
  // In order, since neighbours need the same tiles.
  await continues(
    { log, tally },
    reader,
    earlier.toSorted((a, b) => (a.size < b.size ? -1 : 1)),
  )
}

async function reread(log: HammeredLog, tally: Tally): Promise<bigint> {
  let size = 0n
  await tally.once('the end', async () => {
    const { checkpoint, findings } = await auditLog(log.source, { key: log.key, crypto })
    for (const { at, words } of findings) tally.note('the end', `${log.suite}: ${at}: ${words.en}`)
    if (!checkpoint) return
    size = checkpoint.size
    log.heads.see(checkpoint)
  })
  return size
}
