import type { Codes, Finding, LogEntry } from '@yuanliu/core'
import { storedSums, sumKey } from '../capture/capture.ts'
import { readSchemes } from '../lib/data.ts'
import type { Queryable } from '../lib/db/db.ts'
import { DATA } from '../lib/paths.ts'
import { auditSignatures } from '../signing/signing.ts'
import { entriesOf, PREFIX } from './entries.ts'
import { clockPosition } from './event-store.ts'
import * as queue from './queue-store.ts'
import * as store from './store.ts'
import { type CrewPlan, ownCrew, threadCrew } from './verify-crew.ts'
import { judgeDeletions } from './verify-deletions.ts'
import { BEFORE_ALL, checkRest, createEventChecker, type ReadEntry, readEntries } from './verify-events.ts'

/** Entries that are compared with their events at once. */
const CHUNK = 2_048

/** Follows a log that is re-read and compares its entries with the events in the database. */
export interface EventAudit {
  entry(index: bigint, entry: LogEntry, bytes: Uint8Array): Promise<void>
  /** What was found, after the last entry; also of what is handed over and not yet logged: it must open, too. */
  finish(size: number): Promise<{
    findings: Finding[]
    opened: number
    deleted: number
    waiting: number
    /** notes of subjects that hold */
    signatures: number
    /** statements on subjects that stand later in the log than what they say came about */
    late: number
  }>
  close(): Promise<void>
}

export function createEventAudit(db: Queryable, { codes, crew: plan }: { codes?: Codes; crew?: CrewPlan }): EventAudit {
  const key = sumKey()
  const schemes = codes ?? readSchemes(DATA)
  const own = createEventChecker(db, schemes, key)
  // Summed while events are compared: the database has time between their questions.
  const stored = storedSums(db, key)
  stored.catch(() => {})
  const crew = plan ? threadCrew(plan, db, key) : ownCrew(own)
  let chunk: ReadEntry[] = []
  let last = BEFORE_ALL

  async function flush(): Promise<void> {
    const [entries, after, end] = [chunk, last, chunk.at(-1)]
    if (!end) return
    chunk = []
    last = Number(end.entry.position)
    await crew.take(entries, after)
  }

  async function checkWaiting(size: number): Promise<{ findings: Finding[]; waiting: number }> {
    const state = await store.readState(db)
    const findings: Finding[] = []
    let index = size
    for (const row of await queue.queueAfter(db, state?.position ?? 0, 1_000_000, Number.MAX_SAFE_INTEGER)) {
      const entries = readEntries(
        index,
        entriesOf(row).map(entry => entry.subarray(PREFIX)),
      )
      const found = await own.check(entries, last)
      // Runs are written when the entry is.
      findings.push(...found.filter(f => !f.words.en.startsWith('log_range')))
      index += entries.length
      last = Number(entries.at(-1)?.entry.position ?? last)
    }
    return { findings, waiting: index - size }
  }

  return {
    async entry(index, entry, bytes) {
      chunk.push({ index: Number(index), entry, bytes })
      if (chunk.length >= CHUNK) await flush()
    },
    async finish(size) {
      await flush()
      const { findings, found } = await crew.done()
      const upTo = await clockPosition(db)
      const { findings: ofWaiting, waiting } = await checkWaiting(size)
      const all = [...new Set([...found, own.found])]
      const gone = await judgeDeletions(
        db,
        all.map(f => f.deletions),
        size,
      )
      const rest = await checkRest(db, { last, upTo, stored: await stored, summed: all.map(f => f.sums) })
      const { findings: ofNotes, signatures, late } = await auditSignatures(db, schemes)
      return {
        findings: [...findings, ...ofWaiting, ...gone.findings, ...rest, ...ofNotes],
        opened: all.reduce((sum, f) => sum + f.opened, 0),
        deleted: gone.deleted,
        waiting,
        signatures,
        late,
      }
    },
    close: () => crew.close(),
  }
}
