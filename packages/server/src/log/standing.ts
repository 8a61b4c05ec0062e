import { setTimeout } from 'node:timers/promises'
import type { Db } from '../lib/db/db.ts'
import { SignerFailed } from '../lib/signing/signer.ts'
import { beginLog } from './begin.ts'
import type { LogGround } from './ground.ts'
import { LogBroken } from './open-log.ts'
import { takeKeys } from './rotation.ts'
import { createSequencer, type Sequencer } from './sequencer.ts'

/** Signers that did not answer are asked again after so many milliseconds. */
const AGAIN_MS = 2_000

/** Whether this process may lead: it has all keys, and what they have to sign before is signed. */
export interface Standing {
  /** why not, in words, and whether a signer is waited for; null: it may */
  missing(): { words: string; awaited: boolean } | null
  /**
   * Begins the log where it is not begun and makes its checkpoints fit the keys.
   * @returns null while a key is missing
   * @throws where the keys are not this log's
   */
  take(): Promise<Sequencer | null>
  /** Goes on asking the signers that are awaited, and gives what `take` gives in the end. */
  wait(give: (sequencer: Sequencer) => void): void
  stop(): Promise<void>
}

interface Parts {
  db: Db
  ground: LogGround
  /** number of this process */
  process: number
  log: (error: unknown, about: string) => void
  /** the log cannot be trusted: the process has to end */
  fail: (error: Error) => void
}

/** The standing of a process. The keys of the ground are replaced by those that come late. */
export function createStanding({ db, ground, process, log, fail }: Parts): Standing {
  const { keys, crypto } = ground
  const end = new AbortController()
  let failure: string | null = null
  let said: string | null = null
  let waiting: Promise<void> = Promise.resolve()

  function missing() {
    const lacking = keys.find(key => key.missing !== null)
    const awaited = failure !== null || keys.some(key => key.awaited)
    const words = failure ?? lacking?.missing ?? null
    return words === null ? null : { words, awaited }
  }

  /** Says why a signer is waited for, each reason once. */
  function tell(): void {
    const now = missing()
    if (now?.awaited && said !== now.words) log(new Error(now.words), 'log: this process does not lead')
    said = now?.words ?? null
  }

  async function take(): Promise<Sequencer | null> {
    try {
      failure = null
      await beginLog(db, keys, process)
      await takeKeys(db, keys, crypto)
    } catch (error) {
      if (!(error instanceof SignerFailed)) throw error
      failure = error.message
    }
    tell()
    return missing() === null ? createSequencer(db, keys, process, crypto) : null
  }

  async function askAgain(): Promise<Sequencer | null> {
    try {
      for (const [i, key] of keys.entries()) if (key.awaited) keys[i] = await ground.keyAgain(key.suite)
      return await take()
    } catch (error) {
      if (error instanceof LogBroken) fail(error)
      // Perhaps another key than the log's: what is wrong may be put right while captures go on.
      failure = (error as Error).message
      tell()
      return null
    }
  }

  return {
    missing,
    take,
    wait(give) {
      const loop = async () => {
        while (missing()?.awaited && !end.signal.aborted) {
          await setTimeout(AGAIN_MS, undefined, { signal: end.signal, ref: false }).catch(() => {})
          if (end.signal.aborted) return
          const sequencer = await askAgain()
          if (sequencer) give(sequencer)
        }
      }
      waiting = loop()
    },
    async stop() {
      end.abort()
      await waiting
    },
  }
}
