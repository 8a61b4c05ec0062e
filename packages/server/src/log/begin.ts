import {
  type Checkpoint,
  formatVerifierKey,
  noteVerifier,
  openCheckpoint,
  openNote,
  openTiles,
  type ProofCrypto,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  Refusal,
  sameBytes,
  signCheckpoint,
  textOf,
} from '@yuanliu/core'
import type { Db, Queryable } from '../lib/db/db.ts'
import { killAt } from '../lib/kill-at.ts'
import { type SigningKey, signerOf } from '../lib/signing/signing-key.ts'
import type { CheckpointStore } from './checkpoint-store.ts'
import type { LogKey } from './keys.ts'
import { openStored } from './load.ts'
import { LogBroken } from './open-log.ts'
import { readRetired } from './retired-store.ts'
import * as store from './store.ts'
import type { LogSuite } from './suites.ts'
import { tileSource } from './tiles.ts'

/** A signer of checkpoints that never signs two roots for one size. */
export type SignTree = (size: number, root: Uint8Array) => Promise<Uint8Array>

/** Signs checkpoints of a suite with its key, and beside it with the one that is to follow. */
export function treeSigner(key: SigningKey, next: SigningKey | null = null): SignTree {
  const signers = (next ? [key, next] : [key]).map(one => signerOf(one))
  let last: { size: number; root: Uint8Array } | null = null
  return async (size, root) => {
    if (last?.size === size && !sameBytes(last.root, root))
      throw new LogBroken(`${key.key.name}: a second root for ${size} entries was about to be signed`)
    last = { size, root }
    return signCheckpoint({ origin: key.key.name, size: BigInt(size), root, extensions: [] }, signers)
  }
}

/**
 * Compares what has been published with what the database has, before anything is signed or shown.
 * @throws in words where the database's log is shorter than what was published, or another one
 */
export async function refuseRollback(
  db: Queryable,
  suite: LogSuite,
  remembered: CheckpointStore,
  crypto: ProofCrypto,
): Promise<void> {
  const note = await remembered.read(suite.id)
  if (!note) return
  const place = remembered.place(suite.id)
  let known: Checkpoint
  try {
    known = parseCheckpoint(textOf(parseNote(note).text))
  } catch (error) {
    throw new Error(
      `${place}: it is no checkpoint (${(error as Error).message}). It tells an old copy of the database from the right one: ` +
        'put it back from a backup or from a witness; or, where nothing was published, remove it. 检查点文件损坏，已停止启动。',
      { cause: error },
    )
  }
  const row = (await store.readTrees(db)).find(t => t.suite === suite.number)
  const said = row && (await openStored(row, crypto))
  if (said && said.origin !== known.origin && (await hasEnded(db, suite, note, known, crypto))) return
  if (!said || said.origin !== known.origin || said.size < known.size)
    throw new Error(
      `${place} remembers a checkpoint of ${known.size} entries of the log "${known.origin}", but the log in this database ` +
        `${!said ? 'does not exist' : said.origin !== known.origin ? `is "${said.origin}"` : `has only ${said.size}`}. ` +
        'Has an older copy been put back, or an empty database been taken? A log that was published must not begin anew or go back: ' +
        'restore a newer copy; or end that log with "yuanliu log retire", which begins another. ' +
        '数据库中的日志比已发布的检查点短或不是同一日志，已停止启动。',
    )
  const reader = await openTiles(suite.tree, said, tileSource(db, suite))
  if (!sameBytes(await reader.rootAt(known.size), known.root))
    throw new Error(
      `${place} remembers another content of the first ${known.size} entries of the log "${known.origin}" than this database has. ` +
        'The log has been altered: keep both, run "yuanliu log verify", and restore the right copy. 日志内容与已发布的检查点不符，已停止启动。',
    )
}

/**
 * Whether the log of a remembered checkpoint has ended by a statement of its own key, which reaches at least as far: so
 * another process has said, or this one before (docs/adr/0022).
 */
async function hasEnded(
  db: Queryable,
  suite: LogSuite,
  note: Uint8Array,
  known: Checkpoint,
  crypto: ProofCrypto,
): Promise<boolean> {
  const row = (await readRetired(db)).find(r => r.suite === suite.number && r.origin === known.origin)
  if (!row?.key || row.size < Number(known.size)) return false
  try {
    const keys = [noteVerifier(parseVerifierKey(row.key), crypto.checks)]
    await openCheckpoint(note, { origin: known.origin, keys })
    const { text } = await openNote(row.statement, keys)
    return text.includes(`\norigin ${known.origin}\n`) && text.includes(`\ncheckpoint ${row.size} `)
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

/**
 * Makes the log, or adds the tree of a suite that is switched on later; begins with a signed checkpoint of no entries.
 * Nothing happens where it is there already.
 */
export async function beginLog(db: Db, keys: readonly LogKey[], process: number): Promise<void> {
  const trees = await store.readTrees(db)
  const fresh: store.TreeRow[] = []
  for (const { suite, signer, next } of keys) {
    if (!signer || trees.some(t => t.suite === suite.number)) continue
    const note = Buffer.from(await treeSigner(signer, next)(0, suite.tree.empty))
    fresh.push({ suite: suite.number, origin: signer.key.name, key: formatVerifierKey(signer.key), size: 0, note })
  }
  if (!fresh.length) return
  await db.tx(async tx => {
    await store.insertState(tx, process)
    for (const row of fresh) await store.insertTree(tx, row)
  })
  killAt('log:begun')
}
