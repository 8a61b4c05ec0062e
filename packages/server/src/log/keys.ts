import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { formatVerifierKey, isKeyName, type SuiteId } from '@yuanliu/core'
import type { Config } from '../lib/config.ts'
import type { DatabaseKind } from '../lib/db/db.ts'
import type { NodeCrypto } from '../lib/signing/node-crypto.ts'
import { createSigningKey, readSigningKey, type SigningKey } from '../lib/signing/signing-key.ts'
import type { TreeRow } from './store.ts'
import { type LogSuite, logSuite } from './suites.ts'

/** A suite that is on, and the key that signs for it where this process has it. */
export interface LogKey {
  suite: LogSuite
  /** null: this process can read and serve the log, but never extends it */
  signer: SigningKey | null
  /** why there is none, in words */
  missing: string | null
}

/** File of a suite's key: as the settings say, else in the data folder. */
export function keyPath(config: Config, suite: SuiteId): string {
  return suite === 'sm3-sm2'
    ? (config.logSmKeyFile ?? join(config.dataDir, 'log-sm-key'))
    : (config.logKeyFile ?? join(config.dataDir, 'log-key'))
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
      keys.push({ suite, signer: null, missing: `${path}: there is no such file 没有签名密钥文件` })
      continue
    }
    const signer = await readSigningKey(path, crypto, config.logKeyPassphrase ?? undefined)
    refuseStranger(path, suite, signer, stored)
    keys.push({ suite, signer, missing: null })
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

function refuseStranger(path: string, suite: LogSuite, { key }: SigningKey, stored: TreeRow | undefined): void {
  if (key.algorithm.id !== suite.logKey.id)
    throw new Error(`${path}: a key for ${key.algorithm.id}, but ${suite.id} needs ${suite.logKey.id} 密钥算法不符`)
  if (stored && formatVerifierKey(key) !== stored.key)
    throw new Error(
      `${path}: this is not the key of the log in this database, which is ${stored.key}. ` +
        'Give the key that the log was begun with; without one this process would only serve the log. 签名密钥与日志不符。',
    )
}
