import type { Captured, Follow } from '../events/events.ts'
import type { Line } from '../log/log.ts'

/** A run of the log: every event in it lies behind `after`, none up to `upTo` is missing. */
export interface Page {
  after: number
  upTo: number
  events: Captured[]
}

/** The newest part of the log, read once for all who follow it. */
export interface Feed extends Pick<Line, 'head' | 'look' | 'upToNow' | 'onMoved'> {
  /** What lies behind a position, up to the head or a full page; null where there is nothing. */
  page(after: number): Promise<Page | null>
}

const PAGE_EVENTS = 500
const PAGES_KEPT = 16
/** Text of events that is kept for others who follow, in characters. */
const TEXT_KEPT = 16 * 1024 * 1024

/** @param line up to where may be read */
export function createFeed(follow: Follow, line: Line): Feed {
  const pages = new Map<number, Promise<Page | null>>()

  async function read(after: number): Promise<Page | null> {
    const upTo = line.head()
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
    head: line.head,
    look: line.look,
    upToNow: line.upToNow,
    onMoved: line.onMoved,
    async page(after) {
      if (after >= line.head()) return null
      let page = pages.get(after)
      if (!page) {
        page = read(after)
        pages.set(after, page)
        page.catch(() => pages.delete(after))
        if (pages.size > PAGES_KEPT / 2) void forget()
      }
      return page
    },
  }
}
