import { mkdirSync, renameSync, rmSync } from 'node:fs'
import {
  type Checkpoint,
  formatVerifierKey,
  isKeyName,
  parseCheckpoint,
  parseNote,
  type SuiteId,
  signNote,
  textOf,
} from '@yuanliu/core'
import { now } from '../lib/clock.ts'
import type { Config } from '../lib/config.ts'
import type { Db, Queryable } from '../lib/db/db.ts'
import { killAt } from '../lib/kill-at.ts'
import { rememberedPosition } from '../lib/last-position.ts'
import { livingProcesses } from '../lib/presence.ts'
import { type NodeCrypto, nodeCrypto } from '../lib/signing/node-crypto.ts'
import { openSigner } from '../lib/signing/signer.ts'
import { createSigningKey, readSigningKey, type SigningKey, signerOf } from '../lib/signing/signing-key.ts'
import { type CheckpointStore, openCheckpointStore } from './checkpoint-store.ts'
import { keyPath, signerPath } from './keys.ts'
import * as retiredStore from './retired-store.ts'
import {
  checkpointFolder,
  nextKeyPath,
  type Retirement,
  readRetirements,
  rememberRetirements,
  rowOf,
  statementText,
  swapKey,
} from './retirement.ts'
import * as store from './store.ts'
import { logSuite, suiteNumber } from './suites.ts'

export interface Retire {
  newOrigin: string
  /** why, for everybody to read; one line */
  reason: string
  /** keeps a copy of the database before anything is changed */
  before: (db: Db) => Promise<void>
}

/** What an outsider is shown of a log that ended, and whether its own key signed that. */
export type Retired = Retirement & { signedByOldKey: boolean }

const SUITES: readonly SuiteId[] = ['sha256-ed25519', 'sm3-sm2']
/** Positions that were perhaps given out after the last one that was remembered. */
const SLACK = 100_000

/**
 * Ends the log of an installation that is stopped, and prepares the next one, over the events that the database has: signs
 * a statement with the old key (where it is there) and the new one, keeps it outside the database, puts the new key in the
 * place of the old, and empties the tables of the log. Where there is no database yet, what is restored into it is treated
 * so. Run again with the same name it goes on where it was broken off.
 * @param db null: there is none
 * @throws in words where nothing may be changed or there is no log
 */
export async function retireLog(config: Config, db: Db | null, retire: Retire): Promise<Retired[]> {
  const folder = checkpointFolder(config)
  const remembered = await openCheckpointStore(folder)
  try {
    if (db && (await livingProcesses(db)) > 0)
      throw new Error(
        'A platform is running on this database: stop every process of it first. 平台正在运行，请先停止。',
      )
    const before = readRetirements(folder)
    const again = before.filter(r => r.newOrigin === originFor(retire.newOrigin, r.suite))
    const acts = again.length ? again : await decide(config, db, remembered, before, retire)
    for (const act of acts) {
      swapKey(config, act)
      await setCheckpointAside(remembered, act)
      killAt('retire:checkpoint-aside')
    }
    if (db && (await retiredStore.hasLogTables(db))) await applyRetirements(db, acts)
    killAt('retire:emptied')
    return acts.map(act => ({ ...act, signedByOldKey: act.statement.includes(`— ${act.origin} `) }))
  } finally {
    await remembered.close()
  }
}

/** Signs what is to be said, and keeps it: from here on the old log does not go on. */
async function decide(
  config: Config,
  db: Db | null,
  remembered: CheckpointStore,
  before: readonly Retirement[],
  { newOrigin, reason, before: keep }: Retire,
): Promise<Retirement[]> {
  if (!isKeyName(newOrigin) || newOrigin.includes('://'))
    throw new Error(`--new-origin ${newOrigin}: an address without scheme, spaces and plus signs 日志名称格式有误`)
  if (!reason.trim() || reason.length > 1_000 || /\p{Cc}/u.test(reason))
    throw new Error('--reason: one line of at most 1,000 characters 理由须为一行文字，不超过 1000 字')
  const crypto = await nodeCrypto()
  const trees = db && (await retiredStore.hasLogTables(db)) ? await store.readTrees(db) : []
  const last: { suite: SuiteId; note: Uint8Array; checkpoint: Checkpoint; key: string | null }[] = []
  for (const suite of SUITES) {
    const tree = trees.find(t => t.suite === suiteNumber(suite))
    const shown = await remembered.read(suite)
    const notes = [shown, tree?.note].filter(note => note !== null && note !== undefined)
    const known = notes.map(note => ({ note, checkpoint: parseCheckpoint(textOf(parseNote(note).text)) }))
    const [first, second] = known
    if (!first) continue
    if (second && second.checkpoint.origin !== first.checkpoint.origin)
      throw new Error(
        `${remembered.place(suite)} is of the log "${first.checkpoint.origin}", the database has "${second.checkpoint.origin}": which is meant? ` +
          'Give the CHECKPOINT_STORE of this database. 检查点文件与数据库不是同一日志。',
      )
    const largest = second && second.checkpoint.size > first.checkpoint.size ? second : first
    last.push({ suite, ...largest, key: tree?.key ?? null })
  }
  if (!last.length)
    throw new Error(
      `There is no log to end: neither the database nor ${checkpointFolder(config)} has a checkpoint. 没有可终止的日志。`,
    )
  const used = new Set([...before.flatMap(r => [r.origin, r.newOrigin]), ...last.map(l => l.checkpoint.origin)])
  if (last.some(l => used.has(originFor(newOrigin, l.suite))))
    throw new Error(`--new-origin ${newOrigin}: a log had this name already 此名称已用过`)
  if (db && trees.length) await keep(db)
  const retired = now()
  const position = (await rememberedPosition(config.dataDir)) + SLACK
  const acts: Retirement[] = []
  for (const { suite, note, checkpoint, key } of last) {
    const old = await oldKey(config, suite, checkpoint.origin, crypto)
    const next = await makeNext(config, suite, originFor(newOrigin, suite), crypto)
    const act = {
      suite,
      origin: checkpoint.origin,
      key: key ?? (old && formatVerifierKey(old.key)) ?? '',
      size: Number(checkpoint.size),
      checkpoint: textOf(note),
      newOrigin: originFor(newOrigin, suite),
      newKey: formatVerifierKey(next.key),
      retired,
      position: Math.max(position, Number(checkpoint.size) + SLACK),
    }
    const text = statementText({ ...act, root: checkpoint.root, reason: reason.trim() })
    const signers = old ? [old, next] : [next]
    acts.push({
      ...act,
      statement: textOf(
        await signNote(
          text,
          signers.map(s => signerOf(s)),
        ),
      ),
    })
  }
  rememberRetirements(checkpointFolder(config), [...before, ...acts])
  killAt('retire:said')
  return acts
}

/** Name of a suite's log, as `originOf` makes it from LOG_ORIGIN. */
function originFor(origin: string, suite: SuiteId): string {
  return suite === 'sm3-sm2' ? `${origin}/sm` : origin
}

/**
 * The key of the log that ends; null where this installation has it no more.
 * @throws in words where it is sealed, or its signer does not answer
 */
async function oldKey(config: Config, suite: SuiteId, origin: string, crypto: NodeCrypto): Promise<SigningKey | null> {
  const socket = signerPath(config, suite)
  if (socket)
    return openSigner(socket, origin, logSuite(suite, crypto).logKey, crypto).catch((error: Error) => {
      throw new Error(
        `${error.message} Where it is lost, run this without LOG_SIGNER and LOG_SM_SIGNER: the statement is then signed by the new key only. 若已丢失，请去掉该设置后重试。`,
        { cause: error },
      )
    })
  try {
    const found = await readSigningKey(keyPath(config, suite), crypto, config.logKeyPassphrase ?? undefined)
    return found.key.name === origin ? found : null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function makeNext(config: Config, suite: SuiteId, origin: string, crypto: NodeCrypto): Promise<SigningKey> {
  const path = nextKeyPath(config, suite)
  const passphrase = config.logKeyPassphrase ?? undefined
  const cipher = suite === 'sm3-sm2' ? 'sm4-ctr-hmac-sm3' : 'aes-256-gcm'
  try {
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
    // Left by a run that was broken off before anything was said.
    rmSync(path, { force: true })
    const lock = passphrase === undefined ? undefined : ({ passphrase, cipher } as const)
    createSigningKey(path, origin, logSuite(suite, crypto).logKey, crypto, lock)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!code) throw error
    throw new Error(
      `${path}: the new key cannot be written beside the old one (${code}). Run this where the key file lies in a folder that can be written. 新密钥无法写入。`,
      { cause: error },
    )
  }
  return readSigningKey(path, crypto, passphrase)
}

async function setCheckpointAside(remembered: CheckpointStore, act: Retirement): Promise<void> {
  const note = await remembered.read(act.suite)
  if (!note || parseCheckpoint(textOf(parseNote(note).text)).origin !== act.origin) return
  renameSync(remembered.place(act.suite), `${remembered.place(act.suite)}.retired-${act.retired}`)
}

/**
 * Empties the log of a database whose logs have ended; the next start begins the new one over the events.
 * @returns names of the logs that were there
 * @throws in words where the database has a log of which nothing was said
 */
export function applyRetirements(db: Db, acts: readonly Retirement[]): Promise<string[]> {
  return db.tx(async tx => {
    await noteRetirements(tx, acts)
    const trees = await store.readTrees(tx)
    const ended = trees.map(tree => acts.find(a => a.origin === tree.origin && suiteNumber(a.suite) === tree.suite))
    if (!ended.some(Boolean)) return []
    const open = trees[ended.indexOf(undefined)]
    if (open) throw new Error(`The log "${open.origin}" of this database has not been ended. 此数据库的日志尚未终止。`)
    await retiredStore.setTombstonesAside(tx, trees[0]?.origin ?? '')
    for (const [i, act] of ended.entries())
      if (act && (trees[i]?.size ?? 0) < act.size) await retiredStore.passPositions(tx, act.position)
    await retiredStore.emptyLog(tx)
    return trees.map(t => t.origin)
  })
}

/** Has the database know which logs have ended. */
export async function noteRetirements(tx: Queryable, acts: readonly Retirement[]): Promise<void> {
  for (const act of acts) await retiredStore.insertRetired(tx, rowOf(act))
}
