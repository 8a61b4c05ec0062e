let last = 0

/** Microseconds since 1970-01-01T00:00:00Z, strictly growing within the process. */
export function now(): number {
  last = Math.max(last + 1, Date.now() * 1000)
  return last
}

/** ISO 8601 with milliseconds. */
export function iso(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString()
}
