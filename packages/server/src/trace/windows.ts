import { compare, earlier, later, type Position } from './position.ts'

/** A stretch of positions, both ends included. */
export interface Window {
  readonly from: Position
  readonly to: Position
}

/** What two windows share, null if nothing. */
export function overlap(a: Window, b: Window): Window | null {
  const from = later(a.from, b.from)
  const to = earlier(a.to, b.to)
  return compare(from, to) <= 0 ? { from, to } : null
}

export function holds(windows: readonly Window[], at: Position): boolean {
  return windows.some(w => compare(w.from, at) <= 0 && compare(w.to, at) >= 0)
}

/** Windows with one more, those that touch made one, by position; the same array if there is nothing new. */
export function withWindow(windows: readonly Window[], addedFrom: Position, addedTo: Position): readonly Window[] {
  for (const w of windows) if (compare(w.from, addedFrom) <= 0 && compare(w.to, addedTo) >= 0) return windows
  let from = addedFrom
  let to = addedTo
  const added = { from, to }
  const apart: Window[] = []
  for (const w of windows) {
    if (!overlap(w, added)) {
      apart.push(w)
      continue
    }
    from = earlier(from, w.from)
    to = later(to, w.to)
  }
  return [...apart, { from, to }].sort((a, b) => compare(a.from, b.from))
}

/** The window that lasts longest; of equals the first. */
export function widest(windows: readonly Window[]): Window | undefined {
  let best: Window | undefined
  for (const w of windows) if (!best || w.to.time - w.from.time > best.to.time - best.from.time) best = w
  return best
}
