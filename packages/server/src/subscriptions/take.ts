import type { Captured, Follow, StandingQuery } from '../events/events.ts'
import type { Feed } from './feed.ts'

/** What is asked of every event, for whom. */
export interface Standing {
  standing: StandingQuery
  organisation: number
  /** microseconds: nothing recorded before is reported; null for no bound */
  minRecorded: number | null
}

/** What a follower is to be told next. */
export interface Taken {
  events: Captured[]
  /** everything up to this position has been looked at, and what matches is in `events` */
  upTo: number
}

/**
 * Events behind a position that match, in the order of capture, at most `limit`, none behind `until`. Where there are
 * none, `upTo` says how far it has looked all the same.
 */
export type Take = (after: number, limit: number, until: number) => Promise<Taken>

/** Further behind than so many positions the database is asked, which has indexes; nearer, the events that were read for all. */
const NEAR = 2_000
/** Pages looked at in one go, so that others have their turn. */
const PAGES = 10
/** Events that one question to the database brings, and the text of their units in characters. */
const ASKED = { first: 100, most: 1_000, text: 4 * 1024 * 1024 }

/** What one follower takes from the log. */
export function createTake({ feed, follow }: { feed: Feed; follow: Follow }, of: Standing): Take {
  const { standing, organisation, minRecorded } = of
  const reader = { organisation, isAdmin: false }
  const isDue = (e: Captured) => minRecorded === null || e.recorded >= minRecorded
  /** what the database found behind `from`, up to and with `upTo` */
  let found = { from: 0, upTo: 0, events: [] as Captured[] }
  let size = ASKED.first

  async function ask(after: number, until: number): Promise<void> {
    const rows = await follow.matching(standing.query, reader, after, until, size)
    const last = rows.at(-1)
    const upTo = rows.length === size && last ? last.position : until
    found = { from: after, upTo, events: (await follow.visible(rows, reader)).filter(isDue) }
    const text = rows.reduce((n, e) => n + e.units.length, 0) / Math.max(1, rows.length)
    size = Math.max(1, Math.min(ASKED.most, size * 2, Math.floor(ASKED.text / Math.max(1, text))))
  }

  async function askDatabase(after: number, limit: number, until: number): Promise<Taken> {
    if (after < found.from || after >= found.upTo || found.upTo > until) await ask(after, until)
    const rest = found.events.filter(e => e.position > after)
    const next = rest[limit]
    return next ? { events: rest.slice(0, limit), upTo: next.position - 1 } : { events: rest, upTo: found.upTo }
  }

  return async (after, limit, until) => {
    if (after >= until) return { events: [], upTo: after }
    if (!standing.judge || until - after > NEAR) return askDatabase(after, limit, until)
    const events: Captured[] = []
    let at = after
    for (let n = 0; n < PAGES && at < until; n++) {
      const page = await feed.page(at)
      if (!page) break
      for (const e of await follow.visible(page.events.filter(standing.judge), reader)) {
        if (e.position > until) break
        if (!isDue(e)) continue
        if (events.length === limit) return { events, upTo: e.position - 1 }
        events.push(e)
      }
      at = Math.min(page.upTo, until)
    }
    return { events, upTo: at }
  }
}
