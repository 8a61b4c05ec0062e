import type { Db } from '../lib/db/db.ts'
import { DatabaseUnavailable } from '../lib/db/unavailable.ts'
import { SignerFailed } from '../lib/signing/signer.ts'
import { LogBroken } from './open-log.ts'
import type { Publisher, Signed } from './publish.ts'
import * as queue from './queue-store.ts'
import { NotLeader, type Sequencer } from './sequencer.ts'
import * as store from './store.ts'
import type { LogSuite } from './suites.ts'
import { createWaiting } from './waiting.ts'

/** Steps are begun no more often than this, unless one could not take all: each costs a commit and a file. */
const STEP_MS = 100
/** How often a process that shares its database looks for what others captured or logged. */
const LOOK_MS = 100
/** What waits so long without the log growing has no leader. */
const TAKE_OVER_MS = 1_500
/** What to do where the log is not what it must be. */
const KEEP_ALL =
  'The log is not what was written: keep everything as it is, run "yuanliu log verify", and restore the right copy. 日志与写入内容不符：请保留现场，运行 yuanliu log verify 核验，再恢复正确的副本'
/** After a failure, the next try. */
const AGAIN_MS = 1_000

export interface Leader {
  /** Something was captured in this process. */
  wake(): void
  /** Looks now: shows what other processes have logged, and takes over where nobody leads. */
  look(): Promise<void>
  /** Gives it the sequencer that it did not have at the start. */
  give(sequencer: Sequencer): void
  leads(): boolean
  /** why the signer did not sign when it was asked last, in words; null: it did */
  ailing(): string | null
  /** Milliseconds for which the oldest that waits has waited, as far as this process has seen. */
  lag(): number
  /** Logs what waits, then ends. */
  stop(): Promise<void>
}

interface Parts {
  db: Db
  suites: readonly LogSuite[]
  /** null: this process has no key, or not yet, and only shows what others log */
  sequencer: Sequencer | null
  publisher: Publisher
  /** number of this process */
  process: number
  /** whether a process of that number is there */
  isAlive: (process: number) => Promise<boolean>
  log: (error: unknown, about: string) => void
  /** the log cannot be trusted any more: the process has to end */
  fail: (error: Error) => void
}

/** Runs the sequencer where this process leads, and follows the one that does where it does not. */
export function startLeader(parts: Parts): Leader {
  const { db, publisher, log } = parts
  let { sequencer } = parts
  const shared = db.kind === 'postgresql'
  let leads = false
  let stopping = false
  let failed = false
  let ailing: string | null = null
  let last = 0
  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> = Promise.resolve()
  /** a suite that was switched on has still to catch up with the log */
  let lags = false
  /** what was seen to wait, and since when the log has not grown */
  let stuck: { size: number; since: number } | null = null
  const waiting = createWaiting()

  async function publish(signed: readonly Signed[]): Promise<void> {
    try {
      await publisher.accept(signed)
    } catch (error) {
      // After an error of the disk its cache may lie: nothing more is shown, and the next start compares.
      failed = true
      parts.fail(error as Error)
      throw error
    }
  }

  /** Shows what the database has. */
  async function follow(): Promise<void> {
    const heads = await store.readHeads(db)
    const known = parts.suites.flatMap(suite => {
      const head = heads.find(h => h.suite === suite.number)
      return head ? [{ suite: suite.id, note: head.note, position: head.position }] : []
    })
    await publish(known)
    const sizes = heads.map(h => h.size)
    lags = parts.suites.some(suite => (heads.find(h => h.suite === suite.number)?.size ?? 0) < Math.max(...sizes))
    await judge(heads[0]?.process ?? null, heads[0]?.position ?? 0, Math.max(0, ...sizes))
  }

  /** Whether somebody leads: what waits is taken in soon. */
  async function judge(leader: number | null, position: number, size: number): Promise<void> {
    const waits = await queue.oldestAfter(db, position)
    waiting.found(waits)
    if (!waits) stuck = null
    else if (stuck?.size !== size) stuck = { size, since: Date.now() }
    if (!sequencer || (!waits && !lags)) return
    const alone = !shared || leader === null || leader === parts.process || !(await parts.isAlive(leader))
    if (alone || (stuck && Date.now() - stuck.since > TAKE_OVER_MS)) leads = true
  }

  /** One step, or all that waits where it is asked for. */
  async function work(all: boolean): Promise<void> {
    waiting.begin()
    if (!leads) await follow()
    while (leads && sequencer && !failed) {
      waiting.begin()
      const signed = await sequencer.advance()
      stuck = null
      if (signed) {
        ailing = null
        await publish(signed)
      }
      const position = signed?.[0]?.position
      // What other processes captured while the step was at work, it has not been told.
      if (position !== undefined && (shared || sequencer.behind())) waiting.found(await queue.oldestAfter(db, position))
      else waiting.taken()
      if (!signed) break
      if (!all) return again(sequencer.behind() ? 0 : Math.max(0, last + STEP_MS - Date.now()))
    }
    // What a suite has caught up with is shown, also where nothing is captured.
    if (leads && lags) await follow()
  }

  function run(all: boolean): Promise<void> {
    running = running.then(async () => {
      if (failed) return
      last = Date.now()
      try {
        await work(all)
      } catch (error) {
        onError(error)
      }
      if (shared && !stopping) again(LOOK_MS)
    })
    return running
  }

  function onError(error: unknown): void {
    if (failed) {
      log(error, 'log')
      return
    }
    sequencer?.forget()
    const lost = leads
    leads = false
    if (error instanceof NotLeader) {
      waiting.taken()
      return
    }
    if (error instanceof LogBroken) {
      failed = true
      parts.fail(new LogBroken(`${error.message}. ${KEEP_ALL}`, { cause: error }))
    } else if (error instanceof SignerFailed) {
      // It is asked again and again: what it says is said once.
      if (ailing !== error.message) log(error, 'log')
      ailing = error.message
    } else if (!(error instanceof DatabaseUnavailable) || lost) log(error, 'log')
    again(AGAIN_MS)
  }

  /** Runs after so many milliseconds, unless it is to run before. */
  function again(ms: number): void {
    if (timer || stopping || failed) return
    timer = setTimeout(() => {
      timer = null
      void run(false)
    }, ms)
    timer.unref()
  }

  return {
    wake() {
      waiting.captured()
      const since = Date.now() - last
      again(leads ? Math.max(0, STEP_MS - since) : shared ? LOOK_MS : 0)
    },
    look: () => run(false),
    give(late) {
      sequencer = late
      again(0)
    },
    // Whose signer fails tries to lead and does not.
    leads: () => leads && ailing === null,
    ailing: () => ailing,
    lag: waiting.lag,
    async stop() {
      stopping = true
      if (timer) clearTimeout(timer)
      timer = null
      await run(true)
      publisher.close()
    },
  }
}
