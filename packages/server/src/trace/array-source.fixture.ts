import { ROLE } from '@yuanliu/core'
import type { StoredEvent, TraceSource } from './source.ts'

const SOURCES: readonly number[] = [ROLE.parent, ROLE.input, ROLE.inputQuantity, ROLE.lotOfInput]

/** A trace source over an array, with an index; counts its calls and remembers what was asked. */
export interface ArraySource extends TraceSource {
  readonly asked: string[][]
}

/** @param goesAhead whether every other call loads ahead: a search must find the same whether it does or not */
export function arraySource(events: readonly StoredEvent[], goesAhead = true): ArraySource {
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
    async load(units, known, ahead) {
      asked.push([...units])
      const found = new Set<StoredEvent>()
      const left = new Set(known)
      for (const unit of units) for (const event of byUnit.get(unit) ?? []) if (!left.has(event.key)) found.add(event)
      if (!goesAhead || asked.length % 2 === 0) return { events: [...found], also: [] }
      const also = new Set<string>()
      for (let level = 0; level < ahead; level++) {
        for (const { units: named, roles } of [...found])
          for (const [i, unit] of named.entries())
            if (SOURCES.includes(roles[i]!) && !units.includes(unit)) also.add(unit)
        for (const unit of also) for (const event of byUnit.get(unit) ?? []) found.add(event)
      }
      return { events: [...found], also: [...also] }
    },
  }
}
