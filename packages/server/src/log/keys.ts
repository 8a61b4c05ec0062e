import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { formatVerifierKey, isKeyName, type SuiteId } from '@yuanliu/core'
import type { Config } from '../lib/config.ts'
import type { DatabaseKind } from '../lib/db/db.ts'
import type { NodeCrypto } from '../lib/signing/node-crypto.ts'
import { openSigner, SignerFailed } from '../lib/signing/signer.ts'
import { createSigningKey, readSigningKey, type SigningKey } from '../lib/signing/signing-key.ts'
import type { Retirement } from './retirement.ts'
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
  /** it is missing because a signer does not answer: it may yet */
  awaited?: boolean
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

/** Socket of the signer that has a suite's key; null: it is in a file. */
export function signerPath(config: Config, suite: SuiteId): string | null {
  return suite === 'sm3-sm2' ? config.logSmSigner : config.logSigner
}

/** Origin of a suite's tree: LOG_ORIGIN, else the public address without its scheme. */
export function originOf(config: Config, suite: SuiteId): string {
  const origin = config.logOrigin ?? `${config.publicUrl.replace(/^https?:\/\//, '')}/log`
  return suite === 'sm3-sm2' ? `${origin}/sm` : origin
}

/** What keys are read by, and held against. */
export interface KeyGround {
  config: Config
  database: DatabaseKind
  /** what the database has: a key there is never replaced by a new one */
  trees: readonly TreeRow[]
  /** logs that have ended, oldest first */
  retired: readonly Retirement[]
  crypto: NodeCrypto
}

/**
 * The keys of the suites that are on. On the embedded database the first start makes them; on PostgreSQL, where several
 * processes share a log, the one that is to lead is given a file or a signer.
 * @throws in words where a key cannot be read, or is not the one that this log was begun with
 */
export async function logKeys(ground: KeyGround): Promise<LogKey[]> {
  const keys: LogKey[] = []
  for (const id of ground.config.log) keys.push(await logKey(ground, logSuite(id, ground.crypto)))
  return keys
}

/** The key of one suite. @throws as `logKeys`; a signer that does not answer is none of that, the key is awaited */
export async function logKey(ground: KeyGround, suite: LogSuite): Promise<LogKey> {
  try {
    return signerPath(ground.config, suite.id) ? await keyOfSigner(ground, suite) : await keyOfFile(ground, suite)
  } catch (error) {
    if (!(error instanceof SignerFailed)) throw error
    return { suite, signer: null, next: null, missing: error.message, awaited: true }
  }
}

async function keyOfFile(ground: KeyGround, suite: LogSuite): Promise<LogKey> {
  const { config, database, crypto } = ground
  const path = keyPath(config, suite.id)
  if (!existsSync(path) && database === 'embedded' && !storedOf(ground, suite)) makeKey(path, config, suite, crypto)
  if (!existsSync(path))
    return { suite, signer: null, next: null, missing: `${path}: there is no such file 没有签名密钥文件` }
  const signer = await readSigningKey(path, crypto, config.logKeyPassphrase ?? undefined)
  await refuseStranger(path, suite, signer, storedOf(ground, suite), crypto)
  return { suite, signer, next: await nextKey(ground, suite, signer), missing: null }
}

async function keyOfSigner(ground: KeyGround, suite: LogSuite): Promise<LogKey> {
  const { config, retired, crypto } = ground
  const path = signerPath(config, suite.id) as string
  const stored = storedOf(ground, suite)
  const signer = await openSigner(path, stored?.origin ?? checkedOrigin(config, suite.id), suite.logKey, crypto)
  const place = `unix:${path}`
  const ended = retired.findLast(r => r.suite === suite.id)
  if (!stored && ended && formatVerifierKey(signer.key) !== ended.newKey)
    throw new Error(
      `${place}: the log "${ended.origin}" was ended, and the key of the one after it is in ${keyPath(config, suite.id)}, not in this signer. ` +
        'Start with that key file first; a signer can follow it (LOG_NEXT_SIGNER). 旧日志已终止，新日志的密钥在文件中，请先以该文件启动。',
    )
  await refuseStranger(place, suite, signer, stored, crypto)
  return { suite, signer, next: await nextKey(ground, suite, signer), missing: null }
}

function storedOf({ trees }: KeyGround, suite: LogSuite): TreeRow | undefined {
  return trees.find(t => t.suite === suite.number)
}

function makeKey(path: string, config: Config, suite: LogSuite, crypto: NodeCrypto): void {
  const passphrase = config.logKeyPassphrase
  const cipher = suite.id === 'sm3-sm2' ? 'sm4-ctr-hmac-sm3' : 'aes-256-gcm'
  const origin = checkedOrigin(config, suite.id)
  createSigningKey(path, origin, suite.logKey, crypto, passphrase ? { passphrase, cipher } : undefined)
}

function checkedOrigin(config: Config, suite: SuiteId): string {
  const origin = originOf(config, suite)
  if (!isKeyName(origin))
    throw new Error(`LOG_ORIGIN=${origin}: an origin has no spaces and no plus sign 日志名称不能含空格或加号`)
  return origin
}

/** The key that is to follow, where the settings name one: another key for the same log. */
async function nextKey(
  { config, crypto }: KeyGround,
  suite: LogSuite,
  present: SigningKey,
): Promise<SigningKey | null> {
  const socket = suite.id === 'sm3-sm2' ? config.logSmNextSigner : config.logNextSigner
  const path = nextKeyFile(config, suite.id)
  const { name } = present.key
  const next = socket
    ? await openSigner(socket, name, suite.logKey, crypto)
    : path && (await readNext(path, name, suite, config, crypto))
  // Where it has taken its place already, there is nothing more to follow.
  return !next || formatVerifierKey(next.key) === formatVerifierKey(present.key) ? null : next
}

async function readNext(
  path: string,
  name: string,
  suite: LogSuite,
  config: Config,
  crypto: NodeCrypto,
): Promise<SigningKey> {
  if (!existsSync(path)) throw new Error(`${path}: there is no such file 没有签名密钥文件`)
  const next = await readSigningKey(path, crypto, config.logKeyPassphrase ?? undefined)
  refuseAlgorithm(path, suite, next)
  if (next.key.name !== name)
    throw new Error(
      `${path}: a key for "${next.key.name}", but the log is "${name}": make one with "yuanliu log key FILE --origin ${name}" 密钥的日志名称不符`,
    )
  return next
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
      'Give the key that the log was begun with, and a new one beside it first (LOG_NEXT_KEY_FILE, LOG_NEXT_SIGNER); without a key this process would only serve the log. 签名密钥与日志不符。',
  )
}
