import type { CodeState } from '@yuanliu/core'

/** Codes first … last of a range and the state they are in. */
export interface Interval {
  first: number
  last: number
  state: CodeState
  /** microseconds since 1970 at which they came into it */
  since: number
}

/** Codes first … last, without overlap and in order, where several are given. */
export interface Run {
  first: number
  last: number
}

export interface Change {
  state: CodeState
  since: number
  /** states that lead to it */
  from: ReadonlySet<CodeState>
  /** codes in other states are left as they are; null: they must not be there */
  only: ReadonlySet<CodeState> | null
}

export interface Changed {
  intervals: Interval[]
  changed: number
  /** in the state already, or left out by `only` */
  unchanged: number
  /** stretches that may not come into the state; nothing may be changed then */
  refused: Interval[]
}

/**
 * Sets the state of runs of codes in the intervals of a range. Both lists are in order and the intervals cover the
 * runs. Neighbours of the same state and time become one. One pass over both lists.
 */
export function setState(intervals: readonly Interval[], runs: readonly Run[], change: Change): Changed {
  const result: Interval[] = []
  const refused: Interval[] = []
  let changed = 0
  let unchanged = 0
  let r = 0

  function put(first: number, last: number, state: CodeState, since: number) {
    const before = result.at(-1)
    if (before && before.state === state && before.since === since && before.last + 1 === first) before.last = last
    else result.push({ first, last, state, since })
  }

  for (const { first, last, state, since } of intervals) {
    let at = first
    while (at <= last) {
      while (r < runs.length && runs[r]!.last < at) r++
      const run = runs[r]
      if (!run || run.first > last) {
        put(at, last, state, since)
        break
      }
      if (run.first > at) put(at, run.first - 1, state, since)
      const from = Math.max(at, run.first)
      const until = Math.min(last, run.last)
      const size = until - from + 1
      if (state === change.state || (change.only && !change.only.has(state))) {
        unchanged += size
        put(from, until, state, since)
      } else if (change.from.has(state)) {
        changed += size
        put(from, until, change.state, change.since)
      } else {
        refused.push({ first: from, last: until, state, since })
        put(from, until, state, since)
      }
      at = until + 1
    }
  }
  return { intervals: result, changed, unchanged, refused }
}

/** Numbers as runs, in order, each number once. */
export function runsOf(numbers: readonly number[]): Run[] {
  const runs: Run[] = []
  for (const n of Float64Array.from(numbers).sort()) {
    const last = runs.at(-1)
    if (last && n <= last.last + 1) last.last = n
    else runs.push({ first: n, last: n })
  }
  return runs
}

/** The interval that holds a code, by halving. */
export function intervalAt(intervals: readonly Interval[], n: number): Interval | undefined {
  let low = 0
  let high = intervals.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const interval = intervals[middle]!
    if (n < interval.first) high = middle - 1
    else if (n > interval.last) low = middle + 1
    else return interval
  }
  return undefined
}
