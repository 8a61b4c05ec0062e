import type { Db } from '../lib/db/db.ts'
import * as store from './store.ts'

/** Something that was made from the log and stays true until one of these names is touched. */
export interface Watcher {
  /** unit keys, and event keys behind `#` */
  names: ReadonlySet<string>
  stale: boolean
}

/** Making something from the log: from `position` on nothing escapes. */
export interface Making {
  position: number
  /** Hands over to the watcher; it is stale at once if one of its names was touched meanwhile. */
  done(watcher: Watcher): void
  cancel(): void
}

export interface Seen {
  position: number
  /** how often links, aliases and platforms had been changed */
  revision: number
  /** how often states of codes had been changed */
  codeVersion: number
  /** how often organisations had been renamed or registered */
  parties: number
  /** when the read that found it began */
  at: number
}

/** A reader of the log that tells which pages have changed. It reads only when somebody asks. */
export interface Changes {
  /** what is known without asking, if it is not older than `trust` milliseconds */
  recent(): Seen | null
  /** how far the log is, by a read that begins now or began just before; all requests of one turn share it */
  look(): Promise<Seen>
  making(): Making
  forget(watcher: Watcher): void
}

/** Rows taken at a time, and at most before everything is taken for changed. */
const PAGE = 500
const PAGES = 20
/** More names than this touched while something is made: it is made anew next time. */
const COLLECTED = 50_000
/** A read in flight for longer is not joined. */
const JOIN_MS = 300

/**
 * @param trust milliseconds for which an answer of the database is believed without asking again
 */
export function createChanges(db: Db, trust: number, clock: () => number = Date.now): Changes {
  const watchers = new Map<string, Set<Watcher>>()
  const makings = new Set<{ touched: Set<string> | null }>()
  let tail = 0
  let seen: Seen | null = null
  let reading: { at: number; result: Promise<Seen> } | null = null

  function touch(name: string) {
    for (const watcher of watchers.get(name) ?? []) watcher.stale = true
    for (const making of makings) {
      if (making.touched && making.touched.size < COLLECTED) making.touched.add(name)
      else making.touched = null
    }
  }

  function touchAll() {
    for (const set of watchers.values()) for (const watcher of set) watcher.stale = true
    for (const making of makings) making.touched = null
  }

  async function follow(to: number) {
    if (!watchers.size && !makings.size) {
      tail = to
      return
    }
    let from = tail
    for (let page = 0; page < PAGES; page++) {
      const touches = await store.touchesAfter(db, from, PAGE)
      for (const { key, units } of touches) {
        touch(`#${key}`)
        for (const line of units.split('\n')) {
          const unit = line.split('\t', 2)[1]
          if (unit) touch(unit)
        }
      }
      from = touches.at(-1)?.position ?? from
      if (touches.length < PAGE) {
        tail = Math.max(from, to)
        return
      }
    }
    touchAll()
    tail = Math.max(from, to)
  }

  async function read(at: number): Promise<Seen> {
    const { position, ...versions } = await store.standing(db)
    if (position > tail) await follow(position)
    seen = { position: tail, ...versions, at }
    return seen
  }

  return {
    recent: () => (seen && clock() - seen.at < trust ? seen : null),
    look() {
      const at = clock()
      if (reading && at - reading.at < JOIN_MS) return reading.result
      const before = reading?.result
      // one after the other: `tail` moves forward only
      const mine = {
        at,
        result: (before
          ? before.then(
              () => read(at),
              () => read(at),
            )
          : read(at)
        ).finally(() => {
          if (reading === mine) reading = null
        }),
      }
      reading = mine
      return mine.result
    },
    making() {
      const making: { touched: Set<string> | null } = { touched: new Set() }
      makings.add(making)
      return {
        position: tail,
        done(watcher) {
          makings.delete(making)
          const { touched } = making
          watcher.stale ||= touched === null || [...watcher.names].some(name => touched.has(name))
          for (const name of watcher.names) {
            const set = watchers.get(name)
            if (set) set.add(watcher)
            else watchers.set(name, new Set([watcher]))
          }
        },
        cancel: () => void makings.delete(making),
      }
    },
    forget(watcher) {
      for (const name of watcher.names) {
        const set = watchers.get(name)
        set?.delete(watcher)
        if (set?.size === 0) watchers.delete(name)
      }
    },
  }
}
