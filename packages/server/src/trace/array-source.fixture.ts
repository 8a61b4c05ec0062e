import type { LoadedLevel, StoredEvent, TraceSource } from './source.ts'

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
    async load(units, known): Promise<LoadedLevel> {
      asked.push([...units])
      const found = new Map<string, StoredEvent>()
      const mentions = new Map<string, string[]>()
      for (const unit of units) {
        const list = byUnit.get(unit) ?? []
        mentions.set(
          unit,
          list.map(e => e.key),
        )
        for (const event of list) if (!known.has(event.key)) found.set(event.key, event)
      }
      return { mentions, events: [...found.values()] }
    },
  }
}
