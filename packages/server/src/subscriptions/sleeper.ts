/** A pause that can be ended from outside. */
export interface Sleeper {
  /** Resolves after so many milliseconds, or when woken; at once if it was woken since the last pause. */
  sleep(ms: number): Promise<void>
  wake(): void
}

/** @param longest no pause is longer, in milliseconds: clocks are set */
export function createSleeper(longest: number): Sleeper {
  let end: (() => void) | null = null
  let woken = false
  return {
    sleep(ms) {
      if (woken) {
        woken = false
        return Promise.resolve()
      }
      return new Promise(resolve => {
        const done = () => {
          clearTimeout(timer)
          end = null
          woken = false
          resolve()
        }
        const timer = setTimeout(done, Math.min(ms, longest))
        end = done
      })
    },
    wake() {
      if (end) end()
      else woken = true
    },
  }
}
