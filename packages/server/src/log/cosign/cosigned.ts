import { type LogWitnesses, parseCheckpoint, parseNote, sameBytes, textOf } from '@yuanliu/core'
import { iso } from '../../lib/clock.ts'
import type { Log } from '../log.ts'
import type { Published } from '../publish.ts'
import type { LogSuite } from '../suites.ts'
import { cosignedAt, cosignedNote } from './store.ts'

/** Checkpoints with the lines of witnesses, as they are shown: any process reads them from the database. */

/** A checkpoint with its cosignatures. */
export interface Cosigned {
  size: number
  root: Uint8Array
  note: Uint8Array
}

/** The checkpoint that is shown, with the cosignatures of this very one, if there are any yet. */
export async function withCosignatures(log: Log, suite: LogSuite, shown: Published): Promise<Uint8Array> {
  if (!log.policies.has(suite.id)) return shown.note
  const row = await cosignedAt(log.parts.db, suite.number, shown.size)
  const isSame = row && sameBytes(parseNote(row.note).text, parseNote(shown.note).text)
  return isSame ? Buffer.concat([shown.note, row.lines]) : shown.note
}

/** The newest checkpoint whose cosignatures meet the policy; null where there is none. */
export async function metCheckpoint(log: Log, suite: LogSuite): Promise<Cosigned | null> {
  if (!log.policies.has(suite.id)) return null
  const note = await cosignedNote(log.parts.db, suite.number)
  if (!note) return null
  const { size, root } = parseCheckpoint(textOf(parseNote(note).text))
  return { size: Number(size), root, note }
}

/** How it stands with the witnesses of a suite, as it is shown. */
export async function witnessesOf(log: Log, suite: LogSuite): Promise<LogWitnesses> {
  const met = await metCheckpoint(log, suite)
  const witnesses = (await log.cosigning.witnesses(suite)).map(w => ({
    name: w.name,
    key: w.witness,
    url: w.url,
    held: w.held,
    cosigned: w.cosigned_s === null ? null : { size: w.cosigned, at: iso(w.cosigned_s * 1_000_000) },
    error: w.error,
    alarm: w.alarm && { kind: w.alarm, size: w.alarm_size, proved: w.proved },
  }))
  return { suite: suite.id, size: log.published(suite.id)?.size ?? 0, cosigned: met?.size ?? null, witnesses }
}
