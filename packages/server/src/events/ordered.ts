import { compareTo, decimalOf, momentOf } from './compare.ts'
import { type EventView, extensionValues, scalarsOf } from './fields.ts'
import type { Test } from './query.ts'
import { type ScanParts, visitEvents } from './scan.ts'
import type { FoundEvent, Selection } from './store.ts'

/** What an event is ordered by: numbers, then instants, then texts by their code points; null: it has no such field. */
type SortKey = string | number | null

/** Characters of a text that decide its place. */
const LONGEST = 4_096

/**
 * All events of a selection that pass the tests, ordered by an extension field; equal ones and those without the field,
 * which come last, in the order of their capture. Null where the time does not suffice.
 */
export async function orderedEvents(
  parts: ScanParts,
  selection: Selection,
  tests: readonly Test[],
  field: ReadonlySet<string>,
  deadline: number,
): Promise<FoundEvent[] | null> {
  const found: { row: FoundEvent; key: SortKey }[] = []
  const byCapture: Selection = { ...selection, orderBy: 'recordTime', descending: false, after: null }
  const ended = await visitEvents(parts, byCapture, tests, (row, event, passes) => {
    if (passes) found.push({ row, key: keyOf(event, field) })
    return performance.now() < deadline
  })
  if (!ended) return null
  const sign = selection.descending ? -1 : 1
  found.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null)
    return sign * compareKeys(a.key, b.key)
  })
  return found.map(({ row }) => row)
}

function keyOf(event: EventView, field: ReadonlySet<string>): SortKey {
  for (const value of extensionValues(event, '', false, field))
    for (const scalar of scalarsOf(value)) return typeof scalar === 'number' ? scalar : String(scalar).slice(0, LONGEST)
  return null
}

const KINDS = [decimalOf, momentOf]
const kindOf = (key: string | number) => {
  const kind = KINDS.findIndex(read => read(key) !== null)
  return kind < 0 ? KINDS.length : kind
}

/** Code units of UTF-16 order otherwise than code points do: compared as bytes of UTF-8. */
function compareKeys(a: string | number, b: string | number): number {
  const [kind, other] = [kindOf(a), kindOf(b)]
  if (kind !== other) return kind - other
  const number = decimalOf(b)
  if (number) return compareTo(a, { number }) ?? 0
  const moment = momentOf(b)
  if (moment !== null) return compareTo(a, { moment }) ?? 0
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))
}
