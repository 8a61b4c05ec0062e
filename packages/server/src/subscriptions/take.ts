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

/** Further behind than so many positions the database is asked, which has indexes; nearer, the events that were read for all. */
const NEAR = 2_000
/** Pages looked at in one go, so that others have their turn. */
const PAGES = 10

/**
 * Events behind a position that match, in the order of capture, at most `limit`, none behind `until`. Where there are
 * none, `upTo` says how far it has looked all the same.
 */
export async function take(
  { feed, follow }: { feed: Feed; follow: Follow },
  { standing, organisation, minRecorded }: Standing,
  after: number,
  limit: number,
  until = feed.head(),
): Promise<Taken> {
  const reader = { organisation, isAdmin: false }
  const isDue = (e: Captured) => minRecorded === null || e.recorded >= minRecorded
  if (!standing.judge || until - after > NEAR) {
    const found = await follow.matching(standing.query, after, until, limit)
    const last = found.at(-1)
    const events = (await follow.visible(found, reader)).filter(isDue)
    return { events, upTo: found.length === limit && last ? last.position : Math.max(after, until) }
  }
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
