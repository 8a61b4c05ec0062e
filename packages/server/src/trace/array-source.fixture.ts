import type { StoredEvent, TraceSource } from './source.ts'

/** A trace source over an array, with an index; counts its calls and remembers what was asked. */
export interface ArraySource extends TraceSource {
  readonly asked: string[][]
}

export function arraySource(events: readonly StoredEvent[]): ArraySource {
  const byUnit = new Map<string, StoredEvent[]>()
  for (const event of events) {
    for (const unit of new Set(event.units)) {
      const list = byUnit.get(unit)
      if (list) list.push(event)
      else byUnit.set(unit, [event])
    }
  }
  const asked: string[][] = []
  return {
    asked,
    async load(units, known) {
      asked.push([...units])
      const found = new Set<StoredEvent>()
      const left = new Set(known)
      for (const unit of units) for (const event of byUnit.get(unit) ?? []) if (!left.has(event.key)) found.add(event)
      return [...found]
    },
  }
}
