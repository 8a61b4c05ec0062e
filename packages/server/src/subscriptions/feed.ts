import type { Captured, Follow } from '../events/events.ts'

/** A run of the log: every event in it lies behind `after`, none up to `upTo` is missing. */
export interface Page {
  after: number
  upTo: number
  events: Captured[]
}

/** The newest part of the log, read once for all who follow it. */
export interface Feed {
  /** Capture position as last seen. */
  head(): number
  /** What lies behind a position, up to the head or a full page; null where there is nothing. */
  page(after: number): Promise<Page | null>
  /** Says that something may have been captured. */
  nudge(): void
  /** Called when the head has moved, until the function returned is called. */
  onMoved(listener: () => void): () => void
  /** Looks where the head is. */
  look(): Promise<void>
  stop(): void
}

const PAGE_EVENTS = 500
const PAGES_KEPT = 16
/** Text of events that is kept for others who follow, in characters. */
const TEXT_KEPT = 16 * 1024 * 1024
/** Between two looks at the log: what comes meanwhile is read together. In milliseconds. */
const GATHER = 40

/**
 * @param poll milliseconds between looks without a nudge: how soon what other processes captured is seen
 */
export function createFeed(follow: Follow, poll: number, log: (error: unknown) => void): Feed {
  const listeners = new Set<() => void>()
  const pages = new Map<number, Promise<Page | null>>()
  let head = 0
  let looking: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null
  let due = Number.POSITIVE_INFINITY
  let stopped = false

  async function look(): Promise<void> {
    const position = await follow.position()
    if (position <= head) return
    head = position
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
        .catch(log)
        .finally(() => {
          looking = null
          if (listeners.size) plan(poll)
        })
    }, wait)
  }

  async function read(after: number): Promise<Page | null> {
    const upTo = head
    const events = await follow.after(after, upTo, PAGE_EVENTS)
    const last = events.at(-1)
    return { after, upTo: events.length === PAGE_EVENTS && last ? last.position : upTo, events }
  }

  async function forget(): Promise<void> {
    let text = 0
    const kept = [...pages].reverse()
    for (const [i, [after, page]] of kept.entries()) {
      text += (await page.catch(() => null))?.events.reduce((n, e) => n + e.units.length + 200, 0) ?? 0
      if (i >= PAGES_KEPT || text > TEXT_KEPT) pages.delete(after)
    }
  }

  return {
    head: () => head,
    async page(after) {
      if (after >= head) return null
      let page = pages.get(after)
      if (!page) {
        page = read(after)
        pages.set(after, page)
        page.catch(() => pages.delete(after))
        if (pages.size > PAGES_KEPT / 2) void forget()
      }
      return page
    },
    nudge: () => {
      if (listeners.size) plan(GATHER)
    },
    onMoved(listener) {
      listeners.add(listener)
      plan(0)
      return () => listeners.delete(listener)
    },
    async look() {
      await looking
      await look()
    },
    stop() {
      stopped = true
      if (timer) clearTimeout(timer)
    },
  }
}
