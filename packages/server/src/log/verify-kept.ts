import { type Finding, type ProofCrypto, parseCheckpoint, parseNote, type SuiteId, textOf } from '@yuanliu/core'
import type { Queryable } from '../lib/db/db.ts'
import { nodeHashes } from '../lib/signing/node-hashes.ts'
import type { AnchorAdapter } from './anchor/adapter.ts'
import {
  checkLines,
  type Kept,
  type KeptHead,
  type KeptLog,
  openKept,
  told,
  withoutLog,
  wordsOf,
} from './remembered.ts'
import type { RememberedFiles } from './remembered-files.ts'
import { checkEnded, endedLogs, hasFollowed } from './remembered-retired.ts'
import * as rememberedStore from './remembered-store.ts'
import { readRetired } from './retired-store.ts'
import { suiteNumber } from './suites.ts'

/** Everything that is remembered of the logs of an installation, in its database and in files. */
export interface KeptOfAll {
  /** what is known to be wrong without the key of the present log */
  findings: Finding[]
  /** Opens what is kept of a log, by its keys. */
  open(log: KeptLog): Promise<{ heads: KeptHead[]; findings: Finding[] }>
  /** What is kept of a suite that has no log. */
  without(suite: SuiteId): Finding[]
}

const NO_FILES: RememberedFiles = {
  checkpoints: [],
  setAside: [],
  retirements: { place: 'log-retired.json', retired: [] },
}

/** Where anchors stand that tell their roots: a file. */
export type AnchorsRead = Pick<AnchorAdapter, 'place' | 'heads'>

/**
 * Reads every checkpoint that is kept: files, and rows of the database. Read before the log, which has grown at most since.
 * @param past the database is a copy: what lies outside of it may be of a log that came after
 */
export async function keptOfAll(
  db: Queryable,
  crypto: ProofCrypto,
  { files = NO_FILES, anchors, past = false }: { files?: RememberedFiles; anchors?: AnchorsRead; past?: boolean },
): Promise<KeptOfAll> {
  const [stored, lines, shown] = [
    await rememberedStore.storedCheckpoints(db),
    await rememberedStore.storedLines(db),
    await rememberedStore.shownCheckpoints(db),
  ]
  const { ended, findings } = endedLogs(await readRetired(db), files)
  findings.push(...(await checkEnded(ended, files.setAside, crypto)))
  for (const { place, note, fault } of files.checkpoints)
    if (!note) findings.push(told(place, `检查点文件无法读取：${fault}`, `The checkpoint cannot be read: ${fault}`))
  for (const { table, suite, size } of stored)
    if (suite !== suiteNumber('sha256-ed25519') && suite !== suiteNumber('sm3-sm2'))
      findings.push(told(`${table} ${suite} ${size}`, '没有此编号的套件', 'There is no suite of this number'))

  const inFiles = (suite: SuiteId): Kept[] =>
    files.checkpoints.flatMap(f =>
      f.suite === suite && f.note ? [{ place: f.place, note: f.note, outside: true }] : [],
    )
  const inRows = (suite: SuiteId): Kept[] =>
    stored
      .filter(row => row.suite === suiteNumber(suite))
      .map(({ table, size, note, adapter, note_hash }) => ({
        place: `${table} ${suite} ${size}${adapter === null ? '' : ` ${adapter}`}`,
        note,
        size,
        ...(note_hash && { noteHash: note_hash }),
      }))

  /** Whether a file is of another log that this one has followed, or that has followed this one. */
  async function isOfAnother(origin: string, { note }: Kept): Promise<boolean> {
    const said = originIn(note)
    if (said === null || said === origin) return false
    return (
      (await hasFollowed(said, origin, ended, crypto, note)) ||
      (past && (await hasFollowed(origin, said, ended, crypto)))
    )
  }

  /** What stands elsewhere, as it was anchored: size and root, without a signature. */
  async function inAnchors({ suite, origin }: KeptLog): Promise<{ heads: KeptHead[]; findings: Finding[] }> {
    if (!anchors) return { heads: [], findings: [] }
    try {
      const written = await anchors.heads(nodeHashes[suite.hashName](Buffer.from(origin)), AbortSignal.timeout(10_000))
      const heads = (written ?? []).map(({ size, root, line }) => ({
        size: BigInt(size),
        root,
        place: `${anchors.place} ${line}`,
        outside: true,
      }))
      return { heads, findings: [] }
    } catch (error) {
      const { zh, en } = wordsOf(error)
      return { heads: [], findings: [told(anchors.place, `锚定记录无法读取：${zh}`, `It cannot be read: ${en}`)] }
    }
  }

  return {
    findings,
    async open(log) {
      const { id } = log.suite
      const kept = inRows(id)
      for (const file of inFiles(id)) if (!(await isOfAnother(log.origin, file))) kept.push(file)
      for (const { place, origin, note } of shown) if (origin === log.origin) kept.push({ place, note })
      const opened = await openKept(kept, log)
      const cosigned = stored.filter(row => row.table === 'log_cosigned' && row.suite === suiteNumber(id))
      const ofLines = await checkLines(
        lines.filter(line => line.suite === suiteNumber(id)),
        new Map(cosigned.map(row => [row.size, row.note])),
        log,
      )
      const elsewhere = await inAnchors(log)
      return {
        heads: [...opened.heads, ...elsewhere.heads],
        findings: [...opened.findings, ...ofLines, ...elsewhere.findings],
      }
    },
    without: suite => withoutLog([...inRows(suite), ...(past ? [] : inFiles(suite))], suite),
  }
}

function originIn(note: Uint8Array): string | null {
  try {
    return parseCheckpoint(textOf(parseNote(note).text)).origin
  } catch {
    return null
  }
}
