import { formatVerifierKey, type SuiteId } from '@yuanliu/core'
import type { Config } from '../lib/config.ts'
import type { Db } from '../lib/db/db.ts'
import { type NodeCrypto, nodeCrypto } from '../lib/signing/node-crypto.ts'
import type { AnchorAdapter } from './anchor/adapter.ts'
import { anchorAdapter } from './anchor/anchoring.ts'
import { refuseRollback } from './begin.ts'
import { type CheckpointStore, openCheckpointStore } from './checkpoint-store.ts'
import { askWitnesses } from './cosign/at-start.ts'
import { type LogPolicy, readLogPolicy } from './cosign/policy.ts'
import { type LogKey, logKey, logKeys, originOf } from './keys.ts'
import { noteRetirements } from './retire.ts'
import { checkpointFolder, type Retirement, readRetirements } from './retirement.ts'
import { readTrees, type TreeRow } from './store.ts'
import { type LogSuite, logSuite } from './suites.ts'

/** What the log has opened before it begins: keys, and what was published. */
export interface LogGround {
  crypto: NodeCrypto
  keys: LogKey[]
  store: CheckpointStore
  policies: Map<SuiteId, LogPolicy>
  anchor: AnchorAdapter | null
  /** Reads the key of a suite again, held against what the database has now. @throws as `openGround` */
  keyAgain(suite: LogSuite): Promise<LogKey>
}

/**
 * Reads keys and the remembered checkpoints, asks the witnesses what they hold, and compares all that with the database.
 * @throws in words where the log of the database is shorter than what was published, or another one; where a key or a
 *   policy is wrong; where the log is off though the database has one
 */
export async function openGround(
  db: Db,
  config: Config,
  log: (error: unknown, about: string) => void = () => {},
): Promise<LogGround | null> {
  const trees = await readTrees(db)
  if (!config.log.length) {
    if (trees.length)
      throw new Error(
        `LOG=off, but this database has the log "${trees[0]?.origin}", which would miss what is captured now. ` +
          'Leave LOG as it was. 此数据库已有日志，不能关闭。',
      )
    return null
  }
  const crypto = await nodeCrypto()
  const remembered = await openCheckpointStore(checkpointFolder(config))
  try {
    const retired = readRetirements(checkpointFolder(config))
    refuseRetired(trees, retired)
    await noteRetirements(db, retired)
    for (const id of ['sha256-ed25519', 'sm3-sm2'] as const)
      await refuseRollback(db, logSuite(id, crypto), remembered, crypto)
    const policies = readPolicies(config, crypto)
    const anchor = anchorAdapter(config)
    const by = { config, database: db.kind, retired, crypto }
    const keys = await logKeys({ ...by, trees })
    for (const { suite, signer } of keys) {
      const tree = trees.find(t => t.suite === suite.number)
      const own = signer && formatVerifierKey(signer.key)
      const origin = tree?.origin ?? signer?.key.name ?? originOf(config, suite.id)
      const { witnesses = [] } = policies.get(suite.id) ?? {}
      await askWitnesses(db, { suite, origin, key: tree?.key ?? own, tree }, witnesses, crypto, log)
    }
    const keyAgain = async (suite: LogSuite) => logKey({ ...by, trees: await readTrees(db) }, suite)
    return { crypto, keys, store: remembered, policies, anchor, keyAgain }
  } catch (error) {
    await remembered.close()
    throw error
  }
}

function readPolicies(config: Config, crypto: NodeCrypto): Map<SuiteId, LogPolicy> {
  const policies = new Map<SuiteId, LogPolicy>()
  for (const suite of config.log) {
    const path = suite === 'sm3-sm2' ? config.logSmPolicy : config.logPolicy
    if (path) policies.set(suite, readLogPolicy(path, suite, crypto))
  }
  return policies
}

/** A log that has ended does not go on. */
function refuseRetired(trees: readonly TreeRow[], retired: readonly Retirement[]): void {
  const ended = retired.find(r => trees.some(t => t.origin === r.origin))
  if (ended)
    throw new Error(
      `The log "${ended.origin}" of this database was ended, "${ended.newOrigin}" comes after it. ` +
        `Run "yuanliu log retire --new-origin ${ended.newOrigin}" again, with the platform stopped, to complete that. 此日志已声明终止，请重新执行 yuanliu log retire。`,
    )
}
