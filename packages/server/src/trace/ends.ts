import { ACTION, type EventType } from '@yuanliu/core'
import { AGGREGATION, ASSOCIATION, type KnownUnit } from './known.ts'
import { INPUT, isRemoval, type KnownEvent, OUTPUT, PARENT, SUBJECT } from './known-event.ts'
import type { Life } from './life.ts'
import { firstFrom } from './position.ts'

/** The first event after `open` that ends whatever `parent` contains. */
export function nextEnd(parent: KnownUnit, type: EventType, open: KnownEvent): KnownEvent | null {
  const { life } = parent
  if (!life) return null
  life.ends ??= endsOf(life.parts, life.events)
  const ends = type === AGGREGATION ? life.ends.aggregation : life.ends.association
  let i = firstFrom(ends, open)
  if (ends[i] === open) i++
  return ends[i] ?? null
}

function endsOf(partsIn: readonly number[], events: readonly KnownEvent[]): NonNullable<Life['ends']> {
  const ends: NonNullable<Life['ends']> = { aggregation: [], association: [] }
  for (const [i, event] of events.entries()) {
    const parts = partsIn[i] as number
    const all = (parts & SUBJECT && isRemoval(event)) || (parts & INPUT && !(parts & OUTPUT))
    const emptied = parts & PARENT && event.facts.action === ACTION.DELETE && !event.namesChildren
    if (all || (emptied && event.facts.type === AGGREGATION)) ends.aggregation.push(event)
    if (all || (emptied && event.facts.type === ASSOCIATION)) ends.association.push(event)
  }
  return ends
}
