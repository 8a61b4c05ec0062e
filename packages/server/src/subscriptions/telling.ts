import type { WebSocket } from 'ws'
import type { Events, Heading } from '../events/events.ts'
import type { AnswerForm } from '../lib/http/answer-form.ts'
import type { Controls } from './draft.ts'
import type { Feed } from './feed.ts'
import { nextRun } from './schedule.ts'
import { createSleeper } from './sleeper.ts'
import { createTake, type Standing } from './take.ts'
import { BATCH, BATCH_BYTES } from './worker.ts'

export interface TellingParts {
  socket: WebSocket
  events: Events
  feed: Feed
  /** milliseconds since the epoch */
  clock: () => number
  zone: string
  log: (error: unknown) => void
}

export interface Telling {
  standing: Standing
  heading: Heading
  form: AnswerForm
  controls: Controls
  /** capture position behind which it begins */
  position: number
}

/** Tells one socket what comes. */
export interface Listener {
  stop(): void
}

/** Between two messages of a stream, in milliseconds: what comes meanwhile is told together. */
const GATHER = 100
/** Milliseconds within which a client must have taken a message. */
const PATIENCE = 30_000
/** Longest pause: the clock is looked at again. */
const TICK = 30_000
/** Milliseconds before another attempt after an error of ours. */
const AGAIN = 1_000

/**
 * Tells a socket of the events of a query, one message at a time: what is not told yet waits in the log and not in
 * memory. A client that does not take a message in time is given up.
 */
export function startTelling(parts: TellingParts, telling: Telling): Listener {
  const { socket, feed, events, clock } = parts
  const { standing, heading, form, controls } = telling
  const { timetable } = controls
  const take = createTake({ feed, follow: events.follow }, standing)
  const { sleep, wake } = createSleeper(TICK)
  const unlisten = feed.onMoved(wake)
  let { position } = telling
  let stopped = false
  let toldAt = 0
  let runAt = timetable ? nextRun(timetable, clock(), parts.zone) : 0
  let run: { until: number; told: boolean } | null = null

  function wait(): number {
    if (run) return 0
    if (timetable) return Math.max(0, runAt - clock())
    return feed.head() <= position
      ? Number.POSITIVE_INFINITY
      : toldAt && Math.max(0, toldAt + GATHER - performance.now())
  }

  async function step(): Promise<void> {
    if (timetable && !run) {
      await feed.upToNow()
      run = { until: feed.head(), told: false }
    }
    const until = run?.until ?? feed.head()
    const taken = await take(position, BATCH, until)
    const isLast = run !== null && taken.upTo >= until
    let upTo = taken.upTo
    if (taken.events.length || (isLast && controls.reportIfEmpty && !run?.told)) {
      const document = await events.follow.document(taken.events, form, heading, BATCH_BYTES)
      toldAt = taken.events.length < BATCH ? performance.now() : 0
      await send(document.body)
      if (run) run.told = true
      const last = taken.events[document.count - 1]
      if (last && document.count < taken.events.length) upTo = last.position
    }
    position = upTo
    if (!timetable || !run || position < run.until) return
    run = null
    runAt = nextRun(timetable, clock(), parts.zone)
  }

  /** Resolves when the message has left for the network; closes the socket where that takes too long. */
  function send(body: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        socket.close(1013, '接收过慢 messages are not taken fast enough')
        socket.terminate()
      }, PATIENCE)
      socket.send(body, { binary: false }, error => {
        clearTimeout(timer)
        if (error) reject(error)
        else resolve()
      })
    })
  }

  async function work(): Promise<void> {
    while (!stopped) {
      const ms = wait()
      if (ms > 0) {
        await sleep(ms)
        continue
      }
      try {
        await step()
      } catch (error) {
        if (stopped || socket.readyState !== socket.OPEN) return
        parts.log(error)
        await sleep(AGAIN)
      }
    }
  }

  void work()
  return {
    stop() {
      stopped = true
      unlisten()
      wake()
    },
  }
}
