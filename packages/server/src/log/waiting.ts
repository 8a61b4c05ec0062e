/** Since when the oldest that waits for the log has waited, as far as a process knows: for the lag that is shown. */
export interface Waiting {
  /** Something was captured in this process. */
  captured(): void
  /** A look or a step begins: it sees what was captured until now. */
  begin(): void
  /** All that waited when it began has been taken, here or elsewhere. */
  taken(): void
  /** What the database has: since when the oldest has waited, null where it does not say; undefined where nothing waits. */
  found(oldest: { recorded: number | null } | undefined): void
  /** Milliseconds */
  lag(): number
}

/** @param clock milliseconds */
export function createWaiting(clock: () => number = Date.now): Waiting {
  /** What was captured before, while nobody could log it, is no lag of this process. */
  const start = clock()
  let oldest: number | null = null
  /** the first that was captured here since the last look or step began */
  let fresh: number | null = null
  /** since when a look or a step is at work: what others captured waits for it unseen */
  let step: number | null = null
  return {
    captured() {
      fresh ??= clock()
      oldest ??= fresh
    },
    begin() {
      fresh = null
      step = clock()
    },
    taken() {
      oldest = fresh
      step = null
    },
    found(waits) {
      step = null
      if (!waits) oldest = fresh
      else if (waits.recorded !== null) oldest = Math.max(start, waits.recorded / 1_000)
      else oldest ??= clock()
    },
    lag() {
      const since = Math.min(oldest ?? Number.POSITIVE_INFINITY, step ?? Number.POSITIVE_INFINITY)
      return since === Number.POSITIVE_INFINITY ? 0 : Math.max(0, clock() - since)
    },
  }
}
