/**
 * The run of what is captured, as readers follow it: in the order of capture positions, up to what they may read now.
 *
 * Where there is a log, that is what a checkpoint shown covers: what a reader acts upon can be proven, and a database that
 * was put back has not lost it unnoticed. An event does not wait for longer than `GRACE_MS`, so that a log that stands still
 * (no key, no leader) delays readers and does not stop them. Where the log is off, or has not begun, it is everything
 * captured: docs/adr/0024.
 */
export interface Line {
  /** Capture position up to which may be read, as last seen. It never goes back. */
  head(): number
  /** Capture position as far as this process knows, without asking. */
  seen(): number
  /** Looks where the head is. */
  look(): Promise<void>
  /** Resolves when the head has come to what is captured now; not later than the grace, or when the line ends. */
  upToNow(): Promise<void>
  /** Something may have been captured; up to `position`, where the caller knows. */
  nudge(position?: number): void
  /** Called when the head has moved, until the function returned is called. */
  onMoved(listener: () => void): () => void
  stop(): void
}

export interface LineParts {
  /** capture position: everything acknowledged is at or before it */
  captured(): Promise<number>
  /** of the positions up to this one, the last that has an entry in the log or waits for one */
  loggable(position: number): Promise<number>
  /** capture position that the checkpoint shown covers; null: there is none to wait for */
  published(): number | null
  /** calls whoever wants to know that another checkpoint is shown */
  onPublished(listener: () => void): void
  /** milliseconds between looks without a nudge: how soon what other processes captured is seen */
  poll: number
  log: (error: unknown) => void
  /** milliseconds, only growing; the process's clock if absent */
  clock?: () => number
}

/** For so long, in milliseconds, an event waits for its checkpoint. */
export const GRACE_MS = 2_000
/** Between two looks: what comes meanwhile is read together. In milliseconds. */
const GATHER = 40

export function createLine(parts: LineParts): Line {
  const { captured, loggable, published, poll } = parts
  const clock = parts.clock ?? (() => performance.now())
  const listeners = new Set<() => void>()
  const waiting = new Set<{ position: number; resolve: () => void }>()
  let head = 0
  let seen = 0
  /** what waits for its checkpoint, and since when */
  let held: { upTo: number; since: number } | null = null
  let looking: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null
  let due = Number.POSITIVE_INFINITY
  let stopped = false

  /** How far may be read of what is captured up to `seen`. */
  async function readable(): Promise<number> {
    const shown = published()
    if (shown === null || shown >= seen || head >= seen) return seen
    // Not every position has an entry: what lies behind the last one is covered with it.
    const covered = shown >= (await loggable(seen)) ? seen : shown
    if (held && covered < held.upTo && clock() - held.since >= GRACE_MS) return held.upTo
    return covered
  }

  async function look(): Promise<void> {
    seen = Math.max(seen, await captured())
    const wanted = seen
    const reached = Math.max(head, await readable())
    if (held && reached >= held.upTo) held = null
    if (!held && reached < wanted) held = { upTo: wanted, since: clock() }
    if (held) plan(Math.max(1, held.since + GRACE_MS - clock()))
    if (reached <= head) return
    head = reached
    for (const one of waiting) if (one.position <= head) one.resolve()
    for (const moved of listeners) moved()
  }

  /** Looks in `wait` milliseconds unless it will sooner. */
  function plan(wait: number): void {
    const at = performance.now() + wait
    if (stopped || at >= due) return
    due = at
    if (timer) clearTimeout(timer)
    timer = setTimeout(() => {
      timer = null
      due = Number.POSITIVE_INFINITY
      looking = look()
        .catch(parts.log)
        .finally(() => {
          looking = null
          if (isWanted()) plan(poll)
        })
    }, wait)
  }

  const isWanted = () => listeners.size > 0 || waiting.size > 0
  parts.onPublished(() => {
    if (isWanted()) plan(0)
  })

  return {
    head: () => head,
    seen: () => Math.max(seen, published() ?? 0),
    async look() {
      await looking
      await look()
    },
    async upToNow() {
      await look()
      const position = seen
      if (head >= position || stopped) return
      await new Promise<void>(resolve => {
        const one = {
          position,
          resolve: () => {
            waiting.delete(one)
            resolve()
          },
        }
        waiting.add(one)
        plan(poll)
      })
    },
    nudge(position = 0) {
      if (position > seen) seen = position
      if (isWanted()) plan(GATHER)
    },
    onMoved(listener) {
      listeners.add(listener)
      plan(0)
      return () => listeners.delete(listener)
    },
    stop() {
      stopped = true
      if (timer) clearTimeout(timer)
      for (const one of waiting) one.resolve()
    },
  }
}
