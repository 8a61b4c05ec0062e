import { Refusal } from '@yuanliu/core'

/** What was done and found while a log is hammered. */

/** Something that is not as the log promises, in words. */
export class Deviation extends Error {}

/** A deviation, and who came upon it. */
export interface Found {
  /** e.g. `reader 1` */
  by: string
  words: string
}

export interface Counts {
  captures: number
  events: number
  /** captures that were answered under `Prefer: wait` */
  waited: number
  /** captures that were to be sent again, because the platform was busy */
  busy: number
  checkpoints: number
  consistency: number
  bundles: number
  entries: number
  inclusions: number
  proofs: number
  openings: number
  /** longest time from an acknowledgement to a proof, of events whose proof was asked for at once */
  longestMs: number
}

export interface Tally {
  readonly counts: Counts
  readonly found: readonly Found[]
  /** true when the time is over, or something was found */
  ended(): boolean
  note(by: string, words: string): void
  /** Does something once; whatever it throws is noted. Gives whether it threw nothing. */
  once(by: string, work: () => Promise<void>): Promise<boolean>
  /** Does it again and again until the end. */
  repeat(by: string, work: () => Promise<void>): Promise<void>
}

/** Findings that are kept: where all is wrong, the first say enough. */
const MOST = 50

export function startTally(seconds: number): Tally {
  const found: Found[] = []
  const until = performance.now() + seconds * 1_000
  const tally: Tally = {
    counts: {
      captures: 0,
      events: 0,
      waited: 0,
      busy: 0,
      checkpoints: 0,
      consistency: 0,
      bundles: 0,
      entries: 0,
      inclusions: 0,
      proofs: 0,
      openings: 0,
      longestMs: 0,
    },
    found,
    ended: () => found.length > 0 || performance.now() >= until,
    note(by, words) {
      if (found.length < MOST && !found.some(f => f.words === words)) found.push({ by, words })
    },
    async once(by, work) {
      try {
        await work()
        return true
      } catch (error) {
        tally.note(by, wordsOf(error))
        return false
      }
    },
    async repeat(by, work) {
      while (!tally.ended()) await tally.once(by, work)
    },
  }
  return tally
}

/** A refusal and a deviation speak for themselves; of anything else the place in the code is worth having. */
function wordsOf(error: unknown): string {
  if (error instanceof Deviation || error instanceof Refusal) return error.message
  if (!(error instanceof Error)) return String(error)
  return error.stack ?? error.message
}
