import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { auditLog, type Finding, parseVerifierKey } from '@yuanliu/core'
import { keysOf, meetsPolicy, readPolicy } from './log-policy.ts'
import { remoteLogs } from './log-source.ts'
import { createProgress } from './progress.ts'
import { print, type Shell, say } from './shell.ts'

export interface VerifyOptions {
  /** verifier keys that are believed */
  key?: string[]
  /** file of a policy that the cosignatures must meet */
  policy?: string
  quiet?: boolean
}

/**
 * Re-reads a whole log: of an address what is public, of a backup, data folder or database every event, too. Every difference is a
 * line on stdout. @returns 1 where there is any
 */
export async function verifyLog(shell: Shell, place: string | undefined, options: VerifyOptions): Promise<number> {
  return place && /^https?:/.test(place) ? verifyRemote(shell, place, options) : verifyLocal(shell, place, options)
}

async function verifyRemote(shell: Shell, url: string, options: VerifyOptions): Promise<number> {
  const { nodeCrypto } = await import('@yuanliu/server/log')
  const crypto = await nodeCrypto()
  const policy = options.policy === undefined ? null : readPolicy(shell, options.policy)
  const believed = [...(options.key ?? []), ...(policy ? keysOf(policy) : [])]
  let count = 0
  for (const { key, source, cosigned } of await remoteLogs(shell, url, crypto, believed)) {
    const met = policy && (await meetsPolicy(shell, await cosigned(), policy, crypto))
    if (policy && !met) count++
    const bar = progressOf(shell, options)
    const { findings, checkpoint } = await auditLog(source, {
      key,
      crypto,
      // What the witnesses have cosigned must be what the log still begins with.
      known: met ? [met] : [],
      progress: (done, total) => bar.at(Number(done), Number(total)),
    })
    bar.clear()
    count += tell(shell, findings)
    if (!findings.length)
      print(shell.stdout, say(shell, 'logGood', { origin: key.name, size: String(checkpoint?.size) }))
  }
  return summary(shell, count)
}

async function verifyLocal(shell: Shell, folder: string | undefined, options: VerifyOptions): Promise<number> {
  const policy = options.policy === undefined ? null : readPolicy(shell, options.policy)
  const believing = {
    keys: [...(options.key ?? []).map(key => parseVerifierKey(key)), ...(policy ? keysOf(policy) : [])],
    ...(policy && { witnesses: policy.witnesses.map(w => w.key) }),
  }
  const [{ verifyBackupLog, verifyInstallation, nodeCrypto }, { readConfig }] = await Promise.all([
    import('@yuanliu/server/log'),
    import('@yuanliu/server/config'),
  ])
  const { DATABASE_URL, ...env } = shell.env
  // A folder that is named is meant, whatever the environment says of a server.
  const backup = folder !== undefined && statSync(folder, { throwIfNoEntry: false })?.isFile()
  const settings =
    folder && !backup ? { ...env, DATA_DIR: resolve(folder) } : { ...env, ...(DATABASE_URL && { DATABASE_URL }) }
  const bar = progressOf(shell, options)
  const config = readConfig(settings)
  const verifying = backup
    ? verifyBackupLog(config, resolve(folder), bar.at, believing, bar.restoring)
    : verifyInstallation(config, bar.at, believing)
  const result = await verifying.finally(bar.clear)
  for (const { key, place } of result.trusted) print(shell.stderr, say(shell, 'logTrustedData', { key, place }))
  let count = tell(shell, result.findings)
  if (!result.logs.length) print(shell.stdout, say(shell, 'logNone', { place: folder ?? '' }))
  for (const { origin, size } of result.logs) if (!count) print(shell.stdout, say(shell, 'logGood', { origin, size }))
  // A policy is of one suite or of both: the logs that it names are held to it; all of them, where it names none.
  const named = result.logs.filter(log => policy && keysOf(policy).some(key => key.name === log.origin))
  if (policy)
    for (const { suite } of named.length ? named : result.logs)
      if (!(await meetsPolicy(shell, result.cosigned.get(suite) ?? null, policy, await nodeCrypto()))) count++
  const { opened, deleted, waiting, signatures, late } = result
  print(shell.stdout, say(shell, 'logEvents', { opened, deleted, waiting }))
  if (signatures || late) print(shell.stdout, say(shell, 'logSignatures', { signatures, late }))
  return result.logs.length ? summary(shell, count) : 1
}

/** A bar for each piece of work, whose total is known only when it moves. */
function progressOf(shell: Shell, { quiet }: VerifyOptions) {
  let bar: ReturnType<typeof createProgress> | null = null
  let now = ''
  function draw(work: string, done: number, total: number, label: string): void {
    if (quiet) return
    if (work !== now) bar = createProgress(shell.stderr, total)
    now = work
    bar?.at(done, label)
  }
  return {
    at: (done: number, total: number) =>
      draw(`entries ${total}`, done, total, say(shell, 'logProgress', { done, total })),
    restoring(phase: 'verify' | 'load', done: number, total: number) {
      draw(phase, done, total, say(shell, phase === 'verify' ? 'restoreVerify' : 'restoreLoad'))
    },
    clear: () => bar?.clear(),
  }
}

function tell(shell: Shell, findings: readonly Finding[]): number {
  for (const { at, words } of findings)
    print(shell.stdout, say(shell, 'logFinding', { at, words: words[shell.language] }))
  return findings.length
}

function summary(shell: Shell, count: number): number {
  if (count) print(shell.stderr, say(shell, 'logBad', { count }))
  return count ? 1 : 0
}
