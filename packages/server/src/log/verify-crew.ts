import { availableParallelism } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import type { Finding } from '@yuanliu/core'
import type { Queryable } from '../lib/db/db.ts'
import { answerQueries } from '../lib/db/relay.ts'
import type { CheckedEvents, EventChecker, ReadEntry } from './verify-events.ts'

/** Who compares entries with their events while the tree is read on: this thread, or threads with connections of their own. */
export interface Crew {
  /**
   * Hands over entries that follow each other; waits while too many are under way.
   * @param after capture position of the entry before the first
   */
  take(entries: readonly ReadEntry[], after: number): Promise<void>
  /** All that was found, in the order of the entries. @throws what checking has thrown */
  done(): Promise<{ findings: Finding[]; found: CheckedEvents[] }>
  /** Ends the threads. */
  close(): Promise<void>
}

/** How threads are made. */
export interface CrewPlan {
  /** `verify-worker.js`, as it can be run */
  module: URL
  execArgv: string[]
  /** `postgres://…`; null: threads ask through the one that made them, since the database has one connection */
  url: string | null
  /** schemes added by the installation */
  schemesDir: string | null
}

/** What a thread is made with. */
export interface Duty extends Pick<CrewPlan, 'url' | 'schemesDir'> {
  /** of the sums of rows of `event_unit`, the same for all */
  key: string
  /** where the database is asked that has no `url` */
  port: MessagePort
}

/** What a thread is sent: entries as they stand in their bundles, decoded again there. */
export interface Order {
  after: number
  indexes: number[]
  /** lengths of the entries in `bytes` */
  lengths: number[]
  bytes: Uint8Array
}
export type Answer = { findings: Finding[]; found: CheckedEvents } | { fault: string }

/** Orders under way for each checker: while the database answers one, the other is derived. */
const AT_ONCE = 2
/** Events are derived and forgotten: with room for the young ones, collecting takes half of the time. */
const LIMITS = { maxYoungGenerationSizeMb: 96 }
/** What `npm start` tells Node (docs/ops/README.md): here, too, events are made and forgotten by the thousand. */
const FLAGS = ['--no-parallel-scavenge', '--no-allocation-site-pretenuring']
/** More threads would only wait for the one that reads the tree. */
const MOST_THREADS = 6

/** Collects what one or more checkers say, each with so many orders under way. */
function gather(checkers: readonly ((entries: readonly ReadEntry[], after: number) => Promise<Finding[]>)[]) {
  const told: Promise<Finding[]>[] = []
  const free = checkers.flatMap(check => Array.from({ length: AT_ONCE }, () => check))
  let waiting: (() => void) | null = null
  return {
    async take(entries: readonly ReadEntry[], after: number): Promise<void> {
      while (!free.length) await new Promise<void>(resolve => (waiting = resolve))
      const check = free.shift() as (typeof free)[0]
      const finding = check(entries, after).finally(() => {
        free.push(check)
        waiting?.()
      })
      finding.catch(() => {})
      told.push(finding)
    },
    findings: async () => (await Promise.all(told)).flat(),
  }
}

/** The checker of this thread alone. */
export function ownCrew(checker: EventChecker): Crew {
  const { take, findings } = gather([checker.check])
  return {
    take,
    done: async () => ({ findings: await findings(), found: [checker.found] }),
    close: async () => {},
  }
}

/**
 * A thread for each processor.
 * @param key of the sums of rows of `event_unit`
 */
export function threadCrew({ module, execArgv, url, schemesDir }: CrewPlan, db: Queryable, key: string): Crew {
  const count = Math.min(MOST_THREADS, availableParallelism())
  for (const flag of FLAGS) setFlagsFromString(flag)
  const threads = Array.from({ length: count }, () => {
    const { port1, port2 } = new MessageChannel()
    const workerData: Duty = { url, schemesDir, key, port: port2 }
    const worker = new Worker(module, { execArgv, workerData, transferList: [port2], resourceLimits: LIMITS })
    answerQueries(port1, db)
    const pending: { resolve(findings: Finding[]): void; reject(error: Error): void }[] = []
    let found: CheckedEvents | null = null
    let failed: Error | null = null
    const fail = (error: Error) => {
      failed ??= error
      for (const one of pending.splice(0)) one.reject(failed)
    }
    worker.on('error', fail)
    worker.on('exit', code => fail(new Error(`verify-worker ended with code ${code}`)))
    // Answers come in the order in which a thread was asked.
    worker.on('message', (answer: Answer) => {
      if ('fault' in answer) return fail(new Error(answer.fault))
      found = answer.found
      pending.shift()?.resolve(answer.findings)
    })
    return {
      check: (entries: readonly ReadEntry[], after: number) =>
        new Promise<Finding[]>((resolve, reject) => {
          if (failed) return reject(failed)
          pending.push({ resolve, reject })
          worker.postMessage({
            after,
            indexes: entries.map(e => e.index),
            lengths: entries.map(e => e.bytes.length),
            bytes: Buffer.concat(entries.map(e => e.bytes)),
          } satisfies Order)
        }),
      found: () => (found ? [found] : []),
      async end() {
        await worker.terminate()
        port1.close()
      },
    }
  })
  const { take, findings } = gather(threads.map(t => t.check))
  return {
    take,
    done: async () => ({ findings: await findings(), found: threads.flatMap(t => t.found()) }),
    async close() {
      await Promise.all(threads.map(t => t.end()))
    },
  }
}
