import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  isKeyName,
  noteVerifier,
  type Policy,
  parsePolicy,
  type SuiteId,
  suite,
  suiteOf,
  type WatchedLog,
} from '@yuanliu/core'
import type { Config } from '../lib/config.ts'
import type { DatabaseKind } from '../lib/db/db.ts'
import { type NodeCrypto, nodeCrypto } from '../lib/signing/node-crypto.ts'
import { createSigningKey, readSigningKey, type SigningKey } from '../lib/signing/signing-key.ts'
import { openMemory, type WitnessMemory } from './memory.ts'

/** A log that this platform watches, and the key that it cosigns with. */
export interface Watched extends WatchedLog {
  suite: SuiteId
  cosigner: SigningKey
  /** prefix under which the log serves its tiles; null where the file does not say */
  url: string | null
}

/** What a witness stands on: the logs that it knows and its keys, read once at the start. */
export interface WitnessGround {
  crypto: NodeCrypto
  logs: ReadonlyMap<string, Watched>
  /** origin of a log by the hexadecimal SHA-256 of it, as the monitoring address has it */
  origins: ReadonlyMap<string, string>
  keys: ReadonlyMap<SuiteId, SigningKey>
  /** what was cosigned last, outside the database */
  memory: WitnessMemory
}

/**
 * Reads the logs to be witnessed and the witness's keys; on the embedded database the keys are made where there are none.
 * @returns null where WITNESS_LOGS is not set
 * @throws in words where file or key cannot be used
 */
export async function openWitness(config: Config, database: DatabaseKind): Promise<WitnessGround | null> {
  if (!config.witnessLogs) return null
  const crypto = await nodeCrypto()
  const { logs: known } = readLogs(config.witnessLogs)
  const keys = new Map<SuiteId, SigningKey>()
  for (const id of new Set(known.map(log => suiteOf(log.key))))
    keys.set(id, await witnessKey(config, id, database, crypto))
  const logs = new Map<string, Watched>()
  for (const { key, url } of known) {
    const id = suiteOf(key)
    const { tree } = suite(id, crypto)
    const before = logs.get(key.name)
    if (before && before.suite !== id)
      throw wrong(config.witnessLogs, `${key.name}: keys of two suites`, `${key.name}：两种套件的密钥`)
    logs.set(key.name, {
      origin: key.name,
      // Both keys of a log that changes its key are known for a while.
      keys: [...(before?.keys ?? []), noteVerifier(key, crypto.checks)],
      tree,
      suite: id,
      cosigner: keys.get(id) as SigningKey,
      url: before?.url ?? url?.replace(/\/+$/, '') ?? null,
    })
  }
  const origins = new Map([...logs.keys()].map(o => [createHash('sha256').update(o).digest('hex'), o]))
  return { crypto, logs, origins, keys, memory: await openMemory(config.checkpointStore ?? config.dataDir) }
}

function readLogs(path: string): Policy {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw wrong(path, 'cannot be read', '无法读取', error)
  }
  // Which of its logs is believed how far is no question of a witness's: it may leave the quorum out.
  const whole = /^\s*quorum\s/m.test(text) ? text : `${text}\nquorum none\n`
  try {
    const policy = parsePolicy(whole)
    const cosigner = policy.logs.find(log => log.key.algorithm.cosignatureHeader !== null)
    if (cosigner) throw new Error(`${cosigner.key.name}: a cosigner’s key`)
    const url = policy.logs.find(log => log.url !== null && !/^https?:\/\/[^\s?#]+$/.test(log.url))?.url
    if (url) throw new Error(`${url}: not an http(s) address`)
    return policy
  } catch (error) {
    throw wrong(path, (error as Error).message, '格式有误', error)
  }
}

function wrong(path: string, en: string, zh: string, cause?: unknown): Error {
  return new Error(`WITNESS_LOGS=${path}: ${en} ${zh}`, { cause })
}

async function witnessKey(
  config: Config,
  id: SuiteId,
  database: DatabaseKind,
  crypto: NodeCrypto,
): Promise<SigningKey> {
  const sm = id === 'sm3-sm2'
  const path =
    (sm ? config.witnessSmKeyFile : config.witnessKeyFile) ??
    join(config.dataDir, sm ? 'witness-sm-key' : 'witness-key')
  const algorithm = suite(id, crypto).cosignerKey
  const passphrase = config.logKeyPassphrase ?? undefined
  if (!existsSync(path)) {
    const name = `${config.witnessName ?? `${config.publicUrl.replace(/^https?:\/\//, '')}/witness`}${sm ? '/sm' : ''}`
    if (database !== 'embedded')
      throw new Error(
        `${path}: there is no key to cosign with. Make one: yuanliu log key FILE --witness --origin ${name}${sm ? ' --suite sm3-sm2' : ''} 没有见证密钥文件`,
      )
    if (!isKeyName(name)) throw new Error(`WITNESS_NAME=${name}: no spaces and no plus sign 见证人名称不能含空格或加号`)
    const cipher = sm ? ('sm4-ctr-hmac-sm3' as const) : ('aes-256-gcm' as const)
    createSigningKey(path, name, algorithm, crypto, passphrase === undefined ? undefined : { passphrase, cipher })
  }
  const key = await readSigningKey(path, crypto, passphrase)
  if (key.key.algorithm.id !== algorithm.id)
    throw new Error(
      `${path}: a key for ${key.key.algorithm.id}, but a witness of ${id} needs ${algorithm.id}: one key for each role (yuanliu log key --witness) 密钥算法不符：见证须用单独的密钥`,
    )
  return key
}
