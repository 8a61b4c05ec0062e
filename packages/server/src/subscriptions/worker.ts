import { randomInt } from 'node:crypto'
import { Problem } from '@yuanliu/core'
import type { Events, StandingQuery } from '../events/events.ts'
import type { Feed } from './feed.ts'
import { eventsMessage, formOf, type Message, messageHeaders, problemMessage } from './message.ts'
import type { Answer, Poster } from './post.ts'
import { nextRun, type Timetable } from './schedule.ts'
import { createSleeper } from './sleeper.ts'
import type { Failure, Progress, SubscriptionRow } from './store.ts'
import { createTake, type Take } from './take.ts'

/** Events in one message, at most. */
export const BATCH = 100
/** Bytes of events in one message, unless a single one is larger. */
export const BATCH_BYTES = 1024 * 1024
/** Between two messages of a stream, in milliseconds: what comes meanwhile is sent together. */
const GATHER = 250
/** Milliseconds before the first attempt again; doubled with each, up to the longest, and spread by up to a half. */
const FIRST_WAIT = 1_000
const LONGEST_WAIT = 15 * 60_000
/** A receiver that has failed for so long, in milliseconds, is given up until somebody says otherwise: a week. */
export const GIVE_UP = 7 * 24 * 3_600_000

export interface WorkerParts {
  events: Events
  feed: Feed
  poster: Poster
  /** milliseconds since the epoch */
  clock: () => number
  zone: string
  /** longest sleep in milliseconds; the clock is looked at again after it */
  tick: number
  /** whether the lease lasts long enough to send another message */
  mayBegin(): boolean
  /** takes note of progress; written soon */
  progressed(progress: Progress): void
  /** writes a failure; false where the subscription is no longer ours */
  failed(failure: Failure): Promise<boolean>
  /** the worker has ended by itself: subscription dead, or no longer ours */
  ended(): void
  counted(result: 'delivered' | 'failed', seconds: number): void
  log(error: unknown): void
}

/** Delivers one subscription while this process holds it: one message at a time, in order. */
export interface Worker {
  /** Capture position up to which everything has been dealt with. */
  position(): number
  /** There may be something to do. */
  wake(): void
  /** Ends at once; a message on its way is broken off. Resolves when nothing is on its way any more. */
  stop(): Promise<void>
}

/** Starts delivering. */
export function startWorker(parts: WorkerParts, row: SubscriptionRow, timetable: Timetable | null): Worker {
  const { events, feed, poster, clock } = parts
  const stopping = new AbortController()
  const micros = (ms: number) => ms * 1000
  let take: Take | null = null
  let position = row.position
  let { batch, attempts } = row
  let failingSince = row.failing_since
  let retryAt = (row.next_attempt ?? 0) / 1000
  let runAt = timetable ? (row.next_run ?? micros(nextRun(timetable, clock(), parts.zone))) / 1000 : 0
  /** of a run of a schedule on its way: its bound, and whether anything has been sent */
  let run: { until: number; sent: boolean } | null = null
  let sentAt = 0
  const { sleep, wake } = createSleeper(parts.tick)

  /** Milliseconds until there may be something to do; 0: now. */
  function wait(): number {
    const now = clock()
    if (retryAt > now) return retryAt - now
    if (run) return 0
    if (timetable) return Math.max(0, runAt - now)
    if (feed.head() <= position) return Number.POSITIVE_INFINITY
    return sentAt === 0 ? 0 : Math.max(0, sentAt + GATHER - performance.now())
  }

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      const ms = wait()
      if (ms > 0) {
        await sleep(ms)
        continue
      }
      if (!parts.mayBegin()) {
        await sleep(1_000)
        continue
      }
      try {
        if (!(await step())) return parts.ended()
      } catch (error) {
        // The database cannot be reached, or a defect of ours: neither is the receiver's fault.
        if (stopping.signal.aborted) return
        parts.log(error)
        retryAt = clock() + FIRST_WAIT
      }
    }
  }

  /** Sends the next message, if there is one. False where the subscription is ours no more. */
  async function step(): Promise<boolean> {
    if (!take) {
      let query: StandingQuery
      try {
        query = await events.follow.query(JSON.parse(row.parameters), '/query/')
      } catch (error) {
        // What was valid when the query was made is so no longer: the receiver is told, as EPCIS 2.0 §12.7 wants it.
        if (!(error instanceof Problem)) throw error
        await send(problemMessage(error, row.media)).catch(() => null)
        return fail(`the query cannot be asked any more 查询已失效: ${error.message}`, true, null)
      }
      const { organisation, min_recorded: minRecorded } = row
      take = createTake({ feed, follow: events.follow }, { standing: query, organisation, minRecorded })
    }
    if (timetable && !run) {
      await feed.upToNow()
      run = { until: feed.head(), sent: false }
    }
    const until = run?.until ?? feed.head()
    const taken = await take(position, batch, until)
    const isLast = run !== null && taken.upTo >= until
    if (!taken.events.length && !(isLast && row.report_if_empty && !run?.sent)) return advance(taken.upTo, 0)
    const heading = { queryName: row.query_name, subscriptionID: row.id }
    const document = await events.follow.document(taken.events, formOf(row), heading, BATCH_BYTES)
    if (stopping.signal.aborted) return true
    // What is there already is not waited for.
    sentAt = taken.events.length < batch ? performance.now() : 0
    let answer: Answer
    try {
      answer = await send(eventsMessage(document.body, row.media, document.untranslated))
    } catch (error) {
      if (stopping.signal.aborted) return true
      return fail((error as Error).message, false, null)
    }
    if (answer.status === 413 && document.count > 1) {
      batch = Math.max(1, Math.floor(document.count / 2))
      return advance(position, 0)
    }
    if (answer.status === 410) return fail('410: the receiver is gone 接收方已停用', true, null)
    if (answer.status < 200 || answer.status > 299) {
      const followed = answer.status >= 300 && answer.status < 400 ? ' (redirects are not followed 不跟随重定向)' : ''
      return fail(`the receiver answered ${answer.status}${followed} 接收方答复`, false, answer.retryAfter)
    }
    if (run) run.sent = true
    if (document.count === batch) batch = Math.min(BATCH, batch + 1)
    const last = taken.events[document.count - 1]
    return advance(last && document.count < taken.events.length ? last.position : taken.upTo, document.count, true)
  }

  async function send(message: Message): Promise<Answer> {
    const began = performance.now()
    const headers = messageHeaders(message, row, Math.floor(clock() / 1000))
    let isTaken = false
    try {
      const answer = await poster.post(row.dest, message.body, headers, stopping.signal)
      isTaken = answer.status >= 200 && answer.status <= 299
      return answer
    } finally {
      parts.counted(isTaken ? 'delivered' : 'failed', (performance.now() - began) / 1000)
    }
  }

  function advance(upTo: number, delivered: number, success = false): boolean {
    position = upTo
    if (success) {
      attempts = 0
      failingSince = null
      retryAt = 0
    }
    let nextAt = 0
    if (timetable && run && upTo >= run.until) {
      run = null
      runAt = nextRun(timetable, clock(), parts.zone)
      nextAt = micros(runAt)
    }
    const now = micros(clock())
    parts.progressed({
      id: row.id,
      epoch: row.epoch,
      position,
      batch,
      delivered,
      success: success ? now : 0,
      run: now,
      nextRun: nextAt,
    })
    return true
  }

  async function fail(error: string, final: boolean, after: number | null): Promise<boolean> {
    const now = clock()
    attempts++
    failingSince ??= micros(now)
    const dead = final || now - failingSince / 1000 >= GIVE_UP
    retryAt = now + (after ?? backOff(attempts))
    const nextAttempt = dead ? null : Math.round(micros(retryAt))
    const ours = await parts.failed({
      id: row.id,
      epoch: row.epoch,
      attempts,
      batch,
      failingSince,
      nextAttempt,
      error: error.slice(0, 500),
      at: micros(now),
      dead,
    })
    return ours && !dead
  }

  // Not before whoever starts it knows it.
  const working = Promise.resolve().then(work)
  return {
    position: () => position,
    wake,
    async stop() {
      stopping.abort()
      wake()
      await working
    },
  }
}

/** Milliseconds before attempt number `attempts` + 1: exponential, between a half and the whole. */
export function backOff(attempts: number): number {
  const whole = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(attempts - 1, 30))
  return whole / 2 + randomInt(Math.floor(whole / 2) + 1)
}
