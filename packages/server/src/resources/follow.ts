import { EVENT_TYPE, Problem } from '@yuanliu/core'
import { eventViews, readDocuments } from '../events/events.ts'
import type { Queryable } from '../lib/db/db.ts'
import type { Terms } from '../lib/terms.ts'
import type { Following, Readers } from '../log/log.ts'
import { hasPrefix, listedName, type NamedKind } from './names.ts'
import * as store from './store.ts'

/** Events in one step. */
const STEP = 20_000
/** Events that are decoded together. */
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
      await store.addPlaces(db, after, upTo)
      const prefixed = await addSteps(db, parts.terms, await store.stepsIn(db, after, upTo))
      await addOwnNames(parts, await store.ownEvents(db, after, upTo, [...prefixed]), prefixed)
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

/** Adds steps and dispositions that say what they mean by themselves; the terms of the others, which have a prefix. */
async function addSteps(db: Queryable, terms: Terms, named: readonly store.Named[]): Promise<ReadonlySet<number>> {
  await terms.load(named.map(one => one.term))
  const prefixed = new Set(named.map(one => one.term).filter(term => hasPrefix(terms.textOf(term) ?? '')))
  await store.addNamed(
    db,
    named.filter(one => !prefixed.has(one.term)),
  )
  return prefixed
}

/** Adds what events name by a prefix: what it stands for, the context of each event says. */
async function addOwnNames(
  { db, terms }: { db: Queryable; terms: Terms },
  events: readonly store.OwnEvent[],
  prefixed: ReadonlySet<number>,
): Promise<void> {
  await terms.load(prefixed)
  const found = new Map<string, { field: store.Field; name: string; organisation: number }>()
  const views = eventViews()
  for (let i = 0; i < events.length; i += DECODED) {
    const some = events.slice(i, i + DECODED)
    for (const [n, document] of (await readDocuments(db, some)).entries()) {
      const { organisation, type, biz_step, disposition } = some[n] as store.OwnEvent
      const { value, nameOf } = views(document)
      const add = (kind: NamedKind, field: store.Field, text: string) => {
        const name = listedName(kind, nameOf(text))
        found.set(`${organisation} ${field} ${name}`, { field, name, organisation })
      }
      if (type === EVENT_TYPE.extended) add('eventTypes', store.FIELD.eventType, String(value.type))
      if (isAmong(prefixed, biz_step)) add('bizSteps', store.FIELD.bizStep, terms.textOf(biz_step) ?? '')
      if (isAmong(prefixed, disposition)) add('dispositions', store.FIELD.disposition, terms.textOf(disposition) ?? '')
    }
  }
  const list = [...found.values()]
  if (!list.length) return
  await terms.ensure(list.map(one => one.name))
  await store.addNamed(
    db,
    list.map(({ name, ...one }) => ({ ...one, term: terms.idOf(name) as number })),
  )
}

const isAmong = (terms: ReadonlySet<number>, term: number | null) => term !== null && terms.has(term)
