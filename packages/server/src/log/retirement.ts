import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { SuiteId } from '@yuanliu/core'
import type { Config } from '../lib/config.ts'
import { writeKeyFile } from '../lib/key-file.ts'
import { killAt } from '../lib/kill-at.ts'
import { keyPath } from './keys.ts'
import type { RetiredRow } from './retired-store.ts'
import { suiteNumber } from './suites.ts'

/** A log that has ended, as it is remembered outside the database. */
export interface Retirement {
  suite: SuiteId
  origin: string
  /** verifier key of the log that ended */
  key: string
  /** entries of its last checkpoint that was published */
  size: number
  /** that checkpoint, a signed note */
  checkpoint: string
  newOrigin: string
  newKey: string
  /** signed note */
  statement: string
  /** microseconds since 1970 */
  retired: number
  /** capture positions up to this one may have been given out */
  position: number
}

/** Folder of the checkpoints. */
export function checkpointFolder(config: Config): string {
  return config.checkpointStore ?? config.dataDir
}

/** File in which it is kept which logs have ended. */
export const retirementsPath = (folder: string) => join(folder, 'log-retired.json')

/** Logs that ended, oldest first. @throws in words where the file cannot be read: it says which log must not go on */
export function readRetirements(folder: string): Retirement[] {
  const path = retirementsPath(folder)
  if (!existsSync(path)) return []
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { retired: Retirement[] }).retired
  } catch (error) {
    throw new Error(`${path}: cannot be read (${(error as Error).message}) 日志终止声明文件无法读取`, { cause: error })
  }
}

/** Remembers that logs have ended; on disk when it returns. */
export function rememberRetirements(folder: string, all: readonly Retirement[]): void {
  writeKeyFile(retirementsPath(folder), JSON.stringify({ retired: all }, null, 2))
}

/** The text that is signed. It can never be taken for a checkpoint: its second line is no number. */
export function statementText(
  r: Omit<Retirement, 'statement' | 'position'> & { root: Uint8Array; reason: string },
): string {
  const lines = [
    'yuanliu log retired v1',
    `origin ${r.origin}`,
    `key ${r.key}`,
    `checkpoint ${r.size} ${Buffer.from(r.root).toString('base64')}`,
    `continued ${r.newOrigin}`,
    `key ${r.newKey}`,
    `retired ${new Date(r.retired / 1000).toISOString()}`,
    `reason ${r.reason}`,
  ]
  return `${lines.join('\n')}\n`
}

export function rowOf(r: Retirement): RetiredRow {
  return {
    suite: suiteNumber(r.suite),
    origin: r.origin,
    key: r.key,
    size: r.size,
    checkpoint: Buffer.from(r.checkpoint),
    new_origin: r.newOrigin,
    new_key: r.newKey,
    statement: Buffer.from(r.statement),
    retired: r.retired,
  }
}

/** File in which the key of the log that comes next waits until the statement is kept. */
export const nextKeyPath = (config: Config, suite: SuiteId) => `${keyPath(config, suite)}.next`

/** Puts the new key in the place of the old one, which stays beside it; again is harmless. */
export function swapKey(config: Config, r: Retirement): void {
  const path = keyPath(config, r.suite)
  if (existsSync(path) && (JSON.parse(readFileSync(path, 'utf8')) as { key: string }).key === r.newKey) return
  const next = nextKeyPath(config, r.suite)
  if (!existsSync(next))
    throw new Error(
      `${path}: is not the key of the log "${r.newOrigin}" (${r.newKey}), and ${next} is not there. Put that key at its place. ` +
        '缺少新日志的签名密钥。',
    )
  if (existsSync(path)) renameSync(path, `${path}.retired-${r.retired}`)
  killAt('retire:key-aside')
  renameSync(next, path)
}
