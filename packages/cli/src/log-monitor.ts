import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { formatVerifierKey, type ProofCrypto, Unreachable, type VerifierKey } from '@yuanliu/core'
import { Failure, reasonsOf } from './failure.ts'
import { type KeptList, keptList, keptLog } from './log-kept.ts'
import { lookAt } from './log-look.ts'
import { keysFor, keysGiven, type ListedLog, prefixOf, type RemotePlatform, remotePlatform } from './log-source.ts'
import { print, type Shell, say } from './shell.ts'

export interface MonitorOptions {
  dir?: string
  /** seconds */
  every?: string
  once?: boolean
  key?: string[]
}

/** A platform that does not answer is asked again after a second, two, four … five minutes. */
const FIRST_MS = 1_000
const LONGEST_MS = 300_000

/**
 * Looks at the checkpoints of a platform again and again: each must be signed by a key that is believed and continue the one
 * that was kept. Good ones are kept, each in a file; one that is not good is kept beside them, as evidence. While it follows,
 * a platform that does not answer is waited for.
 * @returns 1 as soon as one is not good, or a log is no longer listed
 */
export async function monitorLog(
  shell: Shell,
  url: string,
  options: MonitorOptions,
  until: AbortSignal,
): Promise<number> {
  const { nodeCrypto } = await import('@yuanliu/server/log')
  const dir = resolve(options.dir ?? './log-monitor')
  mkdirSync(dir, { recursive: true })
  const platform = remotePlatform(shell, url, until)
  const round = { shell, dir, platform, given: keysGiven(options.key ?? []), crypto: await nodeCrypto() }
  const every = Math.max(1, Number(options.every ?? 60) || 60) * 1_000
  let away = null as { since: number; tries: number } | null
  while (!until.aborted) {
    try {
      if (!(await look(round))) return 1
      if (options.once) return 0
      if (away)
        print(shell.stderr, say(shell, 'logBack', { url, seconds: Math.ceil((Date.now() - away.since) / 1_000) }))
      away = null
    } catch (error) {
      if (until.aborted) return 0
      if (options.once || !(error instanceof Unreachable)) throw error
      if (!away) print(shell.stderr, say(shell, 'logAway', { reason: reasonsOf(shell, error)[0] ?? '' }))
      away = { since: away?.since ?? Date.now(), tries: (away?.tries ?? 0) + 1 }
    }
    const pause = away ? Math.min(LONGEST_MS, FIRST_MS * 2 ** (away.tries - 1)) : every
    await setTimeout(pause, undefined, { signal: until }).catch(() => {})
  }
  return 0
}

interface Round {
  shell: Shell
  dir: string
  platform: RemotePlatform
  /** keys that the caller believes */
  given: readonly VerifierKey[]
  crypto: ProofCrypto
}

/** Looks at every log once; false where one is not good. */
async function look({ shell, dir, platform, given, crypto }: Round): Promise<boolean> {
  const known = keptList(dir, platform.base)
  const listed = await platform.logs()
  const watched = listed.filter(log => !given.length || keysFor(log, given).length > 0)
  let good = true
  for (const log of watched) {
    const kept = keptLog(dir, log.shown.name)
    if (!given.length && !kept.key())
      print(shell.stderr, say(shell, 'logTrusted', { key: formatVerifierKey(log.shown) }))
    good = (await lookAt(shell, log, kept, given, crypto)) && good
  }
  if (!good) return false
  const gone = await vanished(platform, known, listed)
  for (const { origin } of gone) {
    const last = keptLog(dir, origin).path
    print(shell.stderr, say(shell, 'logVanished', { origin, last, url: platform.base, file: known.path }))
  }
  if (gone.length) return false
  if (!watched.length) throw new Failure('logNone', { place: platform.base })
  known.write(listed.map(({ suite, shown }) => ({ suite, origin: shown.name })))
  return true
}

/** Logs that the address has listed before and does not list now, for another reason than that it is only starting. */
async function vanished(platform: RemotePlatform, known: KeptList, listed: readonly ListedLog[]) {
  const missingIn = (logs: readonly ListedLog[]) =>
    known.read().filter(({ origin }) => !logs.some(log => log.shown.name === origin))
  const missing = missingIn(listed)
  if (!missing.length) return []
  // A platform that has begun no log yet says that it is not ready, which is waited for.
  for (const { suite } of missing) await platform.get(`${prefixOf(suite)}/checkpoint`)
  return missingIn(await platform.logs())
}
