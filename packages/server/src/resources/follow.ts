import { contextOf, Problem } from '@yuanliu/core'
import { eventValue, readDocuments } from '../events/events.ts'
import type { Queryable } from '../lib/db/db.ts'
import type { Terms } from '../lib/terms.ts'
import * as store from './store.ts'

/** Events in one step. */
const STEP = 20_000
/** Events of types of their own that are decoded together. */
const DECODED = 200

/**
 * Reads the events that came since the last time for what they name: capturing pays nothing for the lists, whoever asks
 * for one brings it up to date first. How far it came is kept, by all processes together.
 * @param deadline milliseconds of `performance.now()`; throws 503 where it does not suffice, and goes on the next time
 */
export async function follow(
  parts: { db: Queryable; terms: Terms; position: () => Promise<number> },
  deadline: number,
): Promise<void> {
  const { db } = parts
  const upTo = await parts.position()
  let from = await store.readMark(db)
  while (from < upTo) {
    if (performance.now() > deadline) {
      throw new Problem('busy', {
        detail: `已整理 ${from}/${upTo} 个事件，请稍后再试 ${from} of ${upTo} events have been read for this list; try again shortly`,
        retryAfter: 2,
      })
    }
    const to = Math.min(upTo, from + STEP)
    await store.addTerms(db, from, to)
    await addOwnTypes(parts, await store.ownEvents(db, from, to))
    await store.moveMark(db, to)
    from = to
  }
}

async function addOwnTypes({ db, terms }: { db: Queryable; terms: Terms }, events: readonly store.OwnEvent[]) {
  const found = new Map<string, { name: string; organisation: number }>()
  for (let i = 0; i < events.length; i += DECODED) {
    const some = events.slice(i, i + DECODED)
    for (const [n, document] of (await readDocuments(db, some)).entries()) {
      const value = eventValue(document)
      const type = String(value.type)
      const name = contextOf(document.context, value['@context']).expand(type) ?? type
      const { organisation } = some[n] as store.OwnEvent
      found.set(`${organisation} ${name}`, { name, organisation })
    }
  }
  const list = [...found.values()]
  if (!list.length) return
  await terms.ensure(list.map(one => one.name))
  await store.addTypes(
    db,
    list.map(one => terms.idOf(one.name) as number),
    list.map(one => one.organisation),
  )
}
