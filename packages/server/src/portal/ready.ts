import { type Consulted, stillStands } from '../resolve/resolve.ts'
import type { Answer, Rendered } from './answer.ts'
import { type Ask, wordsOf } from './ask.ts'
import type { Changes } from './changes.ts'
import { encodingOf, matches } from './negotiate.ts'
import type { View, Views } from './views.ts'

/** What an answer rests on: pages of units, and what organisations registered about them. */
export interface RestsOn {
  views: readonly View[]
  consulted: Consulted
}

/** Finished answers by the words of the request, for as long as what they rest on stays true. */
export interface Ready {
  /** The answer, if it is known to be true without asking the database. */
  atOnce(ask: Ask): Answer | null
  /** The same after asking; null at once where there is nothing to ask about. */
  afterAsking(ask: Ask): Promise<Answer | null> | null
  /** Completes an answer for a request and remembers it; null: it is not remembered. */
  finish(ask: Ask, rendered: Rendered, restsOn: RestsOn | null): Promise<Answer>
}

/** Finished answers found by the request's own words. */
const REMEMBERED = 5_000

interface Entry extends RestsOn {
  rendered: Rendered
  full: Answer
}

export function createReady(views: Views, changes: Changes, clock: () => number = Date.now): Ready {
  const ready = new Map<string, Entry>()

  function answerOf(ask: Ask, { rendered, full }: Pick<Entry, 'rendered' | 'full'>): Answer {
    return rendered.etag !== '' && matches(ask.ifNoneMatch, rendered.etag) ? rendered.unchanged : full
  }

  async function isTrue(entry: Entry): Promise<boolean> {
    for (const view of entry.views) if (!(await views.isTrue(view))) return false
    const { revision } = changes.recent() ?? (await changes.look())
    return stillStands(entry.consulted, revision, clock())
  }

  return {
    atOnce(ask) {
      const found = ready.get(wordsOf(ask))
      if (!found?.views.every(views.isFresh)) return null
      const { revision, changesAt } = found.consulted
      if (changes.recent()?.revision !== revision || clock() >= changesAt) return null
      return answerOf(ask, found)
    },
    afterAsking(ask) {
      const words = wordsOf(ask)
      const found = ready.get(words)
      if (!found) return null
      return isTrue(found).then(still => {
        if (still) return answerOf(ask, found)
        ready.delete(words)
        return null
      })
    },
    async finish(ask, rendered, restsOn) {
      const full = await rendered.full(encodingOf(ask.encoding))
      if (restsOn) {
        if (ready.size >= REMEMBERED) for (const first of ready.keys()) if (ready.delete(first)) break
        ready.set(wordsOf(ask), { ...restsOn, rendered, full })
      }
      return answerOf(ask, { rendered, full })
    },
  }
}
