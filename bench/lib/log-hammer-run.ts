import type { SuiteId } from '@yuanliu/core'
import { endOf } from './log-hammer-end.ts'
import { openSample } from './log-hammer-events.ts'
import { readOnce } from './log-hammer-read.ts'
import { type Counts, type Found, startTally } from './log-hammer-tally.ts'
import { openLogs, type Target } from './log-hammer-target.ts'
import { openWriter } from './log-hammer-write.ts'
import { randomFrom } from './stats.ts'

/** Hammers a log: writes and verifies at once, then reads all again. */

export interface Hammering {
  target: Target
  seconds: number
  writers: number
  readers: number
  suites: readonly SuiteId[]
  within: number
  /** verifier keys that are believed; empty: those that are shown */
  logKeys: readonly string[]
  /** nobody else writes to this log */
  alone: boolean
}

export interface Hammered {
  counts: Counts
  /** what differs; empty where all is as it must be */
  found: readonly Found[]
  seconds: number
  logs: { suite: SuiteId; size: bigint; checkpoints: number }[]
}

/** Ends early where something differs. */
export async function hammerLog(hammering: Hammering): Promise<Hammered> {
  const { target, suites, logKeys, seconds, within } = hammering
  const tally = startTally(seconds)
  const logs = await openLogs(target, suites, logKeys, tally)
  const begun = new Map<SuiteId, bigint>()
  for (const log of logs) begun.set(log.suite, (await log.heads.newest()).size)
  const random = randomFrom(Date.now())
  const sample = openSample(random)
  const began = performance.now()
  const work: Promise<void>[] = []
  const extra: Promise<unknown>[] = []
  const beside = (one: Promise<unknown>) => extra.push(one)
  for (let i = 1; i <= hammering.writers; i++)
    work.push(tally.repeat(`writer ${i}`, openWriter(i, { target, logs, sample, tally, random, beside })))
  for (let i = 1; i <= hammering.readers; i++) {
    // Readers begin with different suites, so that all are read at any time.
    let turn = i
    const next = () => logs[turn++ % logs.length] as (typeof logs)[0]
    work.push(tally.repeat(`reader ${i}`, () => readOnce({ target, log: next(), sample, tally, random, within })))
  }
  await Promise.all(work)
  await Promise.all(extra)
  const took = (performance.now() - began) / 1_000
  const read: Hammered['logs'] = []
  for (const log of logs) {
    const ending = { target, log, sample, tally, within, begun: begun.get(log.suite) ?? 0n, alone: hammering.alone }
    read.push({ suite: log.suite, size: await endOf(ending), checkpoints: log.heads.all().length })
  }
  return { counts: tally.counts, found: tally.found, seconds: took, logs: read }
}

/** One line of what was written, read and verified. */
export function hammerLine({ counts: c, seconds, logs }: Hammered): string {
  const n = (value: number | bigint) => value.toLocaleString('en')
  const sizes = logs.map(l => `${l.suite} ${n(l.size)} entries, ${n(l.checkpoints)} checkpoints`).join('; ')
  return [
    `written in ${seconds.toFixed(1)} s: ${n(c.events)} events in ${n(c.captures)} captures (${n(Math.round(c.events / seconds))} events/s), ${n(c.waited)} under Prefer: wait, ${n(c.busy)} put off`,
    `verified: ${n(c.checkpoints)} checkpoints, ${n(c.consistency)} consistency proofs, ${n(c.bundles)} bundles of ${n(c.entries)} entries, ${n(c.inclusions)} inclusion proofs, ${n(c.proofs)} proofs of events (longest wait ${Math.round(c.longestMs)} ms), ${n(c.openings)} openings`,
    `re-read: ${sizes}`,
  ].join(' | ')
}
