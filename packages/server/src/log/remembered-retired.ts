import {
  type Finding,
  type NoteVerifier,
  noteVerifier,
  openCheckpoint,
  openNote,
  type ProofCrypto,
  parseCheckpoint,
  parseNote,
  Refusal,
  type SuiteId,
  textOf,
} from '@yuanliu/core'
import { told, wordsOf } from './remembered.ts'
import type { FileNote, RememberedFiles } from './remembered-files.ts'
import type { RetiredRow } from './retired-store.ts'
import { statementText } from './retirement.ts'
import { suiteOf } from './suites.ts'

/** A log that has ended, as a row or a file has it; nothing of it is believed yet. */
export interface Ended {
  place: string
  suite: SuiteId
  origin: string
  /** empty: it was lost */
  key: string
  size: number
  checkpoint: Uint8Array
  newOrigin: string
  newKey: string
  statement: Uint8Array
  retired: number
}

/** Logs that have ended, from rows and from the file; what has not even their form is told. */
export function endedLogs(
  rows: readonly RetiredRow[],
  { retirements }: Pick<RememberedFiles, 'retirements'>,
): { ended: Ended[]; findings: Finding[] } {
  const { place, retired, fault } = retirements
  const findings = fault === undefined ? [] : [told(place, fault, fault)]
  const ended: Ended[] = rows.map(({ new_origin, new_key, ...r }) => ({
    ...r,
    place: `log_retired ${r.origin}`,
    suite: suiteOf(r.suite),
    newOrigin: new_origin,
    newKey: new_key,
  }))
  for (const r of retired) {
    const texts = [r?.suite, r?.origin, r?.key, r?.checkpoint, r?.newOrigin, r?.newKey, r?.statement]
    const is = texts.every(t => typeof t === 'string') && [r.size, r.retired].every(Number.isSafeInteger)
    if (!is) findings.push(told(place, '其中一项格式不对', 'One of what it says is malformed'))
    else
      ended.push({
        ...r,
        place: `${place} ${r.origin}`,
        checkpoint: Buffer.from(r.checkpoint),
        statement: Buffer.from(r.statement),
      })
  }
  return { ended, findings }
}

/** Compares what is kept of logs that have ended with what was signed; their checkpoints that were set aside, too. */
export async function checkEnded(
  ended: readonly Ended[],
  setAside: readonly FileNote[],
  crypto: ProofCrypto,
): Promise<Finding[]> {
  const findings: Finding[] = []
  const refused = (place: string, error: unknown) => {
    const { zh, en } = wordsOf(error)
    findings.push(told(place, `所存终止声明不可信：${zh}`, `What is kept of a log that ended is not believed: ${en}`))
  }
  for (const one of ended) {
    try {
      const { size, root } = await openLast(one, one.checkpoint, crypto)
      const { text } = await openNote(one.statement, verifiersOf(one, crypto))
      const reason = /\nreason (.*)\n$/.exec(text)?.[1] ?? ''
      if (size !== BigInt(one.size) || text !== statementText({ ...one, checkpoint: '', root, reason }))
        throw new Refusal('statement-shape', one.origin)
    } catch (error) {
      refused(one.place, error)
    }
  }
  for (const { place, suite, note, fault } of setAside) {
    try {
      if (!note) throw new Error(fault)
      const { origin } = parseCheckpoint(textOf(parseNote(note).text))
      const one = ended.find(e => e.suite === suite && e.origin === origin)
      if (!one) throw new Refusal('origin-other', origin)
      await openLast(one, note, crypto)
    } catch (error) {
      refused(place, error)
    }
  }
  return findings
}

/**
 * Whether one log has come after another, by statements that one of their keys signed.
 * @param from the log that ended first; its key has signed `note`, where that is given
 */
export async function hasFollowed(
  from: string,
  to: string,
  ended: readonly Ended[],
  crypto: ProofCrypto,
  note?: Uint8Array,
): Promise<boolean> {
  const seen = new Set<string>()
  for (let origin = from; origin !== to; ) {
    const one = ended.find(e => e.origin === origin && !seen.has(e.origin))
    if (!one) return false
    seen.add(origin)
    try {
      if (note && origin === from) await openLast(one, note, crypto)
      const { text } = await openNote(one.statement, verifiersOf(one, crypto))
      if (!text.includes(`\norigin ${origin}\n`) || !text.includes(`\ncontinued ${one.newOrigin}\n`)) return false
    } catch {
      return false
    }
    origin = one.newOrigin
  }
  return true
}

/** Opens a checkpoint of a log that has ended. Where its key is lost, only its form can be read. */
async function openLast({ origin, key }: Ended, note: Uint8Array, crypto: ProofCrypto) {
  if (key) return openCheckpoint(note, { origin, keys: [noteVerifier(key, crypto.checks)] })
  const checkpoint = parseCheckpoint(textOf(parseNote(note).text))
  if (checkpoint.origin !== origin) throw new Refusal('origin-other', checkpoint.origin)
  return checkpoint
}

function verifiersOf({ key, newKey }: Ended, crypto: ProofCrypto): NoteVerifier[] {
  return [key, newKey].filter(k => k !== '').map(k => noteVerifier(k, crypto.checks))
}
