import { contextOf, Problem } from '@yuanliu/core'
import { eventValue, readDocuments } from '../events/events.ts'
import type { Queryable } from '../lib/db/db.ts'
import type { Terms } from '../lib/terms.ts'
import type { Following, Readers } from '../log/log.ts'
import * as store from './store.ts'

/** Events in one step. */
const STEP = 20_000
/** Events of types of their own that are decoded together. */
const DECODED = 200

/**
 * The reader that keeps, of all events, what they name. It reads when somebody asks for a list: capturing pays nothing for
 * them. How far it came is kept, by all processes together.
 */
export function followNames(parts: { db: Queryable; terms: Terms; readers: Pick<Readers, 'follow'> }): Following {
  return parts.readers.follow({
    name: 'event-vocabulary',
    when: 'asked',
    batch: STEP,
    // Terms are kept over a connection of their own; what is added twice is there once.
    atomic: false,
    async take({ after, upTo }, db) {
      await store.addTerms(db, after, upTo)
      await addOwnTypes(parts, await store.ownEvents(db, after, upTo))
    },
    clear: store.forgetNamed,
  })
}

/**
 * Brings the lists up to date with what is captured.
 * @param deadline milliseconds of `performance.now()`; throws 503 where it does not suffice, and goes on the next time
 */
export async function bringUpToDate(names: Following, upTo: number, deadline: number): Promise<void> {
  const reached = await names.catchUp(upTo, deadline)
  if (reached >= upTo) return
  throw new Problem('busy', {
    detail: `已整理 ${reached}/${upTo} 个事件，请稍后再试 ${reached} of ${upTo} events have been read for this list; try again shortly`,
    retryAfter: 2,
  })
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
