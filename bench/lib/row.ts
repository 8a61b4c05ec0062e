import type { DatabaseKind } from '../../packages/server/src/lib/db/db.ts'

/** One line of the table. */
export interface Row {
  id: string
  /** what is measured, for people */
  title: string
  database: DatabaseKind
  /** null: could not be measured, `note` says why */
  value: number | null
  unit: string
  bar: Bar | null
  /** the limit that this machine sets, measured in the same run */
  raw: { value: number; unit: string; what: string } | null
  note: string | null
}

/** What is demanded: at least (`min`) or at most (`max`). */
export interface Bar {
  kind: 'min' | 'max'
  value: number
}

export function atLeast(value: number): Bar {
  return { kind: 'min', value }
}

export function atMost(value: number): Bar {
  return { kind: 'max', value }
}

/** null where nothing is demanded or nothing could be measured. */
export function isMet(row: Row): boolean | null {
  if (!row.bar) return null
  if (row.value === null) return false
  return row.bar.kind === 'min' ? row.value >= row.bar.value : row.value <= row.bar.value
}
