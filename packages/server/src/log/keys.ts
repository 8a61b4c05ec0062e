import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { formatVerifierKey, isKeyName, type SuiteId } from '@yuanliu/core'
import type { Config } from '../lib/config.ts'
import type { DatabaseKind } from '../lib/db/db.ts'
import type { NodeCrypto } from '../lib/signing/node-crypto.ts'
import { createSigningKey, readSigningKey, type SigningKey } from '../lib/signing/signing-key.ts'
import { isSignedBy } from './rotation.ts'
import type { TreeRow } from './store.ts'
import { type LogSuite, logSuite } from './suites.ts'

/** A suite that is on, and the key that signs for it where this process has it. */
export interface LogKey {
  suite: LogSuite
  /** null: this process can read and serve the log, but never extends it */
  signer: SigningKey | null
  /** the key that is to follow, which signs beside it for a while; null: none */
  next: SigningKey | null
  /** why there is none, in words */
  missing: string | null
}

/** File of a suite's key: as the settings say, else in the data folder. */
export function keyPath(config: Config, suite: SuiteId): string {
  return suite === 'sm3-sm2'
    ? (config.logSmKeyFile ?? join(config.dataDir, 'log-sm-key'))
    : (config.logKeyFile ?? join(config.dataDir, 'log-key'))
}

/** File of the key that is to follow; null: none is named. */
export function nextKeyFile(config: Config, suite: SuiteId): string | null {
  return suite === 'sm3-sm2' ? config.logSmNextKeyFile : config.logNextKeyFile
}

/** Origin of a suite's tree: LOG_ORIGIN, else the public address without its scheme. */
export function originOf(config: Config, suite: SuiteId): string {
  const origin = config.logOrigin ?? `${config.publicUrl.replace(/^https?:\/\//, '')}/log`
  return suite === 'sm3-sm2' ? `${origin}/sm` : origin
}

/**
 * The keys of the suites that are on. On the embedded database the first start makes them; on PostgreSQL, where several
 * processes share a log, the one that is to lead is given a file.
 * @param trees what the database has: a key there is never replaced by a new one
 * @throws in words where a key cannot be read, or is not the one that this log was begun with
 */
export async function logKeys(
  config: Config,
  database: DatabaseKind,
  trees: readonly TreeRow[],
  crypto: NodeCrypto,
): Promise<LogKey[]> {
  const keys: LogKey[] = []
  for (const id of config.log) {
    const suite = logSuite(id, crypto)
    const stored = trees.find(t => t.suite === suite.number)
    const path = keyPath(config, id)
    if (!existsSync(path) && database === 'embedded' && !stored) makeKey(path, config, suite, crypto)
    if (!existsSync(path)) {
      keys.push({ suite, signer: null, next: null, missing: `${path}: there is no such file 没有签名密钥文件` })
      continue
    }
    const signer = await readSigningKey(path, crypto, config.logKeyPassphrase ?? undefined)
    await refuseStranger(path, suite, signer, stored, crypto)
    keys.push({ suite, signer, next: await nextKey(config, suite, signer, crypto), missing: null })
  }
  return keys
}

function makeKey(path: string, config: Config, suite: LogSuite, crypto: NodeCrypto): void {
  const origin = originOf(config, suite.id)
  if (!isKeyName(origin))
    throw new Error(`LOG_ORIGIN=${origin}: an origin has no spaces and no plus sign 日志名称不能含空格或加号`)
  const passphrase = config.logKeyPassphrase
  const cipher = suite.id === 'sm3-sm2' ? 'sm4-ctr-hmac-sm3' : 'aes-256-gcm'
  createSigningKey(path, origin, suite.logKey, crypto, passphrase ? { passphrase, cipher } : undefined)
}

/** The key that is to follow, where the settings name one: another key for the same log. */
async function nextKey(
  config: Config,
  suite: LogSuite,
  present: SigningKey,
  crypto: NodeCrypto,
): Promise<SigningKey | null> {
  const path = nextKeyFile(config, suite.id)
  if (!path) return null
  if (!existsSync(path)) throw new Error(`${path}: there is no such file 没有签名密钥文件`)
  const next = await readSigningKey(path, crypto, config.logKeyPassphrase ?? undefined)
  refuseAlgorithm(path, suite, next)
  if (next.key.name !== present.key.name)
    throw new Error(
      `${path}: a key for "${next.key.name}", but the log is "${present.key.name}": make one with "yuanliu log key FILE --origin ${present.key.name}" 密钥的日志名称不符`,
    )
  // Where it has taken its place already, there is nothing more to follow.
  return formatVerifierKey(next.key) === formatVerifierKey(present.key) ? null : next
}

function refuseAlgorithm(path: string, suite: LogSuite, { key }: SigningKey): void {
  if (key.algorithm.id !== suite.logKey.id)
    throw new Error(`${path}: a key for ${key.algorithm.id}, but ${suite.id} needs ${suite.logKey.id} 密钥算法不符`)
}

/** A key is the log's, or has signed its last checkpoint beside the log's: then it takes its place (rotation.ts). */
async function refuseStranger(
  path: string,
  suite: LogSuite,
  signer: SigningKey,
  stored: TreeRow | undefined,
  crypto: NodeCrypto,
): Promise<void> {
  refuseAlgorithm(path, suite, signer)
  if (!stored || formatVerifierKey(signer.key) === stored.key) return
  if (signer.key.name === stored.origin && (await isSignedBy(stored, signer.key, crypto))) return
  throw new Error(
    `${path}: this is not the key of the log in this database, which is ${stored.key}. ` +
      'Give the key that the log was begun with, and a new one beside it first (LOG_NEXT_KEY_FILE); without a key this process would only serve the log. 签名密钥与日志不符。',
  )
}
