import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import {
  formatVerifierKey,
  noteVerifier,
  openCheckpoint,
  openTiles,
  type ProofCrypto,
  Refusal,
  sameBytes,
  suite,
  suiteOf,
} from '@yuanliu/core'
import { type RemoteLog, remoteLogs } from './log-source.ts'
import { print, type Shell, say } from './shell.ts'

export interface MonitorOptions {
  dir?: string
  /** seconds */
  every?: string
  once?: boolean
  key?: string[]
}

/**
 * Looks at the checkpoints of a platform again and again: each must be signed by the key that was seen first and continue
 * the one that was kept. The newest good one is kept in a file; one that does not continue it is kept beside it, as
 * evidence. @returns 1 as soon as one does not
 */
export async function monitorLog(
  shell: Shell,
  url: string,
  options: MonitorOptions,
  until: AbortSignal,
): Promise<number> {
  const { nodeCrypto } = await import('@yuanliu/server/log')
  const crypto = await nodeCrypto()
  const dir = resolve(options.dir ?? './log-monitor')
  mkdirSync(dir, { recursive: true })
  const seconds = Math.max(1, Number(options.every ?? 60) || 60)
  for (;;) {
    for (const log of await remoteLogs(shell, url, options.key)) if (!(await look(shell, dir, log, crypto))) return 1
    if (options.once || until.aborted) return 0
    await setTimeout(seconds * 1_000, undefined, { signal: until }).catch(() => {})
    if (until.aborted) return 0
  }
}

/** One look at one log; false where it does not continue what was seen. */
async function look(shell: Shell, dir: string, { key, source }: RemoteLog, crypto: ProofCrypto): Promise<boolean> {
  const origin = key.name
  const path = join(dir, createHash('sha256').update(origin).digest('hex').slice(0, 16))
  const known = kept(`${path}.key`)?.toString()
  if (known !== undefined && known !== formatVerifierKey(key))
    return bad(shell, say(shell, 'logOtherKey', { origin, key: formatVerifierKey(key) }))
  const log = { origin, keys: [noteVerifier(key, crypto.checks)] }
  const { tree } = suite(suiteOf(key), crypto)
  const note = await source.checkpoint()
  try {
    const now = await openCheckpoint(note, log)
    const old = kept(`${path}.checkpoint`)
    if (old) {
      const before = await openCheckpoint(old, log)
      if (now.size < before.size)
        return bad(shell, say(shell, 'logShrunk', { origin, size: String(now.size), before: String(before.size) }))
      const reader = await openTiles(tree, now, source.fetch)
      if (!sameBytes(await reader.rootAt(before.size), before.root)) {
        writeFileSync(`${path}.forked`, note)
        return bad(shell, say(shell, 'logForked', { origin, before: String(before.size), dir }))
      }
    }
    writeFileSync(`${path}.key`, formatVerifierKey(key))
    // Moved into place, so that what is kept is never half of one.
    writeFileSync(`${path}.checkpoint.new`, note)
    renameSync(`${path}.checkpoint.new`, `${path}.checkpoint`)
    print(shell.stdout, say(shell, old ? 'logSeen' : 'logFirst', { origin, size: String(now.size) }))
    return true
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    writeFileSync(`${path}.refused`, note)
    return bad(shell, say(shell, 'logFinding', { at: origin, words: error.words[shell.language] }))
  }
}

function kept(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function bad(shell: Shell, words: string): false {
  print(shell.stderr, words)
  return false
}
