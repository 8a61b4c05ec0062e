import { setTimeout as sleep } from 'node:timers/promises'
import { RemoteProblem } from '@yuanliu/core'
import { print, type Shell, say } from './shell.ts'

/** Seconds to wait where the platform does not say, and the longest that is waited at once. */
const DEFAULT_SECONDS = 2
const LONGEST_SECONDS = 60
/** A platform that is busy for longer than this many tries in a row is given up. */
const TRIES = 60

/** Repeats `work` while the platform is busy or starting (503, 429), as its Retry-After asks. */
export async function patiently<T>(shell: Shell, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof RemoteProblem) || (error.status !== 503 && error.status !== 429) || tries >= TRIES)
        throw error
      const seconds = Math.min(error.details.retryAfter ?? DEFAULT_SECONDS, LONGEST_SECONDS)
      print(shell.stderr, say(shell, 'waiting', { seconds, title: error.title }))
      await sleep(seconds * 1000)
    }
  }
}
