import { parseCheckpoint, parseNote, type SuiteId, textOf } from '@yuanliu/core'
import type { Config } from '../lib/config.ts'
import type { Db, Queryable } from '../lib/db/db.ts'
import { nodeCrypto } from '../lib/signing/node-crypto.ts'
import { nodeHashes } from '../lib/signing/node-hashes.ts'
import { anchorAdapter } from './anchor/anchoring.ts'
import { refuseRollback } from './begin.ts'
import { openCheckpointStore } from './checkpoint-store.ts'
import { askWitnesses } from './cosign/at-start.ts'
import { readLogPolicy } from './cosign/policy.ts'
import { applyRetirements } from './retire.ts'
import { checkpointFolder, readRetirements } from './retirement.ts'
import { readTrees } from './store.ts'
import { logSuite, suiteNumber } from './suites.ts'

/** What holds a restored database against what was published before. */
export interface RestoreGuard {
  /** Compares the log that was loaded, inside the transaction that loads it. @throws in words */
  check(tx: Queryable): Promise<void>
  /** Ends the log where that was said before. @returns names of the logs that ended */
  finish(db: Db): Promise<string[]>
  close(): Promise<void>
}

const SUITES: readonly SuiteId[] = ['sha256-ed25519', 'sm3-sm2']

/**
 * Compares the log of a backup with the checkpoints that this installation has published: those that CHECKPOINT_STORE
 * remembers, that witnesses of the policy hold, and that were anchored. A witness or an anchor that does not answer is
 * passed over, which is said; a start asks the witnesses again.
 * @param log trees as the backup's header has them
 * @param say told what could not be compared
 * @throws in words, with what to do, where the restored log would be shorter than one of them, or another
 */
export async function refuseRestore(
  config: Config,
  log: readonly { suite: number; origin: string; size: number }[],
  say: (words: string) => void,
): Promise<RestoreGuard> {
  const crypto = await nodeCrypto()
  const folder = checkpointFolder(config)
  const remembered = await openCheckpointStore(folder)
  try {
    const retired = readRetirements(folder)
    for (const id of SUITES) {
      const note = await remembered.read(id)
      if (!note) continue
      const tree = log.find(t => t.suite === suiteNumber(id))
      if (tree && retired.some(r => r.suite === id && r.origin === tree.origin)) continue
      const known = parseCheckpoint(textOf(parseNote(note).text))
      if (tree?.origin === known.origin && tree.size >= Number(known.size)) continue
      const has = !tree
        ? 'has none'
        : tree.origin !== known.origin
          ? `has the log "${tree.origin}"`
          : `has ${tree.size}`
      throw new Error(
        `${remembered.place(id)} remembers a published checkpoint of ${known.size} entries of the log "${known.origin}"; the backup ${has}. ` +
          'What others were shown would be taken back, and whoever keeps that checkpoint could prove it. Nothing was changed. ' +
          'Restore a newer backup. Where there is none, that log has ended: say so with ' +
          '"yuanliu log retire --new-origin NAME --reason TEXT", which keeps a signed statement, and restore again; a new log then begins over the events restored. ' +
          '备份中的日志比已发布的检查点短或不是同一日志，未作任何改动；请用更新的备份，或先用 yuanliu log retire 终止旧日志。',
      )
    }
    return {
      async check(tx) {
        for (const id of SUITES) {
          const tree = log.find(t => t.suite === suiteNumber(id))
          if (tree && retired.some(r => r.suite === id && r.origin === tree.origin)) continue
          await refuseRollback(tx, logSuite(id, crypto), remembered, crypto)
          if (tree) await refuseAnchored(config, id, tree, say)
          const policy = id === 'sm3-sm2' ? config.logSmPolicy : config.logPolicy
          const stored = (await readTrees(tx)).find(t => t.suite === suiteNumber(id))
          if (!policy || !stored) continue
          const own = { suite: logSuite(id, crypto), origin: stored.origin, key: stored.key, tree: stored }
          const { witnesses } = readLogPolicy(policy, id, crypto)
          await askWitnesses(tx, own, witnesses, crypto, (error, about) => say(`${about}: ${(error as Error).message}`))
        }
      },
      finish: db => applyRetirements(db, retired),
      close: () => remembered.close(),
    }
  } catch (error) {
    await remembered.close()
    throw error
  }
}

/** @throws in words where a larger checkpoint of this log was anchored */
async function refuseAnchored(
  config: Config,
  id: SuiteId,
  tree: { origin: string; size: number },
  say: (words: string) => void,
): Promise<void> {
  const adapter = anchorAdapter(config)
  if (!adapter) return
  const hash = nodeHashes[id === 'sm3-sm2' ? 'sm3' : 'sha256']
  const asked = adapter.lastSize(hash(Buffer.from(tree.origin)), AbortSignal.timeout(ANCHOR_MS))
  const last = await asked.catch((error: Error) => {
    say(`log: ${adapter.place} could not be asked what was anchored 无法查询锚定记录: ${error.message}`)
    return 0
  })
  if (last <= tree.size) return
  throw new Error(
    `A checkpoint of ${last} entries of the log "${tree.origin}" was anchored (${adapter.place}); the backup has ${tree.size}. ` +
      'Nothing was changed. Restore a newer backup; where there is none, end that log with ' +
      '"yuanliu log retire --new-origin NAME --reason TEXT" and restore again. ' +
      '已有更长的检查点被锚定，未作任何改动；请用更新的备份，或先终止旧日志。',
  )
}

/** How long a chain is waited for. */
const ANCHOR_MS = 10_000
