import type { PublicTrace } from '@yuanliu/core'
import type { Db } from '../lib/db/db.ts'
import type { Changes, Watcher } from './changes.ts'
import type { Gathered } from './gather.ts'
import * as store from './store.ts'

/** What the public may know of one unit, as far as it is still true, with the bodies made of it. */
export interface View extends Watcher {
  key: string
  trace: PublicTrace
  /** ids whose descriptions are shown */
  ids: readonly string[]
  /** keys of the events behind its steps, in their order: not public themselves */
  events: readonly string[]
  /** position of the log up to which its descriptions are known not to have changed */
  described: number
  /** change of states of codes up to which its code is known to be in the state shown */
  codeVersion: number
  /** change of organisations up to which its reporters are known */
  parties: number
  /** next moment at which time alone changes it */
  changesAt: number
  weight: number
}

export interface Views {
  /** A true view of the unit: the one at hand, if nothing that it shows has changed, or a new one. */
  get(key: string): Promise<View>
  /** whether it may be shown without asking the database */
  isFresh(view: View): boolean
  /** whether nothing that it shows has changed, as far as the database knows */
  isTrue(view: View): Promise<boolean>
}

/** Sum of weights of the views kept; an ordinary page weighs about 2. */
const KEPT = 12_000
/** Requests that come this long after the making of a view began wait for it. */
const JOIN_MS = 300

export function createViews(
  db: Db,
  changes: Changes,
  gather: (key: string) => Promise<Gathered>,
  clock: () => number = Date.now,
  codeState: (key: string) => Promise<PublicTrace['codeState']> = async () => null,
): Views {
  const views = new Map<string, View>()
  const making = new Map<string, { at: number; result: Promise<View> }>()
  let weight = 0

  function drop(view: View) {
    if (views.get(view.key) !== view) return
    views.delete(view.key)
    weight -= view.weight
    changes.forget(view)
    // nobody tells it of changes any more
    view.stale = true
  }

  async function isTrue(view: View): Promise<boolean> {
    if (isFresh(view)) return true
    if (view.stale || clock() >= view.changesAt) return false
    const { position, codeVersion, parties } = await changes.look()
    // An organisation that is registered may bring events that were kept aside: which, nobody kept.
    if (view.parties < parties) return false
    if (!view.stale && view.codeVersion < codeVersion) {
      if (!isSameState(await codeState(view.key), view.trace.codeState)) return false
      view.codeVersion = Math.max(view.codeVersion, codeVersion)
    }
    if (!view.stale && view.described < position) {
      if (await store.isDescribedAfter(db, view.ids, view.described)) return false
      view.described = Math.max(view.described, position)
    }
    return !view.stale && clock() < view.changesAt
  }

  function isFresh(view: View): boolean {
    const seen = changes.recent()
    if (seen === null || view.stale || view.codeVersion < seen.codeVersion || view.parties < seen.parties) return false
    return view.described >= seen.position && clock() < view.changesAt
  }

  async function make(key: string): Promise<View> {
    const { codeVersion, parties } = await changes.look()
    const work = changes.making()
    try {
      const { disclosed, names, ids, events } = await gather(key)
      const view: View = {
        key,
        trace: disclosed.trace,
        names,
        ids,
        events,
        described: work.position,
        codeVersion,
        parties,
        changesAt: disclosed.changesAt,
        weight: 1 + (names.size + ids.length + events.length) / 50,
        stale: false,
      }
      work.done(view)
      keep(view)
      return view
    } catch (error) {
      work.cancel()
      throw error
    }
  }

  function keep(view: View) {
    const before = views.get(view.key)
    if (before) drop(before)
    views.set(view.key, view)
    weight += view.weight
    for (const oldest of views.values()) {
      if (weight <= KEPT || oldest === view) break
      drop(oldest)
    }
  }

  return {
    isFresh,
    isTrue,
    async get(key) {
      const view = views.get(key)
      if (view && (await isTrue(view))) return view
      if (view) drop(view)
      const joined = making.get(key)
      if (joined && clock() - joined.at < JOIN_MS) return joined.result
      const mine = {
        at: clock(),
        result: make(key).finally(() => {
          if (making.get(key) === mine) making.delete(key)
        }),
      }
      making.set(key, mine)
      return mine.result
    },
  }
}

function isSameState(a: PublicTrace['codeState'], b: PublicTrace['codeState']): boolean {
  return a?.state === b?.state && a?.since === b?.since
}
